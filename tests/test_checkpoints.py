"""Checkpoint files: whole or absent at every moment, and never believed when damaged."""

from __future__ import annotations

import errno
import json
import os
import resource
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import safetensors
import torch

from interp_widgets import _checkpoints

TENSORS = {
    "weights": torch.arange(35, dtype=torch.float32).reshape(5, 7),
    "half": torch.arange(3, dtype=torch.float16),
    "step": torch.tensor(11.0),
    "generator": torch.arange(200, dtype=torch.uint8),
}
STATE = {"config": {"steps": 3}, "random": [0.1, None, "text"]}


class Killed(BaseException):
    """Stands for the process ending: no handler of ordinary errors may catch it."""


def save(folder, step):
    return _checkpoints.save(folder, step, TENSORS, STATE)


@pytest.fixture
def two_saved(tmp_path):
    save(tmp_path, 20)
    return tmp_path, save(tmp_path, 30)


@contextmanager
def files_limited_to(size):
    """Let the system itself refuse to write more than `size` bytes to any file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_was_saved_is_what_is_loaded(tmp_path):
    path = save(tmp_path, 7)
    found = _checkpoints.load_newest(tmp_path)
    assert (found.step, found.state, found.path) == (7, STATE, path)
    assert found.tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert found.tensors[name].dtype == tensor.dtype
        assert torch.equal(found.tensors[name], tensor)


def test_a_checkpoint_is_numbers_behind_a_json_header_and_nothing_else(tmp_path):
    data = save(tmp_path, 7).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    assert set(header) == {"__metadata__", *TENSORS}
    ends = [header[name]["data_offsets"][1] for name in TENSORS]
    assert 8 + length + max(ends) == len(data)


def test_the_two_newest_checkpoints_are_kept(tmp_path):
    for step in (5, 999, 1000, 20000):
        save(tmp_path, step)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "step-000001000.safetensors",
        "step-000020000.safetensors",
    ]


def test_a_folder_without_checkpoints_holds_nothing_to_go_on_from(tmp_path):
    assert _checkpoints.load_newest(tmp_path) is None
    assert _checkpoints.load_newest(tmp_path / "missing") is None


def test_a_sweep_removes_half_written_files_and_nothing_of_anybody_else(tmp_path):
    kept = save(tmp_path, 7)
    (tmp_path / "step-000000009.safetensors.123.partial").write_bytes(b"half")
    others = [tmp_path / name for name in ("notes.partial", "model.safetensors", "step-9.txt")]
    for other in others:
        other.write_text("mine")
    _checkpoints.sweep(tmp_path)
    assert set(tmp_path.iterdir()) == {kept, *others}


def damages(whole):
    """Yield damaged versions of a file: cut short, one bit turned, or something else entirely."""
    rng = np.random.default_rng(5)
    yield from (b"", b"<html><body>404 Not Found</body></html>", bytes(len(whole)), whole + b"\0")
    for _ in range(30):
        yield whole[: rng.integers(len(whole))]
        place, bit = rng.integers(len(whole)), rng.integers(8)
        yield whole[:place] + bytes([whole[place] ^ (1 << int(bit))]) + whole[place + 1 :]


def test_every_damaged_file_is_noticed_set_aside_and_the_one_before_it_used(two_saved):
    folder, newest = two_saved
    whole = newest.read_bytes()
    for damaged in damages(whole):
        newest.write_bytes(damaged)
        with pytest.warns(RuntimeWarning, match=f"{newest.name} is damaged.*renamed"):
            found = _checkpoints.load_newest(folder)
        assert found.step == 20
        assert not newest.exists()
        assert newest.with_name(f"{newest.name}.damaged").read_bytes() == damaged


def test_without_the_checksum_a_turned_bit_would_go_unnoticed(two_saved):
    _, newest = two_saved
    whole = newest.read_bytes()
    newest.write_bytes(whole[:-1] + bytes([whole[-1] ^ 4]))
    with safetensors.safe_open(newest, framework="np") as file:
        got = {name: file.get_tensor(name) for name in TENSORS}
    assert any(not np.array_equal(got[name], TENSORS[name].numpy()) for name in TENSORS)


def test_where_every_checkpoint_is_damaged_each_is_named_and_none_is_used(two_saved):
    folder, newest = two_saved
    for path in folder.iterdir():
        path.write_bytes(b"not a checkpoint")
    with pytest.warns(RuntimeWarning) as warned:
        assert _checkpoints.load_newest(folder) is None
    assert len(warned) == 2
    assert newest.name in str(warned[0].message)


def test_a_full_disk_leaves_the_last_checkpoint_and_says_what_was_needed(two_saved):
    folder, newest = two_saved
    needed = newest.stat().st_size
    rng = np.random.default_rng(3)
    for size in [0, needed - 1, *rng.integers(needed, size=48).tolist()]:
        with files_limited_to(size), pytest.raises(OSError, match="could not write") as caught:
            save(folder, 40)
        assert caught.value.errno == errno.EFBIG
        message = str(caught.value)
        assert str(folder / "step-000000040.safetensors") in message
        assert f"needs {needed} bytes" in message
        assert "are free" in message
        assert max(p.name for p in folder.iterdir()) == newest.name
        assert _checkpoints.load_newest(folder).step == 30
    with files_limited_to(needed):
        save(folder, 40)
    assert _checkpoints.load_newest(folder).step == 40


def test_an_error_that_comes_only_when_the_bytes_reach_the_disk_is_no_less_safe(
    two_saved, monkeypatch
):
    folder, _ = two_saved

    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        save(folder, 40)
    assert caught.value.errno == errno.ENOSPC
    assert _checkpoints.load_newest(folder).step == 30
    assert len(list(folder.iterdir())) == 2


def after_a_kill_before_each_operation(folder, monkeypatch):
    """End the process before each file operation of a save in turn, and look at what is left.

    Returns the step that can be gone on from and the number of damaged files, for each operation.
    """
    left = []
    for moment in range(100):
        for path in folder.iterdir():
            path.unlink()
        save(folder, 20)
        save(folder, 30)
        if not killed_before_operation(moment, folder, monkeypatch):
            return left
        assert sum(path.suffix == ".partial" for path in folder.iterdir()) <= 1
        found = _checkpoints.load_newest(folder)
        left.append((found.step, sum(path.suffix == ".damaged" for path in folder.iterdir())))
    raise RuntimeError("a save has fewer than 100 file operations")


def killed_before_operation(moment, folder, monkeypatch):
    allowed = iter(range(moment))

    def counted(real):
        def operation(*args, **kwargs):
            if next(allowed, None) is None:
                raise Killed
            return real(*args, **kwargs)

        return operation

    with monkeypatch.context() as patch:
        for owner, name in ((os, "fsync"), (Path, "open"), (Path, "replace"), (Path, "unlink")):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        try:
            save(folder, 40)
        except Killed:
            return True
    return False


def test_a_kill_before_any_file_operation_leaves_the_old_or_the_new_checkpoint(
    tmp_path, monkeypatch
):
    left = after_a_kill_before_each_operation(tmp_path, monkeypatch)
    # Before open, fsync and rename the old one counts; before folder fsync and unlink the new one.
    assert left == [(30, 0), (30, 0), (30, 0), (40, 0), (40, 0)]


@pytest.mark.filterwarnings("ignore:checkpoint .* is damaged:RuntimeWarning")
def test_a_saver_that_writes_in_place_is_caught_by_the_same_kills(tmp_path, monkeypatch):
    def in_place(path, data):
        with path.open("wb") as file:
            file.write(data[:99])
            file.flush()
            os.fsync(file.fileno())
            file.write(data[99:])

    monkeypatch.setattr(_checkpoints, "_write_atomically", in_place)
    assert (30, 1) in after_a_kill_before_each_operation(tmp_path, monkeypatch)
