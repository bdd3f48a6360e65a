"""Make a pattern of whatever a person has at hand, or say what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import AttentionPattern, LazyAttentionPattern
from interp_widgets.results._arrays import float_array
from interp_widgets.results._checks import token_texts
from interp_widgets.widgets import _attention_forms, _inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pattern = AttentionPattern | LazyAttentionPattern


def attention_pattern(
    data: object,
    tokens: Sequence[str] | None = None,
    *,
    queries: Sequence[str] | None = None,
    layers: Sequence[int] | None = None,
    heads: Sequence[int] | None = None,
    batch: int | None = None,
    attention_mask: object = None,
    windows: int | Sequence[int] | None = None,
) -> Pattern:
    """Coerce any accepted data into a pattern.

    Args:
        data: what holds the weights, as the class it is shown by lists them.
        tokens: text of each position; None takes what the data knows, else plain positions.
        queries: text of each query in attention to another text; None takes what the data knows.
        layers: the model's numbers of the layers to keep; None keeps all.
        heads: the model's numbers of the heads to keep; None keeps all.
        batch: which item of a batch; None when there is one item.
        attention_mask: (batch, pos) or (pos,), 0 where padding is to be cut off; None cuts nothing.
        windows: how many tokens back a query sees, for every layer or for each that is kept.

    Raises:
        TypeError: data or an option of a kind that is not known.
        ValueError: shapes, tokens, numbers or a batch that do not fit.
    """
    _inputs.check_lists(tokens=tokens, queries=queries, layers=layers, heads=heads)
    _inputs.check_numbers(batch=batch)
    words = {"tokens": _inputs.in_tuple(tokens), "queries": _inputs.in_tuple(queries)}
    given = {name: value for name, value in words.items() if value is not None}
    if isinstance(data, Pattern):
        pattern = _shortened(replace(data, **given) if given else data, attention_mask, batch)
    else:
        found = _attention_forms.fields_of(data, batch) | given
        pattern = AttentionPattern(**_completed(_cut(found, attention_mask, batch)))
    pattern = pattern.select(layers, heads)
    return pattern if windows is None else replace(pattern, windows=_each(windows, pattern))


def _each(windows: int | Sequence[int], pattern: Pattern) -> Any:  # noqa: ANN401 -- it checks them
    return (int(windows),) * pattern.shape[0] if isinstance(windows, Integral) else windows


def _shortened(pattern: Pattern, attention_mask: object, batch: int | None) -> Pattern:
    if attention_mask is None:
        return pattern
    name = "weights" if isinstance(pattern, AttentionPattern) else "fetch"
    cut = (name, "tokens", "token_ids", "queries")
    fields = {name: getattr(pattern, name) for name in cut}
    return replace(pattern, **_cut(fields, attention_mask, batch))


def _cut(fields: dict[str, Any], attention_mask: object, batch: int | None) -> dict[str, Any]:
    """Cut padding off both axes, or off the keys alone when the queries are another text."""
    if attention_mask is None:
        return fields
    tokens, weights = fields.get("tokens"), fields.get("weights")
    length = len(fields["tokens"]) if weights is None else weights.shape[-1]
    kept = _inputs.unpadded(attention_mask, batch, length)
    crossed = fields.get("queries") is not None or (
        weights is not None and weights.shape[-2] != length
    )
    rows = slice(None) if crossed else kept

    def part(squares: NDArray[np.float32]) -> NDArray[np.float32]:
        return squares[..., rows, :][..., kept]

    cut = dict(fields)
    if weights is None:
        cut["fetch"] = _then(part, fields["fetch"])
    else:
        cut["weights"] = part(weights)
    if tokens is not None:
        tokens = token_texts("tokens", tokens, length, (length,))
        cut["tokens"] = tuple(tokens[place] for place in kept)
    if fields.get("token_ids") is not None:
        cut["token_ids"] = np.asarray(fields["token_ids"])[kept]
    return cut


def _then(
    part: Callable[[NDArray[np.float32]], NDArray[np.float32]], fetch: Callable[[int, int], object]
) -> Callable[[int, int], NDArray[np.float32]]:
    def fetch_part(layer: int, head: int) -> NDArray[np.float32]:
        return part(float_array("fetch", fetch(layer, head), "an array (query, key)"))

    return fetch_part


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    """Let positions stand in for texts that nobody gave, and say so in the source."""
    source = dict(found.get("source", {}))
    queries, keys = found["weights"].shape[-2:]
    texts = {"tokens": found.get("tokens"), "queries": found.get("queries")}
    source.setdefault("tokens", "given")
    if texts["tokens"] is None:
        texts["tokens"] = tuple(map(str, range(keys)))
        source["tokens"] = "positions"
    if texts["queries"] is None and queries != keys:
        texts["queries"] = tuple(map(str, range(queries)))
        source["queries"] = "positions"
    return found | texts | {"source": source}
