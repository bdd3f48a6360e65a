"""How to train: the settings of a run, and the learning rate that follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """Say how to train; the same config, model and batches give the same weights.

    Attributes:
        steps: Updates of the weights in all.
        learning_rate: The peak, reached at the end of the warmup.
        warmup: Steps of linear rise.
        decay: Shape of the final fall.
        decay_steps: Length of the final fall, before which the rate is constant; None lets it
            fall from the end of the warmup on, 0 never.
        final_fraction: Where the fall ends, as a fraction of the peak.
        weight_decay: Decoupled, on matrices only, never on gains and biases.
        betas: Memory of AdamW for gradients and for their squares.
        clip: Largest gradient norm; None does not clip.
        seed: Of every global random generator, for the run only.
        save_every: Steps between two checkpoints, so what a kill can cost at most.
    """

    steps: int
    learning_rate: float = 1e-3
    warmup: int = 0
    decay: Literal["cosine", "linear"] = "cosine"
    decay_steps: int | None = None
    final_fraction: float = 0.0
    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float | None = 1.0
    seed: int = 0
    save_every: int = 500

    def __post_init__(self) -> None:
        """Refuse settings that would train something else than was meant."""
        self._check_types()
        room = self.steps - self.warmup
        rules = {
            "steps": (self.steps >= 1, "at least 1"),
            "learning_rate": (0 < self.learning_rate < math.inf, "above 0 and finite"),
            "warmup": (0 <= self.warmup < self.steps, f"0 to steps - 1 = {self.steps - 1}"),
            "decay": (self.decay in {"cosine", "linear"}, "'cosine' or 'linear'"),
            "decay_steps": (0 <= (self.decay_steps or 0) <= room, f"0 to steps - warmup = {room}"),
            "final_fraction": (0 <= self.final_fraction <= 1, "0 to 1"),
            "weight_decay": (0 <= self.weight_decay < math.inf, "0 or above and finite"),
            "betas": (
                [0 <= b < 1 for b in self.betas] == [True] * 2,
                "two numbers from 0 to below 1",
            ),
            "clip": (self.clip is None or self.clip > 0, "above 0, or None"),
            "seed": (0 <= self.seed < 2**32, "0 to 2**32 - 1"),
            "save_every": (self.save_every >= 1, "at least 1"),
        }
        for name, (fine, expected) in rules.items():
            if not fine:
                raise ValueError(f"{name}: expected {expected}, got {getattr(self, name)!r}")

    def _check_types(self) -> None:
        whole = ("steps", "warmup", "decay_steps", "seed", "save_every")
        for name in (*whole, "learning_rate", "final_fraction", "weight_decay", "clip"):
            value, kinds = getattr(self, name), int if name in whole else int | float
            optional = name in {"decay_steps", "clip"} and value is None
            if not optional and (isinstance(value, bool) or not isinstance(value, kinds)):
                kind = "a whole number" if name in whole else "a number"
                raise TypeError(f"{name}: expected {kind}, got {value!r}")


def learning_rate(step: int, config: TrainingConfig) -> float:
    """Compute the learning rate of one step: a linear rise, a plateau, then the final fall.

    Args:
        step: Steps already finished, so 0 for the first.
        config: Where the rise, the fall and the peak are set.

    Returns:
        The rate; the first step already moves and the last one still does.
    """
    if step < config.warmup:
        return config.learning_rate * (step + 1) / config.warmup
    length = config.steps - config.warmup if config.decay_steps is None else config.decay_steps
    fallen = (step - (config.steps - length)) / length if length else 0.0
    if fallen <= 0:
        return config.learning_rate
    left = 1 - fallen if config.decay == "linear" else (1 + math.cos(math.pi * fallen)) / 2
    return config.learning_rate * (config.final_fraction + (1 - config.final_fraction) * left)
