"""Random segments said again and again, and how far a model knows what comes when one returns.

A symbol of the first saying cannot be foreseen. From the second saying on each symbol follows from
the text, but only for a model that finds where it stood before: the length of the segment is drawn,
so no fixed distance helps. Networks of one layer fail at it, and those of two learn it suddenly
(Olsson et al. 2022, "In-context Learning and Induction Heads").
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from interp_widgets._head_scores import induction_score, previous_token_score
from interp_widgets.results import AttentionPattern
from interp_widgets.training import TrainingConfig
from interp_widgets.worlds.hand_induction import CONTEXT, SYMBOLS, repeated_segments
from interp_widgets.worlds.recipes import Recipe, fill_in, ship

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from transformer_lens.model_bridge import TransformerBridge

SHORTEST, LONGEST = 12, (CONTEXT - 1) // 2
"""Symbols in a segment of the training sequences; the longest just fits twice."""
FIGURES: Final = {
    "first": "loss on a segment said first, nats a symbol",
    "second": "loss on a segment said again, nats a symbol",
    "ratio": "loss when said again over loss when said first",
    "induction": "induction score of the best head",
    "previous": "previous-token score of the best head",
    "jump": "largest rise of the induction score between two checkpoints",
}
CHECKPOINTS: Final = (0, 100, 150, 200, 250, 300, 350, 400, 600, 800)
EVERY: Final = 50
SEEDS: Final = (1, 0)
"""The first becomes the model: with it fewer heads share the work."""
_STEPS, _BATCH = 1000, 32
_HELD_OUT: Final = 2**20  # where the seeds of measurements begin; steps of training lie below


def repeats(count: int, seed: int | tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw random segments of different symbols, each repeated until the context is full.

    Args:
        count: how many sequences.
        seed: of the draw.

    Returns:
        Token ids (sequence, pos), which begin with `<bos>`, and the length (sequence) of each
        sequence's segment, 12 to 24 symbols: the symbol at position `p` is number
        `(p - 1) % length` of the segment.
    """
    rng = np.random.default_rng(seed)
    lengths = rng.integers(SHORTEST, LONGEST, size=count, endpoint=True)
    orders = rng.permuted(np.tile(np.arange(1, len(SYMBOLS)), (count, 1)), axis=1)
    segments = np.take_along_axis(orders, np.arange(CONTEXT - 1) % lengths[:, None], axis=1)
    return np.hstack([np.zeros((count, 1), dtype=np.int64), segments]), lengths


def recipe(layers: int, seed: int) -> Recipe:
    """Say how `induction-1l` and `induction-2l` are trained.

    Args:
        layers: of attention; there are no MLPs and no normalization.
        seed: of the initial weights and of the sequences.
    """
    return Recipe(
        network={
            "n_layers": layers,
            "n_heads": 4,
            "d_head": 16,
            "d_model": 64,
            "d_mlp": None,
            "attn_only": True,
            "n_ctx": CONTEXT,
            "d_vocab": len(SYMBOLS),
            "act_fn": "relu",
            "normalization_type": None,
            "attention_dir": "causal",
        },
        vocabulary=SYMBOLS,
        training=TrainingConfig(
            steps=_STEPS,
            learning_rate=6e-3,
            warmup=50,
            decay="linear",
            decay_steps=_STEPS // 3,
            weight_decay=0.01,
            betas=(0.9, 0.98),
            seed=seed,
        ),
        batch=lambda step: torch.from_numpy(repeats(_BATCH, (seed, step))[0]),
        loss=_next_symbol_loss,
    )


def remake(layers: int, goal: str) -> None:
    """Train `induction-1l` or `induction-2l` anew with every seed, and write what ships.

    Args:
        layers: 1 or 2.
        goal: what the ratio of its losses is asked to be, for the table in its README.
    """
    name, runs = f"induction-{layers}l", {f"seed-{seed}": recipe(layers, seed) for seed in SEEDS}
    ship(name, runs, measure, summary, checkpoints=CHECKPOINTS, every=EVERY)
    fill_in(name, FIGURES, goals={"ratio": goal})


def _next_symbol_loss(model: nn.Module, ids: Tensor) -> Tensor:
    return _losses(model(ids), ids).mean()


def _losses(logits: Tensor, ids: Tensor) -> Tensor:
    """Give the loss (sequence, pos) of every symbol but `<bos>`, in nats."""
    return cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")


def measure(model: TransformerBridge, *, count: int = 100, seed: int = 0) -> dict[str, float]:
    """Measure a model on segments said twice that it was not trained on.

    The first symbol said again counts too, though nothing tells that the segment is over.

    Args:
        model: of the vocabulary of `repeats`.
        count: sequences of each length; the lengths are 12, 16, 20 and 24.
        seed: of the sequences.

    Returns:
        Each of `FIGURES` but the jump.
    """
    said: list[NDArray[np.float64]] = []
    for length in range(SHORTEST, LONGEST + 1, 4):
        ids = torch.from_numpy(repeated_segments(count, length, (seed, _HELD_OUT + length)))
        with torch.no_grad():
            losses = _losses(model(ids), ids).double()
        said.append(losses.reshape(count, 2, length).mean((0, 2)).numpy())
    first, second = map(float, np.mean(said, axis=0))
    scores = head_scores(model, seed=seed)
    return {
        "first": first,
        "second": second,
        "ratio": second / first,
        **{name: float(score.max()) for name, score in scores.items()},
    }


def summary(history: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Sum up a run: what it does in the end, and how suddenly it learned it.

    Args:
        history: what `measure` says after each of some steps, those of `CHECKPOINTS` among them.

    Returns:
        Each of `FIGURES`.
    """
    scores = [figures["induction"] for figures in history if figures["step"] in CHECKPOINTS]
    jump = max(after - before for before, after in pairwise(scores))
    return {name: {**history[-1], "jump": round(jump, 4)}[name] for name in FIGURES}


def head_scores(
    model: TransformerBridge, *, count: int = 25, seed: int = 0
) -> dict[str, NDArray[np.float64]]:
    """Score every head for induction and for looking at the previous token.

    Args:
        model: of the vocabulary of `repeats`.
        count: sequences over which the scores are averaged.
        seed: of the sequences, segments of 20 symbols said twice.

    Returns:
        "induction" and "previous", each (layer, head), shares of attention.
    """
    patterns = list(_patterns(model, repeated_segments(count, 20, (seed, _HELD_OUT))))
    rules = {"induction": induction_score, "previous": previous_token_score}
    return {name: np.mean([rule(p) for p in patterns], axis=0) for name, rule in rules.items()}


def _patterns(model: TransformerBridge, ids: NDArray[np.int64]) -> Iterable[AttentionPattern]:
    with torch.no_grad():
        _, cache = model.run_with_cache(
            torch.from_numpy(ids), names_filter=lambda name: name.endswith("attn.hook_pattern")
        )
    layers = [cache["pattern", layer].numpy() for layer in range(model.cfg.n_layers)]
    for row, weights in zip(ids, np.stack(layers, axis=1), strict=True):
        yield AttentionPattern(weights, tuple(SYMBOLS[token] for token in row), token_ids=row)
