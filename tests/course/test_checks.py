"""A check says in words what is wrong, and never fails, hangs, or changes what it is given."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from interp_widgets.course import checks, expect, limits, values
from interp_widgets.course.exercises import Computed, Exercise, Selected
from interp_widgets.widgets._selection import SelectionValue
from tests.course import sample


def verdict(answer, exercise=None, seconds=2.0):
    return checks.grade(exercise or sample.exercise(), answer, seconds)


def test_a_right_answer_passes_with_the_sentence_of_its_check():
    assert str(verdict(lambda v: v @ v.T)) == "Right. Every pair is there."


def test_a_right_answer_need_not_be_the_reference():
    assert verdict(lambda v: np.einsum("ik,jk->ij", v, v)).passed


def test_a_typical_mistake_gets_its_own_message():
    assert verdict(lambda v: v.T @ v).advice == "The transpose is on the wrong side."
    assert verdict(lambda v: np.diagonal(v @ v.T)).advice == "This is only the diagonal."


def test_an_unknown_mistake_shows_what_was_expected_and_what_came():
    said = verdict(lambda v: v @ v.T + 1)
    assert said.state == "not yet"
    assert said.advice == ""
    rows = {row[0]: row[1:] for row in said.table.rows}
    assert rows["[1, 1]"] == ("50", "51")


def test_a_wrong_shape_is_said_in_words():
    assert "should be an array of shape (2, 2), and is an array of shape (3, 3)" in str(
        verdict(lambda v: v.T @ v)
    )


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (3, "should be a function, and is 3"),
        ([1, 2], "should be a function, and is a list of 2"),
        (lambda v: print(end=""), "returns nothing (None). Is a `return` missing?"),
        (lambda v: "many", "and is the text 'many'"),
        (lambda v: [[1, 2], [3]], "The rows of the table differ in length"),
    ],
)
def test_an_answer_of_another_kind_is_named(answer, says):
    said = verdict(answer)
    assert said.state == "not yet"
    assert says in said.message


def nothing(vectors): ...


def described(vectors):
    """Multiply each vector with each."""
    ...  # noqa: PIE790 -- as notebooks write it


def raising(vectors):
    raise NotImplementedError


def raising_with_words(vectors):
    """Multiply each vector with each."""
    raise NotImplementedError("your turn")


def blank_in_a_sum(vectors):
    return vectors + ...


def blank_as_the_result(vectors):
    result = ...
    return result  # noqa: RET504 -- as notebooks write it


STUBS = [..., nothing, described, raising, raising_with_words, blank_in_a_sum, blank_as_the_result]


@pytest.mark.parametrize("stub", STUBS)
def test_an_untouched_stub_is_not_started(stub):
    said = verdict(stub)
    assert said.state == "not started"
    assert str(said).startswith("Not started: ")


@pytest.mark.parametrize("blank", [[1, ...], (..., 2), {"a": [3, ...]}])
def test_a_value_with_a_blank_in_it_is_not_started(blank):
    assert verdict(blank, sample.SEVEN).state == "not started"


def test_a_body_that_does_something_is_started():
    def constant(vectors):
        return 5

    def dots(vectors):
        return vectors[..., 0]

    assert verdict(constant).state == "not yet"
    assert verdict(dots).state == "not yet"


def test_a_missing_feature_of_a_library_is_no_stub():
    def uses_it(vectors):
        return torch.zeros(2).to_mkldnn().unfold(0, 1, 1)

    said = verdict(uses_it)
    assert said.state == "not yet"
    assert "uses_it, line" in said.code


def test_an_error_is_shown_as_the_learners_with_the_line():
    def my_gram(vectors):
        halves = vectors[:1]
        return helper(halves)

    def helper(halves):
        return halves @ halves

    said = verdict(my_gram)
    assert said.state == "not yet"
    assert "Your code raised ValueError: matmul" in said.message
    first, second = said.code.splitlines()
    assert first.endswith(":  return helper(halves)")
    assert first.startswith("my_gram, line ")
    assert second.startswith("helper, line ")
    assert second.endswith(":  return halves @ halves")


@pytest.mark.parametrize("error", [SystemExit, RecursionError, MemoryError, Exception])
def test_whatever_a_learners_code_raises_becomes_a_verdict(error):
    def my_gram(vectors):
        raise error

    said = verdict(my_gram)
    assert said.state == "not yet"
    assert said.message == f"Your code raised {error.__name__}"


def test_pressing_interrupt_is_no_answer():
    def interrupted(vectors):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verdict(interrupted)


def endless(vectors):
    while True:
        try:
            vectors = vectors + 1
        except Exception:  # noqa: BLE001, S112 -- the time limit gets through this
            continue


def test_a_loop_without_end_is_stopped_and_its_line_is_shown():
    said = verdict(endless, seconds=0.3)
    assert said.state == "not yet"
    assert "is there a loop that never ends?" in said.message
    assert "endless, line" in said.code
    assert "help stopped" in said.advice


def test_a_loop_without_end_is_stopped_in_another_thread_too():
    found = []
    thread = threading.Thread(target=lambda: found.append(verdict(endless, seconds=0.3)))
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert "was stopped" in found[0].message


def test_code_that_cannot_be_stopped_is_told_to_the_person_who_waits():
    warned = threading.Event()
    heard = []

    def hear(sentence):
        heard.append(sentence)
        warned.set()

    def stubborn():
        while not warned.is_set():
            try:
                while not warned.is_set():
                    pass
            except:  # noqa: E722, S110 -- what the message warns of
                pass

    limits.run(stubborn, seconds=0.1, grace=0.1, warn=hear)
    assert "could not be stopped" in heard[0]
    assert "Interrupt" in heard[0]


def test_nothing_is_raised_after_code_that_ended_in_time():
    for _ in range(300):
        try:
            limits.run(lambda: sum(range(2000)), seconds=0.0002, grace=1)
        except limits.TimeUpError:
            continue
    assert sum(range(200_000)) == 19999900000  # enough steps for a late error to arrive


def test_a_check_gives_a_learners_function_copies():
    def greedy(vectors):
        vectors *= 0
        return vectors @ vectors.T

    assert "Your function changes `vectors`" in verdict(greedy).message
    assert verdict(lambda v: v @ v.T).passed


@pytest.mark.parametrize(
    "answer",
    [np.arange(3.0), torch.arange(3.0), torch.ones(3, requires_grad=True), [[1.0], [2.0, 3.0]]],
)
def test_a_check_that_changes_its_answer_changes_a_copy(answer):
    def spoil(given):
        given[0] = 0 * given[0]
        given[-1] = given[0]

    before = repr(answer)
    spoiling = sample.exercise(check=spoil, inputs=None)
    assert verdict(answer, spoiling).passed
    assert repr(answer) == before


def test_a_selection_is_an_answer():
    assert verdict(SimpleNamespace(layer=1, head=2), sample.HEAD).passed
    wrong = verdict(SimpleNamespace(layer=4, head=3), sample.HEAD)
    assert wrong.advice == "It is in the last layer."
    neighbour = "The neighbour is near, but no."
    assert verdict(Selected(1, 1), sample.HEAD).advice == neighbour
    assert verdict(SelectionValue(layer=1, head=1, pos=4), sample.HEAD).advice == neighbour
    assert verdict(SelectionValue(layer=2, head=1), sample.HEAD).advice == ""


@pytest.mark.parametrize(
    ("selected", "says"),
    [
        (Selected(), "nothing is selected"),
        (Selected(layer=1), "no head is selected"),
        (SimpleNamespace(layer=None, head=2), "no layer is selected"),
        (SimpleNamespace(layer=None, head=None, pos=3), "no head is selected"),
    ],
)
def test_what_is_not_selected_is_not_started(selected, says):
    said = verdict(selected, sample.HEAD)
    assert said.state == "not started"
    assert says in said.message


def test_a_position_is_called_a_token():
    with pytest.raises(expect.NotStartedError, match="no token is selected"):
        expect.selected(SelectionValue(feature=1), "pos")


def test_something_else_than_a_selection_is_told_what_to_hand_in():
    said = verdict(12, sample.HEAD)
    assert said.state == "not yet"
    assert "`view.selection.value`" in said.message


def test_a_check_that_cannot_read_an_answer_compares_it_with_the_reference():
    def careless(answer):
        return answer.shape

    said = verdict("seven", sample.exercise(check=careless, reference=7, inputs=None))
    assert said.state == "not yet"
    assert "This should be like 7, and is the text 'seven'." in said.message


def test_what_the_check_needs_is_loaded_outside_the_time_limit_and_may_be_missing():
    def missing():
        raise FileNotFoundError("tiny-world is not here")

    said = verdict(lambda v: v, sample.exercise(reference=Computed(missing), inputs=None))
    assert said.state == "unchecked"
    assert "tiny-world is not here" in said.message
    assert "help unchecked" in said.advice


def test_hostile_text_stays_text():
    said = verdict(lambda v: "<script>alert(1)</script>")
    assert "<script>" in str(said)
    assert "<script>" not in said.html()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"slug": "Gram Matrix"}, "slug: expected lower-case words joined by -"),
        ({"hints": ["one"]}, r"hints of gram: expected one of \[3\], got 1"),
        ({"mistakes": []}, "mistakes of gram: expected one of"),
        ({"difficulty": 6}, "difficulty of gram: expected one of"),
    ],
)
def test_an_exercise_that_is_not_complete_is_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        sample.exercise(**changes)
    assert isinstance(sample.exercise(), Exercise)


def test_a_network_is_handed_over_as_it_is():
    network = torch.nn.Linear(2, 1)
    assert values.copied(network) is network
    assert values.copied([network])[0] is network
    assert values.same(network, network)
