"""Workbench: type a prompt, and every view of a model follows."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipywidgets

from interp_widgets._trace import Trace, trace
from interp_widgets._turns import turn
from interp_widgets.widgets import _export, _frozen, _life
from interp_widgets.widgets._link import link
from interp_widgets.widgets._selection import Selection
from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.lens import LogitLensView
from interp_widgets.widgets.prompt import PromptBox
from interp_widgets.widgets.tokens import TokenView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from transformer_lens.model_bridge import TransformerBridge

    from interp_widgets.results import LogitLens
    from interp_widgets.widgets._base import View

_EXAMPLE = "When Mary and John went to the store, John gave a drink to"
_PAUSE = 0.0  # seconds; runs never overlap, and of what is typed meanwhile only the last is run
_LENS = "Logit lens: what the model would say after each layer"
_LENGTH = 8  # tokens of a continuation, unless the model ends the text before


@dataclass(frozen=True)
class Reading:
    """What a model made of one prompt.

    Attributes:
        run: the run itself.
        lens: its logit lens.
        loss: (pos,), in nats, NaN for the first token.
    """

    run: Trace
    lens: LogitLens
    loss: NDArray[np.float64]


def read(model: TransformerBridge, prompt: str) -> Reading:
    """Run a model on a prompt and work out what the views show."""
    from interp_widgets.analysis.lens import logit_lens
    from interp_widgets.analysis.loss import token_loss

    run = trace(model, prompt)
    return Reading(run, logit_lens(run), token_loss(run))


class _Views(_life.Lasting, ipywidgets.VBox):  # type: ignore[misc]
    """Attention, lens and loss of one reading, or of two, at the same token."""

    def __init__(self, reading: Reading) -> None:
        self.selection = Selection()
        self.attention = AttentionView(
            reading.run, title="Attention: where each token looks", selection=self.selection
        )
        self.lens = LogitLensView(reading.lens, title=_LENS)
        self.second_lens = LogitLensView(
            reading.lens, title=f"{_LENS}, second text", selection=self.lens.selection
        )
        # A row of the lens is a layer too; but whoever reads there has not left the head.
        link(self.attention, self.lens, fields=["pos", "token_id"])
        self.tokens = TokenView(
            reading.run.tokens,
            reading.loss,
            channels=["loss in nats"],
            title="Loss: how little the model expected each token",
            selection=self.selection,
        )
        self.note = ipywidgets.HTML()
        views = [self.attention, self.lens, self.second_lens, self.tokens]
        super().__init__([self.note, *views])
        self._show_second(there=False)

    def update(self, readings: Sequence[Reading]) -> None:
        """Show one reading; or two, the second subtracted where it can be and beside it else."""
        first, *others = readings
        lengths = {len(reading.run.tokens) for reading in readings}
        same = len(lengths) == 1
        self.note.value = "" if same else _say_apart(first, *others)
        self.attention.update(first.run, compare=others[0].run if others and same else None)
        self.lens.update(first.lens)
        for second in others:
            self.second_lens.update(second.lens)
        self._show_second(there=bool(others))
        self.tokens.update(
            [reading.run.tokens for reading in readings],
            [reading.loss for reading in readings],
            channels=["loss in nats"],
        )

    def there(self) -> list[View]:
        """List the views that are on the page."""
        views = (self.attention, self.lens, self.second_lens, self.tokens)
        return [view for view in views if view.layout.display != "none"]

    def _show_second(self, *, there: bool) -> None:
        self.second_lens.layout.display = None if there else "none"


class Workbench(PromptBox):
    """Type a prompt and see a model read it: attention, logit lens and loss, linked.

    The token that is chosen in one view is chosen in the others. Where a second prompt is given,
    its attention is subtracted, if it has as many tokens, and its lens and loss stand beside those
    of the first. "Continue" lets the model write on: the tokens are drawn at random, each with the
    probability that the model gives it.

    Args:
        model: from `load_model`, or any TransformerBridge.
        prompt: what stands in the box at first; None takes the first example.
        second: a prompt to compare it with; None compares it with nothing.
        examples: prompts offered as buttons.
        unknown_words: takes a prompt and returns the words in it that the model has never seen;
            None marks nothing.

    Attributes:
        attention: the AttentionView.
        lens: the LogitLensView.
        tokens: the TokenView of the loss at each token.
        selection: what is chosen in attention and loss; its token is that of the lens, too.

    Raises:
        TypeError: a model or a prompt of another kind.
        ValueError: a prompt that the model cannot read.
    """

    def __init__(
        self,
        model: TransformerBridge,
        prompt: str | None = None,
        second: str | None = None,
        *,
        examples: Sequence[str] = (),
        unknown_words: Callable[[str], list[str]] | None = None,
    ) -> None:
        first = next(iter(examples), _EXAMPLE) if prompt is None else prompt
        self._model = model
        self.second = ipywidgets.Text(
            value=second or "",
            description="Compare",
            placeholder="A second prompt, to see what differs (may stay empty)",
            layout=ipywidgets.Layout(width="75%"),
        )
        self.writer = ipywidgets.Button(
            description="Continue",
            tooltip=f"Let the model write up to {_LENGTH} more tokens",
            layout=ipywidgets.Layout(width="auto"),
        )
        self._views = _Views(read(model, first))
        self.attention, self.lens = self._views.attention, self._views.lens
        self.tokens, self.selection = self._views.tokens, self._views.selection
        super().__init__(
            self._read,
            self._views,
            examples=examples,
            prompt=first,
            more=[ipywidgets.HBox([self.second, self.writer])],
            unknown_words=unknown_words,
            debounce=_PAUSE,
        )
        self.second.observe(lambda _change: self._later(self._debounce), "value")
        self.writer.on_click(lambda _button: self.write())
        if second:
            self._views.update(self._read(first))

    def write(self) -> threading.Thread:
        """Let the model continue the prompt, in a thread of its own.

        Returns:
            The thread, to be joined by whoever must wait for it.
        """
        thread = threading.Thread(target=self._write, daemon=True)
        self.writer.disabled = True
        thread.start()
        return thread

    def to_html(self, path: str | Path | None = None) -> str:
        """Write the views as one page that opens offline, still linked.

        Args:
            path: where to write it; None writes nothing.

        Returns:
            The page.
        """
        return _export.to_html(self._views.there(), path)

    def _ipython_display_(self, **_kwargs: object) -> None:
        _frozen.show(self.attention, self)

    def _read(self, prompt: str) -> list[Reading]:
        readings = [read(self._model, prompt)]
        if self.second.value:
            try:
                readings.append(read(self._model, self.second.value))
            except ValueError as error:
                raise ValueError(f"in the second one, {error}") from error
        return readings

    def _mark_unknown(self, prompt: str) -> None:
        super()._mark_unknown(f"{prompt} {self.second.value}")

    def _write(self) -> None:
        try:
            prompt = self.prompt.value
            with self._running:
                written = _continuation(self._model, prompt)
            if not written:
                self.message.value = "The model ends the text here: it has nothing to add."
            elif self.prompt.value == prompt:  # whoever types meanwhile is not interrupted
                self.prompt.value = prompt + written
        except Exception as error:  # noqa: BLE001 -- whatever stopped it is told to the person
            self._tell(error)
        finally:
            self.writer.disabled = False


def _continuation(model: TransformerBridge, prompt: str) -> str:
    import torch

    ids = torch.tensor(trace(model, prompt, hooks=[]).token_ids)
    room = model.cfg.n_ctx - len(ids)
    if room <= 0:
        raise ValueError(
            f"prompt: expected fewer than {model.cfg.n_ctx} tokens, the context of the model, got "
            f"{len(ids)}. Shorten it, to leave room for more."
        )
    with turn(model):
        written: Any = model.generate(ids[None], max_new_tokens=min(_LENGTH, room), verbose=False)
    ids_written = written[0, len(ids) :].tolist()
    ends = model.tokenizer.eos_token_id
    return str(model.tokenizer.decode([token for token in ids_written if token != ends]))


def _say_apart(first: Reading, second: Reading) -> str:
    """Say why attention is not subtracted."""
    here, there = len(first.run.tokens), len(second.run.tokens)
    return (
        f"The first prompt has {here} tokens and the second {there}, so their attention cannot be "
        "subtracted: only that of the first is shown."
    )
