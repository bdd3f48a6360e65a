"""Read attention out of whatever a person has at hand, or say what is wrong with it.

Nothing here imports torch, TransformerLens or transformers: arrays, traces and caches are known
by what they answer to, so old and new versions of those libraries work alike.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import AttentionPattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HOOK_NAME = "blocks.*.attn.hook_pattern"
_HOOK = re.compile(r"^blocks\.(\d+)\.attn\.hook_pattern$")
_ACCEPTED = (
    "an AttentionPattern, a Trace, a cache that answers ('pattern', layer), Hugging Face "
    "attentions, or an array (layer, head, query, key)"
)
_QUERY_KEY, _ONE_LAYER, _ALL_LAYERS, _WITH_BATCH = 2, 3, 4, 5  # ranks of an array


def refuse_unknown(given: Iterable[str], known: Sequence[str]) -> None:
    """Raise TypeError for a keyword nobody takes, naming the one that was probably meant."""
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            cure = f"Did you mean {close[0]!r}?" if close else "Leave it out."
            raise TypeError(f"unknown keyword: expected one of {list(known)}, got {name!r}. {cure}")


def attention_pattern(
    data: object,
    tokens: Sequence[str] | None = None,
    *,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
    batch: int | None = None,
) -> AttentionPattern:
    """Coerce any accepted data into an AttentionPattern.

    Args:
        data: what holds the weights, as the class it is shown by lists them.
        tokens: text of each position; None takes what the data knows, else plain positions.
        layers: the model's numbers of the layers to keep; None keeps all.
        heads: the model's numbers of the heads to keep; None keeps all.
        batch: which item of a batch; None when there is one item.

    Raises:
        TypeError: data or an option of a kind that is not known.
        ValueError: shapes, tokens, numbers or a batch that do not fit.
    """
    _refuse_other_kinds(Collection, "a list", tokens=tokens, layers=layers, heads=heads)
    _refuse_other_kinds(Integral, "a whole number", batch=batch)
    if isinstance(data, AttentionPattern):
        pattern = data if tokens is None else replace(data, tokens=_tuple(tokens))
    else:
        pattern = _from_foreign(data, tokens, batch)
    return pattern.select(layers, heads)


def _refuse_other_kinds(kind: type, words: str, **options: object) -> None:
    for name, given in options.items():
        if given is not None and not isinstance(given, kind):
            raise TypeError(
                f"{name}: expected {words} or None, got {type(given).__name__} {given!r}. "
                "Leave it out to take what the data knows."
            )


def _from_foreign(
    data: object, tokens: Sequence[str] | None, batch: int | None
) -> AttentionPattern:
    if hasattr(data, "cache") and hasattr(data, "tokens"):  # a Trace
        words = data.tokens if tokens is None else tokens
        weights, layers = _from_mapping(data.cache, batch)
        ids = getattr(data, "token_ids", None)
        source = {"tokens": "trace", "hook": _HOOK_NAME, **getattr(data, "source", {})}
        return _pattern(weights, words, layers, ids, source)
    if hasattr(data, "attentions"):  # a Hugging Face model output, which is also a mapping
        data = data.attentions
    if isinstance(data, Mapping) or hasattr(data, "cache_dict"):
        weights, layers = _from_mapping(data, batch)
        return _pattern(weights, tokens, layers)
    if data is None or isinstance(data, list | tuple):
        return _pattern(_from_layers(data, batch), tokens)
    return _pattern(_from_array(data, batch), tokens)


def _pattern(
    weights: NDArray[np.float32],
    tokens: Sequence[str] | None,
    layers: Sequence[int] | None = None,
    token_ids: NDArray[np.int64] | None = None,
    source: Mapping[str, str] = MappingProxyType({"tokens": "given"}),
) -> AttentionPattern:
    if tokens is None:
        tokens = [str(place) for place in range(weights.shape[-1])]
        source = {"tokens": "positions"}
    return AttentionPattern(
        weights=weights,
        tokens=_tuple(tokens),
        layers=None if layers is None else tuple(layers),
        token_ids=token_ids,
        source=source,
    )


def _from_mapping(cache: Any, batch: int | None) -> tuple[NDArray[np.float32], list[int]]:  # noqa: ANN401
    names = {number: key for key in _keys(cache) if (number := _layer_of(key)) is not None}
    if not names:
        names = _probe(cache)
    if not names:
        raise ValueError(
            "data: expected a cache with attention patterns, got one without any. Run the model "
            "with the hooks blocks.<layer>.attn.hook_pattern kept in the cache."
        )
    layers = sorted(names)
    return _from_layers([cache[names[number]] for number in layers], batch), layers


def _keys(cache: Any) -> list[object]:  # noqa: ANN401
    return list(cache.keys()) if hasattr(cache, "keys") else []


def _layer_of(key: object) -> int | None:
    match key:
        case ("pattern", int(number)):
            return number
        case str():
            found = _HOOK.match(key)
            return int(found.group(1)) if found else None
    return None


def _probe(cache: Any) -> dict[int, object]:  # noqa: ANN401
    """Ask a cache that lists no keys for one layer after another."""
    found: dict[int, object] = {}
    for number in count():
        try:
            cache["pattern", number]
        except (KeyError, IndexError):
            return found
        found[number] = ("pattern", number)
    return found


def _from_layers(layers: Sequence[object] | None, batch: int | None) -> NDArray[np.float32]:
    if not layers or any(layer is None for layer in layers):
        raise ValueError(
            "data: expected one array of attention weights per layer, got none. A Hugging Face "
            'model keeps them only when it is loaded with attn_implementation="eager" and called '
            "with output_attentions=True."
        )
    arrays = [_array(layer) for layer in layers]
    shapes = sorted({array.shape for array in arrays})
    if len(shapes) > 1 or arrays[0].ndim not in {_ONE_LAYER, _ALL_LAYERS}:
        raise ValueError(
            "data: expected every layer of one shape, (batch, head, query, key) or (head, query, "
            f"key), got {shapes}. Pass layers of different sizes one at a time."
        )
    stacked = np.stack(arrays)
    return _one_of_batch(stacked, batch) if stacked.ndim == _WITH_BATCH else stacked


def _from_array(data: object, batch: int | None) -> NDArray[np.float32]:
    array = _array(data)
    if array.ndim == _WITH_BATCH:
        return _one_of_batch(array, batch)
    if batch is not None:
        raise ValueError(
            f"batch: expected None for an array of shape {array.shape}, got {batch}. A batch axis "
            "comes second of five: (layer, batch, head, query, key)."
        )
    if array.ndim not in {_QUERY_KEY, _ONE_LAYER, _ALL_LAYERS}:
        raise ValueError(
            f"data: expected an array of 2 to 5 axes ending in (query, key), got shape "
            f"{array.shape}. Four axes are (layer, head, query, key)."
        )
    return array.reshape((1,) * (_ALL_LAYERS - array.ndim) + array.shape)


def _one_of_batch(array: NDArray[np.float32], batch: int | None) -> NDArray[np.float32]:
    size = array.shape[1]
    if batch is None and size > 1:
        raise ValueError(
            f"batch: expected the number of one item, got None for a batch of {size} (shape "
            f"{array.shape}). Pass batch=0 for the first."
        )
    chosen = 0 if batch is None else batch
    if not 0 <= chosen < size:
        raise ValueError(f"batch: expected a number from 0 to {size - 1}, got {batch}.")
    return array[:, chosen]


def _array(data: object) -> NDArray[np.float32]:
    """Turn a numpy, jax or torch array, on any device and of any precision, into float32."""
    if hasattr(data, "detach"):  # torch; numpy has no bfloat16, so widen it there
        data = data.detach().cpu().float()
    array = np.asarray(data)
    if array.dtype.kind in "fiub" or "float" in array.dtype.name:  # bfloat16 of jax is no kind
        return array.astype(np.float32)
    raise TypeError(
        f"data: expected {_ACCEPTED}, got {type(data).__name__}. "
        "Trace a model first, or pass its weights as an array."
    )


def _tuple(tokens: Sequence[str]) -> tuple[str, ...]:
    return tokens if isinstance(tokens, str) else tuple(tokens)  # type: ignore[return-value]
