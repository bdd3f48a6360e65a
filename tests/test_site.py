"""The site is written of notebooks that run; a notebook that does not run stops it by name."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from interp_widgets import _site, _site_page
from interp_widgets.__main__ import main
from tests.hostile import HOSTILE

FRAGMENT = {"views": [1, 0], "texts": ["Prompt: <b>"], "controls": True}
CLOSED = {"views": [], "texts": [], "controls": True}
PARTS = {"style": ".x{}", "script": "let a;", "data": {"views": ["</script>"]}}


def shows():
    """What a notebook shows of a widget: a frozen picture, then the widget."""
    picture = {"text/html": '<div class="iw-frozen iw-frozen-1">picture</div>', "text/plain": ""}
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": ""}
    return [new_output("display_data", data) for data in (picture, widget)]


def page(*cells, shown=None):
    return _site_page.notebook(new_notebook(cells=list(cells)), shown or {}, "T").html


def test_a_view_takes_the_place_of_its_picture_and_its_text_is_escaped():
    cell = new_code_cell("view", outputs=shows())
    html = page(cell, shown={"parts": PARTS, "widgets": [FRAGMENT]})
    assert re.search(r"Prompt: &lt;b&gt;.*id=.view-1.*id=.view-0.*work in the notebook", html)
    assert "iw-frozen" not in html
    assert '"views":["\\u003c/script>"]' in html
    assert html.count("let a;") == 1


def test_a_widget_of_which_nothing_is_known_leaves_its_picture_and_a_note():
    html = page(new_code_cell("gone", outputs=shows()), shown={"parts": None, "widgets": [CLOSED]})
    assert "iw-frozen" in html
    assert "work in the notebook" in html


def test_the_page_runs_nothing_but_the_scripts_it_is_given():
    unsafe = new_output("display_data", {"text/html": "<script>canary()</script>"})
    html = page(new_code_cell("x", outputs=[unsafe]))
    assert "default-src 'none'; script-src 'none'; " in html
    html = page(new_code_cell("x", outputs=shows()), shown={"parts": PARTS, "widgets": [CLOSED]})
    assert len(re.findall(r"'sha256-", html)) == 1
    assert "'unsafe-inline'" not in html.split("style-src")[0]


def test_text_of_a_stream_and_of_plain_output_is_escaped():
    stream = new_output("stream", text="\n".join(HOSTILE[:10]))
    plain = new_output("execute_result", {"text/plain": HOSTILE[0]})
    html = page(new_code_cell("x", outputs=[stream, plain]))
    assert not [word for word in HOSTILE[:4] if word in html]


def test_links_lead_to_pages_and_foreign_links_stay():
    words = "[a](01_b.ipynb) [c](glossary.md#token) [d](https://example.org/e.ipynb) [f](#g)"
    html = page(new_markdown_cell(words))
    found = re.findall(r'<a href="([^"]*)">[acdf]<', html)
    assert found == ["01_b.html", "glossary.html#token", "https://example.org/e.ipynb", "#g"]


def test_the_start_page_has_a_line_for_each_notebook():
    html = _site_page.start([_site_page.Entry("00_a", "00 · A", "What is <a>?")])
    assert '<a href="00_a.html">00 · A</a><br>What is &lt;a&gt;?' in html


def test_a_notebook_that_stops_is_named_with_its_cell(tmp_path):
    cells = [new_markdown_cell("# Planted"), new_code_cell("1 / 0")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "planted.ipynb")
    with pytest.raises(ValueError, match=r"planted.ipynb, cell 1 stopped: .*ZeroDivisionError"):
        _site.write(tmp_path, tmp_path / "site")


def test_an_unknown_notebook_is_refused_with_those_there_are(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["site", "--into", str(tmp_path / "site"), "99_gone"])
    said = capsys.readouterr().err
    assert "expected stems such as '00_start_here', got ['99_gone']" in said
    assert "00_start_here" in said.partition("there are: ")[2]
    assert not (tmp_path / "site").exists()
