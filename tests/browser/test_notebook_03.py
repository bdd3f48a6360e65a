"""Notebook 03 in a real JupyterLab: the phase diagram by mouse and keys, and what is left of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import jupyter

pytestmark = [pytest.mark.browser, pytest.mark.lab]

CELLS = (
    """\
import interp_widgets as iw
from interp_widgets.analysis.phase import load_phase_grid
lesson = iw.lesson("03_superposition")""",
    "diagram = iw.PhaseDiagram(load_phase_grid())\ndiagram",
    'phase_cell = lesson.check("phase-cell", diagram.selection.value)',
)


@pytest.fixture(scope="module")
def visit(browser, lab):
    """The cells of the notebook that belong to the diagram, run once."""
    path = jupyter.write(lab.work / "phase.ipynb", *CELLS)
    page = jupyter.open_notebook(browser, lab, path.name)
    jupyter.run_all(page)
    expect(jupyter.verdict(page, "phase-cell")).to_contain_text(
        "Not started", timeout=jupyter.PATIENCE
    )
    yield page
    page.context.close()
    jupyter.end_kernels(lab)


def diagram(page):
    return jupyter.cell_with(page, "diagram = iw.PhaseDiagram")


def said(page):
    return diagram(page).get_by_role("status")


def arrows(page):
    return diagram(page).get_by_role("img", name=re.compile("Along the one hidden dimension"))


def test_only_the_live_diagram_is_on_the_page(visit):
    expect(diagram(visit).get_by_role("button", name="±").first).to_be_visible()
    expect(visit.locator(".iw-frozen")).to_be_hidden()


def test_a_click_on_a_cell_shows_its_weights_and_the_check_takes_it(visit):
    cell = diagram(visit).get_by_title("density 0.65, importance 1: both, opposite")
    cell.click()
    expect(said(visit)).to_contain_text("density 0.65, importance 1: both, opposite")
    expect(arrows(visit)).to_have_attribute(
        "aria-label", re.compile("at \\+0\\.80.*at \N{MINUS SIGN}0\\.80")
    )
    expect(jupyter.run_check(visit, "phase-cell")).to_contain_text("go further to the left")


def test_the_sliders_reach_every_cell_by_keyboard(visit):
    density, importance = diagram(visit).get_by_role("slider").all()
    density.focus()
    visit.keyboard.press("End")
    expect(said(visit)).to_contain_text("density 0.05, importance 1")
    importance.focus()
    visit.keyboard.press("Home")
    expect(said(visit)).to_contain_text("density 0.05, importance 0.1: both, opposite")
    expect(jupyter.run_check(visit, "phase-cell")).to_contain_text(
        "Right. The cell of density 0.05"
    )


def test_a_picture_stays_when_the_kernel_is_gone(visit):
    visit.keyboard.press("Escape")
    visit.keyboard.press("Control+s")
    jupyter.choose(visit, "Kernel", "Shut Down Kernel")
    visit.reload()
    frozen = visit.locator(".iw-frozen").first
    expect(frozen).to_be_visible(timeout=jupyter.PATIENCE)
    expect(frozen.get_by_role("img")).to_have_attribute("alt", re.compile("of 117 cells"))
    expect(frozen).to_contain_text("run this cell again")
