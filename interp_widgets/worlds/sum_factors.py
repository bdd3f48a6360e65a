"""The factors of a sum modulo a prime: its two numbers and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from interp_widgets.results.factors import Factor
from interp_widgets.worlds.labelling import Labeller, Labels
from interp_widgets.worlds.modular import FIRST, PRIME, SYMBOLS, sums, trained_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

ABOUT: Final = {
    "symbol": Factor("token", "the symbol itself"),
    "position": Factor("position", "its place, 0 for <bos>"),
    "first": Factor("window of 3", "the first number, from where it stands on"),
    "second": Factor("window of 3", "the second number, from where it stands on"),
    "sum": Factor("window of 3", f"the sum of the two modulo {PRIME}, from the second on"),
    "trained_on": Factor("context", "whether the sum was trained on, from the second number on"),
}
_SPLITS: Final = ("train", "combination")
_EQUALS: Final = SYMBOLS.index("=")


def labeller() -> Labeller:
    """Label sums with their numbers; the split "combination" holds the sums never trained on."""
    ids, _ = sums()
    return Labeller(ABOUT, ids.shape[1], _write, _read, _SPLITS)


def _write(
    count: int, length: int, seed: int, split: str
) -> tuple[NDArray[np.int64], list[Labels]]:
    ids, _ = sums()
    able = ids[trained_on() == (split == "train")]
    drawn = np.random.default_rng(seed).choice(able, count)[:, :length]
    return drawn, [_read(row) for row in drawn]


def _read(ids: NDArray[np.int64]) -> Labels:
    row = ids.tolist()
    for position, token in enumerate(row[1:], start=1):
        if token == 0 or (token == _EQUALS) != (position == 3):
            said = " ".join(SYMBOLS[one] for one in row)
            raise ValueError(
                f"expected <bos> a b =, a and b from 0 to {PRIME - 1}, got {said!r}. Write two "
                'numbers and the sign, set apart by spaces: "9 52 =".'
            )
    first, second = (row[at] - FIRST if len(row) > at else None for at in (1, 2))
    labels: Labels = [
        {"symbol": SYMBOLS[token], "position": position} for position, token in enumerate(row)
    ]
    for known in labels[1:]:
        known["first"] = first
    for known in labels[2:]:
        known |= {"second": second, "sum": (row[1] + row[2] - 2 * FIRST) % PRIME}
        known["trained_on"] = bool(trained_on()[PRIME * (row[1] - FIRST) + row[2] - FIRST])
    return labels
