"""Hostile text on every surface of a view: all of it is shown as it is, and none of it runs.

The surfaces are a trusted notebook in JupyterLab, an exported page, a page of nbconvert and the
frozen picture. A view that is unsafe on purpose proves that each of these tests can fail.
"""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from playwright.sync_api import expect

import interp_widgets as iw
from interp_widgets import text
from interp_widgets.widgets import _frozen
from tests.browser import jupyter
from tests.browser.conftest import watched_pages
from tests.hostile import HOSTILE, UnsafeView, prompt_box
from tests.support import ROOT

pytestmark = pytest.mark.browser

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
CELLS = (  # JupyterLab shows fifty outputs of a cell at most, and a box has two
    f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.hostile import *",
    *(f"display(*map(prompt_box, HOSTILE[{at}:{at + 20}]))" for at in range(0, len(HOSTILE), 20)),
    "refusals()",
)
UNSAFE_CELLS = (CELLS[0], "UnsafeView()")

# JupyterLab lays out what is on the screen, so each view is brought there and waited for.
VIEWS = """async (views) => {
  const shown = [];
  for (const view of views) {
    view.scrollIntoView();
    const readout = view.querySelector('[role=status]');
    while (!readout.textContent) await new Promise(requestAnimationFrame);
    const chips = [...view.querySelectorAll('[role=listbox] [role=option]')];
    chips[0].dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
    shown.push({
      title: view.getAttribute('aria-label'),
      token: chips[0].textContent,
      tips: [...view.querySelectorAll('[title]')].map((element) => element.title),
      text: view.textContent,
      wide: view.scrollWidth > view.clientWidth,
    });
  }
  return shown;
}"""
PLACES = """(views) => views.map((view) => {
  const chips = [...view.querySelectorAll('[role=listbox] [role=option]')];
  const [word, next, last] = chips.map((chip) => chip.getBoundingClientRect());
  const places = [next.width, last.left - next.left, last.width];
  return { clear: next.left >= word.right, places };
})"""
PICTURES = """(pictures) => pictures.map((picture) => ({
  title: picture.querySelector('strong')?.textContent ?? '',
  alt: picture.querySelector('img').alt,
  cells: [...picture.querySelectorAll('td')].map((cell) => cell.textContent),
  wide: picture.scrollWidth > picture.clientWidth,
}))"""
SPOKEN = "(elements) => elements.map((element) => element.textContent)"


def views(page):
    return page.locator(".iw-view")


def pictures(page):
    return page.locator(".iw-frozen")


def shows_every_view(page):
    """Every string, in every place of its view, character by character."""
    expect(views(page)).to_have_count(len(HOSTILE), timeout=jupyter.PATIENCE)
    for word, shown in zip(HOSTILE, views(page).evaluate_all(VIEWS), strict=True):
        assert shown["title"] == (text.prose(word) or "Attention")
        assert shown["text"].startswith(shown["title"])
        assert shown["token"] == text.visible(word, 40)
        assert text.literal(word) in shown["tips"]
        assert text.prose(word, 80) in shown["text"]  # the model
        assert text.prose(word, 80) in shown["tips"]  # the hook
        assert not shown["wide"], word


def shows_every_picture(page, made):
    expect(pictures(page)).to_have_count(len(HOSTILE), timeout=jupyter.PATIENCE)
    found = pictures(page).evaluate_all(PICTURES)
    for word, view, shown in zip(HOSTILE, made, found, strict=True):
        assert shown["title"] == text.prose(word)
        assert shown["alt"] == view.describe()
        assert shown["cells"][:2] == [text.literal(word)] * 2
        assert not shown["wide"], word


def opened(page, path, html):
    path.write_text(f'<meta charset="utf-8">{html}', "utf-8")
    page.goto(path.as_uri())
    return page


@pytest.fixture(scope="module")
def made():
    """One view for each string, which holds the string wherever a view takes text."""
    return [prompt_box(word)._view for word in HOSTILE]


@pytest.fixture(scope="module", params=[True, False], ids=["with its policy", "without its policy"])
def exported(request, browser, tmp_path_factory, made):
    """All of them on one exported page, which may not complain of anything."""
    html = iw.to_html(made)
    assert POLICY.search(html)
    path = tmp_path_factory.mktemp("exported") / "page.html"
    with watched_pages(browser) as (open_page, complaints):
        yield opened(open_page(), path, html if request.param else POLICY.sub("", html))
    assert complaints == []


def test_an_exported_page_shows_it(exported):
    shows_every_view(exported)
    assert exported.evaluate("window.hits") == []


def test_no_string_reaches_into_its_neighbours_or_moves_them(exported):
    shows_every_view(exported)
    measured = views(exported).evaluate_all(PLACES)
    for word, found in zip(HOSTILE, measured, strict=True):
        assert found == {"clear": True, "places": pytest.approx(measured[0]["places"])}, word
    views(exported).last.get_by_role("listbox").get_by_role("option").first.evaluate(
        "(chip) => { chip.style.display = 'inline'; chip.style.unicodeBidi = 'normal';"
        " chip.style.direction = 'rtl'; chip.textContent = 'a\\u202e'; }"
    )
    assert views(exported).evaluate_all(PLACES)[-1] != measured[-1]


def test_an_exported_page_that_is_unsafe_is_noticed(browser, tmp_path):
    html = UnsafeView().to_html()
    with watched_pages(browser) as (new_page, complaints):
        page = opened(new_page(), tmp_path / "unguarded.html", POLICY.sub("", html))
        page.wait_for_function("window.hits.length")
        assert page.evaluate("window.hits") == ["alive"]
        assert complaints == []
        page = opened(new_page(), tmp_path / "guarded.html", html)
        page.wait_for_function("document.querySelector('img')?.complete")
        assert page.evaluate("window.hits") == []  # its policy held
        assert "Content Security Policy" in complaints[0]


def test_the_frozen_picture_shows_it(new_page, tmp_path, made):
    html = "".join(_frozen.bundle(view)["text/html"] for view in made)
    page = opened(new_page(), tmp_path / "frozen.html", html)
    shows_every_picture(page, made)
    assert page.evaluate("window.hits") == []


def test_a_frozen_picture_that_is_unsafe_is_noticed(new_page, tmp_path, monkeypatch):
    monkeypatch.setattr(text, "html", str)
    html = _frozen.bundle(UnsafeView())["text/html"]
    page = opened(new_page(), tmp_path / "frozen.html", html)
    page.wait_for_function("window.hits.length")


def converted(folder, *cells):
    """Run a notebook, keep the state of its widgets, and convert it to a page."""
    notebook = nbformat.read(jupyter.write(folder / "hostile.ipynb", *cells), as_version=4)
    NotebookClient(notebook, timeout=jupyter.PATIENCE // 1000, kernel_name="python3").execute()
    assert notebook.metadata.widgets
    html, _ = HTMLExporter().from_notebook_node(notebook)
    return html


@pytest.fixture
def offline_page(browser):
    """A page that may ask for what nbconvert's own pages ask for, and gets nothing."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.add_init_script(jupyter.CANARY)
    yield page
    context.close()


def test_a_page_of_nbconvert_shows_it(offline_page, tmp_path, made):
    asked = []
    offline_page.on("request", lambda request: asked.append(request.url))
    page = opened(offline_page, tmp_path / "page.html", converted(tmp_path, *CELLS[:-1]))
    shows_every_picture(page, made)
    assert page.evaluate("window.hits") == []
    assert not [url for url in asked if "example.org" in url]


def test_a_page_of_nbconvert_that_is_unsafe_is_noticed(offline_page, tmp_path):
    page = opened(offline_page, tmp_path / "page.html", converted(tmp_path, *UNSAFE_CELLS))
    page.wait_for_function("window.hits.length")


@pytest.fixture(scope="module")
def run_in_lab(browser, lab):
    """Run a notebook in JupyterLab: `page = run_in_lab("name", cells)`."""
    pages = []

    def run(name, cells):
        path = jupyter.write(lab.work / f"{name}.ipynb", *cells)
        pages.append(jupyter.open_notebook(browser, lab, path.name))
        jupyter.run_all(pages[-1])
        return pages[-1]

    yield run
    for page in pages:
        page.context.close()
    jupyter.end_kernels(lab)


@pytest.mark.lab
def test_a_trusted_notebook_in_jupyterlab_shows_it(run_in_lab):
    page = run_in_lab("hostile", CELLS)
    shows_every_view(page)
    buttons = page.locator(".jp-OutputArea").get_by_role("button")
    tips = buttons.evaluate_all("(all) => all.map((button) => [button.textContent, button.title])")
    assert tips == [[text.prose(word, 60), text.prose(word)] for word in HOSTILE]
    marked = page.locator("mark").evaluate_all(SPOKEN)
    assert marked == [text.visible(word) for word in HOSTILE]
    refusals = page.get_by_role("alert").filter(has_text="Nothing").evaluate_all(SPOKEN)
    assert refusals == [f"Nothing was run: {text.prose(word) or 'ValueError'}" for word in HOSTILE]
    assert page.evaluate("window.hits") == []


@pytest.mark.lab
def test_an_unsafe_view_in_jupyterlab_is_noticed(run_in_lab):
    page = run_in_lab("unsafe", UNSAFE_CELLS)
    page.wait_for_function("window.hits.length === 2", timeout=jupyter.PATIENCE)
    assert sorted(page.evaluate("window.hits")) == ["alive", "picture"]
