"""What a lesson file is written in: an exercise, its typical mistakes, and its answers."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from interp_widgets.course import values

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MISTAKES = range(3, 7)
_HINTS = 3
_DIFFICULTIES = range(1, 6)


@dataclass(frozen=True)
class Computed:
    """An answer that is worked out when it is needed, for example from a model.

    Attributes:
        compute: returns the answer.
    """

    compute: Callable[[], object]


@dataclass(frozen=True)
class Selected:
    """A selection in a view, as an answer: what `view.selection.value` tells.

    Attributes:
        layer: the model's number of the layer.
        head: the model's number of the head.
        pos: position of the token.
        key: position of the token that is looked at.
        feature: number of the neuron or latent.
    """

    layer: int | None = None
    head: int | None = None
    pos: int | None = None
    key: int | None = None
    feature: int | None = None

    def __str__(self) -> str:
        return ", ".join(f"{name} {number}" for name, number in self.chosen().items())

    def chosen(self) -> dict[str, int]:
        """Return what is chosen, by the names of the fields."""
        return {name: number for name, number in vars(self).items() if number is not None}

    def is_in(self, answer: object) -> bool:
        """Whether an answer selects this, and perhaps more."""
        return all(getattr(answer, name, None) == number for name, number in self.chosen().items())


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer, and what to say to those who give it.

    Attributes:
        message: what they have usually overlooked; no other mistake of the course says the same.
        answer: one such answer.
        when: takes an answer that did not pass and tells whether this is the mistake in it; None
            recognises answers that do the same as this one.
    """

    message: str
    answer: object
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson.

    Attributes:
        slug: the name that a notebook calls it by.
        title: a few words for lists.
        reference: a right answer; a function, a value, a selection, or how to compute one.
        check: takes an answer; returns a sentence for a right one (or None), and raises
            `NotYetError` for a wrong one. It tests properties, not equality with the reference.
        mistakes: three to six.
        hints: three, from a nudge to nearly the solution.
        minutes: that it takes a learner.
        difficulty: from 1 to 5.
        inputs: for a function: gives the arguments, one tuple for each call, on which a typical
            mistake shows.
    """

    slug: str
    title: str
    reference: object
    check: Callable[[Any], str | None]
    mistakes: Sequence[Mistake]
    hints: Sequence[str]
    minutes: int
    difficulty: int
    inputs: Callable[[], Iterable[tuple[object, ...]]] | None = None

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.slug):
            raise ValueError(f"slug: expected lower-case words joined by -, got {self.slug!r}.")
        counts = (("mistakes", len(self.mistakes), _MISTAKES), ("hints", len(self.hints), [_HINTS]))
        for name, count, allowed in (*counts, ("difficulty", self.difficulty, _DIFFICULTIES)):
            if count not in allowed:
                raise ValueError(
                    f"{name} of {self.slug}: expected one of {[*allowed]}, got {count}."
                )

    def answer(self) -> Any:  # noqa: ANN401 -- any answer
        """Return a right answer."""
        return resolve(self.reference)

    def warm_up(self) -> None:
        """Load what the check needs, so that it does not count as the learner's time."""
        self.answer()
        list(self.inputs() if self.inputs else ())

    def solution(self) -> str:
        """Return a right answer as text: the source of a function, or the value."""
        answer = self.answer()
        return source(answer) if inspect.isfunction(answer) else str(answer)

    def diagnose(self, answer: object) -> str:
        """Return the message of the mistake in an answer that did not pass; empty if unknown."""
        found = (mistake for mistake in self.mistakes if self._made(mistake, answer))
        return next((mistake.message for mistake in found), "")

    def _made(self, mistake: Mistake, answer: object) -> bool:
        try:
            if mistake.when is not None:
                return mistake.when(values.copied(answer))
            typical = resolve(mistake.answer)
            if isinstance(typical, Selected):
                return typical.is_in(answer)
            if self.inputs is None or not (callable(answer) and callable(typical)):
                return values.same(answer, typical)
            return all(
                values.same(_outcome(answer, arguments), _outcome(typical, arguments))
                for arguments in self.inputs()
            )
        except (Exception, SystemExit):  # noqa: BLE001 -- what cannot be compared is another mistake
            return False


def resolve(answer: object) -> Any:  # noqa: ANN401 -- any answer
    """Return an answer as it is handed in, computing it if need be."""
    return answer.compute() if isinstance(answer, Computed) else answer


def source(function: Callable[..., Any]) -> str:
    """Return the source of a reference as a learner would have it: `my_` name, no annotations."""
    lines = textwrap.dedent(inspect.getsource(function)).rstrip().splitlines()
    (parsed,) = ast.parse("\n".join(lines)).body
    if not isinstance(parsed, ast.FunctionDef):
        raise TypeError(f"reference: expected a function made with def, got {lines[0]!r}.")
    for argument in ast.walk(parsed.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    header = f"def my_{parsed.name}({ast.unparse(parsed.args)}):"
    return "\n".join([header, *lines[parsed.body[0].lineno - 1 :]])


def _outcome(function: Callable[..., Any], arguments: tuple[object, ...]) -> object:
    """Call a function on copies; an error is an outcome too."""
    try:
        return function(*values.copied(arguments))
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever it raises, the same mistake raises too
        return type(error).__name__
