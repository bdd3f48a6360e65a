"""Run a network with some of its edges only: every other reader misses what the writer wrote."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from jaxtyping import Float, Int
from transformer_lens.model_bridge import TransformerBridge

from interp_widgets._turns import turn
from interp_widgets.worlds.circuits import OUTPUT, Edge, possible_edges

_Stream = Float[torch.Tensor, "batch pos d_model"]
_Hook = tuple[str | Callable[..., Any], Callable[..., Any]]


def edges_of(model: TransformerBridge) -> tuple[Edge, ...]:
    """List every edge of a model: each part to each later reader of the residual stream.

    Args:
        model: without normalization, such as `load_model("compiled-reverse")`.

    Raises:
        ValueError: a model that normalizes what its parts read, where one part's share cannot be
            taken out alone.
    """
    if model.cfg.normalization_type is not None:
        raise ValueError(
            "model: expected a network without normalization, such as "
            f'load_model("compiled-reverse"), got {model.cfg.model_name!r} with '
            f"{model.cfg.normalization_type}."
        )
    return possible_edges(model.cfg.n_layers, model.cfg.n_heads, mlps=not model.cfg.attn_only)


def logits_with_edges(
    model: TransformerBridge, ids: Int[torch.Tensor, "batch pos"], edges: Iterable[Edge]
) -> Float[torch.Tensor, "batch pos vocabulary"]:
    """Run a model in which only some edges are left.

    Each reader gets the residual stream without what the cut-off writers put there in this very
    run; nothing is put in its place. That shows what the edges can do alone (the zero ablation of
    Conmy et al. 2023, "Towards automated circuit discovery").

    Args:
        model: without normalization.
        ids: token ids.
        edges: those that stay.

    Returns:
        The logits of the network that is left.

    Raises:
        ValueError: a model with normalization.
    """
    every, kept = edges_of(model), set(edges)
    cut = _Cut(model, [edge for edge in every if edge not in kept])
    with turn(model), torch.no_grad():
        logits: torch.Tensor = model.run_with_hooks(ids, fwd_hooks=cut.hooks())
    return logits


class _Cut:
    """Note what every part writes, and take from each reader what it shall not see."""

    def __init__(self, model: TransformerBridge, edges: Iterable[Edge]) -> None:
        self._model = model
        self._written: dict[str, _Stream] = {}
        self._unseen: dict[str, list[str]] = {}
        for writer, reader in edges:
            self._unseen.setdefault(reader, []).append(writer)

    def hooks(self) -> list[_Hook]:
        hooks: list[_Hook] = [
            ("hook_embed", self._note("embed")),
            ("hook_pos_embed", self._note("pos")),
        ]
        for layer, block in enumerate(self._model.blocks):
            attention = f"blocks.{layer}.attn"
            for letter in "qkv":
                matrices = getattr(block.attn, f"W_{letter.upper()}")
                hooks.append((f"{attention}.hook_{letter}", self._heads(layer, letter, matrices)))
            hooks.append((f"{attention}.hook_z", self._note_heads(layer, block.attn.W_O)))
            if not self._model.cfg.attn_only:
                hooks.append((f"blocks.{layer}.mlp.hook_in", self._stream(f"mlp{layer}")))
                hooks.append((f"blocks.{layer}.hook_mlp_out", self._note(f"mlp{layer}")))
        return [*hooks, ("unembed.hook_in", self._stream(OUTPUT))]

    def _note(self, part: str) -> Callable[..., None]:
        def note(value: torch.Tensor, hook: object) -> None:  # noqa: ARG001 -- a hook is given both
            self._written[part] = value

        return note

    def _note_heads(self, layer: int, matrices: torch.Tensor) -> Callable[..., None]:
        def note(z: torch.Tensor, hook: object) -> None:  # noqa: ARG001
            for head, matrix in enumerate(matrices):
                self._written[f"L{layer}H{head}"] = z[:, :, head] @ matrix

        return note

    def _heads(self, layer: int, letter: str, matrices: torch.Tensor) -> Callable[..., _Stream]:
        """Take from each head's query, key or value what unseen parts contribute to it."""

        def without(value: torch.Tensor, hook: object) -> torch.Tensor:  # noqa: ARG001
            value = value.clone()
            for head, matrix in enumerate(matrices):
                for writer in self._unseen.get(f"L{layer}H{head}.{letter}", ()):
                    value[:, :, head] -= self._written[writer] @ matrix
            return value

        return without

    def _stream(self, reader: str) -> Callable[..., _Stream]:
        def without(value: torch.Tensor, hook: object) -> torch.Tensor:  # noqa: ARG001
            for writer in self._unseen.get(reader, ()):
                value = value - self._written[writer]
            return value

        return without
