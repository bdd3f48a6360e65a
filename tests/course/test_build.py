"""Stubs are replaced by references, selections by the call that selects; teachers get notes."""

from __future__ import annotations

import ast

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from interp_widgets import __main__ as commands
from interp_widgets.course import build, catalogue
from interp_widgets.course.exercises import Exercise
from tests.course import sample

CELLS = [
    "# a comment stays\nx = 1\ndef my_gram(vectors):\n    '''Words.'''\n    ...\n\ny = 2",
    "gram = lesson.check('gram', my_gram)",
    "my_seven = ...",
    "seven = lesson.check('seven', my_seven)",
    "my_head = view.selection.value\nhead = lesson.check('head', my_head)",
]


def notebook(*cells):
    code = [new_code_cell(cell) for cell in cells or CELLS]
    return new_notebook(
        cells=[new_markdown_cell("# Title"), *code], metadata={"jupytext": {"formats": "ipynb"}}
    )


def code(made):
    return [cell.source for cell in made.cells if cell.cell_type == "code"]


@pytest.fixture
def lesson(tmp_path):
    return sample.lesson(tmp_path, discuss=["Why?"])


def test_stubs_become_references_and_nothing_else_changes(lesson):
    assert code(build.solutions(notebook(), lesson)) == [
        (
            "# a comment stays\nx = 1\ndef my_gram(vectors):\n"
            '    """Multiply each vector with each."""\n    return vectors @ vectors.T\n\ny = 2'
        ),
        CELLS[1],
        "my_seven = 7",
        CELLS[3],
        (
            "view.selection.set(layer=1, head=2)\nmy_head = view.selection.value\n"
            "head = lesson.check('head', my_head)"
        ),
    ]


def test_a_selection_may_stand_in_the_check_itself(lesson):
    cells = [*CELLS[:4], "head = lesson.check('head', view.selection.value)"]
    assert code(build.solutions(notebook(*cells), lesson))[-1] == (
        "view.selection.set(layer=1, head=2)\nhead = lesson.check('head', view.selection.value)"
    )


def test_a_built_notebook_is_not_paired(lesson):
    assert "jupytext" not in build.solutions(notebook(), lesson).metadata


def test_a_check_without_a_stub_is_an_error(lesson):
    with pytest.raises(ValueError, match=r"expected one cell with a stub.*for my_gram, got 0"):
        build.solutions(notebook(*CELLS[1:]), lesson)


def test_a_value_that_cannot_be_typed_is_an_error(lesson, tmp_path):
    table = sample.exercise(slug="seven", reference=np.arange(3), inputs=None)
    assert isinstance(table, Exercise)
    changed = sample.lesson(tmp_path, exercises=[lesson.exercises[0], table, lesson.exercises[2]])
    with pytest.raises(ValueError, match="a value that can be typed, got ndarray"):
        build.solutions(notebook(), changed)


def test_a_reference_loses_its_annotations_and_keeps_its_comments():
    def scale(vectors: np.ndarray, *, by: float = 2.0) -> np.ndarray:
        """Scale."""
        # twice, unless told otherwise
        return by * vectors

    assert build.source(scale) == (
        'def my_scale(vectors, *, by=2.0):\n    """Scale."""\n'
        "    # twice, unless told otherwise\n    return by * vectors"
    )


def test_a_teacher_gets_times_errors_hints_questions_and_keys(lesson):
    made = build.teacher(notebook(), lesson)
    text = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    assert "| Multiply each with each | 5 | 2 of 5 |" in text
    assert "| all exercises | 7 | |" in text
    for exercise in lesson.exercises:
        for mistake in exercise.mistakes:
            assert mistake.message in text
    assert "- Why?" in text
    assert "**80 %** It copies." in text
    assert "Two questions: `ba`" in text
    sources = [cell.source for cell in made.cells]
    assert "The transpose is on the wrong side." in sources[sources.index(CELLS[1]) + 1]


def test_the_command_writes_every_notebook_twice(tmp_path, capsys):
    assert commands.main(["build", "--into", str(tmp_path)]) == 0
    assert str(tmp_path / "teacher") in capsys.readouterr().out
    for kind in ("solutions", "teacher"):
        made = {path.stem: path for path in (tmp_path / kind).glob("*.ipynb")}
        assert set(made) == set(catalogue.every())
        for path in made.values():
            nbformat.validate(nbformat.read(path, as_version=4))
            for cell in code(nbformat.read(path, as_version=4)):
                ast.parse(cell)
