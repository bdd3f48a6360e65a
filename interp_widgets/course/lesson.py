"""A lesson: what one notebook asks, and the verbs that answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import ipywidgets

from interp_widgets.course import checks, hints, manual, overview, records, screen, values
from interp_widgets.course.exercises import Exercise
from interp_widgets.course.predictions import Prediction, PredictionBox
from interp_widgets.course.progress import DEFAULT, Store
from interp_widgets.course.quiz import Quiz, QuizBox
from interp_widgets.course.takeaway import FILE, ExportButton

_SURE = 'The solution is shown by lesson.solution("{slug}", sure=True). ' + hints.SURE


class _Named(Protocol):
    @property
    def slug(self) -> str: ...


N = TypeVar("N", bound=_Named)
A = TypeVar("A")


@dataclass(frozen=True)
class Lesson:
    """Check answers, give help and keep score in one notebook.

    Attributes:
        stem: of the notebook, such as "02_superposition".
        exercises: in the order of the notebook.
        predictions: questions to be guessed at before a figure answers them.
        quizzes: questions with choices.
        discuss: questions for a group, printed in the teacher's copy.
        store: where results are kept.
    """

    stem: str
    exercises: Sequence[Exercise]
    predictions: Sequence[Prediction] = ()
    quizzes: Sequence[Quiz] = ()
    discuss: Sequence[str] = ()
    store: Store = field(default=DEFAULT, repr=False)

    def check(self, slug: str, answer: A) -> A:
        """Say whether an answer is right, and go on either way.

        Args:
            slug: the name of the exercise.
            answer: the learner's; it is never changed.

        Returns:
            The answer itself if it is right, else the reference, so that later cells work. Give it
            another name than the answer's own.
        """
        exercise = _named(slug, self.exercises)
        verdict = checks.grade(exercise, answer)
        if verdict.state in {"right", "not yet"}:
            self._record("checks", slug, partial(_count_try, passed=verdict.passed))
        if verdict.passed:
            screen.show(str(verdict), verdict.html())
            return answer
        panel = hints.HelpPanel(
            exercise,
            lambda level: self._record("checks", slug, partial(_count_hint, level=level)),
            lambda: self._record("checks", slug, _count_solution),
        )
        self._ask(slug, str(verdict), verdict.html(), panel, hints.without_buttons(exercise))
        if verdict.state == "unchecked":
            return answer
        reference: A = values.copied(exercise.answer())  # later cells may change what they get
        return reference

    def hint(self, slug: str, level: int | None = None) -> None:
        """Show the next hint of an exercise, or the one asked for.

        Args:
            slug: the name of the exercise.
            level: 1 to 3; None is the one after the last that was shown.
        """
        exercise = _named(slug, self.exercises)
        last = len(exercise.hints)
        if level is None:
            level = min(self._entry("checks", slug)["hints"] + 1, last)
        if level not in range(1, last + 1):
            raise ValueError(f"level: expected 1 to {last}, got {level!r}.")
        self._record("checks", slug, partial(_count_hint, level=level))
        more = f' lesson.hint("{slug}") gives the next one.' if level < last else ""
        screen.show(f"Hint {level} of {last}. {exercise.hints[level - 1]}{more}")

    def solution(self, slug: str, *, sure: bool = False) -> None:
        """Show the solution of an exercise to somebody who is sure.

        Args:
            slug: the name of the exercise.
            sure: whether to show it now.
        """
        exercise = _named(slug, self.exercises)
        if not sure:
            screen.show(_SURE.format(slug=slug))
            return
        self._record("checks", slug, _count_solution)
        solution = exercise.solution()
        screen.show(solution, screen.code(solution))

    def predict(self, slug: str, guess: object = None) -> None:
        """Ask for a guess, or write one down.

        Args:
            slug: the name of the prediction.
            guess: a letter, or a number; None asks with buttons.
        """
        prediction = _named(slug, self.predictions)
        stored = self._entry("predictions", slug)
        if stored["revealed"]:
            before = prediction.show(stored["value"])
            screen.show(
                f"{prediction.question}\nYou predicted, before you saw the answer: {before}."
            )
        elif guess is not None:
            value = prediction.parse(guess)
            self._guess(prediction, value)
            screen.show(prediction.confirm(value))
        else:
            box = PredictionBox(prediction, stored["value"], partial(self._guess, prediction))
            question = prediction.question
            html, without = screen.paragraph(question), prediction.without_buttons()
            self._ask(slug, question, html, box, without)

    def reveal(self, slug: str | None = None) -> None:
        """Compare a guess with the answer, once there is a guess.

        Args:
            slug: the name of the prediction; None sums up all of them.
        """
        if slug is None:
            plain, html = overview.predictions(self, self.store.read())
            screen.show(plain, html)
            return
        prediction = _named(slug, self.predictions)
        value = self._entry("predictions", slug)["value"]
        if value is None:
            screen.show(
                "No prediction yet: write one down in its cell above, then run this cell again."
            )
            return
        self._record("predictions", slug, lambda entry: entry.update(revealed=True))
        screen.show(prediction.compare(value))

    def quiz(self, slug: str = "quiz", answers: str | None = None) -> None:
        """Ask the questions of a quiz, or score answers to them.

        Args:
            slug: the name of the quiz.
            answers: a letter for each question, such as "bacca"; None asks with buttons.
        """
        quiz = _named(slug, self.quizzes)
        if answers is not None:
            chosen = quiz.parse(answers)
            self._scored(quiz, quiz.score(chosen))
            screen.show(quiz.result(chosen))
            return
        box = QuizBox(quiz, partial(self._scored, quiz))
        html, without = screen.paragraph(quiz.title), quiz.without_buttons()
        self._ask(slug, quiz.title, html, box, without)

    def progress(self) -> None:
        """Show what has been done in this notebook, and offer a copy to take along."""
        plain, html = overview.lesson(self, self.store.read())
        take_along = f"To take it along: {manual.command(f'progress export {FILE}')}"
        self._ask("progress", plain, html, ExportButton(self.store, Path.cwd()), take_along)

    def _ask(
        self, slug: str, plain: str, html: str, box: ipywidgets.DOMWidget, without: str
    ) -> None:
        screen.show(plain, html, box, without, place=f"{self.stem}/{slug}")

    def _guess(self, prediction: Prediction, value: float) -> bool:
        """Write a guess down, unless the answer has been shown; return whether it was."""
        if self._entry("predictions", prediction.slug)["revealed"]:
            return False
        guessed = {"value": value, "right": prediction.is_right(value)}
        self._record("predictions", prediction.slug, lambda entry: entry.update(guessed))
        return True

    def _scored(self, quiz: Quiz, score: int) -> None:
        def count(entry: dict[str, Any]) -> None:
            best = max(score, entry["right"])
            entry.update(right=best, of=len(quiz.questions), tries=entry["tries"] + 1)

        self._record("quizzes", quiz.slug, count)

    def _record(self, kind: str, slug: str, change: Callable[[dict[str, Any]], None]) -> None:
        self.store.change(lambda known: change(records.entry(known, self.stem, kind, slug)))

    def _entry(self, kind: str, slug: str) -> dict[str, Any]:
        return records.entry(self.store.read(), self.stem, kind, slug)


def _named(slug: str, things: Sequence[N]) -> N:
    for thing in things:
        if thing.slug == slug:
            return thing
    known = ", ".join(thing.slug for thing in things) or "none"
    raise ValueError(f"slug: expected one of this lesson's ({known}), got {slug!r}.")


def _count_try(entry: dict[str, Any], *, passed: bool) -> None:
    """Count tries until the exercise is passed."""
    if not entry["passed"]:
        entry.update(passed=passed, tries=entry["tries"] + 1)


def _count_hint(entry: dict[str, Any], level: int) -> None:
    entry["hints"] = max(entry["hints"], level)


def _count_solution(entry: dict[str, Any]) -> None:
    entry["solution"] = True
