"""Numbers that travel to the browser exactly, four bytes each; sheet.js reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def floats(values: NDArray[Any]) -> bytes:
    """Write numbers as little-endian float32, row by row; NaN stays NaN."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def integers(values: NDArray[Any]) -> bytes:
    """Write whole numbers as little-endian int32, row by row."""
    return np.ascontiguousarray(values, dtype="<i4").tobytes()
