"""Order by a score, the first token left out, differences, masks and a second text."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from interp_widgets.results import AttentionPattern
from interp_widgets.widgets.attention import AttentionView
from tests.browser import host
from tests.browser.attention_parts import (
    NAMES,
    grounds,
    heads,
    kernel,
    look_away,
    one_head,
    said,
    tokens,
)
from tests.widgets.samples import WORDS, pattern, weights

pytestmark = pytest.mark.browser

ORDER = "Order heads by"
HIDE = "Hide the first token"
MINUS = "\N{MINUS SIGN}"


def test_ordered_heads_stand_by_falling_score_and_the_keys_follow(new_page):
    view = AttentionView(pattern())
    scores = np.array(view.orders[0]["scores"])
    name = view.orders[0]["name"]
    page = host.show(new_page(), view)
    page.get_by_label(ORDER).select_option(name)
    expect(page.get_by_text(f"Every head, highest {name} score first")).to_be_visible()
    assert page.evaluate("[window.models[0].state.order, window.models[0].saved]") == [name, 1]
    heads(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    for index in np.argsort(-scores, kind="stable")[:4]:
        layer, head = divmod(int(index), 3)
        told = f"layer {layer} head {head}, {name} score {scores[index]:.2f}, query"
        expect(said(page)).to_contain_text(told)
        page.keyboard.press("ArrowRight")


def test_an_order_chosen_in_python_is_shown(new_page):
    view = AttentionView(pattern())
    page = host.show(new_page(), view)
    view.order = view.orders[-1]["name"]
    host.update(page, view)
    expect(page.get_by_label(ORDER)).to_have_value(view.order)
    index = int(np.argmax(view.orders[-1]["scores"]))
    assert index > 0
    told = "layer {} head {}".format(*divmod(index, 3))
    expect(said(page)).to_contain_text(f"{told}, {view.order} score")


def test_without_its_first_token_each_row_adds_up_to_one_again(new_page):
    view = AttentionView(pattern())
    page = host.show(new_page(), view)
    page.get_by_label(HIDE).check()
    assert page.evaluate("[window.models[0].state.hide_first, window.models[0].saved]") == [True, 1]
    kernel(page, view, requests=2)
    row = weights()[0, 0, 4, 1:]
    row = row / row.sum()
    key = int(np.argmax(row))
    expect(said(page)).to_contain_text(f"looks most at {NAMES[key + 1]} {row[key]:.3f}")
    one_head(page).focus()
    page.keyboard.press("Home")
    expect(said(page)).to_contain_text("key '<bos>' is left out")
    page.keyboard.press("ArrowRight")
    expect(said(page)).to_contain_text(f"{NAMES[1]}, {row[0]:.3f}")
    expect(page.get_by_text("the first token, left out")).to_be_visible()


def test_a_row_that_leaves_too_little_to_the_others_says_so_until_better_numbers_come(new_page):
    values = weights()
    values[0, 0, 2] = [0.99, 0.004, 0.006, 0, 0]
    view = AttentionView(values, WORDS, hide_first=True)
    page = host.show(new_page(), view)
    tokens(page).get_by_role("option", name="·cat").hover()
    expect(said(page)).to_contain_text("leaves less than 0.02 for all but the first token")
    assert set(grounds(page)) == {""}
    kernel(page, view, requests=2)
    expect(said(page)).to_contain_text("query ' cat' looks most at ' cat' 0.60")


def test_thumbnails_without_the_first_token_are_asked_for_and_painted(new_page):
    view = AttentionView(pattern())
    page = host.show(new_page(), view)
    page.get_by_label(HIDE).check()
    picture = "(canvas) => canvas.toDataURL()"
    asked = {"type": "thumbnails", "first": 0, "hide_first": True, "rev": 0}
    page.wait_for_function("window.sent.some(({ type }) => type === 'thumbnails')")
    assert page.evaluate("window.sent.find(({ type }) => type === 'thumbnails')") == asked
    before = heads(page).evaluate(picture)
    details, (buffer,) = view.answer(asked)
    blank = details | {"count": 6}
    page.evaluate(
        "([message, buffer]) => window.reply(0, message, [buffer])",
        [blank, host.packed(bytes(len(buffer)))],
    )
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before",
        arg=[heads(page).element_handle(), before],
    )


@pytest.fixture
def difference():
    """A view of a run minus another, and the difference itself."""
    other = AttentionPattern(weights(seed=1), WORDS)
    view = AttentionView(pattern(), compare=other)
    return view, weights() - weights(seed=1)


def signed(value):
    return f"{MINUS if value < 0 else '+'}{abs(value):.3f}"


def test_a_difference_is_said_with_its_sign_and_its_legend_goes_both_ways(new_page, difference):
    view, values = difference
    page = host.show(new_page(), view)
    kernel(page, view)
    one_head(page).focus()
    page.keyboard.press("Home")
    for key in range(5):
        expect(said(page)).to_contain_text(f"{NAMES[key]}, {signed(values[0, 0, 4, key])}")
        page.keyboard.press("ArrowRight")
    peak = f"{np.abs(values).max():.2g}"
    for words in (f"less {MINUS}{peak}", f"+{peak} more"):
        expect(page.get_by_text(words)).to_be_visible()


def test_more_and_less_than_the_other_run_have_two_colours(new_page, difference):
    view, values = difference
    page = host.show(new_page(), view)
    tokens(page).get_by_role("option").last.hover()
    expect(tokens(page).get_by_role("option", selected=True)).to_have_text("·sat")
    blue = []
    for ground in grounds(page):
        red, _, part = map(int, re.findall(r"\d+", ground))
        blue.append(part > red)
    assert blue == (values[0, 0, 4] < 0).tolist()


@pytest.mark.parametrize(
    ("causal", "windows", "unseen"),
    [
        (True, None, {(0, 1): "cannot see the later key", (4, 0): ""}),
        (False, None, {(0, 1): "", (4, 0): ""}),
        (True, 2, {(0, 1): "cannot see the later key", (4, 3): "", (4, 2): "looks back over 2"}),
    ],
    ids=["causal", "both ways", "a window of two"],
)
def test_what_a_mask_keeps_out_is_said(new_page, causal, windows, unseen):
    values = weights(causal=causal)
    if windows:
        values = values * np.triu(np.ones((5, 5)), k=1 - windows).astype(np.float32)
        values /= values.sum(-1, keepdims=True)
    page = host.show(new_page(), AttentionView(values, WORDS, windows=windows))
    for (query, key), words in unseen.items():
        page.evaluate("([pos, key]) => window.selection.set({ pos, key })", [query, key])
        expect(said(page)).to_contain_text(words or f"to key {NAMES[key]}, 0.")
    tokens(page).get_by_role("option", name="·sat").hover()
    expect(said(page)).to_contain_text("query ' sat' looks most")
    hidden = 5 - windows if windows else 0  # of what the last token might look back at
    assert [ground == "" for ground in grounds(page)] == [True] * hidden + [False] * (5 - hidden)
    note = page.get_by_text("out of sight")
    expect(note).to_have_count(1 if causal else 0)


FRENCH = ("le", " chat", " dort")


@pytest.fixture
def cross():
    """Three French queries that look at five English keys."""
    values = weights(causal=False)[:, :, :3]
    return AttentionView(AttentionPattern(values, WORDS, queries=FRENCH)), values


def test_two_texts_have_a_line_each_and_pointing_at_one_colours_the_other(new_page, cross):
    view, values = cross
    page = host.show(new_page(), view)
    expect(tokens(page, "Queries").get_by_role("option")).to_have_text(["le", "·chat", "·dort"])
    tokens(page, "Queries").get_by_role("option", name="·chat").hover()
    key = int(np.argmax(values[0, 0, 1]))
    expect(said(page)).to_contain_text(f"query ' chat' looks most at {NAMES[key]}")
    assert [ground == "" for ground in grounds(page)] == [True] * 3 + [False] * 5
    tokens(page, "Keys").get_by_role("option", name="·cat").hover()
    query = FRENCH[int(np.argmax(values[0, 0, :, 2]))]
    expect(said(page)).to_contain_text(f"key ' cat' is looked at most by {query!r}")
    assert [ground == "" for ground in grounds(page)] == [False] * 3 + [True] * 5
    expect(page.get_by_role("radio")).to_have_count(0)


def test_a_cell_of_two_texts_is_kept_with_its_place_in_each(new_page, cross):
    view, values = cross
    page = host.show(new_page(), view)
    one_head(page).focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    chosen = host.chosen(page)
    assert (chosen["pos"], chosen["key"], chosen["token_id"]) == (1, 4, None)
    look_away(page)
    expect(said(page)).to_contain_text(f"query ' chat' to key ' sat', {values[0, 0, 1, 4]:.2f}")
