"""Exercise of notebook 03 on four models, two of which only look like superposition."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import values
from interp_widgets.course.exercises import Exercise, Mistake
from interp_widgets.course.expect import NotYetError
from interp_widgets.course.lessons._superposition_dimensions import ring

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GUILTY = frozenset("BC")
_TURN = np.radians(35)


def suspects() -> dict[str, NDArray[np.float64]]:
    """Give the feature vectors of four models, (feature, hidden) each."""
    cosine, sine = np.cos(_TURN), np.sin(_TURN)
    turned = np.array([[cosine, sine], [-sine, cosine]])
    half = np.array([[1.0, 1.0], [1.0, -1.0]])
    return {
        "A": np.kron(half, half) / 2,  # four vectors of length 1 at right angles
        "B": ring(5, 1.1),
        "C": np.concatenate([np.eye(2), -np.eye(2)]),
        "D": np.concatenate([np.eye(2) @ turned, np.zeros((3, 2))]),
    }


def rotation(size: int, seed: int) -> NDArray[np.float64]:
    """Draw a random rotation, (size, size)."""
    random = np.random.default_rng(seed).normal(size=(size, size))
    turned: NDArray[np.float64] = np.linalg.qr(random)[0]
    return turned


def reacts_to(vectors: NDArray[np.float64], least: float = 0.2) -> list[int]:
    """Count for each hidden unit the features that move it by at least this much."""
    counts: list[int] = (np.abs(vectors) >= least).sum(0).tolist()
    return counts


def _named(answer: Any) -> frozenset[str]:  # noqa: ANN401 -- any answer
    """Read the letters of an answer, as a list, a set or a text."""
    return frozenset(str(letter).upper() for letter in answer if str(letter).strip(" ,"))


def _check(answer: Any) -> str:  # noqa: ANN401 -- any answer
    if not isinstance(answer, list | tuple | set | frozenset | str):
        raise NotYetError(f"This should be a list of letters, and is {values.describe(answer)}.")
    named = _named(answer)
    if strange := sorted(named - set("ABCD")):
        raise NotYetError(f"The models are called A, B, C and D; there is no {', '.join(strange)}.")
    if named != _GUILTY:
        right = len(named & _GUILTY) + len(set("ABCD") - named - _GUILTY)
        raise NotYetError(f"{right} of the 4 models are in the right place.")
    return (
        "B and C hold more features than dimensions. In A and D every held feature has a whole "
        "dimension, only along directions that are no units."
    )


def _says(letters: str) -> Callable[[Any], bool]:
    return lambda answer: _named(answer) == frozenset(letters)


SUPERPOSED = Exercise(
    slug="superposed",
    title="Tell superposition from a rotation",
    reference=["B", "C"],
    check=_check,
    mistakes=[
        Mistake(
            "In all four, units react to several features. That depends on the units; ask what "
            "the features do to each other.",
            ["A", "B", "C", "D"],
            when=_says("ABCD"),
        ),
        Mistake(
            "You went by the number of features that a unit reacts to. In A each feature has a "
            "dimension to itself, and in C two of them share one.",
            ["A", "B"],
            when=_says("AB"),
        ),
        Mistake(
            "You went by the shape of the matrix, more features than dimensions. D has five "
            "features and holds only two of them.",
            ["B", "C", "D"],
            when=_says("BCD"),
        ),
        Mistake(
            "B is right. In C the units look tidy, but each carries two features, one with each "
            "sign.",
            ["B"],
            when=_says("B"),
        ),
        Mistake(
            "C is right. B too holds more features than it has dimensions: work out the "
            "dimensionality of its features.",
            ["C"],
            when=_says("C"),
        ),
    ],
    hints=[
        "Which of your own functions says how much of a dimension a feature has to itself?",
        "Call `dimensionality` on the features that are held, those whose vector is not zero.",
        (
            "`dimensionality(v[np.linalg.norm(v, axis=1) > 0.5])` for the vectors `v` of each: "
            "where all numbers are 1, nothing is shared."
        ),
    ],
    minutes=8,
    difficulty=4,
)
