"""The numbers behind an AttentionView: one run, or the difference of two, square by square."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text
from interp_widgets.results import LazyAttentionPattern
from interp_widgets.results._attention_checks import outside_window
from interp_widgets.widgets._attention_inputs import Pattern, attention_pattern
from interp_widgets.widgets._head_orders import HeadOrders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

_LEAST_REST = 0.001  # share of a row that can still be scaled up when the first token is left out


@dataclass(frozen=True, eq=False)
class AttentionData:
    """Give what is shown of a run, or of a run minus another one.

    Attributes:
        run: the pattern that is shown.
        other: the pattern that is subtracted from it, or None.
    """

    run: Pattern
    other: Pattern | None = None

    @property
    def signed(self) -> bool:
        """Whether values are differences, from -1 to 1."""
        return self.other is not None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Count the layers, heads, queries and keys."""
        return self.run.shape

    @property
    def lazy(self) -> bool:
        """Whether squares are fetched when they are asked for."""
        return any(isinstance(run, LazyAttentionPattern) for run in self._runs())

    @property
    def causal(self) -> bool:
        """Whether no query of any run looks at a later token."""
        return all(run.causal for run in self._runs())

    @property
    def crossed(self) -> bool:
        """Whether the queries are another text than the keys."""
        return self.run.queries is not None

    @property
    def peak(self) -> float:
        """Largest magnitude there can be: of a difference that is at hand, the largest there is."""
        return self._largest or 1.0

    @property
    def equal(self) -> bool:
        """Whether two runs are known to be equal everywhere."""
        return self._largest == 0

    @cached_property
    def _largest(self) -> float:
        if not self.signed or self.lazy:
            return 1.0
        return max(float(np.abs(square).max()) for square in self.squares())

    def squares(self, *, hide_first: bool = False) -> Iterator[NDArray[np.float32]]:
        """Give every head's square in turn, layer by layer."""
        for layer, head in np.ndindex(self.shape[:2]):
            yield self.square(layer, head, hide_first=hide_first)

    def square(
        self, layer_index: int, head_index: int, *, hide_first: bool = False
    ) -> NDArray[np.float32]:
        """Give one head's values, (query, key).

        Args:
            layer_index: place of the layer.
            head_index: place of the head.
            hide_first: whether to leave the first key out and scale what each query spends on the
                others up to one; a query that spends nearly nothing on them gets zeros.
        """
        squares = [run.square(layer_index, head_index) for run in self._runs()]
        self.orders.look(layer_index * self.shape[1] + head_index, squares)
        if hide_first:
            squares = [_without_first(square) for square in squares]
        return squares[0] - squares[1] if self.signed else squares[0]

    def hidden(self, layer_index: int, *, hide_first: bool = False) -> NDArray[np.bool_]:
        """Mark the (query, key) of a layer in which no value can be."""
        queries, keys = self.shape[2:]
        marked = np.zeros((queries, keys), dtype=bool)
        if self.causal:
            marked |= np.triu(~marked, k=1)
        if window := (self.run.windows or ())[layer_index]:
            marked |= outside_window(keys, window)
        if hide_first:
            marked[:, 0] = True
        return marked

    def key_texts(self, show: Callable[[str], str] = str) -> list[str]:
        """Give the text of each key as `show` writes it; both texts where the two runs differ."""
        return _texts([run.tokens for run in self._runs()], show)

    def query_texts(self, show: Callable[[str], str] = str) -> list[str]:
        """Give the text of each query: that of the keys, unless they are another text."""
        if not self.crossed:
            return self.key_texts(show)
        return _texts([run.queries or () for run in self._runs()], show)

    def key_names(self) -> list[str]:
        """Quote the text of each key, told apart by position where it comes more than once."""
        return _told_apart(self.key_texts(text.literal))

    def query_names(self) -> list[str]:
        """Quote the text of each query, told apart by position where it comes more than once."""
        return _told_apart(self.query_texts(text.literal))

    @cached_property
    def orders(self) -> HeadOrders:
        """Keep the scores of the heads whose squares were given so far."""
        return HeadOrders(self._runs())

    def _runs(self) -> list[Pattern]:
        return [self.run] if self.other is None else [self.run, self.other]


def attention_data(
    data: object,
    tokens: Sequence[str] | None = None,
    compare: object = None,
    **options: Any,  # noqa: ANN401
) -> AttentionData:
    """Coerce what a view was given, and what it is to be compared with.

    Args:
        data: anything the view takes.
        tokens: text of each position, or None.
        compare: another run, anything the view takes; None shows the data alone.
        **options: further arguments of `attention_pattern`, for both.

    Raises:
        TypeError: data or an option of a kind that is not known.
        ValueError: what does not fit, or two runs of different shapes.
    """
    run = attention_pattern(data, tokens, **options)
    if compare is None:
        return AttentionData(run)
    try:
        other = attention_pattern(compare, **options)
        if other.source.get("tokens") == "positions":
            other = attention_pattern(other, run.tokens)
    except TypeError as error:
        raise TypeError(f"compare: {error}") from error
    except ValueError as error:
        raise ValueError(f"compare: {error}") from error
    if other.shape != run.shape or (other.queries is None) != (run.queries is None):
        raise ValueError(
            f"compare: expected a run of the same shape (layer, head, query, key) = {run.shape}, "
            f"got {other.shape}. Compare prompts of as many tokens, on models of one size."
        )
    return AttentionData(run, other)


def _without_first(square: NDArray[np.float32]) -> NDArray[np.float32]:
    rest = square.copy()
    rest[:, 0] = 0
    share = rest.sum(axis=1, keepdims=True)
    scaled: NDArray[np.float32] = np.zeros_like(rest)
    np.divide(rest, share, out=scaled, where=share >= _LEAST_REST)
    return scaled


def _texts(runs: Sequence[Sequence[str]], show: Callable[[str], str]) -> list[str]:
    return [" | ".join(dict.fromkeys(map(show, texts))) for texts in zip(*runs, strict=True)]


def _told_apart(names: list[str]) -> list[str]:
    times = Counter(names)
    return [
        name + (f" (token {place})" if times[name] > 1 else "") for place, name in enumerate(names)
    ]
