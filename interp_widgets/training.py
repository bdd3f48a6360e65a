"""The one training loop of the project: seeded, resumable to the bit, safe to kill any time."""

from __future__ import annotations

import json
import math
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm.auto import tqdm

from interp_widgets import _checkpoints, _training_state

__all__ = ["TrainingConfig", "learning_rate", "train"]

_REFRESH = 20  # steps between two looks at the loss: reading it makes a GPU wait
_FREE_TO_CHANGE = {"save_every"}  # settings a resumed run may alter: they do not touch the weights

Model = TypeVar("Model", bound=nn.Module)
Batch = TypeVar("Batch", Tensor, Mapping[str, Tensor])


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """Say how to train; the same config, model and batches give the same weights."""

    steps: int
    learning_rate: float = 1e-3  # the peak, reached after `warmup` steps
    warmup: int = 0  # steps of linear rise from zero
    decay: Literal["cosine", "linear"] = "cosine"
    decay_steps: int | None = None  # length of the final fall; None: all steps after the warmup
    final_fraction: float = 0.0  # of the peak, where the fall ends
    weight_decay: float = 0.0  # on matrices only, never on gains and biases
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float | None = 1.0  # largest gradient norm; None: no clipping
    seed: int = 0
    save_every: int = 500  # steps between checkpoints: what a kill can cost at most

    def __post_init__(self) -> None:
        """Refuse settings that would train something else than was meant."""
        fall = self.decay_steps
        rules = {
            "steps": (self.steps >= 1, "at least 1"),
            "learning_rate": (0 < self.learning_rate < math.inf, "above 0 and finite"),
            "warmup": (0 <= self.warmup < self.steps, f"0 to steps - 1 = {self.steps - 1}"),
            "decay": (self.decay in {"cosine", "linear"}, "'cosine' or 'linear'"),
            "decay_steps": (
                fall is None or 0 <= fall <= self.steps - self.warmup,
                f"None or 0 to steps - warmup = {self.steps - self.warmup}",
            ),
            "final_fraction": (0 <= self.final_fraction <= 1, "0 to 1"),
            "weight_decay": (0 <= self.weight_decay < math.inf, "0 or above and finite"),
            "betas": (
                len(self.betas) == 2 and all(0 <= beta < 1 for beta in self.betas),  # noqa: PLR2004
                "two numbers from 0 up to, but not, 1",
            ),
            "clip": (self.clip is None or self.clip > 0, "None or above 0"),
            "seed": (0 <= self.seed < 2**32, "0 to 2**32 - 1"),
            "save_every": (self.save_every >= 1, "at least 1"),
        }
        for name, (fine, expected) in rules.items():
            if not fine:
                msg = f"{name}: expected {expected}, got {getattr(self, name)!r}"
                raise ValueError(msg)


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


def train(
    model: Model,
    batches: Callable[[int], Batch],
    loss: Callable[[Model, Batch], Tensor],
    config: TrainingConfig,
    *,
    folder: Path | str | None = None,
    on_step: Callable[[int, Tensor], None] | None = None,
    device: torch.device | str | None = None,
) -> NDArray[np.float32]:
    """Train a model in place, going on from the newest checkpoint in `folder` if there is one.

    On a CPU an interrupted and resumed run ends with exactly the weights of an uninterrupted one.
    (On a GPU that also needs deterministic kernels, which are PyTorch's to choose.) Ctrl-C stops
    between two steps, after a checkpoint. The caller's random generators are left as they were.

    Args:
        model: Moved to the device and changed in place.
        batches: Gives the batch of a step from its number (0, 1, ...) alone, for example with
            ``np.random.default_rng([seed, step])``; this is what makes the data resumable.
        loss: The scalar to lower, from the model and a batch on its device.
        config: Steps, schedule, seed and checkpoint interval.
        folder: Where checkpoints go; None keeps none.
        on_step: Called with the number of finished steps (1, 2, ...) and the loss, as a scalar
            tensor on the device: reading it on every step would make a GPU wait. It comes before
            the checkpoint of that step, so after a kill it is repeated rather than left out.
        device: Where to train; None takes a GPU when there is one.

    Returns:
        Losses (step,), those from before a resume included.

    Raises:
        ValueError: The checkpoint in `folder` belongs to another model or config.
        FloatingPointError: The loss is no longer finite.
        OSError: A checkpoint could not be written.
        KeyboardInterrupt: Ctrl-C was pressed; the checkpoint is written.
    """
    place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    model.to(place).train()
    run = _Run(model, config, place, None if folder is None else Path(folder))
    with _training_state.own_randomness(config.seed, place), _ctrl_c_between_steps() as stop_asked:
        first = run.resume()
        with tqdm(total=config.steps, initial=first, desc="training", unit="step") as bar:
            for step in range(first, config.steps):
                value = run.step(step, _moved(batches(step), place), loss)
                done = step + 1
                if on_step is not None:
                    on_step(done, value)
                    model.train()  # a measurement may have switched to eval
                bar.update()
                last = done == config.steps
                if last or done % _REFRESH == 0:
                    bar.set_postfix(loss=f"{run.checked_losses(done)[-1]:.4f}")
                if last or stop_asked() or done % config.save_every == 0:
                    run.save(done)
                if stop_asked() and not last:
                    msg = f"training stopped after {done} of {config.steps} steps"
                    raise KeyboardInterrupt(msg)
    return run.checked_losses(config.steps)


class _Run:
    """The state that changes while training: weights, optimizer, losses and randomness."""

    def __init__(
        self, model: nn.Module, config: TrainingConfig, device: torch.device, folder: Path | None
    ) -> None:
        self.model, self.config, self.device, self.folder = model, config, device, folder
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self.optimizer = _optimizer(self.parameters, config)
        self.losses = torch.full((config.steps,), math.nan, device=device)

    def step(self, step: int, batch: Batch, loss: Callable[[Any, Batch], Tensor]) -> Tensor:
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(step, self.config)
        self.optimizer.zero_grad(set_to_none=True)
        value = loss(self.model, batch)
        value.backward()  # type: ignore[no-untyped-call]
        if self.config.clip is not None:
            nn.utils.clip_grad_norm_(self.parameters, self.config.clip)
        self.optimizer.step()
        self.losses[step] = value.detach()
        return value.detach()

    def checked_losses(self, done: int) -> NDArray[np.float32]:
        losses = self.losses[:done].cpu().numpy()
        if not np.isfinite(losses).all():
            bad = int(np.flatnonzero(~np.isfinite(losses))[0])
            msg = (
                f"the loss of step {bad} is {losses[bad]}: expected a finite number; "
                "lower learning_rate, lengthen warmup or set clip"
            )
            raise FloatingPointError(msg)
        return losses

    def save(self, done: int) -> None:
        if self.folder is None:
            return
        self.checked_losses(done)  # a broken state must not push out a good checkpoint
        tensors, randomness = _training_state.capture(self.model, self.optimizer, self.device)
        tensors["losses"] = self.losses[:done].cpu()
        state = {"config": asdict(self.config), "random": randomness}
        _checkpoints.save(self.folder, done, tensors, state)

    def resume(self) -> int:
        if self.folder is None:
            return 0
        self.folder.mkdir(parents=True, exist_ok=True)
        _checkpoints.sweep(self.folder)
        found = _checkpoints.load_newest(self.folder)
        if found is None:
            return 0
        _check_same_config(found.state["config"], self.config, found.path)
        _training_state.restore(
            found.tensors, found.state["random"], self.model, self.optimizer, self.device
        )
        self.losses[: found.step] = found.tensors["losses"].to(self.device)
        return found.step


def _optimizer(parameters: list[nn.Parameter], config: TrainingConfig) -> torch.optim.AdamW:
    # Pulling a gain or a bias to zero is not regularization, so only matrices decay.
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": config.weight_decay},  # noqa: PLR2004
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},  # noqa: PLR2004
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=config.betas, fused=True)


def _check_same_config(saved: Mapping[str, Any], config: TrainingConfig, path: Path) -> None:
    now = json.loads(json.dumps(asdict(config)))  # as JSON sees it: tuples are lists
    changed = [name for name in now.keys() | saved.keys() if now.get(name) != saved.get(name)]
    for name in sorted(set(changed) - _FREE_TO_CHANGE):
        msg = (
            f"folder: {path} was trained with {name}={saved.get(name)!r}, but config has "
            f"{now.get(name)!r}; use that value to go on, or choose an empty folder"
        )
        raise ValueError(msg)


def _moved(batch: Batch, device: torch.device) -> Batch:
    if isinstance(batch, Mapping):
        return {name: tensor.to(device, non_blocking=True) for name, tensor in batch.items()}
    return batch.to(device, non_blocking=True)


@contextmanager
def _ctrl_c_between_steps() -> Iterator[Callable[[], bool]]:
    """Hold Ctrl-C back until a step is whole; a second Ctrl-C acts at once."""
    before = signal.getsignal(signal.SIGINT)
    in_main = threading.current_thread() is threading.main_thread()  # else Python forbids it
    if not in_main or before is None or before == signal.SIG_IGN:
        yield lambda: False
        return
    asked = threading.Event()

    def hold_back(_number: int, _frame: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hold_back)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
