"""What axe-core finds wrong for a reader with a keyboard or a screen reader: nothing.

It cannot read canvas text; the contrast of that is in `tests/test_theme.py`.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import interp_widgets as iw
from interp_widgets.results import AttentionPattern, OptimisedInput
from interp_widgets.widgets import _frozen
from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.features import FeatureView
from interp_widgets.widgets.lens import LogitLensView
from interp_widgets.widgets.patching import PatchView
from interp_widgets.widgets.superposition import SuperpositionView
from interp_widgets.widgets.tokens import TokenView
from tests.browser import host
from tests.widgets.feature_sample import dashboard, read
from tests.widgets.lens_sample import lens
from tests.widgets.patch_samples import sweep
from tests.widgets.samples import WORDS, pattern, weights
from tests.widgets.superposition_samples import family
from tests.widgets.token_samples import token_values

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("scheme", ["light", "dark"]),
]

SAVED = """<!doctype html><html lang="en"><head><title>Saved</title>
<meta name="color-scheme" content="light dark"></head>
<body><main><h1>A saved notebook</h1>{}</main></body></html>"""
FAINT = "for (const chip of document.querySelectorAll('[role=option]')) chip.style.color = '#888'"
WHOLE_PAGE = None


@pytest.fixture
def view():
    """A view in which something is chosen, so that every mark it can show is there."""
    view = AttentionView(pattern(source={"model": "toy"}), title="Mats")
    view.selection.set(layer=1, head=2, pos=2)
    return view


def faults(page, part=WHOLE_PAGE):
    """The rules that a page or a part of it breaks, each with what breaks it."""
    found = Axe().run(page, context=part)
    assert found.response["passes"], "axe-core has looked at nothing"
    return {
        rule["id"]: [f"{node['html']}: {node['failureSummary']}" for node in rule["nodes"]]
        for rule in found.response["violations"]
    }


def every_form(view):
    """The view with all it can show: an order, no first token, a difference, a second text."""
    queries = ("Le", " tapis")
    across = weights(2, 3, 5, causal=False)[:, :, :2]
    return [
        view,
        AttentionView(pattern(), order="induction", hide_first=True, title="No first token"),
        AttentionView(pattern(), compare=weights(seed=1), title="The difference of two runs"),
        AttentionView(AttentionPattern(across, WORDS, queries=queries), title="Two texts"),
        AttentionView(pattern([f" w{place}" for place in range(200)]), title="A long text"),
    ]


def test_the_exported_page_has_no_fault_and_a_planted_one_is_found(
    new_page, tmp_path, view, scheme
):
    iw.to_html(every_form(view), tmp_path / "page.html")
    page = new_page(scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.get_by_role("status").first).to_contain_text("layer 1 head 2")
    expect(page.get_by_role("status").last).to_contain_text("w199")
    assert faults(page) == {}
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert set(faults(page)) == {"html-has-lang"}


def test_the_live_view_has_no_fault_and_a_planted_one_is_found(new_page, view, scheme):
    page = host.show(new_page(scheme=scheme), view)
    page.evaluate("window.selection.set({layer: 1, head: 2, pos: 2})")
    expect(page.get_by_role("status")).to_contain_text("layer 1 head 2")
    assert faults(page, ".iw-view") == {}
    page.evaluate(FAINT)
    page.get_by_role("listbox").evaluate("(box) => box.removeAttribute('aria-label')")
    assert set(faults(page, ".iw-view")) >= {"color-contrast", "aria-input-field-name"}


def test_text_with_values_has_no_fault_and_a_planted_one_is_found(new_page, tmp_path, scheme):
    views = [
        TokenView(token_values(), channel=40, scale="own", title="A scale for each row"),
        TokenView(token_values(["loss", "entropy", "probe"], sign=-1), title="Both signs"),
        TokenView(WORDS, range(5), channels=["loss"], title="One row"),
    ]
    views[0].selection.set(pos=2)
    iw.to_html(views, tmp_path / "page.html")
    page = new_page(scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.get_by_role("status").last).to_contain_text("loss")
    assert faults(page) == {}
    page.get_by_role("listbox").first.evaluate("(box) => box.removeAttribute('aria-label')")
    assert set(faults(page)) == {"aria-input-field-name"}


def test_a_lens_has_no_fault_and_a_planted_one_is_found(new_page, tmp_path, scheme):
    view = LogitLensView([lens(), lens(1, name="other", divergence=None)], title="Cats")
    view.selection.set(layer=0, pos=2)
    view.to_html(tmp_path / "page.html")
    page = new_page(width=500, scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    page.get_by_text("These ranks as a table").click()
    expect(page.get_by_role("table").last).to_contain_text("after layer 0")
    assert faults(page) == {}
    page.evaluate("for (const cell of document.querySelectorAll('td')) cell.style.color = '#777'")
    page.get_by_label("Target token").evaluate("(input) => input.parentNode.replaceWith(input)")
    assert set(faults(page)) >= {"color-contrast", "select-name"}


def test_patching_has_no_fault_and_a_planted_one_is_found(new_page, tmp_path, scheme):
    views = [
        PatchView(sweep(), title="By token"),
        PatchView(sweep(("layer", "head")), title="Heads"),
    ]
    views[0].selection.set(layer=1, pos=1)
    iw.to_html(views, tmp_path / "page.html")
    page = new_page(width=500, scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.get_by_role("table").last).to_contain_text("probability")
    assert faults(page) == {}
    page.evaluate("for (const cell of document.querySelectorAll('td')) cell.style.color = '#777'")
    assert set(faults(page)) == {"color-contrast"}


def test_superposition_has_no_fault_and_a_planted_one_is_found(new_page, tmp_path, scheme):
    views = [
        SuperpositionView(family(), instance=2, title="Two dimensions"),
        SuperpositionView(family(hidden=4, features=6), title="Four dimensions"),
    ]
    views[0].selection.set(feature=3)
    iw.to_html(views, tmp_path / "page.html")
    page = new_page(width=500, scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.get_by_role("status").last).to_contain_text("features per hidden dimension")
    assert faults(page) == {}
    page.get_by_role("slider").first.evaluate("(input) => input.parentNode.replaceWith(input)")
    page.get_by_role("img").first.evaluate("(canvas) => canvas.removeAttribute('aria-label')")
    assert set(faults(page)) == {"label", "role-img-alt"}


def test_dashboards_have_no_fault_and_a_planted_one_is_found(new_page, tmp_path, scheme):
    made = OptimisedInput(9, tokens=[" a", " b"], values=[1, 9])
    image = OptimisedInput(9, image=[[0.0, 1.0]])
    views = [
        FeatureView(dashboard(optimised={7: made}), title="With a text"),
        FeatureView(dashboard(optimised={7: image}, kind="direction"), title="With an image"),
    ]
    views[0].example = 2
    views[0].selection.set(feature=7, pos=int(dashboard().example_starts[0, 2]) + 1)
    iw.to_html(views, tmp_path / "page.html")
    page = new_page(scheme=scheme)
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.get_by_role("status").last).to_contain_text("active on")
    assert faults(page) == {}
    page.get_by_role("searchbox").first.evaluate("(box) => box.parentNode.replaceWith(box)")
    page.evaluate("for (const cell of document.querySelectorAll('td')) cell.style.color = '#777'")
    page.get_by_role("listbox").last.evaluate("(box) => box.removeAttribute('aria-label')")
    assert set(faults(page)) >= {"aria-input-field-name", "color-contrast"}


def test_live_dashboards_with_a_text_that_was_read_have_no_fault(new_page, scheme):
    view = FeatureView(dashboard(read=read))
    page = host.show(new_page(width=500, scheme=scheme), view, stem="features")
    page.get_by_label("Try your own text").fill("to be seen")
    page.get_by_role("button", name="Read").click()
    host.reply(page, view, page.evaluate("window.sent.at(-1)"))
    expect(page.get_by_role("option", name="seen")).to_be_visible()
    assert faults(page, ".iw-view") == {}


def test_the_frozen_picture_has_no_fault_and_a_planted_one_is_found(
    new_page, tmp_path, view, scheme
):
    path = tmp_path / "saved.html"
    path.write_text(SAVED.format(_frozen.bundle(view)["text/html"]), "utf-8")
    page = new_page(scheme=scheme)
    page.goto(path.as_uri())
    page.get_by_text("The largest weights").click()
    expect(page.get_by_role("row").last).to_be_visible()
    assert faults(page) == {}
    page.get_by_role("img").evaluate("(picture) => picture.removeAttribute('alt')")
    assert set(faults(page)) == {"image-alt"}
