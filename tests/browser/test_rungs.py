"""Every view, saved, on every rung: live, restarted, kernel gone, untrusted, nbconvert, image.

On each rung a reader sees what was chosen in it, and how to get the view back.
"""

from __future__ import annotations

import base64
import re

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from interp_widgets.widgets import _frozen
from tests.browser import jupyter
from tests.support import ROOT
from tests.widgets.examples import EXAMPLES

NAMES = list(EXAMPLES)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.lab,
    pytest.mark.parametrize("at", range(len(NAMES)), ids=NAMES),
]

IMPORT = f"""import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.widgets.examples import EXAMPLES"""
CELLS = [f"EXAMPLES[{name!r}].view()" for name in NAMES]
BACK = "run this cell again"
LOADED = "(picture) => picture.complete && picture.naturalWidth > 400"


@pytest.fixture
def expected(at):
    """The same view, made here."""
    return EXAMPLES[NAMES[at]].view()


@pytest.fixture(scope="module")
def path(lab):
    yield jupyter.write(lab.work / "rungs.ipynb", IMPORT, *CELLS)
    jupyter.end_kernels(lab)


@pytest.fixture(scope="module")
def live(browser, lab, path):
    """The notebook in JupyterLab, its cells run, saved."""
    page = jupyter.open_notebook(browser, lab, path.name)
    jupyter.run_all(page)
    expect(page.locator(".iw-view")).to_have_count(len(NAMES), timeout=jupyter.PATIENCE)
    jupyter.save(page, path)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def saved(live, path):
    """The notebook as it lies on the disk."""
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def restarted(live):
    """The same page after its kernel was restarted."""
    jupyter.choose(live, "Kernel", "Restart Kernel…")
    live.get_by_role("button", name="Confirm Kernel Restart").click()
    jupyter.await_kernel(live)
    return live


@pytest.fixture(scope="module")
def reloaded(restarted):
    """The page after that, opened anew."""
    restarted.reload()
    return restarted


@pytest.fixture(scope="module")
def untrusted(browser, lab, saved):
    """The notebook as somebody else would have sent it."""
    stranger = nbformat.from_dict(saved | {"metadata": saved.metadata | {"by": "a stranger"}})
    nbformat.write(stranger, lab.work / "stranger.ipynb")
    page = jupyter.open_notebook(browser, lab, "stranger.ipynb")
    expect(page.get_by_title("Notebook not trusted")).to_be_visible()
    yield page
    page.context.close()


def cell(page, at):
    """The cell of a view, brought onto the screen."""
    found = page.locator(".jp-CodeCell").nth(1 + at)
    found.scroll_into_view_if_needed()
    return found


def shows_the_picture(place, expected):
    """The frozen picture is there, of what was chosen, with the way back."""
    picture = place.get_by_role("img", name=expected.describe())
    expect(picture).to_be_visible(timeout=jupyter.PATIENCE)
    assert picture.evaluate(LOADED)
    assert picture.get_attribute("src").endswith(base64.b64encode(png(expected)).decode())
    expect(place.get_by_text(BACK)).to_be_visible()
    place.locator("summary").click()
    for row in expected.frozen().rows:
        expect(place.get_by_role("row", name=" ".join(row), exact=True)).to_be_visible()


def png(view):
    return _frozen.png(view.frozen().image)


def shows_the_view(place, at, expected):
    view = place.locator(".iw-view")
    expect(view).to_be_visible(timeout=jupyter.PATIENCE)
    expect(view).to_have_attribute("aria-label", expected.title)
    expect(view.get_by_role("status").first).to_contain_text(EXAMPLES[NAMES[at]].says)


def test_live_the_view_shows_and_its_picture_hides(live, at, expected):
    shows_the_view(cell(live, at), at, expected)
    expect(cell(live, at).locator(".iw-frozen")).to_be_hidden()


def test_when_the_kernel_was_restarted_the_view_says_so_and_still_shows(restarted, at, expected):
    place = cell(restarted, at)
    expect(
        place.locator(".iw-view").get_by_text(re.compile("kernel was restarted"))
    ).to_be_visible()
    shows_the_view(place, at, expected)


def test_after_a_reload_without_the_kernel_the_picture_shows(reloaded, at, expected):
    shows_the_picture(cell(reloaded, at), expected)
    expect(cell(reloaded, at).get_by_text("Error displaying widget")).to_be_hidden()


def test_in_a_notebook_nobody_trusts_the_picture_shows(untrusted, at, expected):
    shows_the_picture(cell(untrusted, at), expected)


def test_on_a_page_of_nbconvert_the_picture_shows_without_a_network(
    browser, tmp_path, saved, at, expected
):
    html, _ = HTMLExporter().from_notebook_node(saved)
    (tmp_path / "page.html").write_text(html, "utf-8")
    page = browser.new_context(offline=True).new_page()
    page.goto((tmp_path / "page.html").as_uri())
    shows_the_picture(cell(page, at), expected)
    expect(cell(page, at).get_by_text("to see it live")).to_be_hidden()
    page.context.close()


def test_where_only_an_image_can_be_shown_there_is_one(saved, at, expected):
    first = saved.cells[1 + at].outputs[0].data
    assert base64.b64decode(first["image/png"]) == png(expected)
    assert first["text/plain"] == expected.describe()
