"""Guesses that are written down before the answer is shown, and compared with it afterwards."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from interp_widgets import text
from interp_widgets.course.exercises import resolve

_LETTERS = string.ascii_lowercase


@dataclass(frozen=True)
class Prediction:
    """A question that is answered with a guess before the figure that answers it.

    With `options` the guess is one of them, with `span` a place on a slider, else any number.

    Attributes:
        slug: the name that a notebook calls it by.
        question: one or two sentences.
        answer: the number of the right option counted from 0, or the number itself; may be
            `Computed`.
        because: why, shown with the answer.
        options: what to choose from.
        span: least and greatest number of the slider.
        within: the largest difference from the answer that counts as right.
        unit: written after a number.
    """

    slug: str
    question: str
    answer: object
    because: str
    options: Sequence[str] = ()
    span: tuple[float, float] | None = None
    within: float = 0.0
    unit: str = ""

    def parse(self, guess: object) -> float:
        """Turn what was typed or moved into what is stored.

        Args:
            guess: a letter or text of an option, or a number.

        Raises:
            ValueError: no such option, or no number.
        """
        if self.options:
            letters = _LETTERS[: len(self.options)]
            if isinstance(guess, str) and guess in self.options:
                return self.options.index(guess)
            if isinstance(guess, str) and len(guess) == 1 and guess.lower() in letters:
                return letters.index(guess.lower())
            raise ValueError(f"guess: expected one of {', '.join(letters)}, got {guess!r}.")
        if isinstance(guess, int | float) and math.isfinite(guess):
            return float(guess)
        raise ValueError(f"guess: expected a number, got {guess!r}.")

    def show(self, value: float) -> str:
        """Write a stored guess, or the answer, for a person."""
        return self.options[int(value)] if self.options else f"{value:.3g}{self.unit}"

    def confirm(self, value: float) -> str:
        """Say that a guess is stored."""
        return f"Written down: {self.show(value)}."

    def is_right(self, value: float) -> bool:
        """Whether a stored guess is right."""
        return abs(value - float(resolve(self.answer))) <= self.within

    def compare(self, value: float) -> str:
        """Say what was predicted, what came, and why."""
        verdict = (
            "as you predicted" if self.is_right(value) else f"you predicted {self.show(value)}"
        )
        return f"The answer: {self.came()}; {verdict}. {self.because}"

    def came(self) -> str:
        """Write the answer for a person."""
        return self.show(float(resolve(self.answer)))

    def without_buttons(self) -> str:
        """Write the options, and how to answer where buttons do not work."""
        options = [f"  {_LETTERS[i]}  {option}" for i, option in enumerate(self.options)]
        example = f'"{_LETTERS[0]}"' if self.options else f"{sum(self.span or (0, 1)) / 2:g}"
        how = f'To answer without buttons: lesson.predict("{self.slug}", {example})'
        return "\n".join([*options, how])


class PredictionBox(ipywidgets.VBox):  # type: ignore[misc]
    """Ask for a guess, and write it down when the button is pressed.

    Args:
        prediction: the question.
        stored: what was guessed before; None if nothing was.
        on_guess: takes the guess and returns whether it was written down; once the answer has
            been shown it is not.
    """

    def __init__(
        self,
        prediction: Prediction,
        stored: float | None,
        on_guess: Callable[[float], bool],
    ) -> None:
        self._prediction, self._on_guess = prediction, on_guess
        self.guess = _control(prediction, stored)
        self.button = ipywidgets.Button(description="Write it down")
        self.button.on_click(self._press)
        self.said = ipywidgets.HTML()
        if stored is not None:
            self._say(prediction.confirm(stored))
        unit = ipywidgets.Label(prediction.unit)
        super().__init__([ipywidgets.HBox([self.guess, unit]), self.button, self.said])

    def _press(self, _button: object) -> None:
        if self.guess.value is None:
            self._say("Choose one first.")
            return
        value = self._prediction.parse(self.guess.value)
        if self._on_guess(value):
            self._say(self._prediction.confirm(value))
        else:
            self._say("You have seen the answer; what you predicted before stays.")

    def _say(self, words: str) -> None:
        self.said.value = f'<span role="status">{text.html(words)}</span>'


def _control(prediction: Prediction, stored: float | None) -> Any:  # noqa: ANN401 -- a widget
    wide = ipywidgets.Layout(width="auto", max_width="48em")
    if prediction.options:
        chosen = None if stored is None else prediction.options[int(stored)]
        return ipywidgets.RadioButtons(options=[*prediction.options], value=chosen, layout=wide)
    if prediction.span is None:
        return ipywidgets.FloatText(value=stored or 0.0)
    low, high = prediction.span
    value = (low + high) / 2 if stored is None else stored
    step = (high - low) / 100
    return ipywidgets.FloatSlider(value=value, min=low, max=high, step=step, readout_format=".3g")
