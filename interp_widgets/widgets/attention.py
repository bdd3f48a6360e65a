"""AttentionView: which token looks at which, for every head of a model at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from interp_widgets import text
from interp_widgets.widgets import _inputs, _picture
from interp_widgets.widgets._base import View
from interp_widgets.widgets._frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image

    from interp_widgets.results import AttentionPattern
    from interp_widgets.widgets._selection import Selection

_OVERVIEW = np.dtype("<u1")
_FOCUS = np.dtype("<u2")
_TOKEN_LIMIT = 40  # characters of a token on the page
_LABEL_LIMIT = 14  # characters of a token in the frozen picture
_FACT_LIMIT = 80  # characters of a model's or a hook's name
_TOP = 5
_OPTIONS = ("layers", "heads", "batch", "title", "selection")


class AttentionView(View, stem="attention"):
    """Show every head of every layer as a thumbnail, one head enlarged, and the tokens.

    Point at a token to see where it looks; switch to see who looks at it. A click or Enter keeps
    what is pointed at in ``selection``.

    The overview travels with one byte for each weight, without the half that causal attention
    masks out; the head being looked at is sent again with two.

    Args:
        data: an AttentionPattern; a Trace; an ActivationCache or any mapping that answers
            ``("pattern", layer)`` or ``"blocks.0.attn.hook_pattern"``; Hugging Face
            ``attentions``; or an array (layer, head, query, key), (head, query, key) or
            (query, key), with the batch second of five axes.
        tokens: text of each position; None takes what the data knows, else plain positions.
        layers: the model's numbers of the layers to show; None shows all.
        heads: the model's numbers of the heads to show; None shows all.
        batch: which item of a batch; None when there is one item.
        title: heading of the view; None says "Attention".
        selection: the selection of another view, to share it; None makes one.

    Raises:
        TypeError: data of a kind that is not known, or an unknown keyword.
        ValueError: shapes, tokens, numbers or a batch that do not fit; NaN.
    """

    overview = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    dtype = traitlets.Unicode().tag(sync=True)
    scale = traitlets.Float().tag(sync=True)
    packing = traitlets.Enum(("full", "tril")).tag(sync=True)
    layers = traitlets.List(traitlets.Int()).tag(sync=True)
    heads = traitlets.List(traitlets.Int()).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    token_ids = traitlets.List(traitlets.Int()).tag(sync=True)
    origin = traitlets.Unicode().tag(sync=True)
    hook = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        data: object,
        tokens: Sequence[str] | None = None,
        *,
        layers: Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
        batch: int | None = None,
        title: str | None = None,
        selection: Selection | None = None,
        **unknown: object,
    ) -> None:
        _inputs.refuse_unknown(unknown, _OPTIONS)
        self._choice: dict[str, Any] = {"layers": layers, "heads": heads, "batch": batch}
        self.pattern = _inputs.attention_pattern(data, tokens, **self._choice)
        super().__init__(selection=selection, title=title)

    def update(self, data: object, tokens: Sequence[str] | None = None) -> None:
        """Swap the data in place; what is chosen stays chosen where it still exists.

        Args:
            data: anything the view itself takes.
            tokens: text of each position; None takes what the data knows.

        Raises:
            TypeError: data of a kind that is not known.
            ValueError: shapes, tokens or numbers that do not fit; the view stays as it was.
        """
        pattern = _inputs.attention_pattern(data, tokens, **self._choice)
        self.pattern = pattern
        with self._new_data():
            for name, value in _traits(pattern).items():
                setattr(self, name, value)
        self._forget_what_is_gone()

    def _data(self) -> dict[str, Any]:
        return _traits(self.pattern)

    def describe(self) -> str:
        """Say in a paragraph what the view shows and where its largest weights are."""
        layers, heads, tokens, _ = self.pattern.weights.shape
        layer, head = self._shown()
        top = [f"{query} to {key} {weight}" for query, key, weight in self._top_rows(layer, head)]
        return (
            f"{self.title or 'Attention'}: {layers} layers of {heads} heads over {tokens} tokens, "
            f"{text.literal(''.join(self.pattern.tokens))}. Layer {self.layers[layer]} head "
            f"{self.heads[head]} is enlarged; its largest weights are {', '.join(top)}."
        )

    def source(self) -> dict[str, str]:
        """Say where the numbers come from, for a page that outlives the notebook."""
        return dict(self.pattern.source)

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Send one head again with 16 bits, unless the data has changed since it was asked for.

        Args:
            request: ``{"type": "focus", "index": ..., "rev": ...}``, heads counted layer by layer.
        """
        layers, heads, _, _ = self.pattern.weights.shape
        index = request.get("index")
        if request.get("rev") != self.rev or index not in range(layers * heads):
            return dict(request), []
        square = self.pattern.weights[index // heads, index % heads]
        details = {"dtype": "uint16", "scale": _step(_FOCUS), "packing": self.packing}
        return {**request, **details}, [_pack(square, _FOCUS, self.packing)]

    def export_requests(self) -> list[dict[str, Any]]:
        """Ask for every head, the one on show first."""
        layers, heads, _, _ = self.pattern.weights.shape
        layer, head = self._shown()
        order = sorted(range(layers * heads), key=lambda index: index != layer * heads + head)
        return [{"type": "focus", "index": index, "rev": self.rev} for index in order]

    def frozen(self) -> Frozen:
        """Draw the thumbnails and the head on show, and list its largest weights."""
        layer, head = self._shown()
        chosen, length = self.selection.value, len(self.tokens)
        query, key = (
            at if at is not None and at < length else None for at in (chosen.pos, chosen.key)
        )
        return Frozen(
            image=_draw(self.pattern, (layer, head), (query, key), causal=self.packing == "tril"),
            heads=("from (query)", "to (key)", "weight"),
            rows=self._top_rows(layer, head),
        )

    def _shown(self) -> tuple[int, int]:
        chosen = self.selection.value
        layer = self.layers.index(chosen.layer) if chosen.layer in self.layers else 0
        head = self.heads.index(chosen.head) if chosen.head in self.heads else 0
        return layer, head

    def _top_rows(self, layer: int, head: int) -> tuple[tuple[str, str, str], ...]:
        square = self.pattern.weights[layer, head]
        first = np.argsort(-square, axis=None, kind="stable")[:_TOP]
        name = _names(self.pattern.tokens)
        return tuple(
            (name[query], name[key], f"{square[query, key]:.3f}")
            for query, key in zip(*np.unravel_index(first, square.shape), strict=True)
        )

    def _forget_what_is_gone(self) -> None:
        chosen, length = self.selection.value, len(self.tokens)
        gone: dict[str, None] = {}
        if chosen.layer not in self.layers or chosen.head not in self.heads:
            gone |= {"layer": None, "head": None}
        if max(chosen.pos or 0, chosen.key or 0) >= length:
            gone |= {"pos": None, "key": None, "token_id": None}
        self.selection.set(**gone)


def _traits(pattern: AttentionPattern) -> dict[str, Any]:
    weights = pattern.weights
    causal = not np.triu(weights, k=1).any()
    packing = "tril" if causal else "full"
    tokens = pattern.tokens
    return {
        "overview": _pack(weights, _OVERVIEW, packing),
        "shape": list(weights.shape),
        "dtype": "uint8",
        "scale": _step(_OVERVIEW),
        "packing": packing,
        "layers": list(pattern.layers or ()),
        "heads": list(pattern.heads or ()),
        "tokens": [text.visible(token, _TOKEN_LIMIT) for token in tokens],
        "names": _names(tokens),
        "token_ids": [] if pattern.token_ids is None else pattern.token_ids.tolist(),
        "origin": _origin(pattern),
        "hook": text.prose(pattern.source.get("hook", ""), _FACT_LIMIT),
    }


def _names(tokens: Sequence[str]) -> list[str]:
    """Quote each token; one that comes more than once is told apart by its position."""
    times = Counter(tokens)
    return [
        text.literal(token) + (f" (token {place})" if times[token] > 1 else "")
        for place, token in enumerate(tokens)
    ]


def _origin(pattern: AttentionPattern) -> str:
    """Say in one line where the numbers and the tokens come from; `source` has the rest."""
    source = pattern.source
    facts = [text.prose(source["model"], _FACT_LIMIT)] if "model" in source else []
    if source.get("tokens") == "positions":
        facts.append("no tokens were given, so these are positions")
    return " · ".join(facts)


def _step(kind: np.dtype[Any]) -> float:
    return 1.0 / float(np.iinfo(kind).max)


def _pack(weights: NDArray[np.float32], kind: np.dtype[Any], packing: str) -> bytes:
    """Round weights from 0 to 1 to whole steps, little-endian, each square row by row."""
    if packing == "tril":
        weights = weights[(..., *np.tril_indices(weights.shape[-1]))]
    most = np.iinfo(kind).max
    return np.rint(np.clip(weights, 0, 1) * most).astype(kind).tobytes()


def _draw(
    pattern: AttentionPattern,
    shown: tuple[int, int],
    marked: tuple[int | None, int | None],
    *,
    causal: bool,
) -> Image.Image:
    layer, head = shown
    tokens = [text.visible(token, _LABEL_LIMIT) for token in pattern.tokens]
    layers, heads = pattern.layers or (), pattern.heads or ()
    size = pattern.weights.shape[-1]
    hidden = np.triu(np.ones((size, size), dtype=bool), k=1) if causal else None
    every = _picture.thumbnails(
        pattern.weights,
        _picture.Axis("layer", [str(number) for number in layers]),
        _picture.Axis("head", [str(number) for number in heads]),
        shown,
        hidden=hidden,
    )
    one = _picture.matrix(
        pattern.weights[layer, head],
        _picture.Axis("from (query)", tokens),
        _picture.Axis("to (key)", tokens),
        marked,
        hidden=hidden,
    )
    name = _picture.words(f"Layer {layers[layer]}, head {heads[head]}")
    left = _picture.below([_picture.words("Every head"), every])
    right = _picture.below([name, one, _picture.legend("attention weight", "0", "1")])
    return _picture.beside([left, right])
