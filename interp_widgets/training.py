"""The one training loop of the project: seeded, resumable to the bit, safe to kill any time."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from interp_widgets import _checkpoints, _interrupts, _training_state
from interp_widgets._training_config import TrainingConfig, learning_rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["TrainingConfig", "learning_rate", "train"]

_REFRESH = 20  # steps between two looks at the loss: reading it makes a GPU wait
_FREE_TO_CHANGE = {"save_every"}  # settings a resumed run may alter: they do not touch the weights
_MATRIX = 2  # dimensions

Model = TypeVar("Model", bound=nn.Module)
Batch = TypeVar("Batch", Tensor, Mapping[str, Tensor])


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
        ValueError: The checkpoint in `folder` belongs to another model or config, or the loss is
            not a scalar.
        TypeError: A batch is neither a tensor nor a mapping of tensors.
        FloatingPointError: The loss is no longer finite.
        OSError: A checkpoint could not be written.
        KeyboardInterrupt: Ctrl-C was pressed; the checkpoint is written.
    """
    place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    model.to(place).train()
    run = _Run(model, config, place, None if folder is None else Path(folder))
    with _training_state.own_randomness(config.seed, place), _interrupts.held_back() as stop_asked:
        first = run.resume()
        with tqdm(total=config.steps, initial=first, desc="training", unit="step") as bar:
            for done in range(first + 1, config.steps + 1):
                value = run.step(done - 1, _moved(batches(done - 1), place), loss)
                if on_step is not None:
                    on_step(done, value)
                    model.train()  # a measurement may have switched to eval
                bar.update()
                if done % _REFRESH == 0 or done == config.steps:
                    bar.set_postfix(loss=f"{run.finite_losses(done)[-1]:.4f}")
                stop = stop_asked()
                if stop or done % config.save_every == 0 or done == config.steps:
                    run.save(done)
                if stop:
                    raise KeyboardInterrupt(f"training stopped after step {done}")
    return run.finite_losses(config.steps)


class _Run:
    """The state that changes while training: weights, optimizer, losses and randomness."""

    def __init__(
        self,
        model: nn.Module,
        config: TrainingConfig,
        device: torch.device,
        folder: Path | None,
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
        if value.ndim:
            raise ValueError(f"loss: expected a scalar, got shape {tuple(value.shape)}; average it")
        value.backward()
        if self.config.clip is not None:
            nn.utils.clip_grad_norm_(self.parameters, self.config.clip)
        self.optimizer.step()
        self.losses[step] = value.detach()
        return value.detach()

    def finite_losses(self, done: int) -> NDArray[np.float32]:
        losses = self.losses[:done].cpu().numpy()
        bad = np.flatnonzero(~np.isfinite(losses))
        if bad.size:
            raise FloatingPointError(
                f"the loss of step {bad[0] + 1} is {losses[bad[0]]}: expected a finite number; "
                "lower learning_rate, lengthen warmup or set clip",
            )
        return losses

    def save(self, done: int) -> None:
        if self.folder is None:
            return
        self.finite_losses(done)  # a broken state must not push out a good checkpoint
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
    matrices = [p for p in parameters if p.ndim >= _MATRIX]
    others = [p for p in parameters if p.ndim < _MATRIX]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=config.betas, fused=True)


def _check_same_config(saved: Mapping[str, Any], config: TrainingConfig, path: Path) -> None:
    now = json.loads(json.dumps(asdict(config)))  # as JSON sees it: tuples are lists
    changed = {name for name in now.keys() | saved.keys() if now.get(name) != saved.get(name)}
    for name in sorted(changed - _FREE_TO_CHANGE):
        raise ValueError(
            f"folder: {path} was trained with {name}={saved.get(name)!r}, but config has "
            f"{now.get(name)!r}; use that value to go on, or choose an empty folder",
        )


def _moved(batch: Batch, device: torch.device) -> Batch:
    if isinstance(batch, Mapping):
        return {name: tensor.to(device, non_blocking=True) for name, tensor in batch.items()}
    if isinstance(batch, Tensor):
        return batch.to(device, non_blocking=True)
    kind = type(batch).__name__
    raise TypeError(f"batches: expected a tensor or a mapping of tensors, got {kind}")
