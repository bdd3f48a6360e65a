"""Notebook 00 in a real JupyterLab, as a new user meets it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from interp_widgets import _lab
from tests.browser import attention_parts as parts
from tests.browser import jupyter
from tests.browser.jupyter import cell_with

pytestmark = [pytest.mark.browser, pytest.mark.lab]

HOSTILE = "</script><script>canary('script')</script> <img src=x onerror=canary('handler')> <!--"


@pytest.fixture(scope="module")
def visit(browser, lab):
    """Notebook 00, opened and run to the end, and what the page did that it should not."""
    page = jupyter.open_notebook(browser, lab, _lab.FIRST)
    complaints = jupyter.watch(page)
    page.on("request", lambda asked: _leaves(complaints, asked, lab.url))
    jupyter.run_all(page)
    expect(page.locator(".jp-RenderedPlotly")).to_be_visible(timeout=jupyter.PATIENCE)
    yield page, complaints
    page.context.close()
    jupyter.end_kernels(lab)


def _leaves(complaints, asked, home):
    parts = urlsplit(asked.url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(home).netloc:
        complaints.append(f"request: {asked.url}")


def first_view(page):
    return page.locator(".iw-view").filter(has_text="Attention: where each token looks")


def second_view(page):
    return page.locator(".iw-view").filter(has_text="The same list twice")


def test_the_picture_of_the_first_sentence_is_there(visit):
    page, _ = visit
    tokens = first_view(page).get_by_role("listbox").get_by_role("option")
    expect(tokens).to_have_count(15)
    expect(tokens.nth(2)).to_have_text("·Mary")


def test_each_view_has_a_question_of_its_own(visit):
    page, _ = visit
    for view in (first_view(page), second_view(page)):
        question = view.get_by_role("radio", name="Where does it look?")
        question.scroll_into_view_if_needed()  # what was never on the screen was not laid out
        expect(question).to_be_checked()


def test_pointing_at_a_word_changes_what_the_strip_says(visit):
    page, _ = visit
    said = first_view(page).get_by_role("status")
    before = said.inner_text()
    first_view(page).get_by_role("listbox").get_by_role("option", name="·store").hover()
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
    box = page.get_by_role("textbox", name="Prompt")
    box.fill("Grace Ellis lives in")
    expect(first_view(page).get_by_role("listbox").get_by_role("option")).to_have_text(
        ["<bos>", "·Grace", "·Ellis", "·lives", "·in"]
    )


def test_words_the_model_does_not_know_are_marked_and_hostile_ones_are_shown_as_text(visit):
    page, _ = visit
    page.get_by_role("textbox", name="Prompt").fill(f"Hubert {HOSTILE}")
    expect(page.locator("mark").filter(has_text="Hubert")).to_be_visible()
    strip = first_view(page).get_by_role("listbox").get_by_role("option")
    expect(strip.last).to_have_text("-")
    assert HOSTILE in "".join(strip.all_inner_texts()).replace("·", " ")
    assert page.evaluate("window.hits") == []


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
    expect(jupyter.verdict(page, "induction-head")).to_contain_text("Not started")
    assert verdict_of_head(page, 0, 0).startswith("Not yet")
    verdicts = [verdict_of_head(page, layer, head) for layer in (1, 2, 3) for head in range(4)]
    assert any(verdict.startswith("Right") for verdict in verdicts)


def verdict_of_head(page, layer, head):
    parts.choose_head(page, second_view(page), layer, head)
    output = jupyter.run_check(page, "induction-head")
    expect(output).to_contain_text(re.compile(rf"[Ll]ayer {layer}, head {head} puts"))
    return output.inner_text()


def test_hints_and_the_solution_are_uncovered_by_buttons(visit):
    page, _ = visit
    check = cell_with(page, 'lesson.check("previous-token-score"')
    for level in ("Hint 1", "Hint 2", "Hint 3"):
        check.get_by_role("button", name=level).click()
        expect(check.get_by_text(f"{level}.", exact=True)).to_be_visible()
    check.get_by_role("button", name="Solution").click()
    check.get_by_role("button", name="Show the solution").click()
    expect(check.get_by_text("def my_previous_token_score(weights):")).to_be_visible()
    expect(check.get_by_text("gives a hint")).to_be_hidden()  # that is for pages without buttons


def test_a_guess_is_written_down_and_then_compared(visit):
    page, _ = visit
    guess = cell_with(page, 'lesson.predict("layer-without")')
    guess.get_by_label("layer 2").check()
    guess.get_by_role("button", name="Write it down").click()
    expect(guess.get_by_text("Written down: layer 2.")).to_be_visible()
    reveal = cell_with(page, 'lesson.reveal("layer-without")')
    jupyter.run_cell(page, reveal)
    expect(reveal.get_by_text("The answer: layer 0; you predicted layer 2.")).to_be_visible()


def test_a_quiz_says_why_a_choice_is_wrong(visit):
    page, _ = visit
    quiz = cell_with(page, 'lesson.quiz("quiz")')
    quiz.get_by_label("at lamp").check()
    quiz.get_by_role("button", name="Check my answers").click()
    expect(
        quiz.get_by_text("That is the token just before: a previous-token head.")
    ).to_be_visible()
    expect(quiz.get_by_text("0 of 5 right.")).to_be_visible()


def test_nothing_left_this_machine_and_nothing_went_wrong(visit):
    _, complaints = visit
    assert complaints == []


def test_after_the_kernel_is_gone_a_picture_and_a_sentence_remain(visit):
    page, _ = visit
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    jupyter.choose(page, "Kernel", "Shut Down Kernel")
    page.reload()
    frozen = page.locator(".iw-frozen").first
    expect(frozen).to_be_visible(timeout=jupyter.PATIENCE)
    expect(frozen.get_by_role("img")).to_have_attribute("alt", re.compile("layers of 4 heads"))
    expect(frozen).to_contain_text("run this cell again")
    check = cell_with(page, 'lesson.check("previous-token-score"')
    expect(check.get_by_text('lesson.hint("previous-token-score") gives a hint.')).to_be_visible()
