"""Attention too large to hold: one head's square is fetched when it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import _arrays, _attention_checks, _checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_KEPT = 3  # squares: of 2,048 tokens each takes 17 MB


@dataclass(frozen=True, eq=False)
class LazyAttentionPattern:
    """Fetch how much every token looks at every other, one head at a time.

    Of 32 layers with 32 heads over 2,048 tokens all weights together take 17 GB; of these only
    the last few squares that were asked for are held.

    Attributes:
        fetch: takes the model's numbers of a layer and a head, and returns (query, key),
            probability, as an array of numpy, torch or jax.
        tokens: (key,), decoded text of each token, leading space included.
        layers: (layer,), the model's own number of each layer.
        heads: (head,), the model's own number of each head.
        causal: whether no query looks at a later token.
        token_ids: (key,), vocabulary ids, or None when they are not known.
        queries: (query,), decoded text of each query in attention to another text; None when the
            queries are the tokens themselves.
        windows: (layer,), how many tokens back a query sees, itself included; 0 and None mean that
            nothing limits it.
        source: where the numbers come from, as text.
        folded: whether the model's weights were folded before the run.
    """

    fetch: Callable[[int, int], Any]
    tokens: tuple[str, ...]
    _: KW_ONLY
    layers: tuple[int, ...]
    heads: tuple[int, ...]
    causal: bool = True
    token_ids: NDArray[np.int64] | None = None
    queries: tuple[str, ...] | None = None
    windows: tuple[int, ...] | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    folded: bool = False
    _recent: dict[tuple[int, int], NDArray[np.float32]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not callable(self.fetch):
            raise TypeError(
                f"fetch: expected a function of (layer, head), got {type(self.fetch).__name__}. "
                "Pass weights that are already there as an AttentionPattern."
            )
        for name in ("tokens", "layers", "heads"):
            _checks.check_listed(name, getattr(self, name))
        if 0 in self.shape:
            raise ValueError(
                "fetch: expected at least one layer, head and token, got shape "
                f"{self.shape}. Name them in layers, heads and tokens."
            )
        _attention_checks.check_axes(self, self.shape)
        _checks.put(self, causal=self.causal and self.queries is None, _recent={})

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Count the layers, heads, queries and keys."""
        queries = self.tokens if self.queries is None else self.queries
        return len(self.layers), len(self.heads), len(queries), len(self.tokens)

    def square(self, layer_index: int, head_index: int) -> NDArray[np.float32]:
        """Fetch one head's weights, (query, key), by its place and not by the model's number.

        Raises:
            ValueError: what was fetched has another shape, or is no attention pattern.
        """
        place = (layer_index, head_index)
        square = self._recent.get(place)
        if square is None:
            square = self._fetched(*place)
            for old in list(self._recent)[: 1 - _KEPT]:
                self._recent.pop(old, None)
            self._recent[place] = square
        return square

    def select(
        self, layers: Sequence[int] | None = None, heads: Sequence[int] | None = None
    ) -> LazyAttentionPattern:
        """Keep some layers and heads, in the order asked for; see `AttentionPattern.select`."""
        if layers is None and heads is None:
            return self
        rows, columns = _attention_checks.places(self, layers, heads)
        return replace(self, **_attention_checks.chosen(self, rows, columns))

    def _fetched(self, layer_index: int, head_index: int) -> NDArray[np.float32]:
        """Fetch a square and check it as a whole pattern is checked when it is made."""
        layer, head = self.layers[layer_index], self.heads[head_index]
        got = self.fetch(layer, head)
        square = _arrays.float_array("fetch", got, "a function that returns an array (query, key)")
        if square.shape != self.shape[2:]:
            raise ValueError(
                f"fetch: expected (query, key) of shape {self.shape[2:]} to match the tokens, got "
                f"{square.shape} in layer {layer} head {head}. Return one head, without a batch."
            )
        _attention_checks.check_values(square, "query, key")
        _attention_checks.check_window(square, (self.windows or ())[layer_index], layer)
        if self.causal and _attention_checks.looks_ahead(square):
            raise ValueError(
                f"causal: expected no weight on later tokens, got some in layer {layer} head "
                f"{head}. Pass causal=False for a model that reads in both directions."
            )
        return _checks.frozen(square.view())  # not copied: it is held for a moment only
