"""Notebook 02 in a real JupyterLab: the slider turns the views, and choices in views are marked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import jupyter
from tests.browser.jupyter import cell_with

pytestmark = [pytest.mark.browser, pytest.mark.lab]

STEM = "02_features"


@pytest.fixture(scope="module")
def page(browser, lab):
    opened = jupyter.open_notebook(browser, lab, f"{STEM}.ipynb")
    jupyter.run_all(opened)
    expect(
        cell_with(opened, "lesson.progress()").locator(".jp-OutputArea-output")
    ).not_to_have_count(0, timeout=2 * jupyter.PATIENCE)
    yield opened
    opened.context.close()
    jupyter.end_kernels(lab)


def view(page, title):
    return page.locator(".iw-view").filter(has_text=title)


def test_the_slider_turns_both_views_without_a_mouse(page):
    cell = cell_with(page, "angle = ipywidgets.IntSlider")
    slider = cell.get_by_role("slider").first
    slider.scroll_into_view_if_needed()
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(view(page, "Two features in two units")).to_contain_text("instance 3")
    expect(view(page, "Five features in two units")).to_contain_text("instance 3")


def test_a_word_is_chosen_in_the_view_and_marked(page):
    words = view(page, "Plural subject?").get_by_role("option")
    words.filter(has_text="keys").first.click()
    expect(jupyter.run_check(page, "plural-token")).to_contain_text("This word is plural itself")
    words.filter(has_text="cabinet").first.click()
    expect(jupyter.run_check(page, "plural-token")).to_contain_text("Right.")


@pytest.mark.parametrize(("unit", "says"), [(5, "all gifts"), (3, "Right.")])
def test_a_unit_is_opened_and_marked(page, unit, says):
    units = view(page, "Six units: which one is real?")
    units.get_by_role("option", name=re.compile(rf"^\D*{unit}\D")).first.click()
    expect(jupyter.run_check(page, "real-unit")).to_contain_text(says)
