"""What a pattern and one that is fetched square by square have in common: axes and masks."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import _checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BLOCK = 128  # positions
_ROUNDING = 0.01  # half-precision softmax rows can exceed 1 by this much


def check_axes(record: Any, shape: tuple[int, ...]) -> None:  # noqa: ANN401 -- either pattern
    """Check the fields that name the axes of a pattern, and put them into their one form.

    Args:
        record: the pattern that is being made.
        shape: (layer, head, query, key) of its weights.
    """
    layer, head, query, key = shape
    queries = record.queries
    if queries is not None:
        queries = _checks.token_texts("queries", queries, query, shape)
    _checks.put(
        record,
        tokens=_checks.token_texts("tokens", record.tokens, key, shape),
        token_ids=_checks.token_numbers(record.token_ids, key, shape),
        queries=queries,
        layers=_checks.numbers("layers", record.layers, layer, shape),
        heads=_checks.numbers("heads", record.heads, head, shape),
        windows=_windows(record, layer, shape),
        source=_checks.read_only(record.source),
    )


def places(
    record: Any,  # noqa: ANN401 -- either pattern
    layers: Sequence[int] | None,
    heads: Sequence[int] | None,
) -> tuple[list[int], list[int]]:
    """Find where the wanted layers and heads of a pattern stand; None takes all."""
    rows = _checks.positions("layers", layers, record.layers)
    return rows, _checks.positions("heads", heads, record.heads)


def chosen(record: Any, rows: Sequence[int], columns: Sequence[int]) -> dict[str, Any]:  # noqa: ANN401
    """Give the fields that name the layers and heads of a part of a pattern."""
    return {
        "layers": tuple(record.layers[row] for row in rows),
        "heads": tuple(record.heads[column] for column in columns),
        "windows": tuple(record.windows[row] for row in rows),
    }


def check_values(weights: NDArray[np.float32], axes: str) -> None:
    """Raise ValueError for numbers that are no probabilities."""
    low, high = float(weights.min()), float(weights.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        wrong = ~np.isfinite(weights)
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(
            f"weights: expected finite numbers, got {int(wrong.sum())} NaN or infinite, the first "
            f"at ({axes}) = {first}. Cut padded tokens off first, as a view does when it is given "
            "attention_mask=; other rows that are masked out entirely must be zeros."
        )
    if low < -_ROUNDING or high > 1 + _ROUNDING:
        raise ValueError(
            "weights: expected probabilities from 0 to 1, got values from "
            f"{low:.3g} to {high:.3g}. Pass the pattern after the softmax, not the scores."
        )


def looks_ahead(weights: NDArray[np.float32]) -> bool:
    """Whether any query, of (..., query, key), looks at a later key."""
    size = weights.shape[-1]
    for start in range(0, size, _BLOCK):  # in blocks, so that little is copied
        rows = weights[..., start : start + _BLOCK, start:]
        if np.triu(rows[..., :_BLOCK], k=1).any() or rows[..., _BLOCK:].any():
            return True
    return False


def check_window(weights: NDArray[np.float32], window: int, layer: int) -> None:
    """Raise ValueError where a query of a layer looks further back than its window."""
    if not window:
        return
    beyond = outside_window(weights.shape[-1], window)
    most = float(np.where(beyond, weights, 0).max())
    if most > 0:
        raise ValueError(
            f"windows: expected no weight further back than {window} tokens in layer {layer}, got "
            f"{most:.3g}. Count the query itself, and give 0 to a layer without a window."
        )


def outside_window(length: int, window: int) -> NDArray[np.bool_]:
    """Mark (query, key) that lie too far back to be seen; a window of 0 reaches everything."""
    marked = np.ones((length, length), dtype=bool)
    return np.tril(marked, k=-min(window, length)) if window else ~marked


def _windows(record: Any, layers: int, shape: tuple[int, ...]) -> tuple[int, ...]:  # noqa: ANN401
    given = record.windows
    if given is None:
        return (0,) * layers
    _checks.check_listed("windows", given)
    _checks.check_length("windows", (len(given),), layers, shape)
    try:
        windows = tuple(index(window) for window in given)
    except TypeError as error:
        raise TypeError(
            f"windows: expected whole numbers, got {given!r}. Give 0 to a layer without a window."
        ) from error
    if min(windows) < 0 or (record.queries is not None and any(windows)):
        raise ValueError(
            f"windows: expected numbers of tokens from 0, all 0 for attention to another text, "
            f"got {windows}. Leave it out when nothing limits how far a query sees."
        )
    return windows
