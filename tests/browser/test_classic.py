"""The views of circuitsvis in a browser: every one is drawn, offline, and no text in them runs."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from interp_widgets import text
from interp_widgets.widgets.classic import classic
from tests.browser import jupyter
from tests.browser.conftest import watched_pages
from tests.hostile import HOSTILE
from tests.support import ROOT
from tests.widgets.classic_samples import WORDS, published, rendered

pytestmark = pytest.mark.browser

POLICY = re.compile(r"&lt;meta http-equiv=&quot;Content-Security-Policy&quot;.*?&gt;")
FOREIGN = "document.querySelectorAll('#view :is(img, script, iframe, svg, a, style, link)').length"
SLOW_PICTURES = "GPU stall"  # what Chromium says of a machine without a graphics card


def serious(complaints):
    return [said for said in complaints if SLOW_PICTURES not in said]


def frames(page, html, path):
    """Open HTML from the disk, and give its frames once each has drawn its view.

    A frame's policy forbids the code that `wait_for_function` runs from its second look on.
    """
    path.write_text(f'<!doctype html><meta charset="utf-8">{html}', "utf-8")
    page.goto(path.as_uri())
    for frame in page.frames[1:]:
        frame.locator("#view > *").first.wait_for(state="attached", timeout=jupyter.PATIENCE)
    return page.frames[1:]


@pytest.mark.parametrize(
    "guarded",
    [
        pytest.param(True, id="with its policy", marks=pytest.mark.slow),
        pytest.param(False, id="without its policy"),
    ],
)
def test_hostile_text_runs_in_no_view_and_asks_for_nothing(browser, tmp_path, guarded):
    html = "".join(classic(rendered(name, HOSTILE))._repr_html_() for name in published())
    assert POLICY.search(html)
    with watched_pages(browser) as (open_page, complaints):
        page = open_page()
        shown = frames(page, html if guarded else POLICY.sub("", html), tmp_path / "page.html")
        assert len(shown) == len(published())
        for frame in [page.main_frame, *shown]:
            assert frame.evaluate("window.hits") == []
        assert [frame.evaluate(FOREIGN) for frame in shown] == [0] * len(shown)
    assert serious(complaints) == []


def test_every_string_is_shown_with_look_alikes(browser, tmp_path):
    html = classic(rendered("colored_tokens", HOSTILE))._repr_html_()
    with watched_pages(browser) as (open_page, complaints):
        (frame,) = frames(open_page(), html, tmp_path / "page.html")
        chips = frame.locator(".colored-tokens > span").all_text_contents()
    wanted = [re.sub(r"\s", " ", text.unmarked(word)) for word in HOSTILE]
    entities = {"&lt;b&gt;": "<b>", "&#60;b&#62;": "<b>"}  # circuitsvis reads these, as text
    assert [re.sub(r"\s", " ", chip) for chip in chips] == [entities.get(w, w) for w in wanted]
    assert serious(complaints) == []


def test_a_text_that_could_run_is_noticed(browser, tmp_path, monkeypatch):
    monkeypatch.setattr(text, "unmarked", str)
    html = classic(rendered("colored_tokens", HOSTILE[:21]))._repr_html_()
    with watched_pages(browser) as (open_page, complaints):
        (frame,) = frames(open_page(), POLICY.sub("", html), tmp_path / "open.html")
        frame.wait_for_function("window.hits.length")
        (frame,) = frames(open_page(), html, tmp_path / "guarded.html")
        assert frame.evaluate(FOREIGN) > 0
        assert frame.evaluate("window.hits") == []  # its policy held
    assert "Content Security Policy" in "".join(complaints)


def test_a_frame_is_as_high_as_its_view_and_answers_the_mouse(browser, tmp_path):
    names = ("attention_heads", "colored_tokens")
    html = "".join(classic(rendered(name))._repr_html_() for name in names)
    with watched_pages(browser) as (open_page, complaints):
        page = open_page()
        _, tokens = frames(page, html, tmp_path / "page.html")
        page.locator("iframe").last.scroll_into_view_if_needed()
        page.wait_for_function(
            "(() => { const [tall, low] = [...document.querySelectorAll('iframe')]"
            ".map((frame) => frame.clientHeight); return tall > 500 && low < 200; })()"
        )
        tokens.get_by_text(text.unmarked("<b>cat</b>")).hover()
        expect(tokens.locator("strong")).to_have_text(text.unmarked("<b>cat</b>"))
    assert serious(complaints) == []


def test_a_page_of_nbconvert_and_its_own_page_show_it(browser, tmp_path):
    view = classic(rendered("colored_tokens"))
    output = nbformat.v4.new_output("display_data", {"text/html": view._repr_html_()})
    cell = nbformat.v4.new_code_cell("view", outputs=[output])
    html, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    (tmp_path / "page.html").write_text(html, "utf-8")
    view.to_html(tmp_path / "own.html")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.frame_locator("iframe").get_by_text("mat")).to_be_visible()
    page.goto((tmp_path / "own.html").as_uri())
    expect(page.locator(".colored-tokens > span")).to_have_count(len(WORDS))
    context.close()


@pytest.mark.lab
def test_jupyterlab_shows_it_as_high_as_it_is_and_no_other_machine_is_asked(browser, lab):
    code = (
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "import interp_widgets as iw\nfrom tests.widgets.classic_samples import rendered\n"
        "iw.classic(rendered('colored_tokens'))"
    )
    path = jupyter.write(lab.work / "classic.ipynb", code)
    page = jupyter.open_notebook(browser, lab, path.name)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    jupyter.run_all(page)
    shown = page.frame_locator("iframe.iw-classic").locator(".colored-tokens > span")
    expect(shown).to_have_count(len(WORDS), timeout=jupyter.PATIENCE)
    page.wait_for_function("document.querySelector('iframe.iw-classic').clientHeight < 200")
    away = [url for url in asked if not url.startswith((lab.url, "ws:", "data:", "blob:"))]
    assert away == []
    page.context.close()
    jupyter.end_kernels(lab)
