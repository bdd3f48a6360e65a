"""Many tokens: pooled thumbnails, a part enlarged; many heads: thumbnails that come in turn."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from interp_widgets.results import LazyAttentionPattern
from interp_widgets.widgets.attention import AttentionView
from tests.browser import host
from tests.browser.attention_parts import heads, kernel, one_head, said, tokens
from tests.widgets.samples import weights

pytestmark = pytest.mark.browser

COUNT = 150
COUNT_PAINTED = """window.painted = 0;
for (const span of document.querySelectorAll("[role=listbox] [role=option]")) {
  const { style } = span;
  Object.defineProperty(span, "style", { get: () => { window.painted += 1; return style; } });
}"""
WORDS = tuple(f" w{place}" for place in range(COUNT))


@pytest.fixture(scope="module")
def values():
    return weights(1, 2, COUNT)


@pytest.fixture
def view(values):
    return AttentionView(values, WORDS)


def test_pooled_thumbnails_are_named_and_blocks_are_shown_until_the_head_comes(new_page, view):
    page = host.show(new_page(), view)
    expect(page.get_by_text(view.notice)).to_be_visible()
    foot = page.get_by_text("blocks of up to 2 x 2 tokens, the largest weight of each")
    expect(foot).to_be_visible()
    kernel(page, view)
    expect(page.get_by_text("16-bit numbers for this head")).to_be_visible()


def test_a_part_is_enlarged_and_follows_the_keys_but_stands_still_under_the_mouse(
    new_page, view, values
):
    page = host.show(new_page(), view)
    kernel(page, view)
    part = page.get_by_role("img", name="The cells around")
    expect(part).to_be_visible()
    one_head(page).focus()
    page.keyboard.press("Home")
    shown = part.evaluate("(canvas) => canvas.toDataURL()")
    for _ in range(3):
        page.keyboard.press("PageUp")
    expect(said(page)).to_contain_text(f"query ' w119' to key ' w0', {values[0, 0, 119, 0]:.3f}")
    assert part.evaluate("(canvas) => canvas.toDataURL()") != shown
    part.hover()
    under = said(page).text_content()
    part.hover()
    expect(said(page)).to_have_text(under)
    part.click()
    chosen = host.chosen(page)
    assert f"query ' w{chosen['pos']}'" in under
    assert 0 < chosen["key"] < 60  # near the key that the keyboard had gone to


def test_only_tokens_whose_colour_changes_are_painted_again(new_page, view):
    page = host.show(new_page(), view)
    kernel(page, view)
    expect(page.get_by_text("16-bit numbers")).to_be_visible()
    tokens(page).get_by_role("option", name="·w2", exact=True).hover()
    expect(said(page)).to_contain_text("query ' w2' looks")
    page.evaluate(COUNT_PAINTED)
    tokens(page).get_by_role("option", name="·w3", exact=True).hover()
    expect(said(page)).to_contain_text("query ' w3' looks")
    assert 0 < page.evaluate("window.painted") <= 8  # a ground and an ink of up to four


def test_thumbnails_that_come_in_turn_are_counted_and_asked_for_until_all_are_there(new_page):
    values = weights(2, 3, 5)
    lazy = LazyAttentionPattern(
        lambda layer, head: values[layer, head],
        ["a", "b", "c", "d", "e"],
        layers=range(2),
        heads=range(3),
    )
    view = AttentionView(lazy)
    page = host.show(new_page(), view)
    expect(page.get_by_text("0 of 6 have come")).to_be_visible()
    for _ in range(2):
        request = page.evaluate("window.sent.findLast(({ type }) => type === 'thumbnails')")
        message, (buffer,) = view.answer(request)
        half = len(buffer) * 3 // message["count"]
        page.evaluate(
            "([message, buffer]) => window.reply(0, message, [buffer])",
            [message | {"count": 3}, host.packed(buffer[:half])],
        )
        page.wait_for_function(
            "(first) => window.sent.some((asked) => asked.first === first) || first === 6",
            arg=request["first"] + 3,
        )
    expect(page.get_by_text("Every head", exact=True)).to_be_visible()
    heads(page).focus()
    page.keyboard.press("ArrowDown")
    row = np.rint(values[1, 0, 4] * 255) / 255
    expect(said(page)).to_contain_text(f"looks most at '{'abcde'[int(np.argmax(row))]}'")
