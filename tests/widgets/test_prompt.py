"""Typing is never held up, the last prompt wins, and a failure leaves the picture."""

from __future__ import annotations

import threading

import pytest

from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.prompt import PromptBox
from tests.hostile import HOSTILE
from tests.widgets.samples import pattern

PATIENCE = 20


def run(prompt):
    if not prompt.strip():
        raise ValueError("prompt: expected some text, got none. Type a word.")
    return pattern(prompt.split(" "))


def box(**options):
    options = {"debounce": 0.0} | options
    return PromptBox(options.pop("run", run), AttentionView(run("a first one")), **options)


def shown(prompts):
    assert prompts.wait(PATIENCE)
    return prompts._view.pattern.tokens


def test_a_prompt_is_run_and_shown():
    prompts = box()
    prompts.prompt.value = "one two three four"
    assert shown(prompts) == ("one", "two", "three", "four")


def test_typing_goes_on_while_a_prompt_runs_and_only_the_last_is_shown():
    may_go_on, started, finished = threading.Event(), threading.Event(), []

    def slow(prompt):
        started.set()
        assert may_go_on.wait(PATIENCE)
        finished.append(prompt)
        return run(prompt)

    prompts = box(run=slow)
    prompts.prompt.value = "the first prompt"
    assert started.wait(PATIENCE)
    prompts.prompt.value = "the second"  # returns although the first still runs
    prompts.prompt.value = "and the last prompt"
    seen = []
    prompts._view.observe(lambda change: seen.append(change.new), "tokens")
    may_go_on.set()
    assert shown(prompts) == ("and", "the", "last", "prompt")
    assert finished == ["the first prompt", "and the last prompt"]
    assert seen == [["and", "the", "last", "prompt"]]


def test_a_pause_in_typing_is_waited_for():
    prompts = box(debounce=PATIENCE)
    prompts.prompt.value = "not yet"
    assert not prompts.wait(0.0)
    assert prompts._view.pattern.tokens == ("a", "first", "one")
    prompts.prompt.value = "now"
    prompts.prompt._handle_custom_msg({"event": "submit"}, [])  # Enter
    assert shown(prompts) == ("now",)


def test_a_prompt_that_cannot_be_run_says_why_and_keeps_the_picture():
    prompts = box()
    prompts.prompt.value = "   "
    assert shown(prompts) == ("a", "first", "one")
    said = "Nothing was run: the prompt should be some text, got none. Type a word."
    assert f">{said}<" in prompts.message.value
    prompts.prompt.value = "well then"
    assert shown(prompts) == ("well", "then")
    assert prompts.message.value == ""


def test_an_error_without_a_sentence_is_told_by_its_name():
    def fail(_prompt):
        raise MemoryError

    prompts = box(run=fail)
    prompts.prompt.value = "x y"
    assert prompts.wait(PATIENCE)
    assert ">Nothing was run: MemoryError<" in prompts.message.value


def test_an_example_is_a_click_away():
    prompts = box(examples=["a first one", "a b c d"])
    buttons = prompts.children[1].children
    assert [button.description for button in buttons] == ["a first one", "a b c d"]
    buttons[1].click()
    assert prompts.prompt.value == "a b c d"
    assert shown(prompts) == ("a", "b", "c", "d")


def test_words_the_model_does_not_know_are_marked():
    prompts = box(unknown_words=lambda prompt: [word for word in prompt.split() if word == "zyx"])
    prompts.prompt.value = "the zyx sat"
    assert prompts.wait(PATIENCE)
    assert "<mark>zyx</mark>" in prompts.message.value
    prompts.prompt.value = "the cat sat"
    assert prompts.wait(PATIENCE)
    assert prompts.message.value == ""


@pytest.mark.parametrize("token", [token for token in HOSTILE if "<" in token])
def test_hostile_words_and_errors_reach_the_page_as_text(token):
    def fail(_prompt):
        raise ValueError(token)

    prompts = box(unknown_words=lambda _prompt: [token])
    prompts.prompt.value = "x y"
    assert prompts.wait(PATIENCE)
    marked = prompts.message.value
    prompts = box(run=fail)
    prompts.prompt.value = "x y"
    assert prompts.wait(PATIENCE)
    for message in (marked, prompts.message.value):
        assert token not in message
        assert "&lt;" in message
