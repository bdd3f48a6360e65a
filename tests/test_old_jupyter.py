"""The widgets work with the oldest Jupyter we claim, which is what hosted notebooks ship.

The test makes an environment of its own, so it needs a package index. PyTorch stays out of it:
the tests that make their data with PyTorch are left out here and named below.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
import venv

import pytest
from packaging.requirements import Requirement

from tests.support import ROOT

pytestmark = pytest.mark.slow

OLDEST = {"ipywidgets": "7.7.1", "anywidget": "0.9.21", "plotly": "5.24.1"}
ALSO = ("numpy", "Pillow", "pandas", "pytest")
WIDGETS = ROOT / "tests" / "widgets"
NEED_TORCH = {"test_attention_inputs.py", "test_classic.py", "test_lens_inputs.py"}
WHICH = "import importlib.metadata as m; print(*map(m.version, {}))"


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The program of an environment with the oldest widgets and without PyTorch."""
    folder = tmp_path_factory.mktemp("old")
    venv.create(folder, with_pip=True)
    program = folder / "bin" / "python"
    pins = [f"{name}=={version}" for name, version in OLDEST.items()]
    subprocess.run([program, "-m", "pip", "install", "--quiet", *pins, *ALSO], check=True)
    return program


def answer(python, *arguments):
    return subprocess.run(
        [python, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_environment_is_the_oldest_that_is_claimed(python):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    claimed = {need.name: need.specifier for need in map(Requirement, project["dependencies"])}
    for name, version in OLDEST.items():
        (bound,) = (part.version for part in claimed[name] if part.operator == ">=")
        assert version.startswith(bound)
    assert answer(python, "-c", WHICH.format(list(OLDEST))).stdout.split() == [*OLDEST.values()]
    assert "No module named 'torch'" in answer(python, "-c", "import torch").stderr


def test_only_what_needs_torch_is_left_out():
    circuitsvis = r"tests\.widgets\.classic_samples"  # imports torch
    needing = re.compile(rf"^(?:import|from) (?:torch|transformer|{circuitsvis})", re.MULTILINE)
    tests = WIDGETS.glob("test_*.py")
    assert {path.name for path in tests if needing.search(path.read_text())} == NEED_TORCH


def test_the_tests_of_the_widgets_pass(python):
    left_out = [f"--ignore={WIDGETS / name}" for name in NEED_TORCH]
    settings = ["--override-ini=addopts=--import-mode=importlib", "-p", "no:cacheprovider"]
    run = answer(python, "-m", "pytest", "--quiet", *settings, *left_out, str(WIDGETS))
    print(run.stdout[-500:])
    assert run.returncode == 0, run.stdout[-8_000:]
    (passed,) = re.findall(r"(\d+) passed", run.stdout)
    assert int(passed) > 100
    assert "skipped" not in run.stdout
