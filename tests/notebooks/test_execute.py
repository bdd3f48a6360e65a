"""Every notebook runs from top to bottom, as a learner gets it: offline and in little memory."""

from __future__ import annotations

import json

import nbformat
import pytest

from interp_widgets import _lab
from interp_widgets.course import build, catalogue
from tests.notebooks.runner import run_notebook
from tests.support import ROOT

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
MEMORY = 1.2e9  # bytes; a free Binder machine has 2 GB for the kernel and the server


def sealed_models(stem):
    """How many sealed models the notebook has; nobody has answered them, not even the solutions."""
    return (ROOT / "notebooks" / f"{stem}.py").read_text().count("= iw.mystery(")


def written(folder, *cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbformat.write(notebook, folder / "planted.ipynb")
    return folder / "planted.ipynb"


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_a_notebook_runs_offline_in_a_clean_kernel(stem, tmp_path, record_property):
    _lab.copy_notebooks(ROOT / "notebooks", tmp_path / "copies")
    run = run_notebook(tmp_path / "copies" / f"{stem}.ipynb", tmp_path / "kernel")
    measured = {"seconds": round(run.seconds, 1), "peak_mb": round(run.peak_bytes / 1e6)}
    for name, value in measured.items():
        record_property(name, value)
    (ROOT / "build" / "notebooks").mkdir(parents=True, exist_ok=True)
    (ROOT / "build" / "notebooks" / f"{stem}.json").write_text(json.dumps(measured))
    print(stem, measured)
    assert not run.failure, run.failure
    assert not run.network, f"{stem} asked the network:\n{run.network}"
    assert 0 < run.peak_bytes <= MEMORY, f"{stem}: {measured['peak_mb']} MB"

    exercises = catalogue.every()[stem].exercises if stem in catalogue.every() else []
    assert run.shown.count("Not started: ") == len(exercises) + sealed_models(stem)
    assert run.shown.count("Not yet.") == run.shown.count("Right.") == 0


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("build")
    build.write_all(ROOT / "notebooks", folder)
    return folder


@pytest.mark.parametrize(
    ("kind", "stem"),
    [
        *[("solutions", stem) for stem in catalogue.every()],
        *[pytest.param("teacher", stem, marks=pytest.mark.slow) for stem in catalogue.every()],
    ],
)
def test_the_solutions_pass_every_check(built, tmp_path, kind, stem):
    run = run_notebook(built / kind / f"{stem}.ipynb", tmp_path / "kernel")
    assert not run.failure, run.failure
    assert run.shown.count("Right.") == len(catalogue.lesson(stem).exercises)
    assert run.shown.count("Not yet.") == 0
    assert run.shown.count("Not started: ") == sealed_models(stem)


def test_a_failing_cell_is_named_with_its_reason(tmp_path):
    run = run_notebook(written(tmp_path, "x = 1", "1 / 0", "x = 2"), tmp_path / "kernel")
    assert run.failure.startswith("planted.ipynb, cell 1: ")
    assert "ZeroDivisionError" in run.failure
    assert run.failure.endswith("1 / 0")


def test_a_cell_that_never_ends_is_stopped(tmp_path):
    path = written(tmp_path, "while True: pass")
    run = run_notebook(path, tmp_path / "kernel", cell_seconds=1)
    assert "planted.ipynb, cell 0: A cell timed out" in run.failure


def test_an_attempt_to_reach_the_network_counts_even_when_it_is_hidden(tmp_path):
    hidden = """
import urllib.request
try:
    urllib.request.urlopen("http://192.0.2.7:9/", timeout=1)
except OSError:
    pass
"""
    run = run_notebook(written(tmp_path, hidden), tmp_path / "kernel")
    assert not run.failure
    assert "192.0.2.7" in run.network


def test_the_peak_is_measured_though_the_memory_was_given_back(tmp_path):
    run = run_notebook(written(tmp_path, "x = b'x' * 300_000_000; del x"), tmp_path / "kernel")
    assert not run.failure
    assert 330e6 < run.peak_bytes < 700e6
