"""The matrix that views share, without any view: rectangles, both signs, text in the cells."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import host

pytestmark = pytest.mark.browser

MAKE = """async () => {
  const [{ Matrix }, { cellText }, { readColours }, { Sheet }] = await Promise.all(
    ["matrix", "celltext", "paint", "sheet"].map((name) => import(`./${name}.js`)));
  const root = document.createElement("section");
  root.className = "iw";
  document.body.append(root);
  window.told = [];
  const tell = (name) => (place) => { window.told.push([name, place]); return true; };
  const view = { hover: () => {}, key: tell("key"), commit: tell("commit"), letGo: tell("letGo") };
  const matrix = new Matrix(root, view, ({ row, column }) => [row, column],
    () => ({ row: 1, column: 2 }));
  const colours = readColours(root);
  const shade = colours.shade(-2, 2);
  const sheet = new Sheet(Float32Array.from([-2, -1, 0, 1, 2, NaN, 1, 1, 0, 0, -1, 2]), 3, 4);
  window.draw = (text) => {
    const axis = (title, count) => ({ title, labels: Array.from({ length: count }, String) });
    const over = text && cellText(matrix, shade, colours.style("muted"), () => text);
    matrix.rebuild({ room: 500, rows: axis("layer", 3), columns: axis("token", 4), cell: 60,
      height: 24, over, label: "Effects" }, colours);
    matrix.draw(sheet, shade, { row: 1, column: null });
    return [matrix.box, matrix.canvas.toDataURL()];
  };
}"""
COLOURS = """(canvas, places) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  return places.map(([x, y]) => [...data.slice(4 * (y * canvas.width + x)).slice(0, 3)]);
}"""


@pytest.fixture
def page(new_page):
    page = host.show(new_page())
    page.evaluate(MAKE)
    return page


def test_cells_are_as_wide_and_as_high_as_they_are_asked_to_be(page):
    (_, _, width, height), _ = page.evaluate("window.draw()")
    assert (width, height) == (4 * 60, 3 * 24)


def test_text_in_the_cells_is_drawn(page):
    _, bare = page.evaluate("window.draw()")
    _, written = page.evaluate("window.draw('the')")
    _, otherwise = page.evaluate("window.draw('cat')")
    assert len({bare, written, otherwise}) == 3


def test_negative_zero_positive_and_missing_have_colours_of_their_own(page):
    (left, top, _, _), _ = page.evaluate("window.draw()")
    middles = [(left + 60 * (at % 4) + 20, top + 24 * (at // 4) + 8) for at in (0, 2, 4, 5)]
    found = page.get_by_label("Effects").evaluate(COLOURS, middles)
    minus, zero, plus, missing = found
    assert minus[2] > minus[0]
    assert plus[0] > plus[2]
    assert min(zero) > max(*minus, *plus[1:])
    assert missing not in (minus, zero, plus)


def test_keys_move_within_the_cells_and_are_told_as_places(page):
    page.evaluate("window.draw()")
    matrix = page.get_by_role("application", name="Effects")
    for key in ("ArrowUp", "PageDown", "End", "Home", "Enter"):
        matrix.press(key)
    told = [["key", place] for place in ([0, 2], [2, 2], [1, 3], [1, 0])]
    assert page.evaluate("window.told") == [*told, ["commit", [1, 2]]]
    expect(matrix).to_be_focused()
