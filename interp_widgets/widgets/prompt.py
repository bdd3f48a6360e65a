"""PromptBox: type a sentence, and a view follows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import ipywidgets

from interp_widgets import text
from interp_widgets.widgets import _frozen, _life
from interp_widgets.widgets._later import Later

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DEBOUNCE = 0.35  # seconds without a key before a prompt is run
_BUTTON_LIMIT = 60  # characters of an example on its button


class PromptBox(_life.Lasting, ipywidgets.VBox):  # type: ignore[misc]
    """Run a model on whatever is typed, and show the result in a view beneath.

    A prompt is run when typing pauses, or at once on Enter, in a thread of its own: typing is
    never held up, and when prompts overtake each other only the last one is shown. A prompt that
    cannot be run leaves the picture as it was and says why in a sentence.

    Args:
        run: takes the prompt and returns what ``view.update`` takes.
        view: the view that shows it, or a box of views with an ``update`` of its own.
        examples: prompts offered as buttons; the first stands in the box.
        prompt: what stands in the box instead.
        more: further controls, between the buttons and the view.
        unknown_words: takes the prompt and returns the words in it that the model has never
            seen; None marks nothing.
        debounce: seconds without a key before a prompt is run.
    """

    def __init__(
        self,
        run: Callable[[str], Any],
        view: Any,  # noqa: ANN401 -- whatever has an `update`
        *,
        examples: Sequence[str] = (),
        prompt: str | None = None,
        more: Sequence[ipywidgets.Widget] = (),
        unknown_words: Callable[[str], list[str]] | None = None,
        debounce: float = _DEBOUNCE,
    ) -> None:
        self._run, self._view = run, view
        self._unknown_words, self._debounce = unknown_words, debounce
        self._newest = self._shown = 0  # numbers of prompts; all but the newest are dropped
        self._running = threading.Lock()
        self._runs = Later(self._show)
        offered = [text.encodable(example) for example in examples]
        first = next(iter(offered), "") if prompt is None else text.encodable(prompt)
        self.prompt = ipywidgets.Text(
            value=first,
            description="Prompt",
            placeholder="Type a sentence",
            layout=ipywidgets.Layout(width="98%"),
        )
        # Its line stands there also while it is empty, so that the view below keeps its place.
        self.message = ipywidgets.HTML(layout=ipywidgets.Layout(min_height="28px"))
        self.prompt.observe(lambda _change: self._later(self._debounce), "value")
        self.prompt.on_msg(self._on_message)
        buttons = ipywidgets.Box(
            [self._button(example) for example in offered],
            layout=ipywidgets.Layout(flex_flow="row wrap"),
        )
        super().__init__([self.prompt, buttons, *more, self.message, view])
        self._mark_unknown(self.prompt.value)

    def wait(self, timeout: float = 30.0) -> bool:
        """Wait until the last prompt has been shown; return whether it was in time.

        Args:
            timeout: seconds to wait at most.
        """
        return self._runs.wait(timeout)

    def close(self) -> None:
        """Take the box off the page with its view; a prompt that has not run yet never will."""
        self._newest += 1
        self._runs.cancel()
        super().close()

    def _ipython_display_(self, **_kwargs: object) -> None:
        _frozen.show(self._view, self)

    def _button(self, example: str) -> ipywidgets.Button:
        button = ipywidgets.Button(
            description=text.prose(example, _BUTTON_LIMIT),
            tooltip=text.prose(example),
            layout=ipywidgets.Layout(width="auto"),
        )
        button.on_click(lambda _button: setattr(self.prompt, "value", example))
        return button

    def _on_message(self, _box: object, content: dict[str, Any], _buffers: object) -> None:
        if content.get("event") == "submit":  # Enter
            self._later(0.0)

    def _later(self, seconds: float) -> None:
        self._newest += 1
        self._runs.ask(seconds)

    def _show(self) -> None:
        with self._running:
            prompt, number = self.prompt.value, self._newest
            if number == self._shown:
                return  # it waited for a run that found its prompt in the box already
            try:
                data = self._run(prompt)
                if number == self._newest:
                    self._view.update(data)
                    self._mark_unknown(prompt)
            except Exception as error:  # noqa: BLE001 -- whatever stopped it is told to the person
                if number == self._newest:
                    self._tell(error)
            self._shown = number

    def _mark_unknown(self, prompt: str) -> None:
        words = self._unknown_words(prompt) if self._unknown_words else []
        marked = ", ".join(f"<mark>{text.html(text.visible(word))}</mark>" for word in words)
        self.message.value = f"This model has never seen: {marked}" if marked else ""

    def _tell(self, error: Exception) -> None:
        words = text.html(text.prose(f"Nothing was run: {_reason(error)}"))
        self.message.value = f'<div class="iw iw-warning" role="alert">{words}</div>'


def _reason(error: Exception) -> str:
    """Say what was wrong to somebody who may not program."""
    said = str(error) or type(error).__name__
    return said.replace("prompt: expected ", "the prompt should be ", 1)
