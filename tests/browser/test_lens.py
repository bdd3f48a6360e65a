"""What a person does with a LogitLensView, by mouse and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import interp_widgets as iw
from interp_widgets import text
from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.lens import LogitLensView
from tests.browser import host
from tests.browser.attention_parts import PAINTED, heads
from tests.hostile import HOSTILE
from tests.widgets.lens_sample import LABELS, TEXT, WORDS, lens
from tests.widgets.samples import pattern

pytestmark = pytest.mark.browser

READ = ["before the first layer", "after layer 0", "at the output (layer 1)"]
ROWS, COLUMNS = len(LABELS), len(TEXT)
PIXELS = "(canvas) => canvas.toDataURL()"


@pytest.fixture
def view():
    return LogitLensView(lens(), title="Cats")


@pytest.fixture
def page(new_page, view):
    return show(new_page(), view)


def show(page, *views):
    """Show lenses, and wait until the last of them is drawn."""
    host.show(page, *views, stem="lens")
    expect(page.get_by_role("status").last).not_to_be_empty()
    return page


def grid(page):
    return page.get_by_role("application", name=re.compile("What the model would say next"))


def said(page):
    return page.get_by_role("status").last


def lines(page, name):
    """The cells of a table, line by line, without its head."""
    table = page.get_by_role("table", name=re.compile(name))
    expect(table).to_be_visible()
    rows = table.get_by_role("row").all()[1:]
    return [row.get_by_role("cell").all_text_contents() for row in rows]


def picker(page, name):
    return page.get_by_role("combobox", name=name)


def drawn(page):
    """The pixels of the grid, once it is drawn."""
    expect(said(page)).to_contain_text("it would say")
    return grid(page).evaluate(PIXELS)


def look_away(page):
    page.get_by_text("The model reads the text from left to right").hover()


def click_a_low_row(page):
    """The labels stand above the cells, so what is nearly at the bottom is a cell of a layer."""
    box = grid(page).bounding_box()
    grid(page).click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.95})


def share(value):
    return f"{value:.3f}" if value >= 0.0005 else f"{value:.1e}".replace("e-0", "e-")


def reads(given, row, column, *, rank=None, target=None):
    """What the readout says of a cell, as the arrays have it."""
    best, prob = given.top_ids[row, column, 0], given.top_probs[row, column, 0]
    rank = given.output_ranks[row, column] if rank is None else rank
    target = given.top_ids[-1, column, 0] if target is None else target
    more = f"; {WORDS[target]!r} has rank {rank + 1}" if rank else ""
    return (
        f"after {TEXT[column]!r} (token {column}), stopped {READ[row]}: it would say "
        f"{WORDS[best]!r} next, with probability {share(prob)}{more}"
    )


def test_a_newcomer_sees_what_it_is_and_what_the_colours_mean(page, view):
    for words in ("Cats", "0.25", "says already what the output says", "Most likely next tokens"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text("predicts the next one")).to_be_visible()
    expect(page.get_by_text("the stronger the cell's colour, the surer it is.")).to_be_visible()
    expect(page.get_by_text("the probabilities are the same either way")).to_be_visible()
    expect(said(page)).to_have_text(reads(view.result, ROWS - 1, COLUMNS - 1))
    assert grid(page).evaluate(PAINTED) > 20


def test_arrows_read_every_cell_as_the_arrays_have_it(page, view):
    grid(page).focus()
    for row in reversed(range(ROWS)):
        page.keyboard.press("End")
        for column in reversed(range(COLUMNS)):
            expect(said(page)).to_have_text(reads(view.result, row, column))
            page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowUp")
    assert page.evaluate("window.selection.saved") == 0


def test_the_tables_hold_the_numbers_of_the_arrays(page, view):
    given = view.result
    grid(page).focus()
    page.keyboard.press("ArrowUp")
    row, column = 1, COLUMNS - 1
    expect(said(page)).to_have_text(reads(given, row, column))
    target, rank = given.top_ids[-1, column, 0], given.output_ranks[row, column]
    expected = [
        [str(place + 1), repr(WORDS[token]), share(prob)]
        for place, (token, prob) in enumerate(
            zip(given.top_ids[row, column], given.top_probs[row, column], strict=True)
        )
    ]
    assert rank >= len(expected), "the target has to be no top token, to be added"
    expected.append([str(rank + 1), repr(WORDS[target]), share(given.output_probs[row, column])])
    assert lines(page, "Most likely next tokens") == expected
    expect(page.get_by_text(f"entropy {given.entropy[row, column]:.2f} nats")).to_contain_text(
        f"divergence from the output {given.divergence[row, column]:.2f} nats"
    )
    page.get_by_text("These ranks as a table").click()
    assert lines(page, f"^Rank of {WORDS[target]!r}") == [
        [READ[at], str(given.output_ranks[at, column] + 1), share(given.output_probs[at, column])]
        for at in range(ROWS)
    ]
    ranks = ", ".join(str(one + 1) for one in given.output_ranks[:, column])
    chart = page.get_by_role("img", name=re.compile("^Rank of"))
    assert chart.get_attribute("aria-label").endswith(f"to the output: {ranks}")
    assert chart.evaluate(PAINTED) > 5


def test_a_target_is_picked_from_the_tokens_that_are_followed(page, view):
    given = view.result
    options = picker(page, "Target token").get_by_role("option").all_text_contents()
    names = [text.visible(WORDS[token]) for token in given.target_ids]
    assert options == ["what the output says at each token", *names]
    before = drawn(page)
    picker(page, "Target token").select_option(label="·six")
    assert page.evaluate("window.models[0].state.target") == 6
    expect(page.get_by_text("the target is on top")).to_be_visible()
    rank = given.target_ranks[-1, -1, given.target_ids.tolist().index(6)]
    expect(said(page)).to_have_text(reads(given, ROWS - 1, COLUMNS - 1, rank=rank, target=6))
    assert rank > 0
    assert grid(page).evaluate(PIXELS) != before  # other cells are framed


def test_cells_can_be_coloured_by_something_else(page, view):
    means = {
        "rank": ("closer the target is to being its first choice", 10),
        "entropy": ("more undecided it is", view.result.entropy.max()),
        "divergence": ("farther this is from its real output", view.result.divergence.max()),
    }
    for colour, (words, most) in means.items():
        before = drawn(page)
        picker(page, "Colour by").select_option(colour)
        expect(page.get_by_text(words)).to_be_visible()
        ticks = page.locator(".iw-ticks").get_by_text(f"{most:.2g}", exact=True)
        expect(ticks).to_be_visible()
        assert page.evaluate("window.models[0].state.colour") == colour
        expect(picker(page, "Colour by")).to_have_value(colour)
        assert grid(page).evaluate(PIXELS) != before


def test_a_click_keeps_the_cell_that_is_read_and_a_second_click_lets_it_go(page, view):
    click_a_low_row(page)
    kept = host.chosen(page)
    read = reads(view.result, 1 + kept["layer"], kept["pos"])
    expect(said(page)).to_have_text(read)
    look_away(page)
    expect(said(page)).to_have_text(read)
    assert kept["token_id"] == 20 + kept["pos"]
    click_a_low_row(page)
    assert host.chosen(page) == dict.fromkeys(kept)


def test_enter_keeps_a_row_that_is_no_layer_and_escape_lets_go(page, view):
    grid(page).focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    kept = host.chosen(page)
    assert (kept["layer"], kept["pos"], kept["token_id"]) == (None, 2, 22)
    expect(said(page)).to_have_text(reads(view.result, 0, 2))
    page.keyboard.press("Escape")
    assert host.chosen(page)["pos"] is None
    expect(said(page)).to_have_text(reads(view.result, ROWS - 1, COLUMNS - 1))
    expect(grid(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(grid(page)).not_to_be_focused()


def test_each_control_is_one_tab_stop_that_holds_the_notebooks_shortcuts_off(page):
    page.get_by_text("Cats").click()
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(({tagName, dataset}) => [tagName, dataset.lmSuppressShortcuts])"
                "(document.activeElement)"
            )
        )
    tags = ["SELECT", "SELECT", "CANVAS", "SUMMARY"]
    assert stops == [[tag, "true"] for tag in tags]


def test_lenses_are_switched_between(new_page):
    plain, tuned = lens(), lens(1, name="tuned", divergence=None)
    page = show(new_page(), LogitLensView([plain, tuned]))
    expect(said(page)).to_have_text(reads(plain, ROWS - 1, COLUMNS - 1))
    picker(page, "Lens").select_option(label="tuned")
    expect(said(page)).to_have_text(reads(tuned, ROWS - 1, COLUMNS - 1))
    expect(page.get_by_text("tuned · toy")).to_be_visible()
    picker(page, "Colour by").select_option("divergence")
    expect(page.get_by_text("not computed")).to_be_visible()


def test_new_data_are_drawn(page, view):
    view.update(lens(1))
    host.update(page, view)
    expect(said(page)).to_have_text(reads(view.result, ROWS - 1, COLUMNS - 1))


def test_a_long_text_scrolls_to_the_token_in_question(new_page):
    tokens = tuple(f" w{place}" for place in range(61))
    page = show(new_page(width=500), LogitLensView(lens(tokens=tokens)))
    expect(
        page.get_by_text(re.compile(r"^Tokens \d+ to 60 of 0 to 60 are on show"))
    ).to_be_visible()
    expect(said(page)).to_contain_text("after ' w60' (token 60)")
    grid(page).press("Home")
    expect(said(page)).to_contain_text("after ' w0' (token 0)")
    expect(page.get_by_text(re.compile(r"^Tokens 0 to \d of 0 to 60"))).to_be_visible()
    page.locator(".iw-scroll").evaluate("(box) => { box.scrollLeft = box.scrollWidth; }")
    expect(page.get_by_text(re.compile(r"^Tokens \d+ to 60 of 0 to 60"))).to_be_visible()
    expect(said(page)).to_contain_text("after ' w0' (token 0)")  # scrolling chooses nothing


@pytest.mark.parametrize("shared", [True, False], ids=["one selection", "a link"])
def test_an_exported_page_stays_linked_to_attention(new_page, tmp_path, shared):
    attention = AttentionView(pattern(TEXT))
    view = LogitLensView(lens(), selection=attention.selection if shared else None)
    if not shared:
        iw.link(attention, view)
    iw.to_html([attention, view], tmp_path / "page.html")
    page = new_page()
    page.goto((tmp_path / "page.html").as_uri())
    expect(said(page)).to_have_text(reads(view.result, ROWS - 1, COLUMNS - 1))
    heads(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(said(page)).to_have_text(reads(view.result, 1, COLUMNS - 1))
    grid(page).focus()
    for key in ("ArrowDown", "ArrowLeft", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("Layer 1, head 0", exact=True)).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("query ' a' looks most at")


@pytest.mark.parametrize("guarded", [True, False], ids=["with its policy", "without its policy"])
def test_hostile_text_is_shown_and_never_executed(new_page, tmp_path, guarded):
    places = range(0, len(HOSTILE) - 7, 7)
    views = [
        LogitLensView(
            lens(words=HOSTILE[at : at + 7], tokens=HOSTILE[at : at + 4], name=HOSTILE[at]),
            title=HOSTILE[at + 1],
        )
        for at in places
    ]
    html = iw.to_html(views)
    policy = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', html)[0]
    path = tmp_path / "page.html"
    path.write_text(html if guarded else html.replace(policy, ""), "utf-8")
    page = new_page()
    page.goto(path.as_uri())
    expect(page.locator(".iw-view table")).to_have_count(len(views), timeout=20_000)
    for at, view in zip(places, page.locator(".iw-view").all(), strict=True):
        words = HOSTILE[at : at + 7]
        options = view.get_by_role("combobox", name="Target token").get_by_role("option")
        expected = [text.visible(words[token], 40) for token in (3, 0, 6, 1, 5)]
        assert options.evaluate_all("(all) => all.map((one) => one.text)")[1:] == [
            " ".join(word.split()) for word in expected
        ]
        spoken = {text.literal(word) for word in words}
        shown = lines(view, "Most likely next tokens")
        assert {line[1] for line in shown} <= spoken
        expect(view.get_by_role("status")).to_contain_text(text.literal(HOSTILE[at + 3]))
        assert view.evaluate("(root) => root.scrollWidth <= root.clientWidth")
    assert page.evaluate("window.hits") == []


def test_nothing_is_wider_than_the_page(new_page, tmp_path):
    LogitLensView(lens(tokens=tuple(TEXT * 8))).to_html(tmp_path / "page.html")
    page = new_page(scheme="dark")
    page.goto((tmp_path / "page.html").as_uri())
    for width in (380, 760, 1200):
        page.set_viewport_size({"width": width, "height": 700})
        expect(page.locator("canvas").first).not_to_have_js_property("width", 0)
        expect(said(page)).to_contain_text("it would say")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_words_are_drawn_into_the_cells(page, view):
    before = drawn(page)
    given = view.result
    words = dict(given.words) | {int(given.top_ids[0, 0, 0]): " other"}
    view.update(lens(words=[words[token] for token in range(len(WORDS))]))
    host.update(page, view)
    page.wait_for_function(
        "(before) => document.querySelector('canvas').toDataURL() !== before", arg=before
    )
