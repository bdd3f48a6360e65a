"""Which numbers an AttentionView shows, which it asks for, and what it says of them."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from interp_widgets.widgets.attention import AttentionView
from tests.browser import host
from tests.browser.attention_parts import heads, one_head, said, tokens
from tests.widgets.samples import pattern

pytestmark = pytest.mark.browser


@pytest.fixture
def view():
    return AttentionView(pattern(token_ids=[10, 11, 12, 11, 13]), title="Mats")


@pytest.fixture
def page(new_page, view):
    return host.show(new_page(), view)


def test_the_foot_names_precision_and_model_and_its_tooltip_the_hook(new_page):
    source = {"model": "toy", "hook": "blocks.*.attn.hook_pattern"}
    page = host.show(new_page(), AttentionView(pattern(source=source)))
    foot = page.get_by_text("8-bit numbers, within 0.002 · toy", exact=True)
    expect(foot).to_have_attribute("title", "blocks.*.attn.hook_pattern")


def test_new_data_replace_the_old_in_place(page, view):
    view.update(pattern(("<bos>", " dog", " ran"), layers=1))
    host.update(page, view)
    expect(tokens(page).get_by_role("option")).to_have_text(["<bos>", "·dog", "·ran"])
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
    page.evaluate("window.reply(0, {type: 'focus', index: 1, rev: 0}, [])")
    heads(page).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("8-bit numbers")).to_be_visible()
    assert [message["index"] for message in page.evaluate("window.sent")] == [0]


def test_a_thin_diagonal_survives_pooling_and_a_cell_without_a_value_stays_one(page):
    values = [
        None if row < column else float(row == column) for row in range(50) for column in range(50)
    ]
    small = page.evaluate(
        "async (values) => { const { Sheet } = await import('./sheet.js');"
        " const all = Float32Array.from(values, (value) => value ?? NaN);"
        " return Array.from(new Sheet(all, 50, 50).pooled(7, 9).values,"
        "   (value) => Number.isNaN(value) ? null : value); }",
        values,
    )
    made = np.array(small, dtype=float).reshape(7, 9)
    rows, columns = np.arange(50) * 7 // 50, np.arange(50) * 9 // 50
    diagonal = set(zip(rows.tolist(), columns.tolist(), strict=True))
    assert {tuple(place) for place in np.argwhere(made == 1).tolist()} == diagonal
    assert np.isnan(made[0, -1])
    assert made[-1, 0] == 0


def test_of_values_of_both_signs_the_one_of_largest_magnitude_is_kept(page):
    small = page.evaluate(
        "async () => { const { Sheet } = await import('./sheet.js');"
        " const all = Float32Array.from([1, -3, 2, 0, -1, 2, NaN, -4]);"
        " return [...new Sheet(all, 2, 4).pooled(1, 2).values]; }"
    )
    assert small == [-3, -4]


@pytest.mark.parametrize("kind", ["uint8", "int8", "uint16", "int16"])
@pytest.mark.parametrize("packing", ["full", "tril"])
def test_every_kind_of_number_is_read_as_numpy_wrote_it(page, kind, packing):
    limits = np.iinfo(kind)
    shape = (3, 4, 4) if packing == "tril" else (3, 4, 6)
    steps = np.random.default_rng(0).integers(limits.min, limits.max, shape, endpoint=True)
    steps = np.tril(steps) if packing == "tril" else steps
    sent = steps[(..., *np.tril_indices(4))] if packing == "tril" else steps
    packed = {"dtype": kind, "scale": 0.5, "packing": packing, "rows": 4, "columns": shape[2]}
    read = page.evaluate(
        "async ([packed, sent]) => { const { unpack } = await import('./sheet.js');"
        " return [...unpack({ ...packed, ...window.unpacked({ bytes: sent }) }, 2)]; }",
        [packed, host.packed(sent.astype(np.dtype(kind).newbyteorder("<")).tobytes())],
    )
    assert np.array_equal(np.reshape(read, shape[1:]), steps[2] / 2)
