"""Real kills: a training process ended with ``kill -9`` at random moments, again and again."""

from __future__ import annotations

import multiprocessing
import os
from typing import NamedTuple

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from torch import nn

from interp_widgets import _checkpoints
from interp_widgets.training import TrainingConfig, train

CONFIG = TrainingConfig(steps=10**6, learning_rate=0.01, decay_steps=0, save_every=3)
LONGEST_WAIT = 0.05  # seconds; some steps and checkpoints, or part of one on a busy machine
# Importing torch, and what its first optimizer step imports, takes longer than a life.
FORKED_WITH_TORCH = multiprocessing.get_context("forkserver")
FORKED_WITH_TORCH.set_forkserver_preload(
    ["pytest", "torch", "torch._dynamo", "numpy.random", "safetensors.torch", "tqdm.auto"],
)


class Life(NamedTuple):
    """What one killed process did, and what it left."""

    first: int  # first step it finished
    last: int  # last step it finished
    partial: int  # half-written files left over
    damaged: int  # checkpoints left that cannot be read
    newest: int  # step of the newest checkpoint that can be read; 0 where there is none


def network():
    torch.manual_seed(4)
    return nn.Sequential(nn.Linear(97, 131), nn.Dropout(0.1), nn.Linear(131, 89))


def batches(step):
    return torch.randn(3, 97, generator=torch.Generator().manual_seed(step))


def loss(model, x):
    return (model(x) - x[:, :89]).square().mean()


def write_in_place(path, data):
    """Save as people first do, straight into the file, with a disk as slow as ours waits for."""
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), 2**14):
            file.write(data[start : start + 2**14])
            os.fsync(file.fileno())


def life(folder, steps, in_place):
    torch.set_num_threads(1)
    if in_place:
        _checkpoints._write_atomically = write_in_place
    train(network(), batches, loss, CONFIG, folder=folder, on_step=lambda n, _: steps.send(n))


def killed_at_random(rng, folder, *, in_place=False):
    """Let a process finish some steps, however slow the machine, then kill it somewhere.

    Half of the kills begin their wait where a checkpoint is about to be written.
    """
    count = CONFIG.save_every * rng.integers(1, 5) - rng.integers(0, 2)
    receiver, sender = FORKED_WITH_TORCH.Pipe(duplex=False)
    process = FORKED_WITH_TORCH.Process(target=life, args=(folder, sender, in_place))
    process.start()
    sender.close()
    steps = [receiver.recv() for _ in range(count)]
    process.join(timeout=rng.uniform(0, LONGEST_WAIT))
    process.kill()
    process.join()
    while True:
        try:
            steps.append(receiver.recv())
        except EOFError:
            break
    readable = {path: is_readable(path) for path in folder.glob("step-*.safetensors")}
    return Life(
        first=steps[0],
        last=steps[-1],
        partial=len(list(folder.glob("*.partial"))),
        damaged=sum(not fine for fine in readable.values()),
        newest=max((int(path.stem[5:]) for path, fine in readable.items() if fine), default=0),
    )


def is_readable(path):
    try:
        _checkpoints._load(path)
    except (SafetensorError, ValueError):
        return False
    return True


def uninterrupted(until):
    class Reached(Exception):  # noqa: N818
        pass

    def stop(done, _loss):
        if done == until:
            raise Reached

    model = network()
    with pytest.raises(Reached):
        train(model, batches, loss, CONFIG, on_step=stop, device="cpu")
    return model.state_dict()


@pytest.mark.parametrize("kills", [12, pytest.param(1000, marks=pytest.mark.slow)])
def test_kills_at_random_moments_lose_no_file_and_at_most_one_interval(tmp_path, kills):
    rng = np.random.default_rng(kills)
    newest = 0
    for _ in range(kills):
        left = killed_at_random(rng, tmp_path)
        assert left.first == newest + 1
        assert left.damaged == 0
        assert left.partial <= 1
        assert left.newest >= left.last - CONFIG.save_every
        newest = left.newest
    assert newest > kills
    tensors = _checkpoints.load_newest(tmp_path).tensors
    for name, tensor in uninterrupted(newest).items():
        assert torch.equal(tensors[f"model.{name}"], tensor), name


def test_a_saver_that_writes_in_place_loses_a_file_to_the_same_kills(tmp_path):
    rng = np.random.default_rng(7)
    lives = (killed_at_random(rng, tmp_path, in_place=True) for _ in range(40))
    assert any(left.damaged for left in lives)
