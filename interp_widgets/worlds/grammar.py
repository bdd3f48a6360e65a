"""Programs that write documents, and the exact probability of what they write.

A template is a generator function. It yields what comes next and is sent back the unit that was
chosen. So one definition both *samples* documents (here) and *scores* them (in `scoring`): the
sampler draws from every choice, the scorer replays a document and reads the probability of each
unit. Nothing is chosen in secret, so the only latent left is which template is running, and that is
summed out.

A *unit* is one pre-token of text with its leading space (`" Mary"`, `"."`, `"32"`).
"""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import NamedTuple

BOS = "<bos>"
_NO_SPACE = frozenset(".,:;)?!")

Factors = dict[str, object]


class Choice:
    """A distribution over the next unit: `values` with positive `weights` (uniform if omitted)."""

    __slots__ = ("_cumulative", "_probabilities", "values")

    def __init__(self, values: Sequence[str], weights: Sequence[float] | None = None) -> None:
        """Normalise `weights` and keep their running sum for fast drawing."""
        weights = [1.0] * len(values) if weights is None else list(weights)
        total = math.fsum(weights)
        self.values = tuple(values)
        self._cumulative = list(accumulate(weight / total for weight in weights))
        self._probabilities = {v: w / total for v, w in zip(values, weights, strict=True)}

    def draw(self, rng: random.Random) -> str:
        """Draw one unit."""
        return self.values[min(bisect(self._cumulative, rng.random()), len(self.values) - 1)]

    def items(self) -> Iterator[tuple[str, float]]:
        """Iterate over units and their probabilities."""
        return iter(self._probabilities.items())

    def probability(self, unit: str) -> float:
        """Return the probability of one unit, 0 if it cannot occur."""
        return self._probabilities.get(unit, 0.0)


class Ask(Choice):
    """A choice that is a question: any of `values` is right, any of `wrong` is the mistake."""

    __slots__ = ("kind", "wrong")

    def __init__(self, kind: str, values: Sequence[str], wrong: Sequence[str]) -> None:
        """Name the question and what a model that gets it wrong would say."""
        super().__init__(values)
        self.kind, self.wrong = kind, tuple(wrong)


Program = Generator[Choice | str, str, None]


@dataclass(frozen=True)
class Template:
    """One way of writing a document: a program, its prior weight and the family it belongs to."""

    family: str
    name: str
    weight: float
    program: Callable[[Factors], Program]


@dataclass(frozen=True)
class Question:
    """A prompt whose continuation is known."""

    kind: str
    prompt: str
    answers: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass
class Document:
    """The units of one document (without its opening `<bos>`), their factors and questions."""

    units: list[str] = field(default_factory=list)
    factors: list[Factors] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The document as text, opened by `<bos>`."""
        return BOS + "".join(self.units)


@cache
def units(text: str) -> tuple[str, ...]:
    """Split a literal, written with spaces between all units, into units."""
    return tuple(word if word in _NO_SPACE else " " + word for word in text.split())


class Written(NamedTuple):
    """The units of one document, and which of them answer which kind of question."""

    units: list[str]
    asked: dict[int, str]


def write(template: Template, rng: random.Random) -> Written:
    """Sample one document without its labels (the fast path for training)."""
    program = template.program({})
    written = Written([], {})
    step = next(program)
    while True:
        try:
            if isinstance(step, str):
                written.units.extend(units(step))
                step = next(program)
            else:
                if isinstance(step, Ask):
                    written.asked[len(written.units)] = step.kind
                written.units.append(step.draw(rng))
                step = program.send(written.units[-1])
        except StopIteration:
            return written


def document(template: Template, rng: random.Random) -> Document:
    """Sample one document with the factors of every unit and its questions."""
    current: Factors = {"family": template.family, "template": template.name}
    program, made = template.program(current), Document()
    for step in _walk(program, lambda choice: choice.draw(rng)):
        choice, unit = step
        if isinstance(choice, Ask):
            made.questions.append(Question(choice.kind, made.text, choice.values, choice.wrong))
        made.units.append(unit)
        made.factors.append(dict(current))
    return made


class Reading(NamedTuple):
    """How far a template could have written given units, and their factors up to there."""

    factors: list[Factors]
    whole: bool
    """whether the document ends with the last of them"""


def read(template: Template, written: Sequence[str]) -> Reading:
    """Replay given units through a template, to find their factors."""
    current: Factors = {"family": template.family, "template": template.name}
    found = Reading([], whole=False)

    def given(choice: Choice) -> str:
        unit = written[len(found.factors)] if len(found.factors) < len(written) else BOS
        if not choice.probability(unit):
            raise _StrayedError
        return unit

    try:
        for place, (_, unit) in enumerate(_walk(template.program(current), given)):
            if place == len(written) or unit != written[place]:
                return found
            found.factors.append(dict(current))
    except _StrayedError:
        return found
    return found._replace(whole=len(found.factors) == len(written))


class _StrayedError(Exception):
    """The units are none that the template writes."""


def _walk(program: Program, pick: Callable[[Choice], str]) -> Iterator[tuple[Choice | None, str]]:
    """Run a program; yield every unit *after* the program has labelled it, with its choice."""
    pending: list[tuple[Choice | None, str]] = []
    try:
        step = next(program)
        while True:
            if isinstance(step, str):
                pending = [(None, unit) for unit in units(step)]
                step = next(program)
            else:
                pending = [(step, pick(step))]
                step = program.send(pending[0][1])
            yield from pending
    except StopIteration:
        yield from pending
