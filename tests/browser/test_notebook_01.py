"""Notebook 01 in a real JupyterLab: heads chosen in the views are marked, and so is code."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import attention_parts as parts
from tests.browser import jupyter

pytestmark = [pytest.mark.browser, pytest.mark.lab]

STEM = "01_inside_a_transformer"
SOON = 30_000  # ms until a check has answered, on a busy machine


@pytest.fixture(scope="module")
def visit(browser, lab):
    """The notebook, run to its end, and what went wrong on the page."""
    page = jupyter.open_notebook(browser, lab, f"{STEM}.ipynb")
    complaints = jupyter.watch(page)
    jupyter.run_all(page)
    last = page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")
    expect(last).to_contain_text("Not started", timeout=2 * jupyter.PATIENCE)
    yield page, complaints
    page.context.close()
    jupyter.end_kernels(lab)


def view(page, title):
    return page.locator(".iw-view").filter(has_text=title)


def test_the_loudest_head_is_refused_and_the_one_that_decides_is_accepted(visit):
    page, _ = visit
    expect(jupyter.verdict(page, "deciding-head")).to_contain_text("Not started")
    for place, says in {(3, 2): "This is the loudest head", (1, 1): "Right."}.items():
        parts.choose_head(page, view(page, "Which head decides?"), *place)
        expect(jupyter.run_check(page, "deciding-head")).to_contain_text(says, timeout=SOON)


def test_the_suspect_that_speaks_is_refused_and_the_silent_one_is_accepted(visit):
    page, _ = visit
    lineup = view(page, "Two suspects")
    lineup.get_by_label("Order heads by").select_option(label="layer and head")
    for place, says in {(1, 3): "This one speaks", (1, 0): "Right."}.items():
        parts.choose_head(page, lineup, *place)
        expect(jupyter.run_check(page, "silent-suspect")).to_contain_text(says, timeout=SOON)


def test_code_is_told_what_is_missing_and_then_accepted(visit):
    page, _ = visit
    half = "model.W_V[layer, head] @ model.W_O[layer, head] @ model.W_U"
    answers = {half: "Begin with model.W_E", f"model.W_E @ {half}": "Right."}
    for answer, says in answers.items():
        code = f"def my_ov_circuit(model, layer, head):\n    return {answer}"
        jupyter.rewrite(page, jupyter.cell_with(page, "def my_ov_circuit"), code)
        expect(jupyter.run_check(page, "ov-circuit")).to_contain_text(says, timeout=SOON)


def test_nothing_went_wrong_on_the_page(visit):
    _, complaints = visit
    assert complaints == []
