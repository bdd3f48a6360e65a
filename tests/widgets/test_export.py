"""A page holds the code of each class once, the data of each view, and what links them."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from interp_widgets import text
from interp_widgets.widgets import _export
from interp_widgets.widgets._export import to_html
from interp_widgets.widgets._link import link
from interp_widgets.widgets.attention import AttentionView
from tests.hostile import HOSTILE
from tests.widgets.samples import pattern

POLICY = re.compile(r"script-src 'sha256-([^']*)'")


def view(**options):
    return AttentionView(pattern(), **options)


def data(page):
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    return json.loads(found)


def code(page):
    (found,) = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    return found


def test_one_view_and_a_list_of_it_are_the_same_page(tmp_path):
    one = view()
    assert to_html(one) == to_html([one]) == to_html((one,)) == one.to_html()
    to_html(one, tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text("utf-8") == to_html(one)


def test_the_code_of_a_class_is_there_once_however_many_views_there_are():
    page = to_html([view(), view(), view()])
    assert code(page) == code(view().to_html())
    assert [one["code"] for one in data(page)["views"]] == [0, 0, 0]
    assert page.count(".iw-readout") == view().to_html().count(".iw-readout")


def test_the_page_allows_its_one_script_and_nothing_else():
    page = to_html([view(), view()])
    digest = base64.b64encode(hashlib.sha256(code(page).encode()).digest()).decode()
    assert POLICY.findall(page) == [digest]
    assert "default-src 'none'" in page
    assert page.count("<script") == 2


def test_a_shared_selection_stays_shared_and_links_are_kept():
    a, b, c, elsewhere = view(), view(), view(), view()
    same = view(selection=a.selection)
    link(b, c, ["layer", "head"])
    link(a, elsewhere)
    a.selection.set(layer=1)
    found = data(to_html([a, b, same, c]))
    assert [one["selection"] for one in found["views"]] == [0, 1, 0, 2]
    assert found["selections"][0]["layer"] == 1
    assert found["links"] == [{"ends": [1, 2], "fields": ["layer", "head"]}]


def test_an_undone_link_is_not_kept():
    a, b = view(), view()
    link(a, b).unlink()
    assert data(to_html([a, b]))["links"] == []


def test_each_of_several_views_has_a_heading_and_all_of_them_name_the_page():
    page = to_html([view(title="Before <b>"), view(title="After")])
    assert "<title>Before &lt;b&gt; · After</title>" in page
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["Before &lt;b&gt;", "After"]
    assert "<h2>" not in to_html(view())


def test_a_page_without_script_still_says_what_it_would_show():
    views = [view(), AttentionView(pattern(HOSTILE))]
    said = "".join(f"<p>{text.html(one.describe())}</p>" for one in views)
    assert f"<noscript>{said}</noscript>" in to_html(views)


def test_the_page_says_where_its_numbers_come_from_for_programs_to_read():
    one = AttentionView(pattern(source={"model": "toy", "prompt": "<b>"}))
    assert [each["source"] for each in data(to_html([one, view()]))["views"]] == [
        {"model": "toy", "prompt": "<b>"},
        {},
    ]


@pytest.fixture
def asked(monkeypatch):
    """A view with requests of two types, and those that it was asked to answer."""
    one, seen = view(), []
    requests = [{"type": kind, "size": size} for kind, size in SIZES]
    monkeypatch.setattr(type(one), "export_requests", lambda _view: iter(requests))

    def answer(_view, request):
        seen.append((request["type"], request["size"]))
        return {"for": request["size"]}, [b"x"]

    monkeypatch.setattr(type(one), "answer", answer)
    monkeypatch.setattr(_export, "_ANSWER_BYTES", 10)
    return one, seen


SIZES = [("focus", 11), ("maps", 4), ("focus", 6), ("maps", 5), ("focus", 1), ("maps", 1)]


def test_the_first_answer_always_goes_along_and_of_the_rest_what_has_room(asked, monkeypatch):
    one, seen = asked
    sizes = iter([20])
    monkeypatch.setattr(_export, "_pack", lambda data: "x" * next(sizes, 1) if data == b"x" else "")
    kept = data(to_html(one))["views"][0]["answers"]
    assert [answer["message"]["for"] for answer in kept] == [11]
    assert seen == [("focus", 11), ("maps", 4), ("focus", 6)]  # then nothing of either type


def test_answers_are_kept_in_the_order_in_which_they_are_wanted(asked, monkeypatch):
    one, seen = asked
    sizes = iter([3, 4, 6, 2, 1])
    monkeypatch.setattr(_export, "_pack", lambda data: "x" * next(sizes) if data == b"x" else "")
    kept = data(to_html(one))["views"][0]["answers"]
    assert [answer["message"]["for"] for answer in kept] == [11, 4, 5, 1]
    assert ("focus", 1) not in seen  # one of its type had no room


@pytest.mark.parametrize("wrong", [None, "view", 3, ["view"], {}])
def test_only_views_can_be_written(wrong):
    with pytest.raises(TypeError, match=r"views: expected a view such as AttentionView.*got \w+"):
        to_html(wrong)


def test_a_page_needs_a_view():
    with pytest.raises(ValueError, match="views: expected at least one view"):
        to_html([])
