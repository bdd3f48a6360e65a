"""What a sealed transformer may do: at each position it predicts a symbol by one of these rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LETTERS: Final = "abcdefghijkl"
CONTEXT: Final = 25
"""<bos>, which is token 0, and 24 letters."""


class Algorithm(NamedTuple):
    """Describe a rule.

    Attributes:
        about: what it predicts.
        predict: takes token ids (sequence, pos) that begin with <bos>; gives the token that is
            predicted at each position, -1 where the rule names none.
    """

    about: str
    predict: Callable[[NDArray[np.int64]], NDArray[np.int64]]


def random_sequences(count: int, seed: int | tuple[int, ...]) -> NDArray[np.int64]:
    """Draw sequences of random letters behind <bos>, (sequence, pos), on which the rules differ."""
    drawn = np.random.default_rng(seed).integers(1, len(LETTERS) + 1, size=(count, CONTEXT))
    drawn[:, 0] = 0
    return drawn


def _back(ids: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
    found = np.full_like(ids, -1)
    found[:, steps + 1 :] = ids[:, 1:-steps]
    return found


def _successor(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    before = _back(ids, 1)
    return np.where(before < 0, -1, before % len(LETTERS) + 1)


def _first(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.broadcast_to(ids[:, 1:2], ids.shape).copy()
    found[:, 0] = -1
    return found


def _induction(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.full_like(ids, -1)
    rows = np.arange(len(ids))
    followed = np.full((len(ids), len(LETTERS) + 1), -1)  # by what each letter was followed last
    for here in range(1, ids.shape[1]):
        followed[rows, ids[:, here - 1]] = ids[:, here]
        found[:, here] = followed[rows, ids[:, here]]
    return found


def _frequent(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    counts = np.cumsum(ids[:, :, None] == np.arange(1, len(LETTERS) + 1), axis=1)
    most = counts.max(-1)
    alone = (counts == most[..., None]).sum(-1) == 1
    return np.where(alone, counts.argmax(-1) + 1, -1)


ALGORITHMS: Final = {
    "previous": Algorithm("the symbol before the current one", lambda ids: _back(ids, 1)),
    "two-back": Algorithm("the symbol two before the current one", lambda ids: _back(ids, 2)),
    "first": Algorithm("the first symbol of the sequence", _first),
    "frequent": Algorithm("the symbol that came most often so far", _frequent),
    "induction": Algorithm(
        "the symbol that followed the current one when it last came before", _induction
    ),
    "successor": Algorithm(
        "the letter that the alphabet has after the symbol before the current one (a after l)",
        _successor,
    ),
}
