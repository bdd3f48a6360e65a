"""What every view does with what it is given: options, arrays, batches and padding.

Nothing here imports torch, TransformerLens or transformers: arrays, traces and caches are known
by what they answer to, so old and new versions of those libraries work alike.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results._arrays import float_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


def refuse_unknown(given: Iterable[str], known: Sequence[str]) -> None:
    """Raise TypeError for a keyword nobody takes, naming the one that was probably meant."""
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            cure = f"Did you mean {close[0]!r}?" if close else "Leave it out."
            raise TypeError(f"unknown keyword: expected one of {list(known)}, got {name!r}. {cure}")


def check_lists(**options: object) -> None:
    """Raise TypeError for an option that is neither None nor a list."""
    _check_kinds(Collection, "a list", options)


def check_numbers(**options: object) -> None:
    """Raise TypeError for an option that is neither None nor a whole number."""
    _check_kinds(Integral, "a whole number", options)


def check_switches(**options: object) -> None:
    """Raise TypeError for an option that is neither True nor False."""
    for name, given in options.items():
        if not isinstance(given, bool | np.bool_):
            raise TypeError(
                f"{name}: expected True or False, got {type(given).__name__} {given!r}. "
                "Leave it out for False."
            )


def positive(name: str, given: object) -> int:
    """Check a whole number from 1.

    Raises:
        TypeError: something else than a whole number.
        ValueError: a number below 1.
    """
    if isinstance(given, bool) or not isinstance(given, Integral):
        raise TypeError(
            f"{name}: expected a whole number from 1, got {type(given).__name__} {given!r}. "
            "Leave it out for the usual one."
        )
    if given < 1:
        raise ValueError(
            f"{name}: expected a whole number from 1, got {given}. Leave it out for the usual one."
        )
    return int(given)


def in_tuple(entries: Collection[str] | None) -> Any:  # noqa: ANN401 -- checked where it is used
    """Make a list one that cannot change; a single text stays one, to be refused as such."""
    return entries if entries is None or isinstance(entries, str) else tuple(entries)


def one_of_batch(array: NDArray[Any], batch: int | None, axis: int) -> NDArray[Any]:
    """Take one item of a batch.

    Args:
        array: with a batch axis.
        batch: which item; None when there is only one.
        axis: which axis is the batch.

    Raises:
        ValueError: several items and no choice, or a number that is none of them.
    """
    size = array.shape[axis]
    if batch is None and size > 1:
        raise ValueError(
            f"batch: expected the number of one item, got None for a batch of {size} (shape "
            f"{array.shape}). Pass batch=0 for the first."
        )
    chosen = 0 if batch is None else batch
    if not 0 <= chosen < size:
        raise ValueError(
            f"batch: expected a number from 0 to {size - 1}, got {batch}. Items count from 0."
        )
    item: NDArray[Any] = array.take(int(chosen), axis)
    return item


def unpadded(attention_mask: object, batch: int | None, length: int) -> NDArray[np.intp]:
    """Find the positions that are no padding, whichever side it is on.

    Args:
        attention_mask: (pos,) or (batch, pos), 1 where a token is and 0 where padding is.
        batch: which item; None when there is only one.
        length: positions of the data.

    Returns:
        The places of the tokens.

    Raises:
        TypeError: something that is no array of numbers.
        ValueError: other shapes or values, or nothing but padding.
    """
    mask = float_array(
        "attention_mask", attention_mask, "zeros and ones, as a tokenizer gives them"
    )
    if mask.ndim == 2:
        mask = one_of_batch(mask, batch, axis=0)
    if mask.shape != (length,):
        raise ValueError(
            f"attention_mask: expected shape (batch, pos) or (pos,) with {length} positions, got "
            f"{mask.shape}. Pass the mask that the model was called with."
        )
    kept = np.flatnonzero(mask == 1)
    if len(kept) == 0 or len(kept) + np.count_nonzero(mask == 0) < length:
        raise ValueError(
            "attention_mask: expected ones for tokens and zeros for padding, at least one of them "
            f"a one, got {np.unique(mask)[:5].tolist()}. Pass the mask of the tokenizer."
        )
    return kept


def _check_kinds(kind: type, words: str, options: Mapping[str, object]) -> None:
    for name, given in options.items():
        if given is not None and not isinstance(given, kind):
            raise TypeError(
                f"{name}: expected {words} or None, got {type(given).__name__} {given!r}. "
                "Leave it out to take what the data knows."
            )
