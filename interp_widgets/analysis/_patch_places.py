"""Where a sweep patches: the places of an activation that its rows and columns stand for."""

from typing import NamedTuple

import torch
from transformer_lens.utilities.components_utils import get_act_name

from interp_widgets._trace import Trace

Place = tuple[int | slice, ...]
"""Indexes an activation without its batch axis."""

_QUERY_AFTER_HEAD = ("attn_scores", "pattern")  # (head, query, key); others begin with (pos, ...)


class Row(NamedTuple):
    """Cells of one layer, or of one head of it: the hook, and each cell's place in its output."""

    layer: int
    head: int | None
    name: str
    places: list[Place]


def patched_rows(donor: Trace, axes: tuple[str, str], kind: str) -> list[Row]:
    """List what is patched, row by row, for every layer that has the activation."""
    rows = []
    for layer in range(donor.model.cfg.n_layers):
        name = get_act_name(kind, layer)
        if name not in donor.cache:
            continue
        for head, places in _parts(donor[name], axes, kind, len(donor.tokens)):
            rows.append(Row(layer, head, name, [_place(kind, *place) for place in places]))
    if not rows:
        raise ValueError(
            f"activation: expected one that layers have, got {kind!r}. Try 'resid_pre' or 'z'."
        )
    return rows


def _parts(
    activation: torch.Tensor, axes: tuple[str, str], kind: str, length: int
) -> list[tuple[int | None, list[tuple[int | None, int | None]]]]:
    """Give the head of each row of a layer, or None, with head and position of its cells."""
    if axes == ("layer", "pos"):
        return [(None, [(None, pos) for pos in range(length)])]
    heads = range(_count_heads(activation, kind))
    if axes == ("layer", "head"):
        return [(None, [(head, None) for head in heads])]
    return [(head, [(head, pos) for pos in range(length)]) for head in heads]


def _count_heads(activation: torch.Tensor, kind: str) -> int:
    if activation.ndim != 3:
        raise ValueError(
            f"activation: expected one with heads, such as 'z', got {kind!r} of shape "
            f"{tuple(activation.shape)}. Sweep it over=('layer', 'pos')."
        )
    return int(activation.shape[0 if kind in _QUERY_AFTER_HEAD else 1])


def _place(kind: str, head: int | None, pos: int | None) -> Place:
    """Give the part of an activation that one cell stands for; None takes all."""
    at = slice(None) if pos is None else pos
    if kind in _QUERY_AFTER_HEAD:
        return (slice(None) if head is None else head, at)
    return (at,) if head is None else (at, head)


def swept_heads(axes: tuple[str, str], rows: list[Row]) -> tuple[int, ...] | None:
    """Give the heads that rows or columns stand for; None where neither does."""
    if axes == ("head", "pos"):
        return tuple(int(row.head or 0) for row in rows)
    return tuple(range(len(rows[0].places))) if "head" in axes else None
