"""The weights of a small transformer, set by hand: one named part of the stream for each thing.

The network has no normalization, so what one part writes is exactly what another reads, and every
matrix can be followed entry by entry. Each thing the network knows at a position (the symbol, the
position, ...) has columns of the residual stream to itself: its *space*.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import isqrt
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets._native import save_native

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from interp_widgets.worlds.circuits import Circuit

BOS = "<bos>"
SHARP = 256.0
"""The score of what is attended to. What scores half as much gets exp(-128), which is 0 in float32:
so attention is all or nothing, or evenly shared."""
CONFIDENT = 10.0
"""The logit of the answer; every other logit is 0."""


@dataclass
class Weights:
    """Hold the matrices of a transformer, all zero at first, in the order in which one reads them.

    A row vector `x` of the residual stream is multiplied from the left: `x @ W_Q[layer, head]`.

    Attributes:
        vocabulary: the symbols; the first begins every sequence.
        widths: how many columns each space has, by its name.
        layers: how many there are.
        heads: how many each layer has.
        head_width: the least number of columns that every head needs.
        neurons: of each MLP; 0 leaves the MLPs out.
        context: the longest sequence, the beginning included.
        causal: whether a position sees only itself and earlier ones.
    """

    vocabulary: Sequence[str]
    widths: Mapping[str, int]
    layers: int
    heads: int
    head_width: int
    neurons: int
    context: int
    causal: bool
    spaces: dict[str, slice] = field(init=False)

    def __post_init__(self) -> None:
        bounds = list(accumulate(self.widths.values(), initial=0))
        self.spaces = {
            name: slice(*at) for name, at in zip(self.widths, pairwise(bounds), strict=True)
        }
        root = isqrt(self.head_width - 1) + 1
        self.head_width = root**2  # a square: scores are divided by its root, a whole number
        stream, symbols = bounds[-1], len(self.vocabulary)
        heads = (self.layers, self.heads)
        self.W_E = np.zeros((symbols, stream))
        self.W_pos = np.zeros((self.context, stream))
        self.W_Q, self.W_K, self.W_V = np.zeros((3, *heads, stream, self.head_width))
        self.b_Q = np.zeros((*heads, self.head_width))
        self.W_O = np.zeros((*heads, self.head_width, stream))
        self.W_in = np.zeros((self.layers, stream, self.neurons))
        self.b_in = np.zeros((self.layers, self.neurons))
        self.W_out = np.zeros((self.layers, self.neurons, stream))
        self.W_U = np.zeros((stream, symbols))

    def save(self, folder: Path, circuit: Circuit | None = None) -> None:
        """Write the network, its vocabulary and its circuit as a model that `load_model` reads.

        Args:
            folder: where the files go.
            circuit: the edges that carry the computation; None keeps them out of it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        save_native(folder, self._config(), self._tensors(), self.vocabulary)
        if circuit is not None:
            circuit.save(folder / "circuit.json")

    def _config(self) -> dict[str, object]:
        return {
            "n_layers": self.layers,
            "n_heads": self.heads,
            "d_head": self.head_width,
            "d_model": len(self.W_U),
            "d_mlp": self.neurons or None,
            "attn_only": not self.neurons,
            "n_ctx": self.context,
            "d_vocab": len(self.vocabulary),
            "act_fn": "relu",
            "normalization_type": None,
            "attention_dir": "causal" if self.causal else "bidirectional",
        }

    def _tensors(self) -> dict[str, NDArray[np.float64]]:
        """Name the matrices as PyTorch's linear layers do: transposed, heads side by side."""
        tensors: dict[str, NDArray[np.float64]] = {
            "tok_embed.weight": self.W_E,
            "pos.weight": self.W_pos,
            "head.weight": self.W_U.T,
        }
        root = isqrt(self.head_width)  # the network divides its scores by it
        for layer in range(self.layers):
            no_bias = np.zeros_like(self.b_Q[layer])
            for letter, matrices, bias in (
                ("q", self.W_Q[layer] * root, self.b_Q[layer] * root),
                ("k", self.W_K[layer], no_bias),
                ("v", self.W_V[layer], no_bias),
            ):
                place = f"layers.{layer}.attn.{letter}"
                tensors[f"{place}.weight"] = np.concatenate(matrices, axis=1).T
                tensors[f"{place}.bias"] = bias.ravel()
            tensors[f"layers.{layer}.attn.o.weight"] = np.concatenate(self.W_O[layer]).T
            tensors[f"layers.{layer}.attn.o.bias"] = np.zeros(len(self.W_U))
            if self.neurons:
                place = f"layers.{layer}.mlp"
                tensors[f"{place}.fc_in.weight"] = self.W_in[layer].T
                tensors[f"{place}.fc_in.bias"] = self.b_in[layer]
                tensors[f"{place}.fc_out.weight"] = self.W_out[layer].T
                tensors[f"{place}.fc_out.bias"] = np.zeros(len(self.W_U))
        return tensors
