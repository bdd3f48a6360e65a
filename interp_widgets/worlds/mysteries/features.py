"""Sealed activations: what do the units answer to, and which basis is privileged?

Everything is drawn: samples have factors, and the activations hold them in one of several ways. A
neuron may look as if it had one meaning in its strongest examples only (Bolukbasi et al. 2021, "An
Interpretability Illusion for BERT"), and two neurons may each answer to two factors without any
superposition, because the code is merely turned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from interp_widgets.worlds.mysteries._feature_questions import questions
from interp_widgets.worlds.mysteries.sealed import Sealed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SAMPLES: Final = 2_000
_EACH = SAMPLES // 10  # samples with a factor that is there or not
_NOISE = 0.05
_YES_NO: Final = (
    *("plural", "question", "quote", "negation", "capital", "digit"),
    *("comma", "past", "colour", "animal", "city", "name"),
)
_CYCLES: Final = {"weekday": 7, "bearing": 8, "hour": 12, "month": 12}
_TASK = (
    "Activations of 2,000 samples whose factors are known: `mystery.model.factors`. "
    "`mystery.model.layers` holds three layers, A, B and C, with the same factors in each; "
    "`mystery.model.neurons` are twelve neurons of a further one."
)


@dataclass(frozen=True, eq=False)
class Activations:
    """Hold what units of a sealed network do on labelled samples.

    Attributes:
        layers: (sample, unit) of each layer, by its name.
        neurons: (sample, neuron).
        factors: (sample,) of each factor by its name: 1 or 0 where it is there or not, or the
            number of the weekday, month, hour or bearing.
    """

    layers: Mapping[str, NDArray[np.float32]]
    neurons: NDArray[np.float32]
    factors: Mapping[str, NDArray[np.int64]]

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {values.shape}" for name, values in self.layers.items())
        return f"Activations(layers: {sizes}; neurons {self.neurons.shape}; {[*self.factors]})"


def make(rng: np.random.Generator) -> Sealed:
    """Draw the factors, the layers and the neurons."""
    factors = _factors(rng)
    shapes = dict(zip(rng.permutation([*_CYCLES]).tolist(), _SHAPES, strict=True))
    privileged = str(rng.choice(["A", "B", "C"]))
    roles = rng.permutation(12)
    neurons = _neurons(factors, rng)[:, np.argsort(roles)]
    model = Activations(_layers(factors, shapes, privileged, rng), _noisy(neurons, rng), factors)
    mono = int(roles[0])
    pairs = [_pair(roles[place : place + 2]) for place in (1, 3, 5)]
    (circle,) = (name for name, shape in shapes.items() if shape == "circle")
    return Sealed(
        task=_TASK,
        model=model,
        inputs=None,
        questions=questions(privileged, mono, pairs, circle, tuple(_CYCLES)),
        story=(
            f"Layer {privileged} has a privileged basis; the others are turned. Neuron {mono} has "
            f"one meaning in spite of a few odd examples at its top; {_pair(roles[7:9])} have "
            f"one at their top only. {pairs[0]} hold two factors, turned; {pairs[1]} and "
            f"{pairs[2]} hold three each. On a circle: {circle}."
        ),
    )


def _factors(rng: np.random.Generator) -> dict[str, NDArray[np.int64]]:
    there = np.arange(SAMPLES) < _EACH
    binary = {name: rng.permutation(there).astype(np.int64) for name in _YES_NO}
    return binary | {name: rng.integers(size, size=SAMPLES) for name, size in _CYCLES.items()}


_SHAPES: Final = ("circle", "line", "arc", "scattered")
_WIDTHS: Final = {"circle": 2, "line": 1, "arc": 2, "scattered": 3}


def _points(shape: str, size: int, rng: np.random.Generator) -> Numbers:
    """Place the values of a factor in the dimensions that it has, (value, dimension)."""
    if shape == "line":
        return np.linspace(-1.5, 1.5, size)[:, None]
    if shape == "scattered":
        points = rng.normal(size=(size, 3))
        scattered: Numbers = points / np.linalg.norm(points, axis=1, keepdims=True)
        return scattered
    turn = 2 * np.pi if shape == "circle" else 1.2 * np.pi
    angles = turn * np.arange(size) / (size if shape == "circle" else size - 1)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _layers(
    factors: Mapping[str, NDArray[np.int64]],
    shapes: Mapping[str, str],
    privileged: str,
    rng: np.random.Generator,
) -> dict[str, NDArray[np.float32]]:
    """Write the same factors into each layer; only in one has a unit a factor to itself."""
    cycles = [_points(shape, _CYCLES[name], rng)[factors[name]] for name, shape in shapes.items()]
    loud = str(rng.choice(sorted({"A", "B", "C"} - {privileged})))  # units far from 0 mean nothing
    layers = {}
    for name in "ABC":
        there = np.stack([factors[factor] for factor in _YES_NO], axis=1)
        strength = rng.uniform(0.8, 1.4, size=there.shape)
        rest = np.hstack(cycles) @ _rotation(sum(_WIDTHS.values()), rng)
        units = np.hstack([there * strength, rest])
        width = units.shape[1]
        units = units[:, rng.permutation(width)]
        if name != privileged:
            units = units @ _rotation(width, rng)
        if name == loud:
            units[:, rng.permutation(width)[:3]] += rng.choice([-6.0, 6.0], size=3)
        layers[name] = _noisy(units, rng)
    return layers


def _neurons(factors: Mapping[str, NDArray[np.int64]], rng: np.random.Generator) -> Numbers:
    """Write twelve neurons: one of one meaning, a turned pair, two crowded pairs, and the others.

    The order is that of the roles: 0 one meaning, 1 and 2 turned, 3 to 6 crowded, 7 and 8 with one
    meaning at the top only, 9 of three meanings, 10 and 11 of none.
    """
    neurons = np.zeros((SAMPLES, 12))
    names = rng.permutation(_YES_NO)
    there = np.stack([factors[str(name)] for name in names], axis=1).astype(float)

    def strength(low: float, high: float) -> Numbers:
        return rng.uniform(low, high, size=SAMPLES)

    neurons[:, 0] = there[:, 0] * strength(0.6, 1.2)
    odd = rng.choice(np.flatnonzero(there[:, 0] == 0), size=8, replace=False)
    neurons[odd, 0] = rng.uniform(1.5, 2.0, size=8)
    angles = rng.uniform(np.pi / 6, np.pi / 3) + np.array([0, np.pi / 2])
    neurons[:, 1:3] = _crowded(there[:, 1:3], angles, rng)
    for first in (3, 5):
        angles = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(3) / 3
        chosen = rng.permutation(12)[:3]
        neurons[:, first : first + 2] = _crowded(there[:, chosen], angles, rng)
    for neuron in (7, 8):
        best, *others = rng.permutation(12)[:4]
        top = there[:, best] * (rng.random(SAMPLES) < 0.5) * strength(1.5, 2.0)
        weak = [there[:, other] * strength(0.55, 0.9) for other in (best, *others)]
        neurons[:, neuron] = np.max([top, *weak], axis=0)
    chosen = rng.permutation(12)[:3]
    neurons[:, 9] = (there[:, chosen] * rng.uniform(0.6, 1.2, size=(SAMPLES, 3))).max(1)
    neurons[:, 10:] = rng.normal(size=(SAMPLES, 2)) * 0.3
    return neurons


def _crowded(there: Numbers, angles: Numbers, rng: np.random.Generator) -> Numbers:
    """Give each factor a direction in the plane of two neurons."""
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    crowded: Numbers = (there * rng.uniform(0.8, 1.2, size=there.shape)) @ directions
    return crowded


def _noisy(values: Numbers, rng: np.random.Generator) -> NDArray[np.float32]:
    return (values + rng.normal(size=values.shape) * _NOISE).astype(np.float32)


def _rotation(size: int, rng: np.random.Generator) -> Numbers:
    basis: Numbers = np.linalg.qr(rng.normal(size=(size, size)))[0]
    return basis


def _pair(neurons: NDArray[np.int64]) -> tuple[int, int]:
    first, second = sorted(neurons.tolist())
    return first, second
