"""The forms that attention comes in: traces, caches, model outputs, arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results._arrays import float_array
from interp_widgets.widgets import _inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HOOK_NAME = "blocks.*.attn.hook_pattern"
_HOOK = re.compile(r"^blocks\.(\d+)\.attn\.hook_pattern$")
_ACCEPTED = (
    "an AttentionPattern, a Trace, a cache that answers ('pattern', layer), Hugging Face "
    "attentions, or an array (layer, head, query, key)"
)
_QUERY_KEY, _ONE_LAYER, _ALL_LAYERS, _WITH_BATCH = 2, 3, 4, 5  # ranks of an array


def fields_of(data: Any, batch: int | None) -> dict[str, Any]:  # noqa: ANN401
    """Read weights, and what else the data knows, as fields of a pattern.

    Args:
        data: whatever the view was given, unless it is a pattern already.
        batch: which item of a batch; None when there is one item.

    Returns:
        "weights" (layer, head, query, key), and of "layers", "tokens", "token_ids" and "source"
        those that the data knows.

    Raises:
        TypeError: data of a kind that is not known.
        ValueError: no attention in it, or shapes or a batch that do not fit.
    """
    if hasattr(data, "cache") and hasattr(data, "tokens"):  # a Trace
        return {
            **_from_mapping(data.cache, batch),
            "tokens": _inputs.in_tuple(data.tokens),
            "token_ids": getattr(data, "token_ids", None),
            "source": {"tokens": "trace", "hook": _HOOK_NAME, **getattr(data, "source", {})},
        }
    if hasattr(data, "attentions"):  # a Hugging Face model output, which is also a mapping
        return {"weights": _from_layers(data.attentions, batch)}
    if hasattr(data, "cross_attentions"):
        raise ValueError(
            "data: expected one kind of attention, got the output of a model with an encoder and a "
            "decoder. Pass output.encoder_attentions, output.decoder_attentions, or "
            "output.cross_attentions with tokens= of the encoder and queries= of the decoder."
        )
    if isinstance(data, Mapping) or hasattr(data, "cache_dict"):
        return _from_mapping(data, batch)
    if data is None or isinstance(data, list | tuple):
        return {"weights": _from_layers(data, batch)}
    return {"weights": _from_array(data, batch)}


def _from_mapping(cache: Any, batch: int | None) -> dict[str, Any]:  # noqa: ANN401
    names = {number: key for key in _keys(cache) if (number := _layer_of(key)) is not None}
    if not names:
        names = _probe(cache)
    if not names:
        raise ValueError(
            "data: expected a cache with attention patterns, got one without any. Run the model "
            "with the hooks blocks.<layer>.attn.hook_pattern kept in the cache."
        )
    layers = sorted(names)
    weights = _from_layers([cache[names[number]] for number in layers], batch)
    return {"weights": weights, "layers": tuple(layers)}


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


def _from_layers(layers: Any, batch: int | None) -> NDArray[np.float32]:  # noqa: ANN401
    if not layers or any(layer is None for layer in layers):
        raise ValueError(
            "data: expected one array of attention weights per layer, got none. A Hugging Face "
            'model keeps them only when it is loaded with attn_implementation="eager" and called '
            "with output_attentions=True."
        )
    if any(
        hasattr(part, "shape") for layer in layers if isinstance(layer, tuple) for part in layer
    ):
        raise ValueError(
            "data: expected one array of attention weights per layer, got one tuple of them per "
            "step, as generate() gives. Run the model once on the whole text instead."
        )
    arrays = [float_array("data", layer, _ACCEPTED) for layer in layers]
    shapes = sorted({array.shape for array in arrays})
    if len(shapes) > 1 or arrays[0].ndim not in {_ONE_LAYER, _ALL_LAYERS}:
        raise ValueError(
            "data: expected every layer of one shape, (batch, head, query, key) or (head, query, "
            f"key), got {shapes}. Pass layers of different sizes one at a time."
        )
    if arrays[0].ndim == _ALL_LAYERS:
        arrays = [_inputs.one_of_batch(array, batch, axis=0) for array in arrays]
    return np.stack(arrays)


def _from_array(data: object, batch: int | None) -> NDArray[np.float32]:
    array = float_array("data", data, _ACCEPTED)
    if array.ndim == _WITH_BATCH:
        return _inputs.one_of_batch(array, batch, axis=1)
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
