"""Numbers from any array library, as numpy; no library is imported for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def float_array(name: str, data: object, expected: str) -> NDArray[np.float32]:
    """Turn a numpy, jax or torch array, on any device and of any precision, into float32.

    Args:
        name: of the argument, for the message.
        data: the array.
        expected: what the argument takes, for the message.

    Raises:
        TypeError: something that is no array of numbers.
    """
    if hasattr(data, "detach"):  # torch; numpy has no bfloat16, so widen it there
        data = data.detach().cpu().float()
    try:
        array = np.asarray(data)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind in "fiub" or "float" in array.dtype.name:  # bfloat16 of jax is no kind
        return array.astype(np.float32, copy=False)
    raise TypeError(
        f"{name}: expected {expected}, got {type(data).__name__}. "
        "Pass numbers in an array of numpy, torch or jax."
    )
