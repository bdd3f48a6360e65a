"""An exported page opens from the disk, reaches nothing, and shows every token as text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from interp_widgets import text
from interp_widgets.widgets._export import to_html
from interp_widgets.widgets._link import link
from interp_widgets.widgets.attention import AttentionView
from tests.browser.conftest import watched_pages
from tests.hostile import HOSTILE
from tests.widgets.samples import pattern
from tests.widgets.toy import ToyView

pytestmark = pytest.mark.browser

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def opened(page, path, html):
    Path(path).write_text(html, "utf-8")
    page.goto(path.as_uri())
    return page


@pytest.fixture
def hostile():
    """Hostile text in every place that takes text."""
    source = {"model": HOSTILE[0], "hook": HOSTILE[1]}
    return AttentionView(pattern(HOSTILE, source=source), title="".join(HOSTILE[:10]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_on_the_disk_is_alive_without_a_network(new_page, tmp_path, scheme):
    view = AttentionView(pattern())
    view.selection.set(layer=1, head=2, pos=3, key=1)
    view.to_html(tmp_path / "page.html")
    page = new_page(scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    weight = view.pattern.weights[1, 2, 3, 1]
    expect(page.get_by_role("status")).to_have_text(
        f"layer 1 head 2, query ' mat' (token 3) to key ' mat' (token 1), {weight:.3f}"
    )
    page.get_by_role("listbox").get_by_role("option", name="·cat").click()
    page.get_by_role("listbox").press("ArrowLeft")
    expect(page.get_by_role("status")).to_contain_text(
        "layer 1 head 2, query ' mat' (token 1) looks most"
    )
    ground = page.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 28)"}[scheme]


def test_every_head_of_a_small_model_comes_with_exact_numbers(new_page, tmp_path):
    view = AttentionView(pattern())
    page = opened(new_page(), tmp_path / "page.html", view.to_html())
    canvas = page.get_by_role("application", name=re.compile("All heads"))
    for layer, key in enumerate(["Home", "ArrowDown"]):
        canvas.press(key)
        for head in range(3):
            row = view.pattern.weights[layer, head, 4]
            most = int(np.argmax(row))
            expect(page.get_by_role("status")).to_contain_text(
                f"layer {layer} head {head}, query ' sat' looks most at "
                f"{view.names[most]} {row[most]:.3f}"
            )
            canvas.press("ArrowRight")
        canvas.press("Home")


def test_a_page_of_a_large_model_carries_the_exact_numbers_of_the_head_on_show(new_page, tmp_path):
    tokens = [f" w{place}" for place in range(90)]
    view = AttentionView(pattern(tokens, layers=7, heads=13))
    view.selection.set(layer=6, head=11)
    page = opened(new_page(), tmp_path / "page.html", view.to_html())
    expect(page.get_by_text("16-bit numbers for this head")).to_be_visible()
    page.get_by_role("application", name=re.compile("All heads")).press("Home")
    page.get_by_role("application", name=re.compile("All heads")).press("ArrowUp")
    page.get_by_role("application", name=re.compile("All heads")).press("End")
    expect(page.get_by_text("8-bit numbers, within 0.002")).to_be_visible()


@pytest.mark.parametrize("guarded", [True, False], ids=["with its policy", "without its policy"])
def test_hostile_text_is_shown_and_never_executed(new_page, tmp_path, hostile, guarded):
    html = hostile.to_html()
    assert POLICY.search(html)
    page = opened(new_page(), tmp_path / "page.html", html if guarded else POLICY.sub("", html))
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(
        [text.visible(word, 40) for word in HOSTILE]
    )
    titles = (
        page.get_by_role("listbox")
        .get_by_role("option")
        .evaluate_all("(all) => all.map((one) => one.title)")
    )
    assert titles == [text.literal(word) for word in HOSTILE]
    for option in page.get_by_role("listbox").get_by_role("option").all():
        option.hover()
    assert page.evaluate("window.hits") == []


def test_an_unsafe_page_is_noticed(browser, tmp_path):
    unsafe = '<img src="http://example.org/a.png">'
    unsafe += f"<script>const tokens = {json.dumps(HOSTILE[:2])}</script>"
    unsafe += f"<p>{'</p><p>'.join(HOSTILE[:5])}</p>"
    with watched_pages(browser) as (new_page, complaints):
        page = opened(new_page(), tmp_path / "page.html", unsafe)
        page.wait_for_function("window.hits.length > 1")
    assert "request: http://example.org/a.png" in complaints


def picture(page, place):
    """One of several views on the page."""
    return page.locator(".iw-view").nth(place)


def heads(view):
    return view.get_by_role("application", name=re.compile("All heads"))


def test_views_on_one_page_follow_each_other_by_selection_and_by_link(new_page, tmp_path):
    first = AttentionView(pattern(), title="First")
    shared = AttentionView(pattern(), title="Shared", selection=first.selection)
    linked = AttentionView(pattern(), title="Linked")
    link(linked, shared, ["layer"])
    path = tmp_path / "page.html"
    page = opened(new_page(), path, to_html([first, shared, linked]))
    for key in ("End", "ArrowDown", "Enter"):
        heads(picture(page, 0)).press(key)
    for place, chosen in enumerate(["Layer 1, head 2", "Layer 1, head 2", "Layer 1, head 0"]):
        expect(picture(page, place).get_by_text(chosen, exact=True)).to_be_visible()
    for key in ("ArrowRight", "ArrowUp", "Enter"):
        heads(picture(page, 2)).press(key)
    for place, chosen in enumerate(["Layer 0, head 2", "Layer 0, head 2", "Layer 0, head 1"]):
        expect(picture(page, place).get_by_text(chosen, exact=True)).to_be_visible()


def test_views_of_different_kinds_follow_each_other_on_one_page(new_page, tmp_path):
    attention = AttentionView(pattern())
    toy = ToyView([0.5, 0.25, 0.125, 0, 1], attention.tokens)
    link(toy, attention, ["pos"])
    page = opened(new_page(), tmp_path / "page.html", to_html([toy, attention]))
    expect(picture(page, 0).get_by_role("status")).to_have_text("<bos> has 0.500")
    picture(page, 0).get_by_role("button", name="·cat").click()
    expect(picture(page, 0).get_by_role("status")).to_have_text("·cat has 0.125")
    expect(picture(page, 1).get_by_role("status")).to_contain_text("query ' cat' looks most at")


def test_views_without_a_link_go_their_own_ways(new_page, tmp_path):
    views = [AttentionView(pattern(), title=title) for title in ("One", "Two")]
    page = opened(new_page(), tmp_path / "page.html", to_html(views))
    for key in ("ArrowDown", "Enter"):
        heads(picture(page, 0)).press(key)
    expect(picture(page, 0).get_by_text("Layer 1, head 0", exact=True)).to_be_visible()
    expect(picture(page, 1).get_by_text("Layer 0, head 0", exact=True)).to_be_visible()


def test_each_of_several_views_is_found_by_its_heading(new_page, tmp_path):
    views = [AttentionView(pattern(), title=title) for title in ("One", "Two")]
    page = opened(new_page(), tmp_path / "page.html", to_html(views))
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["One · Two"]
    assert page.get_by_role("heading", level=2).all_inner_texts() == ["One", "Two"]
