"""Sealed toy models: which of them holds more features than dimensions, and how?

Beside the one in superposition stand orthogonal codes. Turned, or with long vectors, or with weak
leftovers of the features that they dropped, they look just as crowded (Elhage et al. 2022, "Toy
Models of Superposition").
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from interp_widgets.results import Superposition
from interp_widgets.worlds.mysteries.sealed import Answer, Question, Sealed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float64]

FEATURES: Final = 12
HIDDEN: Final = 6
_NOISE = 0.01
_TASK = (
    "Five toy models, each with 12 features in 6 hidden dimensions. A feature counts as held where "
    "its vector is at least half as long as the longest of its model; the rest is dropped. "
    "`mystery.model` has the vectors, and `iw.SuperpositionView` shows them."
)
_SHAPES: Final = {"triangle": (2, 3), "tetrahedron": (3, 4), "pentagon": (2, 5)}
"""How many dimensions and how many features."""


class _Crowd(NamedTuple):
    """Say how the model in superposition was drawn."""

    vectors: Vectors
    shape: str
    held: int
    opposite: tuple[int, int]


def make(rng: np.random.Generator) -> Sealed:
    """Draw five models, of which one is in superposition."""
    crowd = _crowd(rng)
    models = [
        crowd.vectors,
        _orthogonal(rng, length=1.0, dropped=0.05),
        _orthogonal(rng, length=1.5, dropped=0.05),
        _orthogonal(rng, length=1.0, dropped=0.35),
        _orthogonal(rng, length=1.0, dropped=0.05, turned=False),
    ]
    order = rng.permutation(len(models))
    vectors = np.stack([models[place] for place in order])
    vectors += rng.normal(size=vectors.shape) * _NOISE
    instance = int(np.flatnonzero(order == 0)[0])
    return Sealed(
        task=_TASK,
        model=Superposition(vectors.astype(np.float32)),
        inputs=None,
        questions=_questions(instance, crowd),
        story=(
            f"Model {instance} holds {crowd.held} features: {crowd.opposite[0]} and "
            f"{crowd.opposite[1]} are opposites in one dimension, others form a {crowd.shape}. The "
            "other models hold six in six dimensions, at right angles however they are turned."
        ),
    )


def _orthogonal(
    rng: np.random.Generator, *, length: float, dropped: float, turned: bool = True
) -> Vectors:
    """Give as many features as there are dimensions a direction each; drop the others."""
    return _scattered(length * np.eye(HIDDEN), rng, dropped=dropped, turned=turned)[0]


def _crowd(rng: np.random.Generator) -> _Crowd:
    """Put a pair of opposites, a shape, and features alone into the dimensions."""
    shape = str(rng.choice([*_SHAPES]))
    dimensions, features = _SHAPES[shape]
    alone = HIDDEN - 1 - dimensions - int(rng.integers(2))
    blocks = [np.array([[1.0], [-1.0]]), _corners(shape), np.eye(alone)]
    packed = np.zeros((2 + features + alone, HIDDEN))
    row = column = 0
    for block in blocks:
        rows, columns = block.shape
        packed[row : row + rows, column : column + columns] = block * rng.uniform(0.9, 1.05)
        row, column = row + rows, column + columns
    turned = bool(rng.random() < 0.5)
    vectors, places = _scattered(packed, rng, dropped=0.05, turned=turned)
    first, second = sorted(places[:2].tolist())
    return _Crowd(vectors, shape, len(packed), (first, second))


def _corners(shape: str) -> Vectors:
    """Place the corners of a shape at length 1 around its middle, (feature, dimension)."""
    dimensions, features = _SHAPES[shape]
    if dimensions == 3:
        signs = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
        corners: Vectors = signs / np.sqrt(3)
        return corners
    angles = 2 * np.pi * np.arange(features) / features
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _scattered(
    held: Vectors, rng: np.random.Generator, *, dropped: float, turned: bool
) -> tuple[Vectors, NDArray[np.int64]]:
    """Give the vectors to features at random, short ones to the rest, and turn the dimensions."""
    places = rng.permutation(FEATURES)[: len(held)]
    short = rng.normal(size=(FEATURES, HIDDEN))
    vectors = short / np.linalg.norm(short, axis=1, keepdims=True) * dropped
    vectors[places] = held[:, rng.permutation(HIDDEN)]
    if turned:
        vectors = vectors @ np.linalg.qr(rng.normal(size=(HIDDEN, HIDDEN)))[0]
    return vectors, places


def _questions(instance: int, crowd: _Crowd) -> tuple[Question, ...]:
    pairs: dict[Answer, str] = dict.fromkeys(combinations(range(FEATURES), 2), "")
    return (
        Question(
            slug="superposed",
            words="Which model holds more features than it has dimensions?",
            expects="a number from 0 to 4",
            menu=dict.fromkeys(range(5), ""),
            answer=instance,
            test=(
                "Your answer was {given}. Count its vectors that are at least half as long as its "
                "longest one. Then look at the products of different vectors that are held: in an "
                "orthogonal code they vanish, however it is turned."
            ),
        ),
        Question(
            slug="held",
            words="How many features does it hold?",
            expects=f"a number from 0 to {FEATURES}",
            menu=dict.fromkeys(range(FEATURES + 1), ""),
            answer=crowd.held,
            test=(
                "Your answer was {given}. `mystery.model.lengths` has the length of each vector; "
                "count those that are at least half the longest."
            ),
        ),
        Question(
            slug="opposite",
            words="Which two features of it are opposites that share one dimension?",
            expects=f"two numbers from 0 to {FEATURES - 1}, such as (0, 1)",
            menu=pairs,
            answer=crowd.opposite,
            test="Take the cosine between the two vectors of {given}. Are they opposite?",
        ),
        Question(
            slug="shared",
            words="Which shape do the other features form that share dimensions?",
            expects=f"one of {', '.join(_SHAPES)}",
            menu={name: f"{n} features in {d} dimensions" for name, (d, n) in _SHAPES.items()},
            answer=crowd.shape,
            test=(
                "In a regular shape each feature has the same part of the dimensions. Compute that "
                "part for a {given} and compare it with `mystery.model.dimensionality`."
            ),
        ),
    )
