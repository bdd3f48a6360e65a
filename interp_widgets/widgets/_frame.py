"""Tables of what a view shows; pandas is loaded when the first is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping


def frame(columns: Mapping[str, object]) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
    """Make a pandas table.

    Args:
        columns: by name, an array each, or one value for all rows.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas as pd  # type: ignore[import-untyped]
    except ImportError as error:
        raise ImportError(
            "pandas: expected it to be installed for to_frame(), got none. Install pandas, or read "
            "the arrays that the view was made of."
        ) from error
    # As objects, text stays as it is; pandas' own kind of text cannot hold half a character.
    exact = {
        name: pd.Series(column, dtype=object) if _holds_objects(column) else column
        for name, column in columns.items()
    }
    return pd.DataFrame(exact)


def _holds_objects(column: object) -> bool:
    return isinstance(column, np.ndarray) and column.dtype == object
