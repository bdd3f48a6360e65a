"""Notebook 02, units: how alike their strongest examples are, and which one is real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake, Selected
from interp_widgets.course.expect import NotYetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


UNITS = (("agreement", 0.30), ("lists", 0.38), ("claims", 0.27), ("mood", 0.97), ("quotes", 0.27),
         ("giving", 0.23))  # fmt: skip
"""Of each unit the kind of its strongest examples, and the share of its commonest kind where it is
at least a third as active as at most."""

REAL = 3
RANDOM = (6, 41, 27, 13, 64)
"""Which of the 200 random directions the other units are, in order."""


# --- purity: a function ---


def purity(values: Numbers, kinds: list[str], k: int) -> float:
    """Share of the commonest kind among the k tokens with the largest values."""
    strongest = [kinds[place] for place in np.argsort(-values)[:k]]
    return max(strongest.count(kind) for kind in set(strongest)) / k


def _examples() -> Iterator[tuple[Numbers, list[str], int]]:
    """Yield activations, kinds of sentences and how many to look at."""
    for k, tokens in ((4, 12), (5, 14)):
        rng = np.random.default_rng(tokens)
        values = rng.permutation(np.linspace(-2.3, 2, tokens))
        order = np.argsort(-values)
        kinds = np.array(["lists"] * tokens, dtype=object)
        kinds[order[0]] = "mood"  # the very strongest is of another kind than most
        kinds[order[1:k]] = ["days", "days", "days", "quotes"][: k - 1]
        kinds[order[-3:]] = ["lists", "mood", "quotes"]
        yield values, kinds.tolist(), k


def _check_purity(my_purity: Callable[..., Any]) -> str:
    one = np.array([0.5, 3.0, 1.0, 2.0])
    expect.numbers(
        expect.call(my_purity, one, ["a", "b", "a", "b"], 2),
        1.0,
        "The purity of two strongest tokens of one kind",
    )
    for values, kinds, k in _examples():
        expected, what = purity(values, kinds, k), f"The purity of the {k} strongest"
        expect.numbers(expect.call(my_purity, values, kinds, k), expected, what)
    return "It gives 1 where the strongest tokens are of one kind, and agrees on two others."


def _share(chosen: list[str], of: int) -> float:
    return max(chosen.count(kind) for kind in set(chosen)) / of


PURITY = Exercise(
    slug="purity",
    title="Measure how alike the strongest examples are",
    reference=purity,
    check=_check_purity,
    inputs=_examples,
    mistakes=[
        Mistake(
            "These are the weakest: `argsort` puts the smallest first. Sort `-values`.",
            lambda v, kinds, k: _share([kinds[i] for i in np.argsort(v)[:k]], k),
        ),
        Mistake(
            "Strong means large, and a value far below 0 is not. Do not take absolute values.",
            lambda v, kinds, k: _share([kinds[i] for i in np.argsort(-np.abs(v))[:k]], k),
        ),
        Mistake(
            "This is the kind that all tokens together have most often. Keep the k strongest "
            "before you count.",
            lambda _v, kinds, _k: _share(kinds, len(kinds)),
        ),
        Mistake(
            "You count the kind of the single strongest token. Take whichever kind is commonest "
            "among the k.",
            lambda v, kinds, k: (
                [kinds[i] for i in np.argsort(-v)[:k]].count(kinds[int(v.argmax())]) / k
            ),
        ),
        Mistake(
            "This is a count. Divide by k, so that 1 means all of them.",
            lambda v, kinds, k: _share([kinds[i] for i in np.argsort(-v)[:k]], 1),
        ),
    ],
    hints=[
        "First find the places of the k largest values, then look at the kinds there, then count.",
        "`np.argsort(-values)[:k]` are the places. A list has `.count(kind)`.",
        (
            "`strongest = [kinds[place] for place in np.argsort(-values)[:k]]`, then the largest "
            "`strongest.count(kind)` over `set(strongest)`, divided by k."
        ),
    ],
    minutes=8,
    difficulty=3,
)


# --- real-unit: a selection ---


def _check_unit(selected: Any) -> str:  # noqa: ANN401 -- whatever was selected
    (unit,) = expect.selected(selected, "feature")
    if unit not in range(len(UNITS)):
        raise NotYetError(f"There is no unit {unit}. Open one in the view just above.")
    kind, share = UNITS[unit]
    if unit != REAL:
        raise NotYetError(f"Unit {unit} is a random direction.")
    return (
        f"Unit {unit} stands for one kind of sentence, {kind}: where it is at least a third as "
        f"active as at most, {share:.0%} of the tokens are in such sentences."
    )


def _random_unit(unit: int, says: str) -> Mistake:
    return Mistake(says, Selected(feature=unit))


UNIT = Exercise(
    slug="real-unit",
    title="Tell the real unit from those that only look like one",
    reference=Selected(feature=REAL),
    check=_check_unit,
    mistakes=[
        _random_unit(
            0,
            "Its strongest examples are all about a noun and its verb. But in its middle band it "
            "answers to where texts begin. Of the tokens where it is at least a third as active as "
            "at most, 30% are of one kind.",
        ),
        _random_unit(
            1,
            "Its strongest examples are all lists. But its middle band holds a gift and a mood. "
            "Where it is clearly active, 38% of the tokens are in lists.",
        ),
        _random_unit(
            2,
            "Its strongest examples are all claims. But where it is clearly active, most tokens "
            "are of other kinds: 27% are of the commonest one, and that is gifts.",
        ),
        _random_unit(
            4,
            "Its strongest examples are all brackets and quotes. But where it is clearly active, "
            "gifts (27%) and moods are commoner than quotes.",
        ),
        _random_unit(
            5,
            "Its strongest examples are all gifts. But look at its bands high and middle: quotes, "
            "a mood, the beginning of a text. 23% are of one kind, the least of all six.",
        ),
    ],
    hints=[
        "The strongest examples cannot tell: all six units pass. Which other bands are there?",
        "Read the band `middle` of each unit. Does it tell of the same thing as the strongest?",
        "One unit still answers to how somebody feels in its middle band. Open that one.",
    ],
    minutes=7,
    difficulty=3,
)
