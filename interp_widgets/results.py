"""What an analysis returns and a widget takes: frozen records of numpy arrays.

A result names its axes and units beside each field and checks its shapes when it is made, so a
swapped axis fails where it happens and not in a picture three steps later.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import index
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_AXES = ("layer", "head", "query", "key")
_ROUNDING = 0.01  # half-precision softmax rows can exceed 1 by this much


@dataclass(frozen=True, eq=False)
class AttentionPattern:
    """Hold how much every token looks at every other token, for each head of a model.

    Attributes:
        weights: (layer, head, query, key), probability; each query row sums to one over keys.
        tokens: (key,), decoded text of each token, leading space included.
        token_ids: (key,), vocabulary ids, or None when they are not known.
        layers: (layer,), the model's own number of each layer; None counts from 0.
        heads: (head,), the model's own number of each head; None counts from 0.
        source: where the numbers come from (model, hook, prompt hash, versions), as text.
        folded: whether the model's weights were folded before the run.
    """

    weights: NDArray[np.float32]
    tokens: tuple[str, ...]
    token_ids: NDArray[np.int64] | None = None
    layers: tuple[int, ...] | None = None
    heads: tuple[int, ...] | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    folded: bool = False

    def __post_init__(self) -> None:
        weights = np.array(self.weights, dtype=np.float32)
        _check_weights(weights)
        layer, head, _, key = weights.shape
        _set(self, "tokens", _checked_tokens(self.tokens, weights.shape))
        _set(self, "layers", _numbers("layers", self.layers, layer, weights.shape))
        _set(self, "heads", _numbers("heads", self.heads, head, weights.shape))
        if self.token_ids is not None:
            ids = np.array(self.token_ids, dtype=np.int64)
            _check_length("token_ids", ids.shape, key, weights.shape)
            _set(self, "token_ids", _frozen(ids))
        _set(self, "weights", _frozen(weights))
        _set(self, "source", MappingProxyType(dict(self.source)))

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
        have_layers, have_heads = self.layers or (), self.heads or ()
        rows = _positions("layers", layers, have_layers)
        columns = _positions("heads", heads, have_heads)
        return replace(
            self,
            weights=self.weights[np.ix_(rows, columns)],
            layers=tuple(have_layers[row] for row in rows),
            heads=tuple(have_heads[column] for column in columns),
        )


def _set(record: object, name: str, value: object) -> None:
    object.__setattr__(record, name, value)  # the one way to normalise a frozen field


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


def _check_weights(weights: NDArray[np.float32]) -> None:
    shape = weights.shape
    if weights.ndim != len(_AXES) or 0 in shape or shape[2] != shape[3]:
        raise ValueError(
            f"weights: expected shape ({', '.join(_AXES)}) with at least one of each and as many "
            f"queries as keys, got {shape}. Put the layer axis first, then the head axis."
        )
    if not np.isfinite(weights).all():
        first = tuple(int(i) for i in np.argwhere(~np.isfinite(weights))[0])
        count = int((~np.isfinite(weights)).sum())
        raise ValueError(
            f"weights: expected finite numbers, got {count} NaN or infinite, the first at (layer, "
            f"head, query, key) = {first}. Rows that are masked out entirely must be zeros."
        )
    low, high = float(weights.min()), float(weights.max())
    if low < -_ROUNDING or high > 1 + _ROUNDING:
        raise ValueError(
            "weights: expected probabilities from 0 to 1, got values from "
            f"{low:.3g} to {high:.3g}. Pass the pattern after the softmax, not the scores."
        )


def _checked_tokens(tokens: Sequence[str], shape: tuple[int, ...]) -> tuple[str, ...]:
    if isinstance(tokens, str):
        raise TypeError(
            "tokens: expected a sequence of strings, one per position, got a single str. "
            "Split it with the model's tokenizer first."
        )
    for position, token in enumerate(tokens):
        if not isinstance(token, str):
            raise TypeError(
                f"tokens: expected strings, got {type(token).__name__} at position {position}. "
                "Decode token ids with the model's tokenizer first."
            )
    _check_length("tokens", (len(tokens),), shape[3], shape)
    return tuple(tokens)


def _check_length(name: str, got: tuple[int, ...], length: int, shape: tuple[int, ...]) -> None:
    if got != (length,):
        raise ValueError(
            f"{name}: expected shape ({length},) to match weights of shape {shape}, got {got}. "
            f"Give one entry of {name} for each."
        )


def _numbers(
    name: str, numbers: Sequence[int] | None, length: int, shape: tuple[int, ...]
) -> tuple[int, ...]:
    if numbers is None:
        return tuple(range(length))
    _check_length(name, (len(numbers),), length, shape)
    result = tuple(int(number) for number in numbers)
    if len(set(result)) != length:
        raise ValueError(f"{name}: expected different numbers, got {result}. Name each one once.")
    return result


def _positions(name: str, wanted: Sequence[int] | None, have: tuple[int, ...]) -> list[int]:
    if wanted is None:
        return list(range(len(have)))
    try:
        chosen = [index(number) for number in wanted]
    except TypeError as error:
        raise TypeError(
            f"{name}: expected whole numbers from {list(have)}, got {wanted!r}."
        ) from error
    missing = [number for number in chosen if number not in have]
    if missing or not chosen:
        got = f"{missing}, which the data does not have" if missing else "an empty list"
        raise ValueError(f"{name}: expected numbers from {list(have)}, got {got}.")
    return [have.index(number) for number in chosen]
