"""One saved view on every rung: live, kernel restarted, kernel gone, untrusted, nbconvert, image.

On each rung a reader sees the right head and the right tokens, and how to get the view back.
"""

from __future__ import annotations

import base64
import re

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from interp_widgets import text
from interp_widgets.widgets import _frozen
from interp_widgets.widgets.attention import AttentionView
from tests.browser import jupyter
from tests.support import ROOT
from tests.widgets.samples import WORDS, pattern

pytestmark = [pytest.mark.browser, pytest.mark.lab]

CELL = f"""import sys
sys.path.insert(0, {str(ROOT)!r})
from interp_widgets import AttentionView
from tests.widgets.samples import pattern
view = AttentionView(pattern(), title="Mats")
view.selection.set(layer=1, head=2, pos=3)
view"""
BACK = "run this cell again"
LOADED = "(picture) => picture.complete && picture.naturalWidth > 400"


@pytest.fixture(scope="module")
def expected():
    """The same view, made here."""
    view = AttentionView(pattern(), title="Mats")
    view.selection.set(layer=1, head=2, pos=3)
    return view


@pytest.fixture(scope="module")
def path(lab):
    yield jupyter.write(lab.work / "rungs.ipynb", CELL)
    jupyter.end_kernels(lab)


@pytest.fixture(scope="module")
def live(browser, lab, path):
    """The notebook in JupyterLab, its one cell run, saved."""
    page = jupyter.open_notebook(browser, lab, path.name)
    jupyter.run_all(page)
    expect(page.locator(".iw-view")).to_be_visible(timeout=jupyter.PATIENCE)
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


def shows_the_picture(place, expected):
    """The frozen picture is there, of the right head and tokens, with the way back."""
    picture = place.get_by_role("img", name=expected.describe())
    expect(picture).to_be_visible(timeout=jupyter.PATIENCE)
    assert picture.evaluate(LOADED)
    assert picture.get_attribute("src").endswith(base64.b64encode(png(expected)).decode())
    expect(place.get_by_text(BACK)).to_be_visible()
    place.get_by_text("The largest weights").click()
    for row in expected.frozen().rows:
        expect(place.get_by_role("row", name=" ".join(row), exact=True)).to_be_visible()


def png(view):
    return _frozen.png(view.frozen().image)


def shows_the_view(view, expected):
    expect(view.get_by_role("listbox").get_by_role("option")).to_have_text(
        [text.visible(word) for word in WORDS]
    )
    expect(view.get_by_text("Layer 1, head 2", exact=True)).to_be_visible()
    row = expected.pattern.weights[1, 2, 3]
    most = f"query ' mat' (token 3) looks most at {expected.names[row.argmax()]} {row.max():.3f}"
    expect(view.get_by_role("status").first).to_contain_text(f"layer 1 head 2, {most}")


def test_live_the_view_shows_and_its_picture_hides(live, expected):
    shows_the_view(live.locator(".iw-view"), expected)
    expect(live.locator(".iw-frozen")).to_be_hidden()


def test_when_the_kernel_was_restarted_the_view_says_so_and_still_shows(restarted, expected):
    view = restarted.locator(".iw-view")
    expect(
        view.get_by_text(re.compile("kernel.*(restarted|gone)|(restarted|gone).*kernel"))
    ).to_be_visible()
    shows_the_view(view, expected)


def test_after_a_reload_without_the_kernel_the_picture_shows(restarted, expected):
    restarted.reload()
    shows_the_picture(restarted.locator(".jp-Cell"), expected)
    expect(restarted.get_by_text("Error displaying widget")).to_be_hidden()


def test_in_a_notebook_nobody_trusts_the_picture_shows(browser, lab, saved, expected):
    stranger = nbformat.from_dict(saved | {"metadata": saved.metadata | {"by": "a stranger"}})
    nbformat.write(stranger, lab.work / "stranger.ipynb")
    page = jupyter.open_notebook(browser, lab, "stranger.ipynb")
    expect(page.get_by_title("Notebook not trusted")).to_be_visible()
    shows_the_picture(page.locator(".jp-Cell"), expected)
    page.context.close()


def test_on_a_page_of_nbconvert_the_picture_shows_without_a_network(
    browser, tmp_path, saved, expected
):
    html, _ = HTMLExporter().from_notebook_node(saved)
    (tmp_path / "page.html").write_text(html, "utf-8")
    page = browser.new_context(offline=True).new_page()
    page.goto((tmp_path / "page.html").as_uri())
    shows_the_picture(page.locator(".jp-Cell"), expected)
    expect(page.get_by_text("to see it live")).to_be_hidden()
    page.context.close()


def test_where_only_an_image_can_be_shown_there_is_one(saved, expected):
    first = saved.cells[0].outputs[0].data
    assert base64.b64decode(first["image/png"]) == png(expected)
    assert first["text/plain"] == expected.describe()
