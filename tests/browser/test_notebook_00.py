"""Notebook 00 in a real JupyterLab, as a new user meets it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import expect

from interp_widgets import _lab
from tests.support import ROOT, running_lab

pytestmark = [pytest.mark.browser, pytest.mark.lab]

PATIENCE = 120_000  # ms until the last cell has run, on a busy machine with cold caches
TOKENS = ["</script><script>canary(1)</script>", "<img src=x onerror=canary(2)>", "<!--<script>"]
HOSTILE = "</script><script>canary('script')</script> <img src=x onerror=canary('handler')> <!--"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learner")
    _lab.copy_notebooks(ROOT / "notebooks", folder / "work")
    with running_lab(folder / "work", folder / "jupyter") as server:
        yield server


def open_lab(browser, lab, notebook):
    """A page with one notebook open and its kernel ready."""
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    page.add_init_script("window.hits = []; window.canary = (hit) => window.hits.push(hit);")
    page.goto(f"{lab.url}lab/tree/{notebook}?reset&token={lab.token}")
    expect(page.get_by_text(re.compile(r"Python 3.* \| Idle"))).to_be_visible(timeout=PATIENCE)
    return page


@pytest.fixture(scope="module")
def visit(browser, lab):
    """Notebook 00, opened and run to the end, and what the page did that it should not."""
    complaints: list[str] = []
    page = open_lab(browser, lab, _lab.FIRST)
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("console", lambda said: _complain(complaints, said))
    page.on("request", lambda asked: _leaves(complaints, asked, lab.url))
    run_all(page)
    yield page, complaints
    page.context.close()


def _complain(complaints, said):
    if said.type == "error":
        complaints.append(f"console: {said.text}")


def _leaves(complaints, asked, home):
    parts = urlsplit(asked.url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(home).netloc:
        complaints.append(f"request: {asked.url}")


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile(r"^Run All Cells")).first.click()
    expect(page.locator(".jp-RenderedPlotly")).to_be_visible(timeout=PATIENCE)


def first_view(page):
    return page.locator(".iw-view").filter(has_text="tiny-world reads your sentence")


def second_view(page):
    return page.locator(".iw-view").filter(has_text="The same list twice")


def test_the_picture_of_the_first_sentence_is_there(visit):
    page, _ = visit
    tokens = first_view(page).get_by_role("option")
    expect(tokens).to_have_count(15)
    expect(tokens.nth(2)).to_have_text("·Mary")


def test_pointing_at_a_word_changes_what_the_strip_says(visit):
    page, _ = visit
    said = first_view(page).get_by_role("status")
    before = said.inner_text()
    first_view(page).get_by_role("option", name="·store").hover()
    expect(said).to_contain_text("query ' store'")
    assert said.inner_text() != before


def test_the_arrow_keys_walk_through_the_heads_and_enter_keeps_one(visit):
    page, _ = visit
    view = first_view(page)
    view.get_by_role("application", name=re.compile("All heads")).focus()
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    for key in ("ArrowDown", "ArrowRight", "Enter", "b"):  # b is JupyterLab's key for a new cell
        page.keyboard.press(key)
    expect(view.get_by_text("Layer 1, head 1", exact=True)).to_be_visible()
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells


def test_typing_another_sentence_redraws_the_picture(visit):
    page, _ = visit
    box = page.get_by_label("Prompt")
    box.fill("Grace Ellis lives in")
    expect(first_view(page).get_by_role("option")).to_have_text(
        ["<bos>", "·Grace", "·Ellis", "·lives", "·in"]
    )


def test_words_the_model_does_not_know_are_marked_and_hostile_ones_are_shown_as_text(visit):
    page, _ = visit
    page.get_by_label("Prompt").fill(f"Hubert {HOSTILE}")
    expect(page.locator("mark").filter(has_text="Hubert")).to_be_visible()
    strip = first_view(page).get_by_role("option")
    expect(strip.last).to_have_text("-")
    assert HOSTILE in "".join(strip.all_inner_texts()).replace("·", " ")
    assert page.evaluate("window.hits") == []


def test_tokens_that_are_markup_from_end_to_end_are_shown_and_not_run(browser, lab):
    """A vocabulary may hold any text: each hostile string here is one token."""
    path = lab.work / "hostile.ipynb"
    cell = f"import numpy, interp_widgets as iw\niw.AttentionView(numpy.eye(3), tokens={TOKENS})"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    cells = [nbformat.v4.new_code_cell(cell)]
    nbformat.write(nbformat.v4.new_notebook(metadata=kernel, cells=cells), path)
    page = open_lab(browser, lab, path.name)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile(r"^Run All Cells")).first.click()
    strip = page.locator(".iw-view").get_by_role("option")
    expect(strip).to_have_count(3, timeout=PATIENCE)
    shown = [text.replace("·", " ") for text in strip.all_inner_texts()]
    assert shown == TOKENS
    assert page.evaluate("window.hits") == []
    page.context.close()


def test_the_canary_sings_when_text_does_become_markup(visit):
    page, _ = visit
    page.evaluate(
        "(text) => document.body.append(document.createRange().createContextualFragment(text))",
        '<p hidden><img src="data:," onerror="canary(1)"></p>',
    )
    page.wait_for_function("window.hits.length === 1")
    page.evaluate("window.hits.length = 0")


def test_an_induction_head_chosen_in_the_view_is_accepted_and_another_is_not(visit):
    page, _ = visit
    check = page.locator(".jp-CodeCell").filter(has_text="check_induction_head")
    expect(check.locator(".jp-OutputArea-output")).to_contain_text("Not started")
    assert verdict_of_head(page, check, 0, 0).startswith("Not yet")
    verdicts = [
        verdict_of_head(page, check, layer, head) for layer in (1, 2, 3) for head in range(4)
    ]
    assert any(verdict.startswith("Right") for verdict in verdicts)


def verdict_of_head(page, check, layer, head):
    view = second_view(page)
    view.get_by_role("application", name=re.compile("All heads")).focus()
    for key in ["ArrowUp"] * 4 + ["Home"] + ["ArrowDown"] * layer + ["ArrowRight"] * head:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(view.get_by_text(f"Layer {layer}, head {head}", exact=True)).to_be_visible()
    check.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    output = check.locator(".jp-OutputArea-output")
    expect(output).to_contain_text(re.compile(rf"[Ll]ayer {layer}, head {head} puts"))
    return output.inner_text()


def test_nothing_left_this_machine_and_nothing_went_wrong(visit):
    _, complaints = visit
    assert complaints == []


def test_after_the_kernel_is_gone_a_picture_and_a_sentence_remain(visit):
    page, _ = visit
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Shut Down Kernel")).click()
    page.reload()
    frozen = page.locator(".iw-frozen").first
    expect(frozen).to_be_visible(timeout=PATIENCE)
    expect(frozen.get_by_role("img")).to_have_attribute("alt", re.compile("layers of 4 heads"))
    expect(frozen).to_contain_text("run this cell again")
