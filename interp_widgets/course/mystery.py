"""A sealed model that closes a notebook: examine it with the notebook's tools, then answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interp_widgets import text
from interp_widgets.course import progress, records, screen, stubs
from interp_widgets.course.mystery_score import MysteryScore
from interp_widgets.worlds import mysteries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interp_widgets.course.progress import Store
    from interp_widgets.worlds.mysteries.sealed import Answer, Question, Sealed

SLUG = "mystery"
"""The name that a score is recorded by, among the quizzes of the notebook."""

_SEED = 0
_LONGEST = 30  # characters of an answer that the question does not have
_SEALED = (
    "Sealed means that nothing shows the answers by accident. It is meant for your own study: who "
    "searches the package's source for them will find them."
)
_SURE = (
    "The answers are shown by mystery.reveal(sure=True). After that nothing is recorded; "
    "iw.mystery with another seed gives you another model."
)


def mystery(name: str, seed: int | None = None) -> Mystery:
    """Draw a sealed model: a small one whose mechanism is known, but not shown.

    Args:
        name: of the notebook that it closes, such as "01_inside_a_transformer".
        seed: which of the models of this kind; None is always the same one.

    Returns:
        The model, its questions, and what scores the answers to them.

    Raises:
        TypeError: a name that is no text, or a seed that is no whole number.
        ValueError: a notebook without such models, or a negative seed.
    """
    known = ", ".join(mysteries.FAMILIES)
    if not isinstance(name, str):
        raise TypeError(f"name: expected one of {known}, got {type(name).__name__}.")
    if name not in mysteries.FAMILIES:
        raise ValueError(f"name: expected one of {known}, got {name!r}.")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise TypeError(f"seed: expected a whole number or None, got {type(seed).__name__}.")
    if seed is not None and seed < 0:
        raise ValueError(f"seed: expected 0 or more, got {seed}.")
    return Mystery(name, mysteries.make(name, _SEED if seed is None else seed))


class Mystery:
    """Show a sealed model, and score what somebody has found out about it.

    Args:
        stem: of the notebook.
        sealed: the model, the questions and the answers.
        store: where the best score is kept.
    """

    def __init__(self, stem: str, sealed: Sealed, store: Store = progress.DEFAULT) -> None:
        self.stem = stem
        self._sealed, self._store = sealed, store
        self._counts = True

    @property
    def model(self) -> Any:  # noqa: ANN401 -- a network, or arrays in a result
        """What is to be examined."""
        return self._sealed.model

    @property
    def inputs(self) -> Any:  # noqa: ANN401 -- as the model takes them
        """What the model is made for; None where it already holds its inputs."""
        return self._sealed.inputs

    def score(self, **answers: object) -> MysteryScore:
        """Say which answers are right, and for the others which measurement would tell.

        Args:
            answers: by the names of the questions. One that is left out, None or ``...`` is not
                started. A head is "L0H1", (0, 1) or a selection in a view.

        Returns:
            The points, and a sentence for each wrong answer; for one that the question does not
            have, which it has.

        Raises:
            TypeError: no such question.
        """
        questions = self._sealed.questions
        if unknown := sorted(answers.keys() - {question.slug for question in questions}):
            raise TypeError(
                f"answers: expected {', '.join(q.slug for q in questions)}, "
                f"got {', '.join(unknown)}."
            )
        judged = [_judge(question, answers.get(question.slug)) for question in questions]
        given, right, advice = (
            dict(zip([question.slug for question in questions], column, strict=True))
            for column in zip(*judged, strict=True)
        )
        result = MysteryScore(given, right, advice, self._sealed.story)
        if self._counts and any(result.given.values()):
            self._record(result)
        return result

    def reveal(self, *, sure: bool = False) -> None:
        """Show the answers and how the model works, to somebody who is sure.

        Args:
            sure: whether to show them now.
        """
        if not sure:
            screen.show(_SURE)
            return
        self._counts = False
        answers = "\n".join(f"{q.slug}: {q.answer}" for q in self._sealed.questions)
        screen.show(f"{answers}\n{self._sealed.story}")

    def __repr__(self) -> str:
        asked = [
            "\n".join([f"{question.slug}: {question.words}", *_lines(question)])
            for question in self._sealed.questions
        ]
        return "\n".join([self._sealed.task, "", *asked, "", self._how(), _SEALED])

    def _repr_html_(self) -> str:
        asked = "".join(
            f"<li><code>{question.slug}</code>: {screen.words(question.words)}"
            f"{_menu(question)}</li>"
            for question in self._sealed.questions
        )
        return (
            f"{screen.paragraph(self._sealed.task)}"
            f'<ol style="max-width:48em">{asked}</ol>{screen.code(self._how())}'
            f"{screen.paragraph(_SEALED)}"
        )

    def _how(self) -> str:
        """Write the call that answers, untouched."""
        blanks = ", ".join(f"{question.slug}=..." for question in self._sealed.questions)
        return f"mystery.score({blanks})"

    def _record(self, result: MysteryScore) -> None:
        """Keep the best score, as that of a quiz is kept."""

        def count(known: dict[str, Any]) -> None:
            entry = records.entry(known, self.stem, "quizzes", SLUG)
            best = max(result.points, entry["right"])
            entry.update(right=best, of=result.of, tries=entry["tries"] + 1)

        self._store.change(count)


def _judge(question: Question, given: object) -> tuple[str, bool | None, str]:
    """Write an answer as text, say whether it is right, and if not, what would tell."""
    if given is None or stubs.why_untouched(given):
        return "", None, ""
    try:
        answer = question.read(given)
    except (TypeError, ValueError) as refused:
        shown = text.prose(repr(given), _LONGEST)
        return shown, False, str(refused).removeprefix(f"{question.slug}: ")
    right = answer == question.answer
    return str(answer), right, "" if right else question.measurement(answer)


def _described(menu: Mapping[Answer, str]) -> list[tuple[str, str]]:
    return [(str(answer), what) for answer, what in menu.items() if what]


def _lines(question: Question) -> list[str]:
    """Write the possible answers as text."""
    described = _described(question.menu)
    wide = max((len(answer) for answer, _ in described), default=0)
    return [f"    {answer:{wide}}  {what}" for answer, what in described] or [
        f"    {question.expects}"
    ]


def _menu(question: Question) -> str:
    """Write the possible answers as HTML."""
    rows = "".join(
        f"<tr><td style='text-align:left'><code>{text.html(answer)}</code></td>"
        f"<td style='text-align:left'>{text.html(what)}</td></tr>"
        for answer, what in _described(question.menu)
    )
    return f"<table>{rows}</table>" if rows else f"<br>{screen.words(question.expects)}"
