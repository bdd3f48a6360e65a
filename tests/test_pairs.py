"""Each notebook is a pair: the .py is edited, the .ipynb follows it and holds no results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jupytext
import nbformat
import pytest

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # Title

# %% tags=["setup"]
1 + 1
"""


def cells(notebook: nbformat.NotebookNode) -> list[tuple[str, str, list[str]]]:
    return [
        (cell.cell_type, cell.source, sorted(cell.metadata.get("tags", [])))
        for cell in notebook.cells
    ]


def faults(folder: Path) -> list[str]:
    """Everything that keeps the files of a folder from being clean pairs."""
    stems = {path.stem for path in folder.iterdir() if path.suffix in {".py", ".ipynb"}}
    found = []
    for stem in sorted(stems):
        text, notebook = folder / f"{stem}.py", folder / f"{stem}.ipynb"
        if not (text.exists() and notebook.exists()):
            found.append(f"{stem}: has no pair")
            continue
        derived = nbformat.read(notebook, as_version=4)
        if cells(jupytext.read(text)) != cells(derived):
            found.append(f"{stem}: the pair disagrees; run `make pairs`")
        if any(cell.get("outputs") or cell.get("execution_count") for cell in derived.cells):
            found.append(f"{stem}: holds results; run `make pairs` on a notebook without them")
    return found


@pytest.fixture
def pair(tmp_path) -> Path:
    (tmp_path / "01_topic.py").write_text(SOURCE)
    jupytext.write(jupytext.reads(SOURCE, fmt="py:percent"), tmp_path / "01_topic.ipynb")
    return tmp_path


def test_the_notebooks_are_clean_pairs(root):
    assert (root / "notebooks" / "00_start_here.py").exists()
    assert not faults(root / "notebooks")


def test_a_clean_pair_has_no_fault(pair):
    assert not faults(pair)


@pytest.mark.parametrize(("old", "new"), [("1 + 1", "1 + 2"), ("# # T", "# # t"), ("setup", "x")])
def test_an_edit_that_was_not_carried_over_is_reported(pair, old, new):
    (pair / "01_topic.py").write_text(SOURCE.replace(old, new))
    assert faults(pair) == ["01_topic: the pair disagrees; run `make pairs`"]


def test_a_missing_half_is_reported(pair):
    (pair / "01_topic.ipynb").unlink()
    assert faults(pair) == ["01_topic: has no pair"]


@pytest.mark.parametrize(
    "result",
    [{"execution_count": 7}, {"outputs": [nbformat.v4.new_output("stream", text="2")]}],
)
def test_stored_results_are_reported(pair, result):
    notebook = nbformat.read(pair / "01_topic.ipynb", as_version=4)
    notebook.cells[1].update(result)
    nbformat.write(notebook, pair / "01_topic.ipynb")
    (fault,) = faults(pair)
    assert "holds results" in fault
