"""Checkpoint files that survive ``kill -9``, a full disk and a flipped bit.

A checkpoint is ONE safetensors file: tensors as tensors, everything else as JSON in the metadata.
One file, because renaming it is then the only moment at which the state on disk changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import safetensors
import safetensors.torch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

KEPT = 2  # the newest, and one to fall back on should the newest turn out damaged

_SUFFIX = ".safetensors"
_PARTIAL = ".partial"
_DAMAGED = ".damaged"


class Checkpoint(NamedTuple):
    """Everything needed to go on after `step` finished steps."""

    step: int
    tensors: dict[str, Tensor]
    state: dict[str, Any]
    path: Path


def save(folder: Path, step: int, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> Path:
    """Write a checkpoint so that at every moment a whole one is on disk, then drop old ones.

    Args:
        folder: Where checkpoints live; it must exist.
        step: Number of finished steps.
        tensors: Contiguous CPU tensors which share no memory.
        state: Whatever JSON can hold.

    Returns:
        The file written.

    Raises:
        OSError: The file could not be written; older checkpoints are untouched.
    """
    text = json.dumps(dict(state))
    metadata = {"step": str(step), "state": text, "sha256": _digest(step, tensors, text)}
    path = folder / f"step-{step:09d}{_SUFFIX}"
    _write_atomically(path, safetensors.torch.save(dict(tensors), metadata))
    for old in _newest_first(folder)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def load_newest(folder: Path) -> Checkpoint | None:
    """Read the newest intact checkpoint, setting damaged ones aside with a warning.

    Args:
        folder: Where checkpoints live; it may be missing.

    Returns:
        The checkpoint, or None where there is none to go on from.
    """
    for path in _newest_first(folder):
        try:
            return _load(path)
        except (safetensors.SafetensorError, ValueError, KeyError) as problem:
            aside = path.with_name(path.name + _DAMAGED)
            path.replace(aside)
            warnings.warn(
                f"checkpoint {path} is damaged ({problem}); it was renamed to {aside.name} and "
                "training goes on from the one before it, or from the start if there is none",
                RuntimeWarning,
                stacklevel=2,
            )
    return None


def sweep(folder: Path) -> None:
    """Delete the half-written files that a killed run left behind, and nothing else."""
    for orphan in folder.glob(f"step-*{_SUFFIX}.*{_PARTIAL}"):
        orphan.unlink(missing_ok=True)


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"step-*{_SUFFIX}"), reverse=True)  # the step is zero-padded


def _load(path: Path) -> Checkpoint:
    with safetensors.safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        # Cloned: the file is memory-mapped and may be deleted, or lie unaligned, later on.
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    step, text = int(metadata["step"]), metadata["state"]
    if metadata["sha256"] != _digest(step, tensors, text):
        raise ValueError("its contents do not match its checksum")
    return Checkpoint(step, tensors, json.loads(text), path)


def _digest(step: int, tensors: Mapping[str, Tensor], text: str) -> str:
    """Hash names, types, shapes and bytes: safetensors itself would not notice a flipped bit."""
    digest = hashlib.sha256(f"{step} {text}".encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).numpy().tobytes())
    return digest.hexdigest()


def _write_atomically(path: Path, data: bytes) -> None:
    # The process id keeps two runs on one folder out of each other's half-written file.
    partial = path.with_name(f"{path.name}.{os.getpid()}{_PARTIAL}")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the bytes must be on disk before the name points to them
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as problem:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        free = shutil.disk_usage(path.parent).free
        raise OSError(
            problem.errno,
            f"could not write checkpoint {path}: it needs {len(data)} bytes and {free} are free "
            f"({problem.strerror or problem}); earlier checkpoints are intact, so make room and "
            "run the training again to go on from the last one",
        ) from problem


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no such call and orders renames itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
