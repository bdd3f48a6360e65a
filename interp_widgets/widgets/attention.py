"""AttentionView: which token looks at which, for every head of a model at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from interp_widgets.widgets import _inputs
from interp_widgets.widgets._attention_data import attention_data
from interp_widgets.widgets._attention_picture import Shown
from interp_widgets.widgets._attention_wire import Wire
from interp_widgets.widgets._base import View
from interp_widgets.widgets._frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from interp_widgets.results import AttentionPattern, LazyAttentionPattern
    from interp_widgets.widgets._selection import Selection

_OPTIONS = (
    *("compare", "queries", "attention_mask", "layers", "heads", "batch", "windows"),
    *("order", "hide_first", "max_bytes", "title", "selection"),
)
_LISTS = ("tokens", "names", "token_ids", "queries", "query_names", "orders")  # of closed views


class AttentionView(View, stem="attention"):
    """Show every head of every layer as a thumbnail, one head enlarged, and the tokens.

    Point at a token to see where it looks; switch to see who looks at it. A click or Enter keeps
    what is pointed at in ``selection``. Heads can be sorted by what they seem to do, and the first
    token, on which heads rest, can be left out.

    The overview travels with one byte for each weight, without the half that causal attention
    masks out; the head being looked at is sent again with two. Where that would take more than
    ``max_bytes``, the thumbnails show the largest weight of each block of tokens, and the view
    says so.

    Args:
        data: an AttentionPattern; a LazyAttentionPattern, whose heads are fetched when they are
            needed; a Trace; an ActivationCache or any mapping that answers ``("pattern", layer)``
            or ``"blocks.0.attn.hook_pattern"``; Hugging Face ``attentions``; or an array (layer,
            head, query, key), (head, query, key) or (query, key), with the batch second of five
            axes. The view keeps a reference to it.
        tokens: text of each position; None takes what the data knows, else plain positions.
        compare: another run, of anything that ``data`` may be and of the same shape; the view then
            shows ``data`` minus ``compare``. None shows the data alone.
        queries: text of each query of attention to another text (cross-attention), whose
            ``tokens`` are then the keys; None takes what the data knows.
        attention_mask: (batch, pos) or (pos,), as a tokenizer gives it: positions with 0 are cut
            off, those of the keys alone when there are ``queries``. None cuts nothing.
        layers: the model's numbers of the layers to show; None shows all.
        heads: the model's numbers of the heads to show; None shows all.
        batch: which item of a batch; None when there is one item.
        windows: how many tokens back a query sees, itself included: one number, or one for each
            layer shown, 0 where nothing limits it. None takes what the data knows.
        order: what heads are sorted by, highest first: "induction", "previous token", "first
            token" or "duplicate token"; "" leaves them by layer and head. The first is enlarged
            until another is chosen. Heads that are fetched are sorted once all of them have come.
        hide_first: whether to leave the first token out and scale what each query spends on the
            others up to one.
        max_bytes: of the overview, and of the one head that is enlarged.
        title: heading of the view; None says "Attention".
        selection: the selection of another view, to share it; None makes one.

    Raises:
        TypeError: data or an option of a kind that is not known, or an unknown keyword.
        ValueError: shapes, tokens, numbers or a batch that do not fit; NaN.
    """

    overview = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    thumb = traitlets.List(traitlets.Int()).tag(sync=True)
    dtype = traitlets.Unicode().tag(sync=True)
    scale = traitlets.Float().tag(sync=True)
    peak = traitlets.Float().tag(sync=True)
    packing = traitlets.Enum(("full", "tril")).tag(sync=True)
    streamed = traitlets.Bool().tag(sync=True)
    windows = traitlets.List(traitlets.Int()).tag(sync=True)
    layers = traitlets.List(traitlets.Int()).tag(sync=True)
    heads = traitlets.List(traitlets.Int()).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    token_ids = traitlets.List(traitlets.Int()).tag(sync=True)
    queries = traitlets.List(traitlets.Unicode()).tag(sync=True)
    query_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    orders = traitlets.List(traitlets.Dict()).tag(sync=True)
    order = traitlets.Unicode("").tag(sync=True)
    hide_first = traitlets.Bool(default_value=False).tag(sync=True)
    origin = traitlets.Unicode().tag(sync=True)
    hook = traitlets.Unicode().tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)

    def __init__(  # noqa: PLR0913 -- every option has its name, for help() and for editors
        self,
        data: object,
        tokens: Sequence[str] | None = None,
        *,
        compare: object = None,
        queries: Sequence[str] | None = None,
        attention_mask: object = None,
        layers: Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
        batch: int | None = None,
        windows: int | Sequence[int] | None = None,
        order: str = "",
        hide_first: bool = False,
        max_bytes: int = 8_000_000,
        title: str | None = None,
        selection: Selection | None = None,
        **unknown: object,
    ) -> None:
        _inputs.refuse_unknown(unknown, _OPTIONS)
        _inputs.check_switches(hide_first=hide_first)
        self._max_bytes = _inputs.positive("max_bytes", max_bytes)
        part = {"layers": layers, "heads": heads, "batch": batch, "windows": windows}
        self._part: dict[str, Any] = part  # what stays when the data change
        words = {"queries": queries, "attention_mask": attention_mask}
        self._given: dict[str, Any] = {"data": data, "tokens": tokens, "compare": compare, **words}
        self._made: Wire | None = self._make(self._given)
        self._made.data.orders.check(order)
        super().__init__(selection=selection, title=title)
        self.order, self.hide_first = order, bool(hide_first)

    def update(
        self,
        data: object,
        tokens: Sequence[str] | None = None,
        *,
        compare: object = None,
        queries: Sequence[str] | None = None,
        attention_mask: object = None,
    ) -> None:
        """Swap the data in place; what is chosen stays chosen where it still exists.

        Args:
            data: anything the view itself takes.
            tokens: text of each position; None takes what the data knows.
            compare: another run to subtract; None shows the data alone.
            queries: text of each query of attention to another text; None takes what the data
                knows.
            attention_mask: 0 where padding is to be cut off; None cuts nothing.

        Raises:
            TypeError: data of a kind that is not known.
            ValueError: shapes, tokens or numbers that do not fit; the view stays as it was.
        """
        words = {"queries": queries, "attention_mask": attention_mask}
        given = {"data": data, "tokens": tokens, "compare": compare, **words}
        self._made, self._given = self._make(given), given
        with self._new_data():
            if self.order not in ("", *self._made.data.orders.names):
                self.order = ""  # the new prompt has no such score
        self._forget_what_is_gone()

    @property
    def pattern(self) -> AttentionPattern | LazyAttentionPattern:
        """The pattern that is shown; in a comparison, that of ``data``."""
        return self._wire.data.run

    @property
    def figure(self) -> Any:  # noqa: ANN401 -- plotly has no types
        """Build the plotly twin of the head on show."""
        return self._shown().figure(self.title)

    def to_frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List the weights of the head on show as a pandas table, with the exact tokens."""
        return self._shown().frame()

    def describe(self) -> str:
        """Say in a paragraph what the view shows and where its largest weights are."""
        return self._shown().describe(self.title)

    def source(self) -> dict[str, str]:
        """Say where the numbers come from, for a page that outlives the notebook."""
        other = self._wire.data.other
        compared = {} if other is None else other.source
        return dict(self.pattern.source) | {f"compared {name}": compared[name] for name in compared}

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Send one head more exactly, or thumbnails, unless the data has changed since.

        Args:
            request: ``{"type": "focus", "index": ..., "rev": ...}``, or ``{"type": "thumbnails",
                "first": ..., "hide_first": ..., "rev": ...}``, heads counted layer by layer.
        """
        if request.get("rev") != self.rev:
            return dict(request), []
        details, buffers = self._wire.answer(request)
        if not self.orders:  # heads that are fetched can be sorted once all have come
            self.orders = self._wire.orders()
        return {**request, **details}, buffers

    def export_requests(self) -> Iterator[dict[str, Any]]:
        """Ask for the head on show, for thumbnails, then for the other heads.

        Where the next thumbnails begin is known only once the last have been answered.
        """
        shown = self._shown()
        for request in self._wire.requests(shown.layer, shown.head, hide_first=self.hide_first):
            yield {**request, "rev": self.rev}

    def frozen(self) -> Frozen:
        """Draw the thumbnails and the head on show, and list its largest weights."""
        chosen, shown = self.selection.value, self._shown()
        places = zip((chosen.pos, chosen.key), self.shape[2:], strict=True)
        query, key = (at if at is not None and at < length else None for at, length in places)
        heads = ("from (query)", "to (key)", shown.what)
        return Frozen(image=shown.image((query, key)), heads=heads, rows=shown.top())

    def _data(self) -> dict[str, Any]:
        return self._wire.traits() | {"orders": self._wire.orders()}

    def _release(self) -> None:
        super()._release()
        for name in _LISTS:
            setattr(self, name, [])
        self._made = None

    @property
    def _wire(self) -> Wire:
        if self._made is None:
            self._made = self._make(self._given)
        return self._made

    def _make(self, given: dict[str, Any]) -> Wire:
        return Wire(attention_data(**given, **self._part), self._max_bytes)

    def _shown(self) -> Shown:
        chosen = self.selection.value
        layer, head = self._first_head()
        if chosen.layer in self.layers:
            layer = self.layers.index(chosen.layer)
        if chosen.head in self.heads:
            head = self.heads.index(chosen.head)
        return Shown(self._wire, layer, head, self.hide_first)

    def _first_head(self) -> tuple[int, int]:
        """Find the places of the head that comes first, which is shown until one is chosen."""
        known: dict[str, list[float]] = {one["name"]: one["scores"] for one in self._wire.orders()}
        scores = known.get(self.order, [0])
        return divmod(scores.index(max(scores)), len(self.heads))

    def _forget_what_is_gone(self) -> None:
        chosen, (queries, keys) = self.selection.value, self.shape[2:]
        gone: dict[str, None] = {}
        if chosen.layer not in self.layers or chosen.head not in self.heads:
            gone |= {"layer": None, "head": None}
        if (chosen.pos or 0) >= queries or (chosen.key or 0) >= keys:
            gone |= {"pos": None, "key": None, "token_id": None}
        self.selection.set(**gone)

    @traitlets.validate("order")
    def _check_order(self, proposal: dict[str, Any]) -> str:
        order: str = proposal["value"]
        self._wire.data.orders.check(order)
        return order

    @traitlets.observe("order", "hide_first")
    def _look_has_changed(self, _change: object) -> None:
        self._renew_picture()
