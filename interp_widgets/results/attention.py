"""How much every token looks at every other, for all heads of a model at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets.results import _attention_checks, _checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_AXES = ("layer", "head", "query", "key")


@dataclass(frozen=True, eq=False)
class AttentionPattern:
    """Hold how much every token looks at every other token, for each head of a model.

    Attributes:
        weights: (layer, head, query, key), probability; each query row sums to one over keys.
        tokens: (key,), decoded text of each token, leading space included.
        token_ids: (key,), vocabulary ids, or None when they are not known.
        layers: (layer,), the model's own number of each layer; None counts from 0.
        heads: (head,), the model's own number of each head; None counts from 0.
        queries: (query,), decoded text of each query in attention to another text
            (cross-attention); None when the queries are the tokens themselves.
        windows: (layer,), how many tokens back a query sees, itself included; 0 and None mean that
            nothing limits it.
        source: where the numbers come from (model, hook, prompt hash, versions), as text.
        folded: whether the model's weights were folded before the run.
    """

    weights: NDArray[np.float32]
    tokens: tuple[str, ...]
    token_ids: NDArray[np.int64] | None = None
    layers: tuple[int, ...] | None = None
    heads: tuple[int, ...] | None = None
    queries: tuple[str, ...] | None = None
    windows: tuple[int, ...] | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    folded: bool = False

    def __post_init__(self) -> None:
        weights = _checks.kept(self.weights)
        _check_shape(weights.shape, square=self.queries is None)
        _attention_checks.check_values(weights, ", ".join(_AXES))
        _checks.put(self, weights=weights)
        _attention_checks.check_axes(self, weights.shape)
        for layer, window, squares in zip(
            self.layers or (), self.windows or (), weights, strict=True
        ):
            _attention_checks.check_window(squares, window, layer)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Count the layers, heads, queries and keys."""
        layer, head, query, key = self.weights.shape
        return layer, head, query, key

    @cached_property
    def causal(self) -> bool:
        """Whether no query looks at a later token."""
        return self.queries is None and not _attention_checks.looks_ahead(self.weights)

    def square(self, layer_index: int, head_index: int) -> NDArray[np.float32]:
        """Give one head's weights, (query, key), by its place and not by the model's number."""
        square: NDArray[np.float32] = self.weights[layer_index, head_index]
        return square

    def select(
        self, layers: Sequence[int] | None = None, heads: Sequence[int] | None = None
    ) -> AttentionPattern:
        """Keep some layers and heads, in the order asked for.

        Args:
            layers: the model's numbers of the layers to keep; None keeps all.
            heads: the model's numbers of the heads to keep; None keeps all.

        Returns:
            A smaller pattern whose layers and heads keep the model's numbers.

        Raises:
            ValueError: a number that is not in the pattern, or an empty choice.
        """
        if layers is None and heads is None:
            return self
        rows, columns = _attention_checks.places(self, layers, heads)
        return replace(
            self,
            weights=self.weights[np.ix_(rows, columns)],
            **_attention_checks.chosen(self, rows, columns),
        )


def _check_shape(shape: tuple[int, ...], *, square: bool) -> None:
    wrong = len(shape) != len(_AXES) or 0 in shape
    if wrong or (square and shape[2] != shape[3]):
        raise ValueError(
            f"weights: expected shape ({', '.join(_AXES)}) with at least one of each and as many "
            f"queries as keys, got {shape}. Put the layer axis first, then the head axis; name the "
            "queries of attention to another text with queries=."
        )
