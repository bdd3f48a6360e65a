"""A new view says what it shows, in one short module each of Python and JavaScript.

All else it is given: a page, a picture, a selection, links, and a life that ends with its cell.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

import IPython.display
import numpy as np
import pytest
from PIL import Image

from interp_widgets import text
from interp_widgets.widgets._export import to_html
from interp_widgets.widgets._link import link
from tests.widgets.toy import ToyView

WORDS = ("<b>", " one", " two", "\n")


def toy(**options):
    return ToyView([0.1, 0.9, 0.4, 0.2], WORDS, **options)


def test_its_code_is_short():
    for name, lines in (("toy.py", 70), ("toy.js", 60), ("toy.css", 5)):
        assert len((Path(__file__).parent / name).read_text().splitlines()) <= lines


def test_it_carries_its_own_module_behind_what_that_imports():
    assert "class Toy extends View" in ToyView._esm
    assert ToyView._esm.index("class View") < ToyView._esm.index("class Toy")
    assert ".iw-toy" in ToyView._css
    assert "--iw-background" in ToyView._css


def test_it_counts_its_bytes_and_sends_them_anew_once_with_all_that_changed():
    view = toy()
    assert view.nbytes == 16
    view.selection.set(pos=2)
    revisions = []
    view.observe(lambda change: revisions.append(change.new), "rev")
    view.update([1, 2, 3], ["a", "b", "c"])
    assert (view.nbytes, view.tokens, revisions) == (12, ["a", "b", "c"], [1])


def test_it_is_a_picture_and_a_page():
    view = toy(title="Some <numbers>")
    assert Image.open(io.BytesIO(view.to_png())).width > 100
    page = view.to_html()
    assert "<title>Some &lt;numbers&gt;</title>" in page
    assert f"<noscript><p>{text.html(view.describe())}</p></noscript>" in page


def test_it_shows_two_outputs_and_renews_the_first(monkeypatch):
    shown, renewed = [], []
    handle = type("Handle", (), {"update": lambda _handle, data, **_rest: renewed.append(data)})()
    show = lambda data, **_rest: shown.append(data) or handle  # noqa: E731
    monkeypatch.setattr(IPython.display, "display", show)
    view = toy()
    view._ipython_display_()
    view.selection.set(pos=1)
    frozen, live = shown
    assert live["application/vnd.jupyter.widget-view+json"]["model_id"] == view.model_id
    assert "<td>&#x27;&lt;b&gt;&#x27;</td><td>0.100</td>" in frozen["text/html"]
    assert base64.b64decode(renewed[0]["image/png"]) != base64.b64decode(frozen["image/png"])


def test_it_closes_without_its_bytes_and_opens_with_them():
    view = toy()
    view.close()
    assert (view.nbytes, view.layout.comm, view.selection.comm) == (0, None, None)
    view.open()
    assert np.frombuffer(view.values, "<f4").tolist() == pytest.approx([0.1, 0.9, 0.4, 0.2])


def test_it_is_linked_to_others_and_stands_on_one_page_with_them():
    a, b = toy(), toy()
    link(a, b, ["pos"])
    a.selection.set(pos=3)
    assert b.selection.pos == 3
    assert '"links":[{"ends":[0,1],"fields":["pos"]}]' in to_html([a, b])


def test_its_table_holds_the_exact_text():
    assert toy().to_frame()["token"].tolist() == list(WORDS)
