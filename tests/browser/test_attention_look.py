"""An AttentionView in light and dark, narrow and wide."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from interp_widgets import theme
from interp_widgets.widgets.attention import AttentionView
from tests.browser import host
from tests.browser.attention_parts import looks, one_head, said, tokens
from tests.widgets.samples import pattern

pytestmark = pytest.mark.browser


@pytest.fixture
def view():
    return AttentionView(pattern(token_ids=[10, 11, 12, 11, 13]), title="Mats")


@pytest.fixture
def page(new_page, view):
    return host.show(new_page(), view)


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
EVERY_CANVAS_SHOWS = """(colour) => [
  ...document.querySelectorAll('canvas:not([hidden])')
].every((canvas) => {
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


def test_the_page_never_shrinks_under_a_resting_mouse(new_page):
    words = ("<bos>", *(f" {letter * 300}" for letter in "abc"), " end")
    page = host.show(new_page(width=500), AttentionView(pattern(words)))
    root = page.locator(".iw-attention")
    tokens(page).get_by_role("option").first.hover()
    expect(said(page)).to_contain_text("query '<bos>' looks")
    before = root.bounding_box()["height"]
    tokens(page).get_by_role("option").nth(3).hover()
    expect(said(page)).to_contain_text("query ' ccc")
    high = root.bounding_box()["height"]
    tokens(page).get_by_role("option").first.hover()
    expect(said(page)).to_contain_text("query '<bos>' looks")
    assert root.bounding_box()["height"] >= high > before


@pytest.mark.parametrize("width", [380, 760, 1200])
def test_nothing_is_cut_off_at_any_width_and_resizing_settles(new_page, view, width):
    page = host.show(new_page(width=width), view)
    expect(said(page)).to_have_text(looks(view, query=4))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    height = page.locator(".iw-attention").bounding_box()["height"]
    page.set_viewport_size({"width": width, "height": 300})
    assert page.locator(".iw-attention").bounding_box()["height"] == height
