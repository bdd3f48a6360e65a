"""What a person does with a PatchView, by mouse and by keyboard."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import interp_widgets as iw
from interp_widgets import text
from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.patching import PatchView
from tests.browser import host
from tests.browser.attention_parts import PAINTED, heads
from tests.hostile import HOSTILE
from tests.widgets.patch_samples import CLEAN, CORRUPTED, WITHOUT_TOPS, WORDS, sweep
from tests.widgets.samples import pattern

pytestmark = pytest.mark.browser

LAYER_HEAD, HEAD_POS = ("layer", "head"), ("head", "pos")
MINUS = "\N{MINUS SIGN}"
RUNS = ("Clean", "Patched", "Corrupted")


@pytest.fixture
def view():
    return PatchView(sweep(), title="Names")


@pytest.fixture
def page(new_page, view):
    return show(new_page(), view)


def show(page, *views):
    host.show(page, *views, stem="patching")
    expect(page.get_by_role("status").last).not_to_be_empty()
    return page


def grid(page):
    return page.get_by_role("application", name=re.compile("What each patch does"))


def said(page):
    return page.get_by_role("status")


def number(value, digits=2, sign=""):
    return f"{value:{sign}.{digits}f}".replace("-", MINUS)


def strongest(given):
    return divmod(int(np.abs(given.effect).argmax()), given.values.shape[1])


def reads(view, row, column):
    """What the readout says of a cell, as the arrays have it."""
    given = view.result
    part = number(given.effect[row, column]) if abs(given.effect[row, column]) >= 0.005 else "0"
    return (
        f"{view.row_names[row]}, {view.column_names[column]}: the patch takes the metric to "
        f"{number(given.values[row, column])} logits, {part} of the way from the corrupted run to "
        "the clean run"
    )


def lists(page):
    """The tokens and probabilities of the three runs."""
    found = []
    for run in RUNS:
        table = page.get_by_role("table", name=f"{run} run: most likely next tokens")
        rows = table.get_by_role("row").all()[1:]
        found.append([row.get_by_role("cell").all_text_contents() for row in rows])
    return found


def listed(ids, probs):
    return [[repr(WORDS[token]), f"{prob:.3f}"] for token, prob in zip(ids, probs, strict=True)]


def test_a_newcomer_sees_what_was_done_and_what_the_colours_mean(page, view):
    expect(page.get_by_text("Names", exact=True)).to_be_visible()
    hint = page.get_by_text("The model runs the corrupted prompt once for each cell")
    for words in ("the residual stream before each layer (resid_pre)", "1 takes it all the way"):
        expect(hint).to_contain_text(words)
    expect(page.get_by_text("Metric: logit of ' Bob' minus logit of ' Cid', after")).to_be_visible()
    expect(page.get_by_text("clean run 2.50 logits")).to_be_visible()
    expect(page.get_by_text(f"corrupted run {MINUS}1.50 logits")).to_be_visible()
    peak = np.abs(view.result.effect).max()
    ends = [number(-peak), "0", number(peak, sign="+")]
    expect(page.locator(".iw-ticks span")).to_have_text(ends)
    expect(page.get_by_text("toy · weights not folded")).to_be_visible()
    expect(said(page)).to_have_text(reads(view, *strongest(view.result)))
    assert grid(page).evaluate(PAINTED) > 20


def test_both_prompts_are_there_with_what_differs_marked(page):
    for run, tokens in (("clean prompt", CLEAN), ("corrupted prompt", CORRUPTED)):
        line = page.locator(".iw-prompt").filter(has_text=re.compile(f"^{run}"))
        shown = [text.visible(token) for token in tokens]
        expect(line.locator(".iw-token")).to_have_text(shown)
        expect(line.locator("strong")).to_have_text([shown[1], shown[4]])


def test_arrows_read_every_cell_as_the_arrays_have_it(page, view):
    given = view.result
    grid(page).focus()
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    for row in range(2):
        page.keyboard.press("Home")
        for column in range(5):
            expect(said(page)).to_have_text(reads(view, row, column))
            assert lists(page) == [
                listed(given.clean_top_ids, given.clean_top_probs),
                listed(given.top_ids[row, column], given.top_probs[row, column]),
                listed(given.corrupted_top_ids, given.corrupted_top_probs),
            ]
            marked = page.locator(".iw-chosen")
            expect(marked).to_have_text(
                [text.visible(CLEAN[column]), text.visible(CORRUPTED[column])]
            )
            page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
    assert page.evaluate("window.selection.saved") == 0


def test_the_choice_of_the_clean_run_is_marked_in_every_list(page, view):
    best = repr(WORDS[view.result.clean_top_ids[0]])
    marked = page.locator(".iw-own td:first-child").all_text_contents()
    assert marked[0] == best
    assert set(marked) == {best}


def test_the_change_of_the_metric_can_be_seen_instead(page, view):
    before = grid(page).evaluate("(canvas) => canvas.toDataURL()")
    page.get_by_role("radio", name="change of the metric, in logits").check()
    assert page.evaluate("window.models[0].state.effect") == "raw"
    row, column = strongest(view.result)
    change = number(view.result.change[row, column], sign="+")
    expect(said(page)).to_contain_text(f"a change of {change} logits from the corrupted run")
    peak = number(np.abs(view.result.change).max(), sign="+")
    expect(page.locator(".iw-ticks span").last).to_have_text(peak)
    assert grid(page).evaluate("(canvas) => canvas.toDataURL()") != before  # other numbers
    view.effect = "normalised"
    host.update(page, view)
    expect(said(page)).to_have_text(reads(view, row, column))


@pytest.mark.parametrize(
    ("over", "chosen"),
    [
        (("layer", "pos"), {"layer": 1, "pos": 2, "token_id": 22}),
        (LAYER_HEAD, {"layer": 1, "head": 2}),
        (HEAD_POS, {"layer": 0, "head": 1, "pos": 2, "token_id": 22}),
    ],
)
def test_enter_keeps_a_cell_and_escape_lets_it_go(new_page, over, chosen):
    view = PatchView(sweep(over))
    page = show(new_page(), view)
    grid(page).focus()
    for key in ("PageUp", "Home", "ArrowDown", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    kept = host.chosen(page)
    assert {name: value for name, value in kept.items() if value is not None} == chosen
    expect(said(page)).to_have_text(reads(view, 1, 2))
    page.keyboard.press("Escape")
    assert host.chosen(page) == dict.fromkeys(kept)
    expect(said(page)).to_have_text(reads(view, *strongest(view.result)))
    page.keyboard.press("Escape")
    expect(grid(page)).not_to_be_focused()


def test_a_click_keeps_the_cell_that_is_read_and_a_second_click_lets_it_go(page, view):
    box = grid(page).bounding_box()
    last = {"x": box["width"] * 0.6, "y": box["height"] - 8}
    grid(page).click(position=last)
    kept = host.chosen(page)
    read = reads(view, kept["layer"], kept["pos"])
    page.get_by_text("The model runs the corrupted prompt").hover()
    expect(said(page)).to_have_text(read)
    grid(page).click(position=last)
    assert host.chosen(page) == dict.fromkeys(kept)


def test_each_control_is_one_tab_stop_that_holds_the_notebooks_shortcuts_off(page):
    page.get_by_text("Names", exact=True).click()
    stops = []
    for _ in range(3):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(({tagName, dataset}) => [tagName, dataset.lmSuppressShortcuts])"
                "(document.activeElement)"
            )
        )
    assert stops[:2] == [["INPUT", "true"], ["CANVAS", "true"]]
    assert stops[2][0] == "BODY"


def test_noising_is_told_from_denoising(new_page):
    view = PatchView(sweep(direction="noising"))
    page = show(new_page(), view)
    expect(page.get_by_text("The model runs the clean prompt once for each cell")).to_be_visible()
    expect(said(page)).to_contain_text("of the way from the clean run to the corrupted run")


def test_without_a_gap_only_the_change_is_offered(new_page):
    page = show(new_page(), PatchView(sweep(clean=1.0, corrupted=1.0)))
    expect(page.get_by_text("there is no gap to take parts of")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)
    expect(said(page)).to_contain_text("a change of")


def test_without_top_tokens_there_are_no_lists(new_page):
    page = show(new_page(), PatchView(sweep(**WITHOUT_TOPS)))
    expect(page.get_by_role("table")).to_have_count(0)


def test_new_data_are_drawn(page, view):
    view.update(sweep(LAYER_HEAD, seed=1))
    host.update(page, view)
    expect(said(page)).to_have_text(reads(view, *strongest(view.result)))
    expect(page.locator(".iw-chosen")).to_have_count(0)


def test_a_long_prompt_scrolls_to_the_cell_in_question(new_page):
    tokens = tuple(f" w{place}" for place in range(61))
    values = np.zeros((2, 61))
    values[1, 60] = 2
    long = sweep(values=values, clean_tokens=tokens, corrupted_tokens=tokens, **WITHOUT_TOPS,
                 clean_ids=None, corrupted_ids=None)  # fmt: skip
    page = show(new_page(width=500), PatchView(long))
    expect(
        page.get_by_text(re.compile(r"^Tokens \d+ to 60 of 0 to 60 are on show"))
    ).to_be_visible()
    grid(page).press("Home")
    expect(page.get_by_text(re.compile(r"^Tokens 0 to \d+ of 0 to 60"))).to_be_visible()


def test_an_exported_page_stays_linked_to_attention(new_page, tmp_path):
    attention = AttentionView(pattern(CLEAN))
    view = PatchView(sweep(LAYER_HEAD), selection=attention.selection)
    iw.to_html([attention, view], tmp_path / "page.html")
    page = new_page()
    page.goto((tmp_path / "page.html").as_uri())
    expect(said(page).last).to_have_text(reads(view, *strongest(view.result)))
    heads(page).focus()
    for key in ("Home", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(said(page).last).to_have_text(reads(view, 1, 0))
    grid(page).focus()
    for key in ("End", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("Layer 1, head 2", exact=True)).to_be_visible()


@pytest.mark.parametrize("guarded", [True, False], ids=["with its policy", "without its policy"])
def test_hostile_text_is_shown_and_never_executed(new_page, tmp_path, guarded):
    places = range(0, len(HOSTILE) - 8, 8)
    views = [
        PatchView(
            sweep(
                words=HOSTILE[at : at + 8],
                clean_tokens=HOSTILE[at : at + 5],
                corrupted_tokens=HOSTILE[at + 3 : at + 8],
                metric=HOSTILE[at],
                unit=HOSTILE[at + 1],
                activation=HOSTILE[at + 2],
                source={"model": HOSTILE[at]},
            ),
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
    expect(page.locator(".iw-view table")).to_have_count(3 * len(views), timeout=20_000)
    for at, view in zip(places, page.locator(".iw-view").all(), strict=True):
        tokens = view.locator(".iw-prompt .iw-token").all_text_contents()
        shown = (*HOSTILE[at : at + 5], *HOSTILE[at + 3 : at + 8])
        assert tokens == [text.visible(token, 40) for token in shown]
        spoken = {text.literal(word) for word in HOSTILE[at : at + 8]}
        assert {line[0] for run in lists(view) for line in run} <= spoken
        content = view.evaluate("(root) => root.textContent")
        assert text.prose(HOSTILE[at], 160) in content
        assert text.prose(HOSTILE[at + 2], 40) in content
        assert view.evaluate("(root) => root.scrollWidth <= root.clientWidth"), HOSTILE[at]
    assert page.evaluate("window.hits") == []


def test_nothing_is_wider_than_the_page(new_page, tmp_path):
    iw.to_html([PatchView(sweep(over)) for over in (("layer", "pos"), HEAD_POS)],
               tmp_path / "page.html")  # fmt: skip
    page = new_page(scheme="dark")
    page.goto((tmp_path / "page.html").as_uri())
    for width in (380, 760, 1200):
        page.set_viewport_size({"width": width, "height": 700})
        expect(page.locator("canvas").first).not_to_have_js_property("width", 0)
        expect(said(page).last).to_contain_text("the patch takes the metric")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
