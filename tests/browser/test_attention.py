"""What a person does with an AttentionView, by mouse and by keyboard, on a plain page."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from interp_widgets.widgets.attention import AttentionView
from tests.browser import host
from tests.browser.attention_parts import (
    NAMES,
    PAINTED,
    brightness,
    grounds,
    heads,
    look_away,
    looks,
    one_head,
    said,
    tokens,
)
from tests.widgets.samples import WORDS, pattern

pytestmark = pytest.mark.browser


@pytest.fixture
def view():
    return AttentionView(pattern(token_ids=[10, 11, 12, 11, 13]), title="Mats")


@pytest.fixture
def page(new_page, view):
    return host.show(new_page(), view)


def test_every_part_is_drawn_and_says_what_it_is(page):
    for canvas in (heads(page), one_head(page)):
        assert canvas.evaluate(PAINTED) > 20
    expect(tokens(page).get_by_role("option")).to_have_text(
        [word.replace(" ", "·") for word in WORDS]
    )
    for words in ("Mats", "Every head", "Layer 0, head 0", "attention weight", "0.25", "0.75"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text("a later token, out of sight")).to_be_visible()
    expect(page.get_by_text("8-bit numbers")).to_be_visible()


def test_at_rest_the_last_token_shows_where_it_looks(page, view):
    expect(said(page)).to_have_text(looks(view, query=4))


def test_pointing_at_a_token_shows_where_it_looks_until_the_mouse_leaves(page, view):
    tokens(page).get_by_role("option", name="·cat").hover()
    expect(said(page)).to_have_text(looks(view, query=2))
    expect(tokens(page).get_by_role("option", selected=True)).to_have_text("·cat")
    look_away(page)
    expect(said(page)).to_have_text(looks(view, query=4))
    assert page.evaluate("window.selection.saved") == 0  # pointing chooses nothing


def test_the_other_question_shows_who_looks_at_a_token(page, view):
    page.get_by_label("Who looks at it?").check()
    tokens(page).get_by_role("option", name="·cat").hover()
    column = np.rint(view.pattern.weights[0, 0, :, 2] * 255) / 255
    most = int(np.argmax(column))
    expected = f"key ' cat' is looked at most by {NAMES[most]} {column[most]:.2f}"
    expect(said(page)).to_contain_text(expected)


def test_the_strength_of_a_token_is_the_colour_behind_it(page, view):
    tokens(page).get_by_role("option", name="·cat").hover()
    expect(said(page)).to_have_text(looks(view, query=2))
    row = view.pattern.weights[0, 0, 2]
    colours = grounds(page)
    assert colours[3:] == ["", ""]  # later tokens have none
    darkness = [-brightness(colour) for colour in colours[:3]]
    assert np.argsort(darkness).tolist() == np.argsort(row[:3]).tolist()


def test_a_click_on_a_token_keeps_it_and_a_second_click_lets_it_go(page, view):
    tokens(page).get_by_role("option", name="·cat").click()
    kept = {"layer": 0, "head": 0, "pos": 2, "key": None, "token_id": 12, "feature": None}
    assert host.chosen(page) == kept
    look_away(page)
    expect(said(page)).to_have_text(looks(view, query=2))
    tokens(page).get_by_role("option", name="·cat").click()
    assert host.chosen(page)["pos"] is None
    look_away(page)
    expect(said(page)).to_have_text(looks(view, query=4))


def test_a_click_on_a_cell_keeps_what_the_readout_says(page, view):
    one_head(page).click()
    kept = host.chosen(page)
    query, key = kept["pos"], kept["key"]
    if key > query:
        expected = f"query {NAMES[query]} cannot see the later key {NAMES[key]}"
    else:
        weight = np.rint(view.pattern.weights[0, 0, query, key] * 255) / 255
        expected = f"query {NAMES[query]} to key {NAMES[key]}, {weight:.2f}"
    look_away(page)
    expect(said(page)).to_have_text(f"layer 0 head 0, {expected}")


def test_a_click_on_a_thumbnail_keeps_its_head(page):
    heads(page).click()
    kept = host.chosen(page)
    caption = f"Layer {kept['layer']}, head {kept['head']}"
    assert caption != "Layer 0, head 0"
    look_away(page)
    expect(page.get_by_text(caption, exact=True)).to_be_visible()


def test_arrows_choose_a_head_enter_keeps_it_and_escape_leaves(page, view):
    heads(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(said(page)).to_have_text(looks(view, query=4, layer=1, head=2))
    assert page.evaluate("window.selection.saved") == 0
    page.keyboard.press("Enter")
    kept = host.chosen(page)
    assert (kept["layer"], kept["head"], kept["pos"]) == (1, 2, None)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Layer 1, head 1", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Layer 1, head 2", exact=True)).to_be_visible()
    expect(heads(page)).not_to_be_focused()


def test_arrows_read_every_cell_of_a_head_as_the_array_has_it(page, view):
    one_head(page).focus()
    page.keyboard.press("Home")
    for query in (4, 3, 2):
        weight = np.rint(view.pattern.weights[0, 0, query, 0] * 255) / 255
        expect(said(page)).to_have_text(
            f"layer 0 head 0, query {NAMES[query]} to key '<bos>', {weight:.2f}"
        )
        page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(said(page)).to_contain_text("query ' mat' (token 1) cannot see the later key ' cat'")
    page.keyboard.press("Enter")
    assert (host.chosen(page)["pos"], host.chosen(page)["key"]) == (1, 2)


def test_arrows_walk_the_tokens_and_enter_keeps_one(page, view):
    tokens(page).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(said(page)).to_have_text(looks(view, query=2))
    active = tokens(page).get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_text("·cat")
    page.keyboard.press("Enter")
    assert host.chosen(page)["pos"] == 2


def test_changing_the_question_moves_the_kept_word_to_the_other_side(page, view):
    page.get_by_label("Who looks at it? (key)").check()
    tokens(page).get_by_role("option", name="·cat").click()
    assert (host.chosen(page)["pos"], host.chosen(page)["key"]) == (None, 2)
    page.get_by_label("Where does it look? (query)").check()
    chosen = host.chosen(page)
    assert (chosen["pos"], chosen["key"], chosen["token_id"]) == (2, None, 12)
    heads(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Where does it look? (query)")).to_be_checked()
    expect(said(page)).to_have_text(looks(view, query=2, layer=1))


@pytest.mark.parametrize("kept", [{"pos": 2, "key": None}, {"pos": 3, "key": 1}])
def test_the_first_escape_lets_go_of_what_is_kept_and_the_second_leaves(page, view, kept):
    page.evaluate("(kept) => window.selection.set({layer: 1, head: 2, ...kept})", kept)
    for grid in (one_head(page), heads(page), tokens(page)):
        page.evaluate("(kept) => window.selection.set(kept)", kept)
        grid.focus()
        page.keyboard.press("Escape")
        chosen = host.chosen(page)
        assert [chosen[name] for name in ("layer", "head", "pos", "key")] == [1, 2, None, None]
        expect(grid).to_be_focused()
        expect(said(page)).to_have_text(looks(view, query=4, layer=1, head=2))
        page.keyboard.press("Escape")
        expect(grid).not_to_be_focused()


def test_each_grid_is_one_tab_stop_that_holds_the_notebooks_shortcuts_off(page):
    page.get_by_text("Mats").click()
    stops = []
    for _ in range(6):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(({role, type, dataset}) => [role ?? type, dataset.lmSuppressShortcuts])"
                "(document.activeElement)"
            )
        )
    names = ["select-one", "checkbox", "application", "application", "radio", "listbox"]
    assert stops == [[name, "true"] for name in names]


def test_a_handled_key_does_not_reach_the_notebook_and_others_do(page):
    page.evaluate(
        "window.heard = []; document.body.addEventListener('keydown', "
        "(event) => window.heard.push(event.key))"
    )
    heads(page).focus()
    for key in ("ArrowDown", "b", "Control+Enter"):
        page.keyboard.press(key)
    assert page.evaluate("window.heard") == ["b", "Control", "Enter"]


def test_a_choice_made_in_python_is_shown(page, view):
    page.evaluate("window.selection.set({layer: 1, head: 1, pos: 3, key: 2})")
    weight = np.rint(view.pattern.weights[1, 1, 3, 2] * 255) / 255
    expect(said(page)).to_have_text(
        f"layer 1 head 1, query ' mat' (token 3) to key ' cat', {weight:.2f}"
    )
    page.evaluate("window.selection.set({pos: null, key: 2})")
    expect(page.get_by_label("Who looks at it?")).to_be_checked()
    page.evaluate("window.selection.set({layer: 40, head: 40, pos: 99, key: 99})")
    expect(said(page)).to_contain_text("layer 0 head 0, key ' sat' is looked at most by")


def test_two_views_with_one_selection_follow_each_other_without_a_kernel(new_page, view):
    page = host.show(new_page(), view, AttentionView(pattern()))
    tokens(page).get_by_role("option", name="·cat").first.click()
    look_away(page)
    expect(page.get_by_role("status").nth(1)).to_contain_text("query ' cat' looks most at")


def test_when_the_kernel_is_gone_the_view_says_how_to_bring_it_back(page):
    gone = page.get_by_text(re.compile("kernel was restarted.*Run the cells"))
    page.evaluate("window.kernel(false)")
    expect(gone).to_be_visible()
    page.evaluate("window.kernel(true)")
    expect(gone).not_to_be_attached()


def test_a_closed_view_stops_listening(page):
    page.evaluate("window.stops.forEach((stop) => stop())")
    left = page.evaluate(
        "window.models.concat(window.selection).flatMap("
        "(model) => Object.values(model.listeners).flat()).length"
    )
    assert left == 0
