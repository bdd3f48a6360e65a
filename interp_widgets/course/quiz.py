"""Questions with answers to choose from, scored, with the reason for each wrong choice."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets

from interp_widgets import text
from interp_widgets.course import screen

_LETTERS = string.ascii_lowercase
_APART = {"margin": "0 0 16px"}  # from the next question, nearer to its own


@dataclass(frozen=True)
class Choice:
    """One answer to choose.

    Attributes:
        words: the answer.
        why: why it is right or wrong; every choice has its own reason.
        right: whether it is right.
    """

    words: str
    why: str
    right: bool = False


def right(words: str, why: str) -> Choice:
    """Write down the right answer of a question."""
    return Choice(words, why, right=True)


def wrong(words: str, why: str) -> Choice:
    """Write down a wrong answer of a question, and why it is wrong."""
    return Choice(words, why)


@dataclass(frozen=True)
class Question:
    """One question, with exactly one right choice."""

    words: str
    choices: Sequence[Choice]

    def __post_init__(self) -> None:
        if (count := sum(choice.right for choice in self.choices)) != 1:
            raise ValueError(f"choices: expected 1 right one, got {count} in {self.words!r}.")


@dataclass(frozen=True)
class Quiz:
    """Several questions that are answered together.

    Attributes:
        slug: the name that a notebook calls it by.
        title: a few words for lists.
        questions: in the order in which they are asked.
    """

    slug: str
    title: str
    questions: Sequence[Question]

    def parse(self, answers: str) -> list[int]:
        """Turn typed letters, such as "bacca", into the numbers of the choices.

        Raises:
            ValueError: too few or too many letters, or a letter that no choice has.
        """
        letters = answers.lower().replace(" ", "").replace(",", "")
        chosen = [_LETTERS.find(letter) for letter in letters]
        allowed = [len(question.choices) for question in self.questions]
        if len(chosen) != len(allowed) or not all(
            0 <= number < count for number, count in zip(chosen, allowed, strict=True)
        ):
            example = "abc" * len(allowed)
            raise ValueError(
                f"answers: expected {len(allowed)} letters such as "
                f"{example[: len(allowed)]!r}, one for each question, got {answers!r}."
            )
        return chosen

    def key(self) -> str:
        """Write the letters of the right answers."""
        places = [[choice.right for choice in q.choices].index(True) for q in self.questions]
        return "".join(_LETTERS[place] for place in places)

    def score(self, chosen: Sequence[int | None]) -> int:
        """Count the right answers; None is a question that was not answered."""
        pairs = zip(self.questions, chosen, strict=True)
        return sum(number is not None and q.choices[number].right for q, number in pairs)

    def feedback(self, number: int, chosen: int | None) -> str:
        """Say whether an answer is right, and why.

        Args:
            number: of the question, from 0.
            chosen: number of the choice, from 0; None if there is none.
        """
        if chosen is None:
            return "Not answered."
        choice = self.questions[number].choices[chosen]
        return f"{'Right' if choice.right else 'Not quite'}: {choice.why}"

    def result(self, chosen: Sequence[int | None]) -> str:
        """Write the score and the feedback on every answer, as text."""
        said = [f"  {i + 1}. {self.feedback(i, number)}" for i, number in enumerate(chosen)]
        return "\n".join([self.summary(chosen), *said])

    def summary(self, chosen: Sequence[int | None]) -> str:
        """Say how many answers are right."""
        return f"{self.score(chosen)} of {len(self.questions)} right."

    def in_words(self) -> str:
        """Write the questions and their choices, as text."""
        lines = []
        for number, question in enumerate(self.questions):
            lines.append(f"{number + 1}. {question.words}")
            lines += [f"   {_LETTERS[i]}  {c.words}" for i, c in enumerate(question.choices)]
        return "\n".join(lines)

    def without_buttons(self) -> str:
        """Say how to answer where buttons do not work."""
        example = ("abc" * len(self.questions))[: len(self.questions)]
        how = f'To answer without buttons: lesson.quiz("{self.slug}", "{example}"), a letter each.'
        return f"{self.in_words()}\n{how}"


class QuizBox(ipywidgets.VBox):  # type: ignore[misc]
    """Ask the questions of a quiz, and say of each answer why it is right or wrong.

    Args:
        quiz: the questions.
        on_answers: takes the number of right answers, each time the button is pressed.
    """

    def __init__(self, quiz: Quiz, on_answers: Callable[[int], None]) -> None:
        self._quiz, self._on_answers = quiz, on_answers
        self.choices = [_radio(question) for question in quiz.questions]
        self.reasons = [ipywidgets.HTML(layout=_APART) for _ in quiz.questions]
        self.button = ipywidgets.Button(description="Check my answers")
        self.button.on_click(lambda _button: self._check())
        self.score = ipywidgets.HTML()
        asked = [
            part
            for number, question in enumerate(quiz.questions)
            for part in (_heading(number, question), self.choices[number], self.reasons[number])
        ]
        super().__init__([*asked, self.button, self.score])

    def _check(self) -> None:
        chosen = [choice.index for choice in self.choices]
        if chosen == [None] * len(chosen):
            self._say("Choose an answer first; nothing was counted.")
            return
        for number, reason in enumerate(self.reasons):
            reason.value = _words(self._quiz.feedback(number, chosen[number]))
        self._say(self._quiz.summary(chosen))
        self._on_answers(self._quiz.score(chosen))

    def _say(self, words: str) -> None:
        self.score.value = f'<strong role="status">{text.html(words)}</strong>'


def _radio(question: Question) -> ipywidgets.RadioButtons:
    return ipywidgets.RadioButtons(
        options=[choice.words.replace("`", "") for choice in question.choices],
        index=None,
        layout=ipywidgets.Layout(width="auto", max_width="60em"),
    )


def _heading(number: int, question: Question) -> ipywidgets.HTML:
    return ipywidgets.HTML(_words(f"{number + 1}. {question.words}", "strong"))


def _words(words: str, element: str = "span") -> str:
    marked = f"<{element}>{screen.words(words)}</{element}>"
    return f'<div style="max-width:60em;line-height:1.4">{marked}</div>'
