"""Addition on a clock: every sum modulo a prime, which of them are trained on, and Fourier waves.

A network that is trained on some of the sums first learns them by heart and much later, if its
weights are pulled towards zero, finds a rule that also answers the others: it places the numbers on
a few circles and adds angles (Power et al. 2022, "Grokking"; Nanda et al. 2023, "Progress measures
for grokking via mechanistic interpretability").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from interp_widgets.training import TrainingConfig
from interp_widgets.worlds.recipes import Recipe
from interp_widgets.worlds.weights import BOS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from transformer_lens.model_bridge import TransformerBridge

PRIME: Final = 53
SYMBOLS: Final = (BOS, *map(str, range(PRIME)), "=")
FIRST: Final = 1
"""Token id of the number 0; those of the others follow."""
TRAINED_ON: Final = 0.35
"""Share of the sums."""
STEPS: Final = {0: 2700, 1: 3100}
"""By seed: the first hundred after which every sum is right and six frequencies carry 0.95 of the
embedding. A longer run, in which the loss jumps now and then, loses that again."""
CHECKPOINTS: Final = (0, 100, 200, 500, 1000, 1500, 2000, 2200, 2400, 2600)
EVERY: Final = 100
FIGURES: Final = {
    "train_accuracy": "accuracy on the sums it was trained on",
    "test_accuracy": "accuracy on the others",
    "train_loss": "loss on the sums it was trained on, nats",
    "test_loss": "loss on the others, nats",
    "six_frequencies": "share of the six strongest frequencies in the embedding's squared norm",
    "learned": "first measured step at which every sum that it was trained on is right",
    "generalised": "first measured step at which every sum is right",
    "gap": "the second of these steps over the first",
}


def sums() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List every sum of two numbers.

    Returns:
        Token ids (sum, pos) of `<bos> a b =`, b running fastest, and the answers (sum), token ids
        of (a + b) modulo 53, which a model gives at the last position.
    """
    a, b = np.divmod(np.arange(PRIME**2), PRIME)
    bos, equals = np.zeros_like(a), np.full_like(a, SYMBOLS.index("="))
    return np.stack([bos, FIRST + a, FIRST + b, equals], axis=1), FIRST + (a + b) % PRIME


def trained_on() -> NDArray[np.bool_]:
    """Mark the sums (sum) that every run is trained on; the others are held out."""
    chosen = np.zeros(PRIME**2, dtype=bool)
    chosen[np.random.default_rng(PRIME).permutation(PRIME**2)[: int(TRAINED_ON * PRIME**2)]] = True
    return chosen


def fourier_shares(embedding: NDArray[np.float64]) -> NDArray[np.float64]:
    """Split what is said of the numbers into waves.

    A wave of frequency k goes k times up and down from 0 to 52: a network that adds angles needs
    the cosine and the sine of a few frequencies.

    Args:
        embedding: (number, d_model), a vector for each of 0 to 52.

    Returns:
        (frequency), the share of the squared norm in each of the frequencies 0 to 26; 0 is the
        constant. They sum to 1.

    Raises:
        ValueError: not one vector for each number.
    """
    if embedding.ndim != 2 or len(embedding) != PRIME:
        raise ValueError(
            f"embedding: expected shape ({PRIME}, d_model), got {embedding.shape}. "
            "Leave out <bos> and =."
        )
    power = (np.abs(np.fft.rfft(embedding, axis=0)) ** 2).sum(axis=1)
    power[1:] *= 2  # a wave and its mirror image, of which rfft gives one
    shares: NDArray[np.float64] = power / power.sum()
    return shares


def recipe(seed: int, weight_decay: float = 2.0) -> Recipe:
    """Say how `mod-add` is trained: on all the sums that it may see at once, in every step.

    Args:
        seed: of the initial weights, 0 or 1.
        weight_decay: how strongly weights are pulled towards zero.
    """
    chosen = torch.from_numpy(trained_on())
    ids, answers = map(torch.from_numpy, sums())
    batch = {"ids": ids[chosen], "answers": answers[chosen]}
    return Recipe(
        network={
            "n_layers": 1,
            "n_heads": 4,
            "d_head": 16,
            "d_model": 64,
            "d_mlp": 256,
            "n_ctx": 4,
            "d_vocab": len(SYMBOLS),
            "act_fn": "relu",
            "normalization_type": None,
            "attention_dir": "causal",
        },
        vocabulary=SYMBOLS,
        spaced=True,
        training=TrainingConfig(
            steps=STEPS[seed],
            learning_rate=3e-3,
            warmup=10,
            decay_steps=0,
            weight_decay=weight_decay,
            betas=(0.9, 0.98),
            clip=None,
            seed=seed,
        ),
        batch=lambda _step: batch,
        loss=_answer_loss,
    )


def _answer_loss(model: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
    return cross_entropy(model(batch["ids"])[:, -1], batch["answers"])


def measure(model: TransformerBridge) -> dict[str, float]:
    """Measure a model on every sum.

    Args:
        model: of the vocabulary of `sums`.

    Returns:
        Loss and accuracy on the sums that it was trained on and on the others, and the share of the
        embedding's squared norm in its six strongest frequencies.
    """
    ids, answers = map(torch.from_numpy, sums())
    with torch.no_grad():
        logits = model(ids)[:, -1]
    losses = cross_entropy(logits, answers, reduction="none").double()
    right = (logits.argmax(-1) == answers).double()
    chosen = torch.from_numpy(trained_on())
    numbers = model.W_E[FIRST : FIRST + PRIME].double().numpy(force=True)
    return {
        "train_loss": float(losses[chosen].mean()),
        "train_accuracy": float(right[chosen].mean()),
        "test_loss": float(losses[~chosen].mean()),
        "test_accuracy": float(right[~chosen].mean()),
        "six_frequencies": float(np.sort(fourier_shares(numbers)[1:])[-6:].sum()),
    }


def summary(history: Sequence[Mapping[str, float]]) -> dict[str, float | None]:
    """Sum up a run: what it does in the end, and when it learned what.

    Args:
        history: what `measure` says after each of some steps.

    Returns:
        Each of `FIGURES`, None for what never happened.
    """
    learned, generalised = (
        next((row["step"] for row in history if row[part] == 1), None)
        for part in ("train_accuracy", "test_accuracy")
    )
    gap = generalised / learned if learned and generalised else None
    when = {"learned": learned, "generalised": generalised, "gap": gap}
    return {name: {**history[-1], **when}[name] for name in FIGURES}
