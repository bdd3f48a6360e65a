"""Notebook 02b, reading: how well a label can be read, and a label in another basis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Labels = NDArray[np.int64]


# --- readable: a function with a blank ---


def readable(states: Numbers, labels: Labels) -> Any:  # noqa: ANN401 -- a number
    """Fit a linear probe to the first half of the examples and test it on the second."""
    from sklearn.linear_model import LogisticRegression

    half = len(labels) // 2
    probe = LogisticRegression(max_iter=1000).fit(states[:half], labels[:half])
    return probe.score(states[half:], labels[half:])


def _examples() -> Iterator[tuple[Numbers, Labels]]:
    """Yield few examples of many numbers, so that a probe learns by heart what it is shown."""
    for seed, (count, width, classes) in enumerate([(60, 12, 3), (80, 16, 3)]):
        rng = np.random.default_rng(seed)
        states, labels = rng.standard_normal((count, width)), rng.integers(classes, size=count)
        states[:, 0] += labels
        yield states, labels


def _check_readable(my_readable: Callable[..., Any]) -> str:
    for states, labels in _examples():
        came = expect.call(my_readable, states, labels)
        expect.numbers(came, readable(states, labels), "The accuracy on the second half", 0.05)
    return "It learns from one half and is judged by the other."


def _probe(fit: slice, judge: slice) -> Callable[..., float]:
    """Fit to some of the examples and judge by some, in halves: -1 to 1 are all of them."""

    def wrong(states: Numbers, labels: Labels) -> float:
        from sklearn.linear_model import LogisticRegression

        half = len(labels) // 2
        rows, tested = (np.arange(len(labels))[_halves(part, half)] for part in (fit, judge))
        probe = LogisticRegression(max_iter=1000).fit(states[rows], labels[rows])
        return float(probe.score(states[tested], labels[tested]))

    return wrong


def _halves(part: slice, half: int) -> slice:
    return slice(part.start and half * part.start, part.stop and half * part.stop)


_FIRST, _SECOND, _ALL = slice(None, 1), slice(1, None), slice(None)

READABLE = Exercise(
    slug="readable",
    title="Measure how well a label can be read",
    reference=readable,
    check=_check_readable,
    inputs=_examples,
    mistakes=[
        Mistake(
            "You judge the probe by the examples it was fitted to. With many numbers and few "
            "examples it learns those by heart: judge by the second half.",
            _probe(_FIRST, _FIRST),
        ),
        Mistake(
            "The probe was fitted to all examples, those of the second half among them, so nothing "
            "is left that it has not seen.",
            _probe(_ALL, _SECOND),
        ),
        Mistake(
            "You judge by all examples, and half of them were used for fitting.",
            _probe(_FIRST, _ALL),
        ),
        Mistake(
            "This is the share of errors. An accuracy is the share that is right.",
            lambda states, labels: 1 - readable(states, labels),
        ),
    ],
    hints=[
        "Which examples has the probe not seen? Ask `probe.score` about those.",
        "`states[half:]` are the second half. `score` needs their labels too.",
        "`return probe.score(states[half:], labels[half:])`",
    ],
    minutes=5,
    difficulty=1,
)


# --- whose: a function ---


def whose(colours: Labels, to_move: Labels) -> Labels:
    """Say of each stone whether it is of the player to move (1) or of the other one (-1)."""
    return colours * to_move[:, None]


def _boards() -> Iterator[tuple[Labels, Labels]]:
    """Yield games of three moves on three fields, where a wrong axis goes unnoticed, and others."""
    for games, moves, fields in ((2, 3, 3), (2, 4, 5)):
        rng = np.random.default_rng(fields)
        colours = rng.integers(-1, 2, size=(games, moves, fields))
        colours[0, :, 0] = -1, 1, 0, *[1] * (moves - 3)
        yield colours, np.where(np.arange(moves) % 2 == 0, -1, 1)


def _check_whose(my_whose: Callable[..., Any]) -> str:
    for colours, to_move in _boards():
        came = expect.call(my_whose, colours, to_move)
        expect.numbers(came, whose(colours, to_move), "Whose stones they are")
    return "A black stone is mine when black is to move, and theirs when white is."


WHOSE = Exercise(
    slug="whose",
    title="Turn colours into mine and theirs",
    reference=whose,
    check=_check_whose,
    inputs=_boards,
    mistakes=[
        Mistake(
            "Mine and theirs are swapped: mine is the colour of the player who is to move now.",
            lambda colours, to_move: -colours * to_move[:, None],
        ),
        Mistake(
            "`to_move` runs along the fields here, and each of its numbers belongs to a move. Give "
            "it an axis at the end: `to_move[:, None]`.",
            lambda colours, to_move: colours * to_move,
        ),
        Mistake(
            "This tells mine from everything else. An empty field and a stone of the other player "
            "are not the same: 0 and -1.",
            lambda colours, to_move: (colours == to_move[:, None]).astype(int),
        ),
        Mistake(
            "These are the colours as they were. When white is to move, a black stone is theirs.",
            lambda colours, _to_move: colours,
        ),
    ],
    hints=[
        "Colours and players are 1 and -1. What is the product if they are the same?",
        "`to_move` has one number for each move, `colours` a row of fields for each.",
        "`return colours * to_move[:, None]`",
    ],
    minutes=5,
    difficulty=2,
)
