"""What a person does with a FeatureView, by mouse and by keyboard, on a plain page."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import interp_widgets as iw
from interp_widgets import text
from interp_widgets.results import OptimisedInput
from interp_widgets.widgets.features import FeatureView
from tests.browser import host, jupyter
from tests.hostile import HOSTILE
from tests.support import ROOT
from tests.widgets.feature_sample import CENTRE, NUMBERS, WORDS, dashboard, many, read

pytestmark = pytest.mark.browser

MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def given():
    return dashboard(read=read, names=["alpha", "beta", "gamma", "delta"])


@pytest.fixture
def view(given):
    return FeatureView(given, title="Four neurons")


@pytest.fixture
def page(new_page, view):
    return show(new_page(width=1200), view)


def show(page, *views):
    """Show dashboards, and wait until the last of them is drawn."""
    host.show(page, *views, stem="features")
    expect(said(page)).not_to_be_empty()
    return page


def said(page):
    return page.get_by_role("status").last


def features(page):
    return page.get_by_role("listbox", name=re.compile("^Features"))


def listed(page):
    numbers = features(page).get_by_role("option").all_text_contents()
    return [int(text.split()[0]) for text in numbers]


def band(page, name):
    return page.get_by_role("listbox", name=re.compile(f"^{name}"))


def opened(page, number):
    expect(page.locator(".iw-heading")).to_contain_text(f"neuron {number} ")


def test_a_newcomer_sees_what_it_is_and_what_it_does(page, given):
    for words in ("Four neurons", "neuron 7 alpha", "activation", "Most similar directions"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text("active (above 0) on 2.00 % of tokens, 8 at most")).to_be_visible()
    expect(
        page.get_by_text("Drawn from all tokens, so this is what it mostly sees.")
    ).to_be_visible()
    lines = features(page).get_by_role("option").all_text_contents()
    assert lines[1].split() == ["7", "2.00", "%", "8", "alpha"]
    up, down = page.get_by_role("table").all()
    expect(up.get_by_role("row").nth(1)).to_contain_text("' zero'")
    expect(down.get_by_role("row").nth(1)).to_contain_text(f"' six'{MINUS}")
    expect(page.get_by_text(f"{given.tokens:,} tokens of 30 documents")).to_be_visible()


def test_every_example_is_the_one_of_the_arrays(page, given):
    ids, there = given.example_ids[0], given.example_documents[0] >= 0
    for name, number in (("strongest", 0), ("low", 1), ("random tokens", 2)):
        wanted = ids[(given.example_bands == number) & there]
        shown = [f"·{WORDS[token].strip()}" for token in wanted[wanted >= 0]]
        expect(band(page, name).get_by_role("option")).to_have_text(shown)
        strong = [f"·{WORDS[token].strip()}" for token in wanted[:, CENTRE]]
        expect(band(page, name).locator(".iw-strong")).to_have_text(strong)


def test_pointing_at_a_token_reads_its_activation_and_marks_the_histogram(page, given):
    chart = page.get_by_role("img", name=re.compile("How often each value occurs"))
    plain = chart.evaluate("(canvas) => canvas.toDataURL()")
    band(page, "strongest").get_by_role("option").nth(CENTRE).hover()
    word = given.words[int(given.example_ids[0, 0, CENTRE])]
    pos = given.example_starts[0, 0] + CENTRE
    where = f"document {given.example_documents[0, 0]} token {pos} {word!r}"
    expect(said(page)).to_have_text(f"strongest: {where} has activation +8")
    assert chart.evaluate("(canvas) => canvas.toDataURL()") != plain
    assert page.evaluate("window.selection.saved") == 0  # pointing chooses nothing
    first = band(page, "low").get_by_role("option").first
    first.hover()
    expect(said(page)).to_contain_text("does not count")


def test_a_click_keeps_the_token_and_the_feature_and_a_second_lets_go(page, given):
    token = band(page, "random tokens").get_by_role("option").nth(5)
    token.click()
    kept = host.chosen(page)
    assert (kept["feature"], kept["key"]) == (7, None)
    assert kept["pos"] == given.example_starts[0, 4] + 1  # the first one begins a place late
    assert kept["token_id"] == given.example_ids[0, 4, 1]
    assert page.evaluate("window.models[0].get('example')") == 4
    page.get_by_text("Four neurons").hover()
    expect(token).to_have_attribute("aria-selected", "true")
    token.click()
    assert (host.chosen(page)["pos"], host.chosen(page)["feature"]) == (None, 7)


def test_the_list_opens_features_and_python_can_too(page):
    features(page).get_by_role("option").filter(has_text="gamma").click()
    assert host.chosen(page)["feature"] == 40
    opened(page, 40)
    page.evaluate("window.selection.set({feature: 3, pos: null})")
    opened(page, 3)
    expect(features(page).locator("[aria-selected=true]")).to_contain_text("delta")
    page.evaluate("window.selection.set({feature: 99})")  # of some other view
    opened(page, 7)


def test_the_list_can_be_sorted_and_searched(page):
    order = page.get_by_label("Sort by")
    assert listed(page) == [3, 7, 12, 40]
    for by, numbers in (
        ("largest activation", [7, 12, 40, 3]),
        ("how often active, most first", [12, 3, 7, 40]),
        ("how often active, least first", [40, 7, 3, 12]),
    ):
        order.select_option(by)
        assert listed(page) == numbers
    search = page.get_by_role("searchbox", name="Search")
    for wanted, numbers in (("4", [40]), ("BET", [12]), ("gam", [40]), ("nothing", [])):
        search.fill(wanted)
        assert listed(page) == numbers
    expect(page.get_by_text("0 of 4 features")).to_be_visible()


def test_enter_in_the_search_opens_the_first_that_is_found(page):
    search = page.get_by_role("searchbox", name="Search")
    for wanted in ("gam", "nothing"):
        search.fill(wanted)
        search.press("Enter")
        assert page.evaluate("window.selection.saved") == 1
        assert host.chosen(page)["feature"] == 40
        opened(page, 40)


def test_of_many_features_the_open_one_is_always_listed(new_page):
    page = show(new_page(), FeatureView(many(1200)))
    expect(features(page).get_by_role("option")).to_have_count(600)
    expect(page.get_by_text("Only 600 are listed here.")).to_be_visible()
    page.evaluate("window.selection.set({feature: 1101})")
    expect(features(page).locator("[aria-selected=true]")).to_contain_text("1101")
    assert listed(page) == list(range(600, 1200))
    expect(features(page).locator("[aria-selected=true]")).to_be_in_viewport()
    page.get_by_role("searchbox", name="Search").fill("117")
    assert listed(page) == [117, *range(1170, 1180)]


def test_a_token_of_the_logits_or_the_strongest_examples_is_found(page, given):
    search = page.get_by_role("searchbox", name="Search")
    for number, word in enumerate(WORDS):
        search.fill(word.strip().upper())
        tops = given.example_ids[:, given.example_bands == 0, CENTRE]
        all_words = np.concatenate([given.up_ids, given.down_ids, tops], axis=1)
        expected = sorted(np.array(NUMBERS)[(all_words == number).any(1)].tolist())
        assert listed(page) == expected, word


def test_similar_features_are_opened_from_their_list(page):
    similar = page.get_by_role("listbox", name=re.compile("Most similar"))
    expect(similar.get_by_role("option")).to_have_text(["12 0.9", "40 0.5", f"3 {MINUS}0.1"])
    similar.get_by_role("option").nth(1).hover()
    expect(said(page)).to_contain_text("neuron 40 gamma: active on 0.10 % of tokens")
    similar.get_by_role("option").nth(1).click()
    assert host.chosen(page)["feature"] == 40
    opened(page, 40)


def test_everything_can_be_done_with_the_keyboard_alone(page, given):
    stops = set()
    page.get_by_text("Four neurons").click()
    for _ in range(9):
        page.keyboard.press("Tab")
        stops.add(page.evaluate("document.activeElement.dataset.lmSuppressShortcuts"))
    assert stops == {"true"}
    features(page).focus()
    page.keyboard.press("End")
    expect(said(page)).to_contain_text("neuron 40 gamma")
    opened(page, 7)  # the keys only point at it
    page.keyboard.press("Enter")
    assert host.chosen(page)["feature"] == 40
    opened(page, 40)
    band(page, "strongest").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert host.chosen(page)["pos"] == given.example_starts[2, 0] + 1
    page.keyboard.press("Escape")
    assert host.chosen(page)["pos"] is None
    page.keyboard.press("Escape")
    expect(band(page, "strongest")).not_to_be_focused()


def test_a_text_of_ones_own_is_read_by_the_open_feature(page, view):
    box = page.get_by_label("Try your own text")
    box.fill("to be seen")
    box.press("Enter")
    asked = page.evaluate("window.sent.at(-1)")
    assert asked == {"type": "read", "text": "to be seen", "feature": 7}
    host.reply(page, view, asked)
    own = band(page, "your own text")
    expect(own.get_by_role("option")).to_have_text(["to", "be", "seen"])
    own.get_by_role("option").last.hover()
    expect(said(page)).to_have_text("your own text: token 2 'seen' has activation +4")
    features(page).get_by_role("option").filter(has_text="gamma").click()
    page.wait_for_function("window.sent.at(-1).feature === 40")  # another one reads it anew
    host.reply(page, view, page.evaluate("window.sent.at(-1)"))
    own.get_by_role("option").last.hover()
    expect(said(page)).to_contain_text("has activation +12")


def test_the_box_says_what_went_wrong_and_when_there_is_no_model(page, new_page, view):
    box = page.get_by_label("Try your own text")
    box.fill("<b>")
    page.get_by_role("button", name="Read").click()
    message = {"type": "read", "feature": 7, "text": "<b>", "error": "no room for <b>"}
    page.evaluate("(message) => window.reply(0, message, [])", message)
    expect(page.get_by_role("alert").filter(has_text="no room for <b>")).to_be_visible()
    page.evaluate("window.kernel(false)")
    box.press("Enter")
    expect(page.get_by_text("this view needs a model in a running notebook")).to_be_visible()
    other = show(new_page(), FeatureView(dashboard()))
    other.get_by_label("Try your own text").fill("a")
    other.get_by_role("button", name="Read").click()
    expect(other.get_by_text("this view needs a model in a running notebook")).to_be_visible()
    assert other.evaluate("window.sent") == []


def test_examples_that_were_not_sent_are_asked_for_once(new_page, given):
    view = FeatureView(given, max_bytes=600)
    assert view.shape[6] < 3
    page = show(new_page(), view)
    expect(page.get_by_text("Examples of the first", exact=False)).to_be_visible()
    page.evaluate("window.sent.length = 0")
    features(page).get_by_role("option").filter(has_text="delta").click()
    expect(page.get_by_text("Fetching the examples of this feature")).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("' six'")  # the rest is there at once
    assert page.evaluate("window.sent") == [{"type": "feature", "feature": 3}]
    host.reply(page, view, {"type": "feature", "feature": 3})
    word = given.words[int(given.example_ids[3, 0, CENTRE])].strip()
    expect(page.locator(".iw-strong").first).to_have_text(f"·{word}")


def test_an_exported_page_has_all_but_the_box_and_says_what_it_lacks(new_page, tmp_path, given):
    view = FeatureView(given, title="Exported")
    view.to_html(tmp_path / "page.html")
    page = new_page()
    page.goto((tmp_path / "page.html").as_uri())
    features(page).get_by_role("option").filter(has_text="delta").click()
    expect(band(page, "strongest").get_by_role("option")).to_have_count(10)
    expect(page.get_by_label("Try your own text")).to_be_hidden()
    small = FeatureView(given, max_bytes=600)
    small.export_requests = list  # a page that could not take them along
    small.to_html(tmp_path / "small.html")
    page.goto((tmp_path / "small.html").as_uri())
    features(page).get_by_role("option").filter(has_text="delta").click()
    expect(page.get_by_text("The examples of this feature are not on this page")).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("' six'")


def test_an_input_that_was_made_stands_beside_the_best_examples(new_page, given):
    words = OptimisedInput(9.5, tokens=[" a", " b"], values=[1, 9.5])
    image = OptimisedInput(11, image=np.stack([np.eye(6), np.zeros((6, 6)), np.eye(6)], axis=2))
    view = FeatureView(dashboard(optimised={7: words, 40: image}))
    page = show(new_page(), view)
    made = band(page, "made to excite it")
    expect(made.get_by_role("option")).to_have_text(["·a", "·b"])
    expect(page.get_by_text("it reaches 9.5, the strongest example 8")).to_be_visible()
    page.evaluate("window.selection.set({feature: 40})")
    drawn = page.get_by_role("img", name="Image made to reach 11")
    expect(drawn).to_be_visible()
    pixels = drawn.evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, 2, 1).data]"
    )
    assert pixels == [255, 0, 255, 255, 0, 0, 0, 255]
    page.evaluate("window.selection.set({feature: 3})")
    expect(drawn).to_be_hidden()
    expect(page.get_by_text("made to excite it")).to_be_hidden()


def test_directions_have_colours_on_both_sides(new_page):
    page = show(new_page(), FeatureView(dashboard(kind="direction")))
    for words in (f"{MINUS}8", "+8"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_text("Colours run two ways from 0.")).to_be_visible()


def test_new_dashboards_are_drawn(page, view):
    view.update(dashboard(seed=2, names=["one", "two", "six", "ten"]))
    host.update(page, view)
    expect(page.get_by_text("neuron 7 one", exact=True)).to_be_visible()
    word = WORDS[dashboard(seed=2).example_ids[0, 0, CENTRE]].strip()
    expect(page.locator(".iw-strong").first).to_have_text(f"·{word}")


def test_views_that_share_a_selection_open_the_same_feature(new_page, tmp_path, given):
    one = FeatureView(given, title="One")
    other = FeatureView(given, title="Other", selection=one.selection)
    iw.to_html([one, other], tmp_path / "page.html")
    page = new_page()
    page.goto((tmp_path / "page.html").as_uri())
    features(page).first.get_by_role("option").filter(has_text="beta").click()
    expect(page.locator(".iw-heading")).to_have_text(["neuron 12 beta"] * 2)


@pytest.mark.lab
def test_in_jupyterlab_the_kernel_reads_a_text_and_sends_what_was_left_out(browser, lab):
    path = jupyter.write(
        lab.work / "features.ipynb",
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from interp_widgets import FeatureView\n"
        "from tests.widgets.feature_sample import dashboard, read",
        "view = FeatureView(dashboard(read=read), max_bytes=600)\nview",
    )
    page = jupyter.open_notebook(browser, lab, path.name)
    jupyter.run_all(page)
    expect(page.locator(".iw-strong").first).to_be_visible(timeout=jupyter.PATIENCE)
    box = page.get_by_label("Try your own text")
    box.fill("to be seen")
    box.press("Enter")
    expect(band(page, "your own text").get_by_role("option")).to_have_text(["to", "be", "seen"])
    features(page).get_by_role("option").filter(has_text="40").click()
    expect(page.locator(".iw-heading")).to_have_text("neuron 40")
    expect(band(page, "strongest").get_by_role("option")).to_have_count(10)
    band(page, "your own text").get_by_role("option").last.hover()
    expect(said(page)).to_have_text("your own text: token 2 'seen' has activation +12")
    page.context.close()
    jupyter.end_kernels(lab)


@pytest.mark.parametrize("guarded", [True, False])
def test_hostile_text_is_shown_and_never_executed(new_page, tmp_path, guarded):
    sevens = [HOSTILE[at : at + 7] for at in range(0, len(HOSTILE) - 6, 7)]
    views = [
        FeatureView(
            dashboard(
                words=words, names=words[:4], bands=words[:3],
                source={"model": words[0], "hook": words[1]},
                optimised={7: OptimisedInput(1, tokens=words, values=range(7))},
            ),
            title=words[0],
        )
        for words in sevens
    ]  # fmt: skip
    html = iw.to_html(views)
    if not guarded:
        html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    (tmp_path / "page.html").write_text(html, "utf-8")
    page = new_page()
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator(".iw-heading")).to_have_count(len(views))
    expect(said(page)).not_to_be_empty()
    for words, shown in zip(sevens, page.locator(".iw-view").all(), strict=True):
        made = iw.FeatureView(dashboard(words=words)).words
        tips = shown.locator("[title]").evaluate_all("(all) => all.map((one) => one.title)")
        chips = shown.locator("[role=option]").all_text_contents()
        assert set(made) <= set(chips)
        for word in words:
            assert any(text.literal(word) in tip for tip in tips), word
        assert shown.evaluate("(view) => view.scrollWidth <= view.clientWidth")
    assert page.evaluate("window.hits") == []


@pytest.mark.parametrize("width", [380, 760])
def test_nothing_is_wider_than_the_page(new_page, tmp_path, given, width):
    FeatureView(given, title="Narrow").to_html(tmp_path / "page.html")
    page = new_page(width=width)
    page.goto((tmp_path / "page.html").as_uri())
    expect(said(page)).not_to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
