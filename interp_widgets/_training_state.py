"""What a training run has to remember so that its next step comes out the same, to the bit."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor, nn

_TORCH_RANDOM, _CUDA_RANDOM = "random.torch", "random.cuda"


def capture(
    model: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Copy weights, optimizer and random generators to the CPU.

    Args:
        model: Its parameters and persistent buffers are taken; tied ones once.
        optimizer: Its per-parameter state is taken; its settings come from the config.
        device: Where training runs: a GPU has a random generator of its own.

    Returns:
        Tensors by name, and the generators of Python and numpy as JSON-ready values.
    """
    tensors = {f"model.{name}": tensor for name, tensor in _model_tensors(model).items()}
    for index, entries in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": tensor for name, tensor in entries.items()}
    tensors[_TORCH_RANDOM] = torch.get_rng_state()
    if device.type == "cuda":
        tensors[_CUDA_RANDOM] = torch.cuda.get_rng_state(device)
    return {name: _on_cpu(tensor) for name, tensor in tensors.items()}, _plain_random_state()


def restore(
    tensors: Mapping[str, Tensor],
    plain_random_state: Mapping[str, Any],
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    device: torch.device,
) -> None:
    """Put a captured state back, in place.

    Raises:
        ValueError: The tensors belong to a model with other names or shapes.
    """
    targets = {f"model.{name}": tensor for name, tensor in _model_tensors(model).items()}
    _check_same_model(tensors, targets)
    with torch.no_grad():
        for name, target in targets.items():
            target.copy_(tensors[name])
    moments: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        kind, _, rest = key.partition(".")
        if kind == "optimizer":
            index, name = rest.split(".")
            moments.setdefault(int(index), {})[name] = tensor
    settings = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": moments, "param_groups": settings})
    torch.set_rng_state(tensors[_TORCH_RANDOM])
    if device.type == "cuda" and _CUDA_RANDOM in tensors:
        torch.cuda.set_rng_state(tensors[_CUDA_RANDOM], device)
    _set_plain_random_state(plain_random_state)


@contextmanager
def own_randomness(seed: int, device: torch.device) -> Iterator[None]:
    """Seed every global generator for the run, and give the caller's states back after it."""
    before = _plain_random_state()
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 - a caller's batches may use the global generator
        try:
            yield
        finally:
            _set_plain_random_state(before)


def _model_tensors(model: nn.Module) -> dict[str, Tensor]:
    kept = model.state_dict().keys()  # leaves out buffers that the model makes anew by itself
    buffers = {name: buffer for name, buffer in model.named_buffers() if name in kept}
    return dict(model.named_parameters()) | buffers


def _on_cpu(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", copy=True).contiguous()


def _check_same_model(tensors: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> None:
    got = {name: tuple(t.shape) for name, t in tensors.items() if name.startswith("model.")}
    expected = {name: tuple(target.shape) for name, target in targets.items()}
    for name in sorted(expected.keys() | got.keys()):
        if expected.get(name) != got.get(name):
            raise ValueError(
                f"folder: its checkpoint is of another model; expected {name} of shape "
                f"{expected.get(name)}, got {got.get(name)}; choose an empty folder",
            )


def _plain_random_state() -> dict[str, Any]:
    name, keys, *rest = np.random.get_state(legacy=True)  # noqa: NPY002
    return {"python": random.getstate(), "numpy": [name, np.asarray(keys).tolist(), *rest]}


def _set_plain_random_state(state: Mapping[str, Any]) -> None:
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))  # JSON turned the tuples into lists
    np.random.set_state(tuple(state["numpy"]))  # noqa: NPY002
