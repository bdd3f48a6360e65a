"""Notebook 02, strongest: the examples that excite a unit most, each from another text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


def strongest(values: Numbers, k: int) -> Any:  # noqa: ANN401 -- an array
    """List text and place of the k largest activations, at most one of each text."""
    texts = np.argsort(-values.max(1))[:k]
    return np.stack([texts, values[texts].argmax(1)], 1)


def _activations() -> Iterator[tuple[Numbers, int]]:
    """Yield activations whose largest all stand in one text, and some far below 0."""
    for texts, length, k in ((6, 5, 3), (7, 4, 4)):
        rng = np.random.default_rng(texts)
        values = rng.permutation(np.linspace(-3, 2, texts * length)).reshape(texts, length)
        values[2] = np.linspace(2.5, 4, length)
        yield values, k


def _library(values: Numbers, k: int) -> NDArray[np.int64]:
    """List those that a dashboard of the library would show."""
    from interp_widgets.analysis._feature_examples import Choice

    length, places = values.shape[1], np.arange(values.size)
    choice = Choice(
        ids=places,
        starts=np.arange(0, values.size + 1, length),
        counted=np.ones(values.size, dtype=bool),
        most=k,
        fewer=1,
        before=0,
        signed=False,
        seed=0,
    )
    return np.stack(np.divmod(choice.of(values.ravel(), 0)[:k], length), 1)


def _check_strongest(my_strongest: Callable[..., Any]) -> str:
    for values, k in _activations():
        came = expect.call(my_strongest, values, k)
        expect.numbers(came, _library(values, k), f"Where the {k} strongest stand")
    return "They are those that the library's dashboards show: the largest of each text."


def _wrong(kind: str, values: Numbers, k: int) -> NDArray[np.int64]:
    if kind == "crowded":
        return np.stack(np.unravel_index(np.argsort(-values, axis=None)[:k], values.shape), 1)
    if kind == "size":
        values = np.abs(values)
    order = np.argsort(-values.max(1))
    texts = {"weakest": order[::-1], "unsorted": np.sort(order[:k])}.get(kind, order)[:k]
    found = np.stack([texts, values[texts].argmax(1)], 1)
    return found[:, ::-1] if kind == "swapped" else found


STRONGEST = Exercise(
    slug="strongest",
    title="List the strongest examples, each from another text",
    reference=strongest,
    check=_check_strongest,
    inputs=_activations,
    mistakes=[
        Mistake(
            "Several of these stand in one text. Take the largest of each text first.",
            lambda values, k: _wrong("crowded", values, k),
        ),
        Mistake(
            "These are texts in which the unit is least active. Sort by `-values.max(1)`.",
            lambda values, k: _wrong("weakest", values, k),
        ),
        Mistake(
            "The right ones, in the order of the texts. The strongest comes first.",
            lambda values, k: _wrong("unsorted", values, k),
        ),
        Mistake(
            "Place and text are swapped: the text comes first.",
            lambda values, k: _wrong("swapped", values, k),
        ),
        Mistake(
            "An activation far below 0 is not strong. Leave the signs as they are.",
            lambda values, k: _wrong("size", values, k),
        ),
    ],
    hints=[
        "`values.max(1)` is the largest activation of each text. Which k texts have the largest?",
        "`texts = np.argsort(-values.max(1))[:k]`; in each of them, `argmax(1)` is the place.",
        "`return np.stack([texts, values[texts].argmax(1)], 1)`",
    ],
    minutes=6,
    difficulty=3,
)
