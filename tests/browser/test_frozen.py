"""What is left of a view when its kernel is gone, and that it hides while the view is there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from interp_widgets.widgets import _frozen
from interp_widgets.widgets.attention import AttentionView
from tests.hostile import HOSTILE
from tests.widgets.samples import pattern

pytestmark = pytest.mark.browser

# How notebooks lay out the two outputs of a cell: JupyterLab and nbconvert, and those before them.
BOXES = ("jp-OutputArea-child", "output_area")
CELL = """<!doctype html><title>Notebook</title><link rel="icon" href="data:,"><body>
<div class="{box}">{frozen}</div>
<div class="{box}" id="live">Error displaying widget: model not found</div>"""


@pytest.fixture
def view():
    return AttentionView(pattern())


@pytest.fixture(params=BOXES)
def page(new_page, tmp_path, view, request):
    path = tmp_path / "cell.html"
    frozen = _frozen.bundle(view)["text/html"]
    path.write_text(CELL.format(frozen=frozen, box=request.param), "utf-8")
    opened = new_page()
    opened.goto(path.as_uri())
    return opened


def mount(page, view_id):
    """What a view's module does first of all."""
    page.evaluate(
        "(id) => { const view = document.createElement('section');"
        " view.className = `iw iw-view iw-live-${id}`; view.textContent = 'alive';"
        " document.getElementById('live').replaceChildren(view); }",
        view_id,
    )


def test_without_the_view_its_picture_shows_and_the_failed_widget_does_not(page):
    expect(page.get_by_role("img")).to_be_visible()
    expect(page.get_by_text("run this cell again")).to_be_visible()
    expect(page.get_by_text("model not found")).to_be_hidden()


def test_while_the_view_is_there_its_picture_hides(page, view):
    mount(page, view.view_id)
    expect(page.get_by_text("alive")).to_be_visible()
    expect(page.get_by_role("img")).to_be_hidden()
    page.evaluate("document.querySelector('.iw-view').remove()")
    expect(page.get_by_role("img")).to_be_visible()


def test_another_view_does_not_hide_the_picture_of_this_one(page):
    mount(page, "another")
    expect(page.get_by_role("img")).to_be_visible()


@pytest.fixture
def hostile():
    return AttentionView(pattern(HOSTILE), title="".join(HOSTILE[:10]))


def test_the_frozen_picture_shows_hostile_text_and_never_executes_it(new_page, tmp_path, hostile):
    path = tmp_path / "frozen.html"
    path.write_text(_frozen.bundle(hostile)["text/html"], "utf-8")
    page = new_page()
    page.goto(path.as_uri())
    picture = page.get_by_role("img")
    assert picture.get_attribute("alt") == hostile.describe()
    assert picture.evaluate("(image) => image.complete && image.naturalWidth > 400")
    expect(page.get_by_text("run this cell again")).to_be_visible()
    page.get_by_text("The largest weights").click()
    for row in hostile.frozen().rows:
        expect(page.get_by_role("row", name=" ".join(row), exact=True).first).to_be_visible()
    assert page.evaluate("window.hits") == []
