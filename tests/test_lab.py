"""Learners work on copies: nothing they do reaches the course, nothing the course does harms them.

The last part asks a real Jupyter server with jupytext at work, set up as the course's own folder
is. A first test shows there that pairing is alive in `notebooks/`; only then is it worth something
that it is dead in `work/`.
"""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from typing import TYPE_CHECKING

import pytest

from interp_widgets import __main__, _lab

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support import RunningLab

PAIRED = {"jupytext": {"formats": "ipynb,py:percent"}, "kernelspec": {"name": "python3"}}
PERCENT = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %%
{}
"""


def notebook(*cells: str) -> dict:
    return {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": {},
                "outputs": [],
                "source": cell,
            }
            for number, cell in enumerate(cells)
        ],
        "metadata": PAIRED,
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def publish(notebooks: Path, stem: str, cell: str) -> None:
    """Write a course notebook and its pair."""
    notebooks.mkdir(parents=True, exist_ok=True)
    (notebooks / f"{stem}.py").write_text(PERCENT.format(cell))
    (notebooks / f"{stem}.ipynb").write_text(json.dumps(notebook(cell)))


def source(path: Path) -> str:
    return json.loads(path.read_text())["cells"][0]["source"]


@pytest.fixture
def course(tmp_path, root) -> Path:
    """A small course with this project's jupytext settings: two notebooks and their copies."""
    shutil.copy(root / "pyproject.toml", tmp_path)
    publish(tmp_path / "notebooks", "00_start_here", "1 + 1")
    publish(tmp_path / "notebooks", "02_later", "my_answer = ...")
    _lab.copy_notebooks(tmp_path / "notebooks", tmp_path / "work")
    return tmp_path


def test_every_notebook_is_copied_once_and_unpaired(course):
    assert sorted(path.name for path in (course / "work").glob("*.ipynb")) == [
        "00_start_here.ipynb",
        "02_later.ipynb",
    ]
    copy = json.loads((course / "work" / "02_later.ipynb").read_text())
    assert "jupytext" not in copy["metadata"]
    assert copy["metadata"]["kernelspec"] == {"name": "python3"}
    assert _lab.copy_notebooks(course / "notebooks", course / "work") == []


def test_a_copy_names_its_kernel_so_that_lab_need_not_ask(course):
    (course / "notebooks" / "03_new.ipynb").write_text(json.dumps(notebook("1") | {"metadata": {}}))
    _lab.copy_notebooks(course / "notebooks", course / "work")
    copy = json.loads((course / "work" / "03_new.ipynb").read_text())
    assert copy["metadata"]["kernelspec"]["name"] == "python3"


def test_an_untouched_copy_follows_the_course(course):
    publish(course / "notebooks", "02_later", "my_answer = NotImplemented")
    sentences = _lab.copy_notebooks(course / "notebooks", course / "work")
    assert sentences == ["02_later: updated; you had not changed your copy."]
    assert source(course / "work" / "02_later.ipynb") == "my_answer = NotImplemented"


def test_an_update_never_overwrites_a_learners_notebook_and_says_so(course):
    mine = course / "work" / "02_later.ipynb"
    mine.write_text(json.dumps(notebook("my_answer = 42")))
    before = mine.read_bytes()
    publish(course / "notebooks", "02_later", "my_answer = NotImplemented")
    for _ in range(2):
        (sentence,) = _lab.copy_notebooks(course / "notebooks", course / "work")
        assert "newer version" in sentence
        assert "RESET=02" in sentence
        assert mine.read_bytes() == before


def test_with_a_damaged_record_every_copy_counts_as_the_learners(course):
    (course / "work" / _lab._RECORD).write_text("{")
    publish(course / "notebooks", "02_later", "my_answer = NotImplemented")
    (sentence,) = _lab.copy_notebooks(course / "notebooks", course / "work")
    assert "stays as it is" in sentence
    assert source(course / "work" / "02_later.ipynb") == "my_answer = ..."


def test_a_changed_copy_of_an_unchanged_notebook_needs_no_sentence(course):
    mine = course / "work" / "02_later.ipynb"
    mine.write_text(json.dumps(notebook("my_answer = 42")))
    assert _lab.copy_notebooks(course / "notebooks", course / "work") == []
    assert source(mine) == "my_answer = 42"


def test_a_learner_file_that_stood_there_first_is_kept(course):
    (course / "work" / "03_new.ipynb").write_text(json.dumps(notebook("mine")))
    publish(course / "notebooks", "03_new", "the course's")
    _lab.copy_notebooks(course / "notebooks", course / "work")
    assert source(course / "work" / "03_new.ipynb") == "mine"


def test_reset_keeps_every_earlier_copy_under_another_name(course):
    mine = course / "work" / "02_later.ipynb"
    for answer in ("first", "second"):
        mine.write_text(json.dumps(notebook(answer)))
        _lab.reset_notebook(course / "notebooks", course / "work", "02")
        _lab.copy_notebooks(course / "notebooks", course / "work")
        assert source(mine) == "my_answer = ..."
    assert source(course / "work" / "02_later.mine-1.ipynb") == "first"
    assert source(course / "work" / "02_later.mine-2.ipynb") == "second"


def test_reset_of_an_unknown_notebook_names_the_known_ones(course):
    with pytest.raises(ValueError, match=r"got '7'.*00_start_here, 02_later"):
        _lab.reset_notebook(course / "notebooks", course / "work", "7")


def test_without_a_checkout_the_command_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(_lab, "CHECKOUT", tmp_path)
    with pytest.raises(SystemExit) as stopped:
        __main__.main(["lab", "--work", str(tmp_path / "work")])
    assert stopped.value.code == 1
    assert "clone the repository" in capsys.readouterr().err


# What follows talks to a real server through its contents interface, as JupyterLab does.


def contents(lab: RunningLab, path: str, model: dict | None = None) -> dict:
    """Open a notebook, or save it when there is a model. An HTTP error is raised."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{lab.url}api/contents/{path}",
        data=model and json.dumps(model).encode(),
        headers={"Authorization": f"token {lab.token}"},
        method="PUT" if model else "GET",
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


def answer_and_save(lab: RunningLab, path: str, answer: str) -> None:
    model = contents(lab, path)
    model["content"]["cells"][0]["source"] = answer
    contents(lab, path, {"type": "notebook", "format": "json", "content": model["content"]})


def make_newer(path: Path, seconds: float) -> None:
    moment = path.stat().st_mtime + seconds
    os.utime(path, (moment, moment))


def edit_the_course(course: Path) -> None:
    """As a pull does: the .py changes, and is newer than everything."""
    path = course / "notebooks" / "02_later.py"
    path.write_text(PERCENT.format("pulled = True"))
    make_newer(path, 60)


@pytest.mark.lab
def test_jupytext_is_at_work_where_authors_work(course, start_lab):
    with start_lab(course) as lab:
        answer_and_save(lab, "notebooks/02_later.ipynb", "my_answer = 42")
    assert "my_answer = 42" in (course / "notebooks" / "02_later.py").read_text()


@pytest.mark.lab
@pytest.mark.parametrize(("served", "prefix"), [("work", ""), (".", "work/")])
def test_the_three_traps_stay_shut(course, start_lab, served, prefix):
    """Whether a learner used `make lab` or started JupyterLab in the checkout."""
    before = {path.name: path.read_bytes() for path in (course / "notebooks").iterdir()}
    path = f"{prefix}02_later.ipynb"
    with start_lab(course / served) as lab:
        answer_and_save(lab, path, "my_answer = 42")
        after = {path.name: path.read_bytes() for path in (course / "notebooks").iterdir()}
        assert after == before, "an answer reached the course"
        assert not list((course / "work").glob("*.py")), "the copy was paired"

        edit_the_course(course)
        opened = contents(lab, path)
        assert opened["content"]["cells"][0]["source"] == "my_answer = 42"

        make_newer(course / "work" / "02_later.ipynb", 120)
        opened = contents(lab, path)
        assert opened["content"]["cells"][0]["source"] == "my_answer = 42"


@pytest.mark.lab
def test_a_folder_the_learner_makes_is_not_paired_either(course, start_lab):
    (course / "work" / "mine").mkdir()
    own = notebook("1") | {"metadata": {}}
    (course / "work" / "mine" / "try.ipynb").write_text(json.dumps(own))
    with start_lab(course) as lab:
        answer_and_save(lab, "work/mine/try.ipynb", "2")
    assert not list((course / "work").rglob("*.py"))
