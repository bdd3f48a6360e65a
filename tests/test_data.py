from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from interp_widgets import data

RELATIVE = "datasets/toy/rows.csv"
CONTENT = b"name,city\nMary,Lima\n"
NOT_DATA = {"README.md", "make.py", "pyproject.toml", "manifest.json"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / RELATIVE
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    size, digest = data.measure(path)
    entry = {"bytes": size, "sha256": digest, "licence": "MIT"}
    _write_manifest(tmp_path, {"version": 1, "files": {RELATIVE: entry}})
    monkeypatch.setattr(data, "root", lambda: tmp_path)
    return tmp_path


def _write_manifest(folder: Path, content: object) -> None:
    (folder / "manifest.json").write_text(json.dumps(content))


def test_an_intact_file_is_found(folder):
    assert data.file(RELATIVE).read_bytes() == CONTENT
    assert data.file(RELATIVE) == folder / RELATIVE


def test_the_hash_is_sha256(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert data.measure(path) == (3, expected)


@pytest.mark.parametrize("damaged", [CONTENT[:-1], CONTENT.replace(b"Lima", b"Oslo"), b""])
def test_a_damaged_file_is_refused_by_name_with_the_cure(folder, damaged):
    (folder / RELATIVE).write_bytes(damaged)
    with pytest.raises(ValueError, match=rf"{RELATIVE}: expected {len(CONTENT)} bytes") as caught:
        data.file(RELATIVE)
    assert f"got {len(damaged)} bytes" in str(caught.value)
    assert "git checkout -- data" in str(caught.value)


def test_a_missing_file_is_named(folder):
    (folder / RELATIVE).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{RELATIVE}: expected a file"):
        data.file(RELATIVE)


@pytest.mark.parametrize("relative", ["rows.csv", "../secret", "", "/etc/passwd"])
def test_a_file_outside_the_manifest_is_refused(folder, relative):
    with pytest.raises(FileNotFoundError, match="relative: expected one of") as caught:
        data.file(relative)
    assert repr(relative) in str(caught.value)


@pytest.mark.parametrize("content", ["[]", "{", '{"version": 1}', '"text"', "null"])
def test_a_damaged_manifest_is_named(folder, content):
    (folder / "manifest.json").write_text(content)
    with pytest.raises(ValueError, match=r"manifest\.json: expected a manifest"):
        data.manifest()


def test_a_manifest_from_the_future_is_refused(folder):
    _write_manifest(folder, {"version": 2, "files": {}})
    with pytest.raises(ValueError, match="expected version 1, got 2"):
        data.manifest()


def test_installed_data_win_over_the_checkout(tmp_path, monkeypatch):
    package = tmp_path / "interp_widgets_data"
    package.mkdir()
    (package / "__init__.py").touch()
    _write_manifest(package, {"version": 1, "files": {}})
    monkeypatch.syspath_prepend(tmp_path)
    assert data.root() == package


def test_without_any_data_the_cure_is_an_install(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "__file__", str(tmp_path / "interp_widgets" / "data.py"))
    monkeypatch.setattr(data, "find_spec", lambda _: None)
    with pytest.raises(FileNotFoundError, match=r'pip install "interp-widgets\[course\]"'):
        data.root()


def test_every_shipped_file_is_intact_and_listed():
    root = data.root()
    shipped = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and path.name not in NOT_DATA and "__pycache__" not in path.parts
    }
    assert shipped == set(data.manifest())
    for relative in shipped:
        assert data.file(relative).is_file()


def test_every_shipped_file_has_a_licence():
    assert all(entry["licence"] for entry in data.manifest().values())


@pytest.mark.parametrize("module", ["data", "results", "models", "_trace"])
def test_importing_it_loads_no_torch(module):
    script = (
        f"import sys, interp_widgets.{module}\n"
        "print(sorted({'torch', 'transformers', 'transformer_lens'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
