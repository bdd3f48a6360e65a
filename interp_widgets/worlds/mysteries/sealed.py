"""What a sealed model is: a thing to examine, and questions of which the answers are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

Answer: TypeAlias = str | int | tuple[int, int]


@dataclass(frozen=True)
class Question:
    """Ask one thing about a sealed model that a measurement decides.

    Attributes:
        slug: the name of the answer in `score`.
        words: the question.
        expects: the possible answers, in words.
        menu: every possible answer, and what it means where it does not speak for itself.
        answer: the right one.
        test: the measurement that decides, in which "{given}" stands for the wrong answer; it never
            says how it comes out.
        tests: the same for the wrong answers that have a measurement of their own.
    """

    slug: str
    words: str
    expects: str
    menu: Mapping[Answer, str]
    answer: Answer = field(repr=False)
    test: str = field(repr=False)
    tests: Mapping[Answer, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.answer not in self.menu:
            raise ValueError(
                f"answer of {self.slug}: expected one of {[*self.menu]}, got {self.answer!r}."
            )

    def read(self, given: object) -> Answer:
        """Turn what was handed in into an answer of the menu.

        Args:
            given: an answer as the menu has it; a head also as (layer, head), and a head or a unit
                as it is selected in a view.

        Raises:
            TypeError: something that cannot be an answer.
            ValueError: an answer that is not in the menu.
        """
        meant = _plain(given, heads=any(isinstance(answer, str) for answer in self.menu))
        if meant is None:
            raise TypeError(f"{self.slug}: expected {self.expects}, got {_named(given)}.")
        for answer in self.menu:
            if type(meant) is type(answer) and meant == answer:
                return answer
        raise ValueError(f"{self.slug}: expected {self.expects}, got {given!r}.")

    def measurement(self, wrong: Answer) -> str:
        """Name the measurement that tells a wrong answer from the right one."""
        return self.tests.get(wrong, self.test.format(given=wrong))


@dataclass(frozen=True)
class Sealed:
    """Hold a model whose mechanism is known, but not shown.

    Attributes:
        task: two or three sentences: what it is, and what is asked.
        model: what is to be examined.
        inputs: what the model is made for; None where it already holds its inputs.
        questions: in the order in which they are asked.
        story: how it works, for those who have found out.
    """

    task: str
    model: Any
    inputs: Any
    questions: tuple[Question, ...]
    story: str = field(repr=False)


def _plain(given: Any, *, heads: bool) -> Answer | None:  # noqa: ANN401 -- any answer
    """Write an answer as menus do; None for what is no answer at all."""
    if isinstance(given, np.generic):
        given = given.item()
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return given
    if isinstance(given, str):
        return given.strip()
    if isinstance(given, tuple | list) and len(given) == 2:
        first, second = (_plain(part, heads=False) for part in given)
        if isinstance(first, int) and isinstance(second, int):
            return f"L{first}H{second}" if heads else (min(first, second), max(first, second))
    return _selected(given, heads=heads)


def _selected(given: object, *, heads: bool) -> Answer | None:
    """Read what is selected in a view."""
    layer, head, feature = (getattr(given, name, None) for name in ("layer", "head", "feature"))
    if heads:
        return f"L{layer}H{head}" if isinstance(layer, int) and isinstance(head, int) else None
    return feature if isinstance(feature, int) else None


def _named(given: object) -> str:
    return repr(given) if isinstance(given, bool | float) else type(given).__name__
