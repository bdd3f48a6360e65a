"""What a person does with a TokenView, by mouse and by keyboard, on a plain page."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import interp_widgets as iw
from interp_widgets.widgets.tokens import TokenView
from tests.browser import host
from tests.browser.attention_parts import PAINTED, brightness, grounds
from tests.hostile import HOSTILE
from tests.widgets.samples import WORDS, pattern
from tests.widgets.token_samples import TEXTS, VALUES, token_values

pytestmark = pytest.mark.browser

PLACES = [
    f"row {row} token {pos} {t!r}" for row, ts in enumerate(TEXTS) for pos, t in enumerate(ts)
]
MINUS = "\N{MINUS SIGN}"
NUMBERS = np.concatenate(VALUES)  # (pos, channel)


@pytest.fixture
def view():
    return TokenView(token_values(), title="Three neurons")


@pytest.fixture
def page(new_page, view):
    return show(new_page(), view)


def show(page, *views):
    """Show texts, and wait until the last of them is drawn."""
    host.show(page, *views, stem="tokens")
    expect(said(page)).not_to_be_empty()
    return page


def said(page):
    return page.get_by_role("status").last


def text(page):
    return page.get_by_role("listbox", name=re.compile("Tokens coloured by"))


def picker(page):
    return page.get_by_role("combobox", name=re.compile("^Channel"))


def offered(page):
    return picker(page).get_by_role("option").all_text_contents()


def reads(token, channel=0):
    """What the readout must begin with, the number as the array has it."""
    name = (7, 12, 40)[channel]
    return re.compile(
        re.escape(f"{PLACES[token]}: channel {name} is {float(str(NUMBERS[token, channel])):g},")
    )


def test_a_newcomer_sees_what_the_colours_mean(page):
    for words in ("Three neurons", "channel 7", "0.75", "no value"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text("The stronger a token's colour, the larger its value.")).to_be_visible()
    expect(text(page).get_by_role("option")).to_have_text(
        ["<bos>", "·the", "·cat", "·sat", "<bos>", "·a", "·mat"]
    )
    expect(said(page)).to_have_text(
        "channel 7, largest: row 1 token 1 ' a' 1.5; row 1 token 2 ' mat' 0.9; "
        "row 0 token 2 ' cat' 0.7"
    )


def test_the_colour_behind_each_token_follows_its_value(page):
    expect(said(page)).to_contain_text("largest")
    colours = grounds(page)
    assert colours[0] == ""  # it has no value
    darkness = [-brightness(colour) for colour in colours[1:]]
    assert np.argsort(darkness).tolist() == np.argsort(NUMBERS[1:, 0]).tolist()


def test_pointing_at_a_token_reads_its_number_as_the_array_has_it(page):
    for token in (1, 2, 5, 6):
        text(page).get_by_role("option").nth(token).hover()
        expect(said(page)).to_have_text(reads(token))
    text(page).get_by_role("option").first.hover()
    expect(said(page)).to_have_text("row 0 token 0 '<bos>' has no value")
    page.get_by_text("Three neurons").hover()
    expect(said(page)).to_contain_text("largest")
    assert page.evaluate("window.selection.saved") == 0  # pointing chooses nothing


def test_the_readout_says_which_channels_stand_out_at_a_token(page):
    text(page).get_by_role("option").nth(2).hover()
    expect(said(page)).to_have_text(
        f"{PLACES[2]}: channel 7 is 0.7, larger than 3 of the 5 others. "
        "Strongest channels here: 7 0.7, 40 0.25"
    )


def test_a_click_keeps_token_row_and_channel_and_a_second_lets_go(page, view):
    token = text(page).get_by_role("option", name="·mat")
    token.click()
    kept = host.chosen(page)
    assert (kept["pos"], kept["feature"], kept["key"]) == (2, 7, None)
    assert page.evaluate("window.models[0].get('row')") == 1
    page.get_by_text("Three neurons").hover()
    expect(said(page)).to_have_text(reads(6))
    token.click()
    assert (host.chosen(page)["pos"], host.chosen(page)["feature"]) == (None, 7)


def test_the_picker_changes_the_numbers_and_is_what_python_hears(page):
    picker(page).select_option(label="40 · largest 8")
    assert host.chosen(page)["feature"] == 40
    expect(page.get_by_text("channel 40", exact=True)).to_be_visible()
    text(page).get_by_role("option").nth(4).hover()
    expect(said(page)).to_have_text(reads(4, channel=2))
    page.evaluate("window.selection.set({feature: 12})")
    page.get_by_text("Three neurons").hover()
    expect(said(page)).to_have_text("Every value of channel 12 is 0")
    expect(picker(page)).to_have_value("1")


def test_channels_can_be_ordered_by_their_size_or_at_one_token(page):
    order = page.get_by_label("Order of channels")
    assert offered(page) == ["7 · largest 1.5", "12 · largest 0", "40 · largest 8"]
    order.select_option("largest value first")
    assert offered(page) == ["40 · largest 8", "7 · largest 1.5", "12 · largest 0"]
    text(page).get_by_role("option", name="·cat").click()
    order.select_option("largest at the kept token first")
    assert offered(page) == ["7 · here 0.7", "40 · here 0.25", "12 · here 0"]
    expect(picker(page)).to_have_value("0")


def test_everything_can_be_done_with_the_keyboard_alone(page):
    page.get_by_text("Three neurons").click()
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.dataset.lmSuppressShortcuts"))
    assert stops == ["true"] * 4
    expect(text(page)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(said(page)).to_have_text(reads(2))
    page.keyboard.press("ArrowDown")  # the same place in the next row
    expect(said(page)).to_have_text(reads(6))
    page.keyboard.press("Home")
    expect(said(page)).to_have_text(reads(4))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    expect(said(page)).to_have_text(reads(3))
    page.keyboard.press("ArrowDown")  # where the next row is shorter, its end
    expect(said(page)).to_have_text(reads(6))
    page.keyboard.press("Enter")
    assert (host.chosen(page)["pos"], host.chosen(page)["feature"]) == (2, 7)
    active = text(page).get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_text("·mat")
    page.keyboard.press("Escape")
    assert host.chosen(page)["pos"] is None
    page.keyboard.press("Escape")
    expect(text(page)).not_to_be_focused()


def test_going_up_from_a_longer_row_lands_on_the_end_of_the_shorter_one(new_page):
    rows = [[" a"], [" b", " c", " d"]]
    page = show(new_page(), TokenView(rows, [[0.5], [1.0, 2.0, 4.0]]))
    text(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(said(page)).to_contain_text("row 1 token 2 ' d': value is 4,")
    page.keyboard.press("ArrowUp")
    expect(said(page)).to_contain_text("row 0 token 0 ' a': value is 0.5,")


def test_each_row_can_have_its_own_scale(page):
    picker(page).select_option(label="40 · largest 8")
    expect(said(page)).to_contain_text("channel 40")  # drawn in the next frame
    shared = grounds(page)
    assert shared[0] != shared[4]
    page.get_by_label("A scale for each row").check()
    assert page.evaluate("window.models[0].get('scale')") == "own"
    expect(page.get_by_text("largest of its row", exact=True)).to_be_visible()
    own = grounds(page)
    assert own[0] == own[4] == shared[4]  # 4 is the most of one row, 8 of the other
    assert own[3] == shared[0]  # 2 of 4, and 4 of 8
    text(page).get_by_role("option").first.hover()
    expect(said(page)).to_have_text(reads(0, channel=2))  # the number stays what it is


def test_values_of_both_signs_are_told_apart(new_page):
    page = show(new_page(), TokenView([" a", " b", " c"], [-2.0, 0.0, 0.5], channels=["probe"]))
    for words in (f"{MINUS}2", "+2", "probe"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(said(page)).to_have_text(
        f"probe, farthest from 0: token 0 ' a' {MINUS}2; token 2 ' c' +0.5"
    )
    text(page).get_by_role("option", name="·a").hover()
    expect(said(page)).to_have_text(
        f"token 0 ' a': probe is {MINUS}2, larger than 0 of the 2 others"
    )
    blue, pale, brown = ([int(n) for n in re.findall(r"\d+", c)] for c in grounds(page))
    assert blue[2] > blue[0]
    assert brown[0] > brown[2]
    assert min(pale) > 240


def test_the_histogram_is_drawn_and_its_marker_follows_the_token(page):
    chart = page.get_by_role("img", name=re.compile("How often each value occurs, from 0 to 1.5"))
    assert chart.evaluate(PAINTED) > 4
    rest = chart.evaluate("(canvas) => canvas.toDataURL()")
    marked = set()
    for token in (1, 5):
        text(page).get_by_role("option").nth(token).hover()
        expect(said(page)).to_have_text(reads(token))
        marked.add(chart.evaluate("(canvas) => canvas.toDataURL()"))
    assert len(marked | {rest}) == 3


def test_a_single_nameless_channel_of_a_single_row_offers_nothing_to_choose(new_page):
    page = show(new_page(), TokenView([" a", " b"], [0.25, 1.0]))
    expect(page.get_by_text("Tokens", exact=True)).to_be_visible()
    for control in (picker(page), page.get_by_label("Order of"), page.get_by_label("A scale")):
        expect(control).to_be_hidden()
    text(page).get_by_role("option", name="·a").click()
    assert (host.chosen(page)["pos"], host.chosen(page)["feature"]) == (0, None)
    expect(said(page)).to_have_text("token 0 ' a': value is 0.25, larger than 0 of the 1 others")


def test_new_data_are_drawn_and_what_is_gone_is_not_marked(page, view):
    text(page).get_by_role("option", name="·sat").click()
    view.update([" one", " two"], np.float32([[1, 2], [3, 4]]))
    host.update(page, view)
    page.get_by_text("Three neurons").hover()
    expect(text(page).get_by_role("option")).to_have_text(["·one", "·two"])
    expect(said(page)).to_have_text("channel 0, largest: token 1 ' two' 3; token 0 ' one' 1")
    expect(text(page).get_by_role("option", selected=True)).to_have_count(0)


def test_hostile_text_is_shown_as_it_is(new_page):
    values = np.arange(2.0 * len(HOSTILE)).reshape(-1, 2)
    view = TokenView(list(HOSTILE), values, channels=[HOSTILE[0], HOSTILE[-1]], title=HOSTILE[1])
    page = show(new_page(width=380), view)
    expect(text(page).get_by_role("option")).to_have_text(view.tokens, use_inner_text=False)
    assert [option.split(" · ")[0] for option in offered(page)] == view.channels
    assert page.evaluate("window.hits") == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_large_text_is_drawn_at_once_and_followed_by_the_mouse(new_page):
    values = np.random.default_rng(0).normal(size=5000)
    page = show(new_page(), TokenView([f" w{place}" for place in range(5000)], values))
    expect(text(page).get_by_role("option")).to_have_count(5000)
    text(page).focus()
    page.keyboard.press("End")
    expect(said(page)).to_contain_text("token 4999 ' w4999': value is")
    expect(text(page).get_by_role("option").last).to_be_in_viewport()


@pytest.mark.parametrize("shared", [True, False], ids=["one selection", "a link"])
def test_an_exported_page_is_alive_and_follows_attention(new_page, tmp_path, shared):
    attention = iw.AttentionView(pattern(), title="Attention")
    loss = TokenView(
        WORDS,
        [np.nan, 4.0, 3.0, 0.5, 1.0],
        channels=["loss"],
        title="Loss",
        selection=attention.selection if shared else None,
    )
    if not shared:
        iw.link(attention, loss, fields=["pos"])
    iw.to_html([attention, loss], tmp_path / "both.html")
    page = new_page()
    page.goto((tmp_path / "both.html").as_uri())
    text(page).get_by_role("option", name="·cat").click()
    page.get_by_text("Loss", exact=True).last.hover()
    expect(said(page)).to_contain_text("token 2 ' cat': loss is 3,")
    expect(page.get_by_role("status").first).to_contain_text("query ' cat' looks most at")
    page.get_by_role("listbox", name=re.compile("^Tokens;")).get_by_text("·sat").click()
    expect(said(page)).to_contain_text("token 4 ' sat': loss is 1,")
