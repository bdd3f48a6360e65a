"""Exercise of notebook 03 on what a feature has to itself, from a signature."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake
from interp_widgets.results import Superposition

if TYPE_CHECKING:
    from numpy.typing import NDArray


def dimensionality(vectors: NDArray[np.float64]) -> Any:  # noqa: ANN401 -- (feature,)
    """Tell for each feature how much of a dimension it has to itself."""
    squared = (vectors**2).sum(axis=1)
    overlaps = ((vectors @ vectors.T) ** 2).sum(axis=1) / squared
    return squared / overlaps


def ring(corners: int, length: float = 1.0) -> NDArray[np.float64]:
    """Place vectors evenly around a circle, (feature, 2)."""
    angles = 2 * np.pi * np.arange(corners) / corners
    return length * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _vectors() -> Iterator[tuple[NDArray[np.float64]]]:
    for features, hidden in ((5, 2), (7, 3), (6, 4)):
        yield (np.random.default_rng(features).normal(size=(features, hidden)),)


def _check_dimensionality(my_dimensionality: Callable[..., Any]) -> str:
    for name, vectors, part in (
        ("three features at right angles", 2 * np.eye(3), 1),
        ("an opposite pair", ring(2), 1 / 2),
        ("a pentagon", ring(5, 1.2), 2 / 5),
    ):
        expected = np.full(len(vectors), part)
        what = f"The dimensionality in {name}"
        expect.numbers(expect.call(my_dimensionality, vectors), expected, what)
    for (vectors,) in _vectors():
        expected = Superposition(vectors.astype(np.float32)).dimensionality[0]
        what = f"The dimensionality of {len(vectors)} random vectors"
        expect.numbers(expect.call(my_dimensionality, vectors), expected, what)
    return "It is 1 at right angles, 1/2 in a pair, 2/5 in a pentagon, and agrees with the library."


def _cosines(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines: NDArray[np.float64] = units @ units.T
    return cosines


DIMENSIONALITY = Exercise(
    slug="dimensionality",
    title="Measure how much of a dimension each feature has",
    reference=dimensionality,
    check=_check_dimensionality,
    inputs=_vectors,
    mistakes=[
        Mistake(
            "The overlaps are added up as they are, so that opposite ones cancel. Square them.",
            lambda v: (v**2).sum(1) / ((v @ v.T).sum(1) / (v**2).sum(1) ** 0.5),
        ),
        Mistake(
            "The feature's overlap with itself belongs to the sum: without it, one that shares "
            "with none would have nothing below the line.",
            lambda v: (
                (v**2).sum(1) / ((((v @ v.T) ** 2).sum(1) - (v**2).sum(1) ** 2) / (v**2).sum(1))
            ),
        ),
        Mistake(
            "The other vectors were brought to length 1 as well. A long one disturbs more than a "
            "short one, so only the feature's own vector is.",
            lambda v: (v**2).sum(1) / (_cosines(v) ** 2).sum(1),
        ),
        Mistake(
            "The feature's own vector has to be brought to length 1 below the line.",
            lambda v: (v**2).sum(1) / ((v @ v.T) ** 2).sum(1),
        ),
        Mistake(
            "Above the line stands the squared length, not the length.",
            lambda v: np.linalg.norm(v, axis=1) / (((v @ v.T) ** 2).sum(1) / (v**2).sum(1)),
        ),
    ],
    hints=[
        "`vectors @ vectors.T` has the product of each vector with each. Which row is whose?",
        (
            "Bring the vector of the row to length 1: divide its squared products by its squared "
            "length. Then add up the row."
        ),
        (
            "With `squared = (vectors ** 2).sum(axis=1)`, what stands below the line is "
            "`((vectors @ vectors.T) ** 2).sum(axis=1) / squared`."
        ),
    ],
    minutes=8,
    difficulty=3,
)
