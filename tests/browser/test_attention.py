"""What a person does with an AttentionView, by mouse and by keyboard, on a plain page."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from interp_widgets import theme
from interp_widgets.widgets.attention import AttentionView
from tests.browser import host
from tests.widgets.samples import WORDS, pattern

pytestmark = pytest.mark.browser

PAINTED = """(canvas) => new Set(new Uint32Array(
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""


@pytest.fixture
def view():
    return AttentionView(pattern(token_ids=[10, 11, 12, 11, 13]), title="Mats")


@pytest.fixture
def page(new_page, view):
    return host.show(new_page(), view)


def heads(page):
    return page.get_by_role("application", name=re.compile("All heads"))


def one_head(page):
    return page.get_by_role("application", name=re.compile("One head"))


def tokens(page):
    return page.get_by_role("listbox", name=re.compile("Tokens"))


def said(page):
    return page.get_by_role("status")


NAMES = ["'<bos>'", "' mat' (token 1)", "' cat'", "' mat' (token 3)", "' sat'"]


def looks(view, query, layer=0, head=0):
    """What the readout says of a query, with the two digits that 8 bits are good for."""
    row = np.rint(view.pattern.weights[layer, head, query] * 255) / 255
    most = [key for key in np.argsort(-row, kind="stable")[:3] if row[key] > 0]
    named = ", ".join(f"{NAMES[key]} {row[key]:.2f}" for key in most)
    return f"layer {layer} head {head}, query {NAMES[query]} looks most at {named}"


def test_every_part_is_drawn_and_says_what_it_is(page):
    for canvas in (heads(page), one_head(page)):
        assert canvas.evaluate(PAINTED) > 20
    expect(page.get_by_role("option")).to_have_text([word.replace(" ", "·") for word in WORDS])
    for words in ("Mats", "Every head", "Layer 0, head 0", "attention weight", "0.25", "0.75"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text("a later token, out of sight")).to_be_visible()
    expect(page.get_by_text("8-bit numbers")).to_be_visible()


def test_at_rest_the_last_token_shows_where_it_looks(page, view):
    expect(said(page)).to_have_text(looks(view, query=4))


def test_pointing_at_a_token_shows_where_it_looks_until_the_mouse_leaves(page, view):
    page.get_by_role("option", name="·cat").hover()
    expect(said(page)).to_have_text(looks(view, query=2))
    expect(page.get_by_role("option", selected=True)).to_have_text("·cat")
    page.get_by_text("Mats").hover()
    expect(said(page)).to_have_text(looks(view, query=4))
    assert page.evaluate("window.selection.saved") == 0  # pointing chooses nothing


def test_the_other_question_shows_who_looks_at_a_token(page, view):
    page.get_by_label("Who looks at it?").check()
    page.get_by_role("option", name="·cat").hover()
    column = np.rint(view.pattern.weights[0, 0, :, 2] * 255) / 255
    most = int(np.argmax(column))
    expected = f"key ' cat' is looked at most by {NAMES[most]} {column[most]:.2f}"
    expect(said(page)).to_contain_text(expected)


def test_the_strength_of_a_token_is_the_colour_behind_it(page, view):
    page.get_by_role("option", name="·cat").hover()
    expect(said(page)).to_have_text(looks(view, query=2))
    row = view.pattern.weights[0, 0, 2]
    grounds = page.get_by_role("option").evaluate_all(
        "(options) => options.map((option) => option.style.background)"
    )
    assert grounds[3:] == ["", ""]  # later tokens have none
    brightness = [sum(map(int, re.findall(r"\d+", ground))) for ground in grounds[:3]]
    assert np.argsort(brightness).tolist() == np.argsort(-row[:3]).tolist()


def test_a_click_on_a_token_keeps_it_and_a_second_click_lets_it_go(page, view):
    page.get_by_role("option", name="·cat").click()
    kept = {"layer": 0, "head": 0, "pos": 2, "key": None, "token_id": 12, "feature": None}
    assert host.chosen(page) == kept
    page.get_by_text("Mats").hover()
    expect(said(page)).to_have_text(looks(view, query=2))
    page.get_by_role("option", name="·cat").click()
    assert host.chosen(page)["pos"] is None
    page.get_by_text("Mats").hover()
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
    page.get_by_text("Mats").hover()
    expect(said(page)).to_have_text(f"layer 0 head 0, {expected}")


def test_a_click_on_a_thumbnail_keeps_its_head(page):
    heads(page).click()
    kept = host.chosen(page)
    caption = f"Layer {kept['layer']}, head {kept['head']}"
    assert caption != "Layer 0, head 0"
    page.get_by_text("Mats").hover()
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
    page.get_by_role("option", name="·cat").click()
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


def test_the_foot_names_precision_and_model_and_its_tooltip_the_hook(new_page):
    source = {"model": "toy", "hook": "blocks.*.attn.hook_pattern"}
    page = host.show(new_page(), AttentionView(pattern(source=source)))
    foot = page.get_by_text("8-bit numbers, within 0.002 · toy", exact=True)
    expect(foot).to_have_attribute("title", "blocks.*.attn.hook_pattern")


def test_each_grid_is_one_tab_stop_that_holds_the_notebooks_shortcuts_off(page):
    page.get_by_text("Mats").click()
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(({role, type, dataset}) => [role ?? type, dataset.lmSuppressShortcuts])"
                "(document.activeElement)"
            )
        )
    names = ["application", "application", "radio", "listbox"]
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
    page.get_by_role("option", name="·cat").first.click()
    page.get_by_text("Mats").hover()
    expect(page.get_by_role("status").nth(1)).to_contain_text("query ' cat' looks most at")


def test_new_data_replace_the_old_in_place(page, view):
    view.update(pattern(("<bos>", " dog", " ran"), layers=1))
    page.evaluate(
        "(state) => { const [model] = window.models;"
        " Object.assign(model.state, { ...state, overview: window.bytes(state.overview) });"
        " model.tell('change:rev'); }",
        host.state_of(view) | {"selection": "IPY_MODEL_chosen"},
    )
    expect(page.get_by_role("option")).to_have_text(["<bos>", "·dog", "·ran"])
    expect(said(page)).to_contain_text("query ' ran' looks most at")


def test_exact_numbers_are_asked_for_one_head_at_a_time_and_the_readout_says_so(page, view):
    page.wait_for_function("window.sent.length === 1")
    assert page.evaluate("window.sent") == [{"type": "focus", "index": 0, "rev": 0}]
    heads(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Layer 0, head 2", exact=True)).to_be_visible()
    assert len(page.evaluate("window.sent")) == 1  # still waiting for the first
    host.reply(page, view, page.evaluate("window.sent[0]"))
    page.wait_for_function("window.sent.length === 2")
    assert page.evaluate("window.sent[1].index") == 2
    expect(page.get_by_text("8-bit numbers")).to_be_visible()
    host.reply(page, view, page.evaluate("window.sent[1]"))
    expect(page.get_by_text("16-bit numbers for this head")).to_be_visible()
    one_head(page).focus()
    page.keyboard.press("Home")
    expect(said(page)).to_contain_text(f"'<bos>', {view.pattern.weights[0, 2, 4, 0]:.3f}")


def test_a_kernel_that_has_no_better_numbers_is_not_asked_again(page, view):
    page.wait_for_function("window.sent.length === 1")
    host.reply(page, view, {"type": "focus", "index": 0, "rev": 0})
    expect(page.get_by_text("16-bit numbers for this head")).to_be_visible()
    page.evaluate("window.models[0].tell('msg:custom', {type: 'focus', index: 1, rev: 0}, [])")
    heads(page).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("8-bit numbers")).to_be_visible()
    assert [message["index"] for message in page.evaluate("window.sent")] == [0]


@pytest.mark.parametrize(
    ("mark", "dark"),
    [
        ("document.body.dataset.jpThemeLight = 'false'", True),
        ("document.body.className = 'vscode-dark'", True),
        ("document.documentElement.setAttribute('theme', 'dark')", True),
        ("document.body.dataset.jpThemeLight = 'true'", False),
    ],
)
def test_the_view_follows_what_the_host_says_about_light_and_dark(new_page, view, mark, dark):
    page = host.show(new_page(scheme="light" if dark else "dark"), view)
    expect(said(page)).to_have_text(looks(view, query=4))
    painted = "(canvas) => canvas.toDataURL()"
    before = one_head(page).evaluate(painted)
    page.evaluate(mark)
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before",
        arg=[one_head(page).element_handle(), before],
    )
    ground = page.locator(".iw-attention").evaluate("(e) => getComputedStyle(e).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground))) < 200) == dark


# JupyterLab flips its mark, hides all it shows, and shows it again before the next frame.
LAB = """document.body.dataset.jpThemeLight = 'false';
document.body.style.display = 'none';
requestAnimationFrame(() => { document.body.style.display = ''; });"""
# A host's mark may mean nothing until a style sheet has arrived.
LATE = """const sheet = document.querySelector('link[rel=stylesheet]');
sheet.disabled = true;
document.body.dataset.jpThemeLight = 'false';
requestAnimationFrame(() => requestAnimationFrame(() => { sheet.disabled = false; }));"""
FIRST_CHIP = "(view) => view.querySelector('[role=option]').style.background"
EVERY_CANVAS_SHOWS = """(colour) => [...document.querySelectorAll('canvas')].every((canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  copy.drawImage(canvas, 0, 0); // the canvas itself would complain of being read often
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) {
    if (data.slice(at, at + 3).join() === colour) return true;
  }
  return false;
})"""
DARK_MASK = ",".join(map(str, bytes.fromhex(theme.DARK.masked.removeprefix("#"))))


@pytest.mark.parametrize("change", [LAB, LATE], ids=["as JupyterLab does", "its colours late"])
def test_a_new_theme_repaints_everything_whenever_its_colours_come(page, view, change):
    expect(said(page)).to_have_text(looks(view, query=4))
    chip = page.locator(".iw-attention").evaluate(FIRST_CHIP)
    page.evaluate(change)
    page.wait_for_function(EVERY_CANVAS_SHOWS, arg=DARK_MASK, timeout=5_000)
    assert page.locator(".iw-attention").evaluate(FIRST_CHIP) != chip


def test_a_reader_who_comes_to_prefer_dark_sees_everything_repainted(page, view):
    expect(said(page)).to_have_text(looks(view, query=4))
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(EVERY_CANVAS_SHOWS, arg=DARK_MASK, timeout=5_000)


@pytest.mark.parametrize("width", [380, 760, 1200])
def test_nothing_is_cut_off_at_any_width_and_resizing_settles(new_page, view, width):
    page = host.show(new_page(width=width), view)
    expect(said(page)).to_have_text(looks(view, query=4))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    height = page.locator(".iw-attention").bounding_box()["height"]
    page.set_viewport_size({"width": width, "height": 300})
    assert page.locator(".iw-attention").bounding_box()["height"] == height


def test_a_closed_view_stops_listening(page):
    page.evaluate("window.stops.forEach((stop) => stop())")
    left = page.evaluate(
        "window.models.concat(window.selection).flatMap("
        "(model) => Object.values(model.listeners).flat()).length"
    )
    assert left == 0


def test_a_thin_diagonal_survives_a_thumbnail_smaller_than_the_data(page):
    values = np.eye(50).ravel().tolist()
    small = page.evaluate(
        "async (values) => { const { pooled } = await import('./paint.js');"
        " const made = pooled(Float32Array.from(values), 50, 7);"
        " return [made.size, [...made.values]]; }",
        values,
    )
    assert small[0] == 7
    assert np.reshape(small[1], (7, 7)).diagonal().tolist() == [1] * 7
