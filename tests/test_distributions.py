"""Two distributions: code that anybody may install, and the course's data. Both work elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from tests.support import ROOT, tracked_files

if TYPE_CHECKING:
    from pathlib import Path

# Also the pages of help, and the font of pictures with its licence.
CODE = {".css", ".js", ".md", ".py", ".ttf", ".txt", ".typed"}
RUN_A_PROMPT = """\
import json
import sys

def no_network(event, args):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise RuntimeError(f"asked the network: {args}")

sys.addaudithook(no_network)

import interp_widgets as iw
from interp_widgets import data

for folder in (data.root() / "models").iterdir():
    iw.load_model(folder.name)
trace = iw.trace(iw.load_model("tiny-world"), "Mary lives in")
view = iw.AttentionView(trace)
print(json.dumps({
    "code": iw.__file__,
    "data": str(data.root()),
    "path": sys.path,
    "tokens": list(trace.tokens),
    "sums": trace["pattern", 0].sum(-1).flatten().tolist(),
    "view": type(view).__name__,
}))
"""


def build(folder: Path, into: Path) -> Path:
    """Build a wheel with what is installed: no isolated environment, no network."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(into)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (wheel,) = into.glob("*.whl")
    return wheel


def contents(wheel: Path) -> dict[str, int]:
    """Sizes of a wheel's files, without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        files = {entry.filename: entry.file_size for entry in archive.infolist()}
    return {name: size for name, size in files.items() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def code_wheel(tmp_path_factory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="module")
def data_wheel(tmp_path_factory) -> Path:
    return build(ROOT / "data", tmp_path_factory.mktemp("data"))


@pytest.fixture
def elsewhere(tmp_path, code_wheel, data_wheel) -> Path:
    """The Python of a new environment with both wheels.

    Our dependencies are not copied: a path file lends them from the environment that runs the
    tests. Path files of that environment itself, such as the one of the editable checkout, have no
    effect there.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    python = tmp_path / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    wheels = [str(code_wheel), str(data_wheel)]
    subprocess.run([*pip, "--no-index", "--no-deps", *wheels], check=True)
    (packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_the_code_wheel_is_code_only_and_small(code_wheel):
    files = contents(code_wheel)
    assert {PurePosixPath(name).suffix for name in files} <= CODE
    assert {name.split("/")[0] for name in files} == {"interp_widgets"}
    assert code_wheel.stat().st_size < 1_000_000


def test_the_code_wheel_holds_every_file_of_the_package(code_wheel):
    package = [path.relative_to(ROOT).as_posix() for path in tracked_files()]
    expected = {name for name in package if name.startswith("interp_widgets/")}
    assert expected == set(contents(code_wheel))
    assert any(name.endswith(".js") for name in expected)


def test_the_data_wheel_holds_what_the_manifest_lists(data_wheel):
    manifest = json.loads((ROOT / "data" / "manifest.json").read_text())
    listed = {f"interp_widgets_data/{name}": e["bytes"] for name, e in manifest["files"].items()}
    files = contents(data_wheel)
    assert listed.items() <= files.items()
    beside = {PurePosixPath(name).name for name in files.keys() - listed.keys()}
    assert beside <= {"LICENSE", "README.md", "manifest.json"}
    assert "interp_widgets_data/manifest.json" in files


def test_both_wheels_run_a_prompt_away_from_the_checkout(elsewhere, tmp_path):
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [elsewhere, "-I", "-c", RUN_A_PROMPT],
        cwd=tmp_path,
        env=outside,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout.splitlines()[-1])
    for place in (seen["code"], seen["data"]):
        assert place.startswith(str(tmp_path / "env"))
    assert str(ROOT) not in seen["path"]
    assert seen["tokens"] == ["<bos>", " Mary", " lives", " in"]
    assert seen["sums"] == pytest.approx([1.0] * len(seen["sums"]), abs=1e-4)
    assert seen["view"] == "AttentionView"
