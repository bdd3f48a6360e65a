"""What a person does with a SuperpositionView, by mouse and by keyboard."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import interp_widgets as iw
from interp_widgets import text
from interp_widgets.widgets.superposition import SuperpositionView
from interp_widgets.widgets.tokens import TokenView
from tests.browser import host
from tests.browser.attention_parts import PAINTED
from tests.hostile import HOSTILE
from tests.widgets.superposition_samples import family
from tests.widgets.token_samples import token_values

pytestmark = pytest.mark.browser

MINUS = "\N{MINUS SIGN}"
PENTAGON = 2  # place of the instance
WRITTEN = """
window.written = [];
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  window.written.push(text);
  fillText.call(this, text, ...place);
};
"""


@pytest.fixture
def view():
    return SuperpositionView(family(), instance=PENTAGON, title="Shapes")


@pytest.fixture
def page(new_page, view):
    return show(new_page(), view)


def show(page, *views):
    host.show(page, *views, stem="superposition")
    expect(page.get_by_role("status").last).not_to_be_empty()
    return page


def plane(page):
    return page.get_by_role("application", name=re.compile("^The vectors of"))


def products(page):
    return page.get_by_role("application", name=re.compile("^Each vector times each"))


def said(page):
    return page.get_by_role("status").last


def signed(value):
    if abs(value) < 0.005:
        return "0"
    return f"{value:+.2f}".replace("-", MINUS)


def feature_reads(given, instance, feature):
    """What the readout says of a feature, but for its rival."""
    return (
        f"feature {feature}: length {given.lengths[instance, feature]:.2f}, "
        f"dimensionality {given.dimensionality[instance, feature]:.2f}, "
        f"importance {float(f'{given.importance[feature]:.2g}'):g}; it "
    )


def test_a_newcomer_sees_what_it_is_and_how_features_share(page):
    for words in ("Shapes", "density 0.02", "drawn by hand · 5 features in 2 hidden dimensions"):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("Each feature becomes one vector")).to_be_visible()
    expect(page.get_by_text("density, which is how often a feature is active")).to_be_visible()
    expect(said(page)).to_contain_text(
        "density 0.02: 3.02 features per hidden dimension, loss 0.00100; "
        "a feature has 0.40 to 0.40 of a dimension to itself"
    )
    for canvas in page.locator("canvas:visible").all():
        assert canvas.evaluate(PAINTED) > 5


def test_bars_say_their_numbers_to_those_who_cannot_see_them(page):
    own = page.get_by_role("img", name=re.compile("^Dimensionality of each feature"))
    expect(own).to_have_accessible_name(re.compile("0 0.40, 1 0.40, 2 0.40, 3 0.40, 4 0.40$"))
    per = page.get_by_role("img", name=re.compile("^Features per hidden dimension"))
    expect(per).to_have_accessible_name(
        re.compile("density 1 1.00, density 0.3 2.00, density 0.02 3.02$")
    )


def test_the_slider_goes_through_the_instances_by_keyboard(page, view):
    slider = page.get_by_role("slider", name="Trained instance")
    before = plane(page).evaluate("(canvas) => canvas.toDataURL()")
    slider.press("ArrowLeft")
    assert page.evaluate("window.models[0].state.instance") == 1
    expect(slider).to_have_attribute("aria-valuetext", "density 0.3")
    expect(said(page)).to_contain_text("density 0.3: 2.00 features per hidden dimension")
    assert plane(page).evaluate("(canvas) => canvas.toDataURL()") != before
    slider.press("Home")
    expect(said(page)).to_contain_text("a feature has 0.00 to 1.00 of a dimension to itself")
    view.instance = PENTAGON
    host.update(page, view)
    expect(slider).to_have_value("2")


def test_the_slider_has_no_steps_before_the_view_has_room_to_be_drawn(new_page, view):
    page = host.show(new_page(), stem="superposition")
    page.add_style_tag(content="body { width: 0 }")
    page.evaluate("(state) => window.show(state)", host.state_of(view))
    slider = page.get_by_role("slider", name="Trained instance")
    for key in ("ArrowRight", "End", "Home"):
        slider.press(key)
    assert page.evaluate("window.models[0].state.instance") == PENTAGON
    page.add_style_tag(content="body { width: auto }")
    expect(said(page)).to_contain_text("density 0.02: 3.02 features per hidden dimension")
    expect(slider).to_have_value("2")


def test_vectors_that_end_at_one_place_have_their_numbers_side_by_side(new_page):
    page = new_page()
    page.add_init_script(WRITTEN)
    weights = np.array([[1, 0], [1, 0.01], [0, 1], [0, -1]])
    show(page, SuperpositionView(weights))
    plane(page).focus()
    for key, feature, beside in (("End", 3, True), ("Home", 0, False)):
        page.evaluate("window.written = []")
        page.keyboard.press(key)
        expect(said(page)).to_contain_text(f"feature {feature}: length")
        assert ("0, 1" in page.evaluate("window.written")) is beside


def test_arrows_go_through_the_features_and_enter_keeps_one(page, view):
    plane(page).focus()
    page.keyboard.press("Home")
    for feature in range(5):
        expect(said(page)).to_contain_text(feature_reads(view.result, PENTAGON, feature))
        expect(said(page)).to_contain_text(f"product {MINUS}0.98")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert host.chosen(page)["feature"] == 3
    page.keyboard.press("Escape")
    assert host.chosen(page)["feature"] is None
    expect(said(page)).to_contain_text("features per hidden dimension")
    expect(plane(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(plane(page)).not_to_be_focused()


def test_a_click_at_the_end_of_a_vector_keeps_its_feature(page):
    """The first vector of the pentagon points to the right."""
    box = plane(page).bounding_box()
    right = {"x": box["width"] * 0.9, "y": box["height"] / 2}
    plane(page).click(position=right)
    assert host.chosen(page)["feature"] == 0
    plane(page).click(position=right)
    assert host.chosen(page)["feature"] is None


def test_the_table_reads_the_product_of_every_two_features(page, view):
    given = view.result.products(PENTAGON)
    products(page).focus()
    page.keyboard.press("Home")
    for row in range(3):
        for column in range(5):
            if row == column:
                expect(said(page)).to_contain_text(f"feature {row}: length 1.10")
            else:
                angle = min(abs(row - column), 5 - abs(row - column)) * 72
                expect(said(page)).to_have_text(
                    f"feature {row} times feature {column}: {signed(given[row, column])}, "
                    f"{angle}° apart"
                )
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert host.chosen(page)["feature"] == 3


def test_each_control_is_one_tab_stop_that_holds_the_notebooks_shortcuts_off(page):
    page.get_by_text("Shapes", exact=True).click()
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "(({tagName, dataset}) => [tagName, dataset.lmSuppressShortcuts])"
                "(document.activeElement)"
            )
        )
    assert stops[:3] == [["INPUT", "true"], ["CANVAS", "true"], ["CANVAS", "true"]]
    assert stops[3][0] == "BODY"


def test_vectors_of_many_dimensions_are_not_drawn_and_it_says_so(new_page):
    page = show(new_page(), SuperpositionView(family(hidden=4, features=6)))
    expect(page.get_by_text("These vectors have 4 dimensions, so they cannot be")).to_be_visible()
    expect(plane(page)).to_have_count(0)
    expect(products(page)).to_be_visible()


def test_a_single_instance_without_densities_needs_no_slider(new_page):
    page = show(new_page(), SuperpositionView(family().weights[PENTAGON]))
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(said(page)).to_contain_text("instance 0: 3.02 features per hidden dimension;")
    expect(page.get_by_text("The slider goes")).to_have_count(0)


def test_many_features_are_shown_whole_and_enlarged(new_page):
    weights = np.random.default_rng(0).normal(size=(250, 9)) / 3
    page = show(new_page(), SuperpositionView(weights))
    enlarged = page.get_by_role("img", name="The cells around the one in question, enlarged")
    expect(enlarged).to_be_visible()
    products(page).press("End")
    expect(said(page)).to_contain_text("feature 0 times feature 249")


def test_new_data_are_drawn(page, view):
    view.update(family(hidden=4, features=6))
    host.update(page, view)
    expect(plane(page)).to_have_count(0)
    expect(said(page)).to_contain_text(f"{view.per_dimension[PENTAGON]:.2f} features per hidden")


def test_an_exported_page_stays_linked_by_feature_and_shows_hostile_text(new_page, tmp_path):
    tokens = TokenView(token_values((0, 2, 4)))
    views = [
        SuperpositionView(family(source={"model": word}), title=word, selection=tokens.selection)
        for word in HOSTILE
    ]
    iw.to_html([tokens, *views], tmp_path / "page.html")
    page = new_page()
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator(".iw-superposition")).to_have_count(len(HOSTILE), timeout=20_000)
    for word, view in zip(HOSTILE, page.locator(".iw-superposition").all(), strict=True):
        assert view.get_attribute("aria-label") == (text.prose(word) or "Superposition")
        assert text.prose(word, 80) in view.evaluate("(root) => root.textContent")
        assert view.evaluate("(root) => root.scrollWidth <= root.clientWidth"), word
    page.get_by_role("combobox", name="Channel", exact=True).select_option(index=1)
    expect(said(page)).to_contain_text("feature 2: length 0.00")
    assert page.evaluate("window.hits") == []


def test_nothing_is_wider_than_the_page(new_page, tmp_path):
    SuperpositionView(family()).to_html(tmp_path / "page.html")
    page = new_page(scheme="dark")
    page.goto((tmp_path / "page.html").as_uri())
    for width in (380, 760, 1200):
        page.set_viewport_size({"width": width, "height": 700})
        expect(page.locator("canvas").first).not_to_have_js_property("width", 0)
        expect(said(page)).to_contain_text("features per hidden dimension")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
