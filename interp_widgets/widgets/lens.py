"""LogitLensView: what a model would predict if it stopped after each of its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from interp_widgets.widgets import _inputs, _lens_wire
from interp_widgets.widgets._base import View
from interp_widgets.widgets._lens_data import LensData
from interp_widgets.widgets._lens_inputs import lenses
from interp_widgets.widgets._lens_picture import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interp_widgets.results import LogitLens
    from interp_widgets.widgets._frozen import Frozen
    from interp_widgets.widgets._selection import Selection

_OPTIONS = ("tokens", "tokenizer", "colour", "target", "title", "selection", "max_bytes")


class LogitLensView(View, stem="lens"):
    """Show for each place in the model, and after each token, what it would predict next.

    A column is a token of the text, a row a place inside the model, from its start to its output.
    A cell holds the most likely next token. Point at one for the next best, and for how the rank
    of one token, the target, changes from layer to layer; ranks count from 1, the most likely. A
    click or Enter keeps the cell in ``selection``: the row that reads after layer 2 is layer 2. The
    first row reads before any layer and has no number.

    Numbers travel exactly. Where they would take more than ``max_bytes``, fewer targets, then
    fewer tokens of the start are there, and the view says so.

    Args:
        data: a LogitLens, as ``iw.logit_lens(trace)`` gives it; a LogitLensResult of
            TransformerLens; or several to switch between, in a list or by name in a mapping.
        tokens: text of each position; None takes what the data knows.
        tokenizer: names the tokens of a LogitLensResult, which holds their ids alone.
        colour: what the cells are coloured by: "probability" of the token in the cell, "rank" of
            the target, "entropy" of the prediction, or its "divergence" from the output's.
        target: the token to follow, as text or vocabulary id; None follows at each position the
            token that the output puts on top there.
        title: heading of the view; None says "Logit lens".
        selection: the selection of another view, to share it; None makes one.
        max_bytes: of all numbers.

    Raises:
        TypeError: data or an option of a kind that is not known, or an unknown keyword.
        ValueError: tokens or lenses that do not fit, or a colour or target that is not there.
    """

    top = traitlets.Bytes().tag(sync=True)
    top_probs = traitlets.Bytes().tag(sync=True)
    entropy = traitlets.Bytes().tag(sync=True)
    divergence = traitlets.Bytes().tag(sync=True)
    ranks = traitlets.Bytes().tag(sync=True)
    probs = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    lenses = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    row_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    layers = traitlets.List(traitlets.Int()).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    token_ids = traitlets.List(traitlets.Int()).tag(sync=True)
    first = traitlets.Int(0).tag(sync=True)
    ids = traitlets.List(traitlets.Int()).tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    word_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    targets = traitlets.List(traitlets.Int()).tag(sync=True)
    colours = traitlets.List(traitlets.Unicode()).tag(sync=True)
    origins = traitlets.List(traitlets.Unicode()).tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)
    lens = traitlets.Int(0, min=0).tag(sync=True)
    colour = traitlets.Unicode("probability").tag(sync=True)
    target = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(
        self,
        data: object,
        tokens: Sequence[str] | None = None,
        *,
        tokenizer: object = None,
        colour: str = "probability",
        target: str | int | None = None,
        title: str | None = None,
        selection: Selection | None = None,
        max_bytes: int = 8_000_000,
        **unknown: object,
    ) -> None:
        _inputs.refuse_unknown(unknown, _OPTIONS)
        self._max_bytes = _inputs.positive("max_bytes", max_bytes)
        self._given: dict[str, Any] = {"data": data, "tokens": tokens, "tokenizer": tokenizer}
        self._made: LensData | None = self._make(self._given)
        super().__init__(selection=selection, title=title)
        self.colour = colour
        self.target = self._made.find(target)

    def update(
        self,
        data: object,
        tokens: Sequence[str] | None = None,
        *,
        tokenizer: object = None,
    ) -> None:
        """Swap the data in place; what is chosen stays chosen where it still exists.

        Args:
            data: anything the view itself takes.
            tokens: text of each position; None takes what the data knows.
            tokenizer: names the tokens of a LogitLensResult.

        Raises:
            TypeError: data of a kind that is not known.
            ValueError: tokens or lenses that do not fit; the view stays as it was.
        """
        given = {"data": data, "tokens": tokens, "tokenizer": tokenizer}
        self._made, self._given = self._make(given), given
        with self._new_data():
            self.lens = min(self.lens, len(self.lenses) - 1)
            self.colour = self.colour if self.colour in self.colours else "probability"
            self.target = self.target if self.target in self.targets else None
        self._forget_what_is_gone()

    @property
    def result(self) -> LogitLens:
        """The lens on show."""
        return list(self._lens_data.lenses.values())[self.lens]

    @property
    def figure(self) -> Any:  # noqa: ANN401 -- plotly has no types
        """Build the plotly twin of the grid on show."""
        return self._shown().figure(self.title)

    def to_frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every cell as a pandas table, with the exact tokens; ranks count from 1."""
        return self._shown().frame()

    def describe(self) -> str:
        """Say in a paragraph what the view shows, and what each row says at one token."""
        return self._shown().describe(self.title)

    def source(self) -> dict[str, str]:
        """Say where the numbers come from, for a page that outlives the notebook."""
        return dict(self.result.source)

    def frozen(self) -> Frozen:
        """Draw the grid around the token in question, and list what each row says there."""
        return self._shown().frozen()

    def _data(self) -> dict[str, Any]:
        return _lens_wire.traits(self._lens_data)

    def _release(self) -> None:
        super()._release()
        self._made = None

    @property
    def _lens_data(self) -> LensData:
        if self._made is None:
            self._made = self._make(self._given)
        return self._made

    def _make(self, given: dict[str, Any]) -> LensData:
        return LensData(lenses(**given), self._max_bytes)

    def _shown(self) -> Shown:
        chosen = self.selection.value
        return Shown(
            self._lens_data, self.lens, self.colour, self.target, layer=chosen.layer, pos=chosen.pos
        )

    def _forget_what_is_gone(self) -> None:
        chosen = self.selection.value
        if (chosen.pos or 0) >= self.first + len(self.tokens):
            self.selection.set(pos=None, key=None, token_id=None)
        if chosen.layer not in self.layers:
            self.selection.set(layer=None, head=None)

    @traitlets.validate("lens")
    def _check_lens(self, proposal: dict[str, Any]) -> int:
        lens: int = proposal["value"]
        if lens >= len(self._lens_data.lenses):
            raise ValueError(
                f"lens: expected a number below {len(self._lens_data.lenses)}, got {lens}. "
                f"The lenses are {list(self._lens_data.lenses)}."
            )
        return lens

    @traitlets.validate("colour")
    def _check_colour(self, proposal: dict[str, Any]) -> str:
        colour: str = proposal["value"]
        if colour not in self._lens_data.colours:
            raise ValueError(
                f"colour: expected one of {self._lens_data.colours}, got {colour!r}. "
                "A divergence needs a lens that knows whole distributions."
            )
        return colour

    @traitlets.validate("target")
    def _check_target(self, proposal: dict[str, Any]) -> int | None:
        return self._lens_data.find(proposal["value"])

    @traitlets.observe("lens", "colour", "target")
    def _look_has_changed(self, _change: object) -> None:
        self._renew_picture()
