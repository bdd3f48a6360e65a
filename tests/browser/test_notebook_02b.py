"""Notebook 02b in a real JupyterLab: answers are marked, and a game is read field by field."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import jupyter

pytestmark = [pytest.mark.browser, pytest.mark.lab, pytest.mark.slow]

STEM = "02b_more_on_features"
SOON = 30_000  # ms until a check has answered, on a busy machine
PROBE = """\
def my_readable(states, labels):
    half = len(labels) // 2
    probe = LogisticRegression(max_iter=1000).fit(states[:half], labels[:half])
    return probe.score(states[{0}], labels[{0}])"""


@pytest.fixture(scope="module")
def visit(browser, lab):
    """The notebook, run to its end, and what went wrong on the page."""
    page = jupyter.open_notebook(browser, lab, f"{STEM}.ipynb")
    complaints = jupyter.watch(page)
    jupyter.run_all(page)
    last = jupyter.cell_with(page, "lesson.progress()").locator(".jp-OutputArea-output")
    expect(last).not_to_have_count(0, timeout=3 * jupyter.PATIENCE)
    yield page, complaints
    page.context.close()
    jupyter.end_kernels(lab)


@pytest.mark.parametrize(
    ("judged_by", "says"), [(":half", "examples it was fitted to"), ("half:", "Right.")]
)
def test_a_probe_is_told_what_to_be_judged_by(visit, judged_by, says):
    page, _ = visit
    cell = jupyter.cell_with(page, "def my_readable")
    jupyter.rewrite(page, cell, PROBE.format(judged_by))
    expect(jupyter.run_check(page, "readable")).to_contain_text(says, timeout=SOON)


def test_another_field_of_the_game_gives_other_colours(visit):
    page, _ = visit
    view = page.locator(".iw-view").filter(has_text="Mine or theirs?")
    words = view.get_by_role("option")
    before = words.evaluate_all("(all) => all.map((word) => word.style.backgroundColor)")
    view.get_by_role("combobox", name="Channel", exact=True).select_option(index=3)
    expect(view.get_by_role("status")).to_contain_text("field 3")
    after = words.evaluate_all("(all) => all.map((word) => word.style.backgroundColor)")
    assert len(before) > 10
    assert len(set(before)) > 2
    assert before != after


def test_nothing_went_wrong_on_the_page(visit):
    assert visit[1] == []
