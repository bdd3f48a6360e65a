"""In a notebook's own kernel: wrong answers on purpose, as a newcomer would give them."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.notebooks.runner import run_notebook

SLUG = "previous-token-score"
ANSWERS = {
    "raises": "def my_score(weights):\n    first = weights[0]\n    return first.total",
    "loops": "def my_score(weights):\n    while True:\n        pass",
    "stub": "def my_score(weights):\n    ...",
    "typo": "def my_score(weights):\n    return wieghts[0, 0]",
    "right": "def my_score(weights):\n    return weights.diagonal(-1).mean()",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What the notebook shows for each answer."""
    folder = tmp_path_factory.mktemp("kernel")
    start = 'import interp_widgets as iw\nlesson = iw.lesson("00_start_here")'
    cells = [start, "%run -m interp_widgets help stopped", f'lesson.hint("{SLUG}")']
    for name, code in ANSWERS.items():
        cells += [code, f'print("<{name}>")\nscore = lesson.check("{SLUG}", my_score)']
    cells += ['print("<end>")\nlesson.progress()']
    path = folder / "answers.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    run = run_notebook(path, folder / "home")
    assert not run.failure, run.failure
    return run.shown


def part(shown, name):
    return shown.partition(f"<{name}>\n")[2].partition("\n<")[0].strip()


def test_an_error_shows_the_line_of_the_cell_and_a_page(shown):
    said = part(shown, "raises")
    assert "Your code raised AttributeError: 'numpy.ndarray' object has no attribute" in said
    assert "my_score, line 3:  return first.total" in said
    assert "%run -m interp_widgets help errors" in said


def test_a_misspelt_name_is_shown_in_its_line(shown):
    assert "NameError: name 'wieghts' is not defined" in part(shown, "typo")
    assert "my_score, line 2:  return wieghts[0, 0]" in part(shown, "typo")


def test_a_loop_is_stopped_in_the_main_thread_of_the_kernel(shown):
    said = part(shown, "loops")
    assert "is there a loop that never ends?" in said
    assert "my_score, line " in said
    assert "help stopped" in said


def test_a_stub_is_not_started_and_a_right_answer_is_right(shown):
    assert part(shown, "stub").startswith("Not started: write the body of my_score")
    assert part(shown, "right").startswith("Right. ")


def test_a_help_page_can_be_read_in_the_notebook(shown):
    assert "# A check stopped my code after five seconds" in shown


def test_tries_were_counted(shown):
    (line,) = [line for line in part(shown, "end").splitlines() if "Score how much" in line]
    assert line.split()[-3:] == ["passed", "4", "1"]
