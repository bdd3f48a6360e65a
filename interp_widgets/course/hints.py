"""Help in steps: three hints, then the solution, each only when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from interp_widgets.course import screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from interp_widgets.course.exercises import Exercise

_LINES = "max-width:60em;line-height:1.4"
SURE = "Really see the solution? A hint keeps more of the exercise for you."


class HelpPanel(ipywidgets.VBox):  # type: ignore[misc]
    """Buttons that uncover one hint after the other, and the solution after a question.

    Args:
        exercise: whose hints and solution they are.
        on_hint: takes the number of each hint as it is shown, from 1.
        on_solution: called when the solution is shown.
    """

    def __init__(
        self,
        exercise: Exercise,
        on_hint: Callable[[int], None],
        on_solution: Callable[[], None],
    ) -> None:
        self._exercise, self._on_hint, self._on_solution = exercise, on_hint, on_solution
        self._shown = 0
        self.hint = _button("Hint 1", self._next_hint)
        self.solution = _button("Solution", self._ask)
        self.yes = _button("Show the solution", self._show_solution)
        self.no = _button("Not yet", self._dismiss)
        self._buttons = ipywidgets.HBox([self.hint, self.solution])
        self.question = ipywidgets.HBox([ipywidgets.Label(SURE), self.yes, self.no])
        self.words = ipywidgets.VBox()
        _hide(self.question)
        super().__init__([self._buttons, self.words, self.question])

    def _next_hint(self) -> None:
        self._shown += 1
        self._say(f"<strong>Hint {self._shown}.</strong> {screen.words(self._text())}")
        self._on_hint(self._shown)
        self.hint.description = f"Hint {self._shown + 1}"
        if self._shown == len(self._exercise.hints):
            _hide(self.hint)

    def _text(self) -> str:
        return self._exercise.hints[self._shown - 1]

    def _ask(self) -> None:
        self.question.layout.display = ""

    def _dismiss(self) -> None:
        _hide(self.question)

    def _show_solution(self) -> None:
        self._say(screen.code(self._exercise.solution()))
        self._on_solution()
        _hide(self._buttons)
        _hide(self.question)

    def _say(self, html: str) -> None:
        added = ipywidgets.HTML(f'<div role="status" style="{_LINES}">{html}</div>')
        self.words.children = [*self.words.children, added]


def without_buttons(exercise: Exercise) -> str:
    """Say how to ask for help where buttons do not work."""
    return f'Stuck? lesson.hint("{exercise.slug}") gives a hint.'


def _hide(widget: ipywidgets.DOMWidget) -> None:
    widget.layout.display = "none"


def _button(description: str, press: Callable[[], None]) -> ipywidgets.Button:
    button = ipywidgets.Button(description=description, layout=ipywidgets.Layout(width="auto"))
    button.on_click(lambda _button: press())
    return button
