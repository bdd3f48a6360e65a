"""The verbs of a lesson, as plain text and as buttons; a check hands back what later cells need."""

from __future__ import annotations

import json

import numpy as np
import pytest

from interp_widgets.course import hints, screen
from interp_widgets.course.exercises import Selected
from interp_widgets.course.predictions import PredictionBox
from interp_widgets.course.quiz import QuizBox
from tests.course import sample


@pytest.fixture
def lesson(tmp_path):
    return sample.lesson(tmp_path)


@pytest.fixture
def stored(lesson):
    """What is in the file now."""
    return lambda: json.loads(lesson.store.path.read_text())["lessons"]["02_sample"]


def my_gram(vectors):
    return np.einsum("ik,jk->ij", vectors, vectors)


def wrong_gram(vectors):
    return vectors.T @ vectors


def nothing(vectors): ...


def test_a_right_answer_is_handed_back(lesson, capsys):
    assert lesson.check("gram", my_gram) is my_gram
    assert capsys.readouterr().out == "Right. Every pair is there.\n"


@pytest.mark.parametrize("answer", [..., nothing, wrong_gram, 12, None])
def test_instead_of_any_other_answer_the_reference_is_handed_back(lesson, answer, capsys):
    assert lesson.check("gram", answer) is sample.gram
    assert 'lesson.hint("gram")' in capsys.readouterr().out


def test_later_cells_may_change_the_reference_that_they_were_given(tmp_path):
    table = sample.exercise(reference=np.arange(3.0), inputs=None, check=sample.check_seven)
    lesson = sample.lesson(tmp_path, exercises=[table])
    given = lesson.check("gram", ...)
    given[:] = 99
    assert lesson.check("gram", ...).tolist() == [0, 1, 2]


def test_running_a_check_again_marks_the_answer_again(lesson, stored):
    for _ in range(3):
        assert lesson.check("gram", wrong_gram) is sample.gram
    assert stored()["checks"]["gram"] == {
        "passed": False,
        "tries": 3,
        "hints": 0,
        "solution": False,
    }


def test_tries_count_until_the_first_success_and_an_empty_stub_is_no_try(lesson, stored):
    for answer in (nothing, wrong_gram, my_gram, my_gram, wrong_gram):
        lesson.check("gram", answer)
    assert stored()["checks"]["gram"]["tries"] == 2
    assert stored()["checks"]["gram"]["passed"]


def test_hints_come_one_after_the_other_and_are_counted(lesson, stored, capsys):
    for expected in ("Hint 1 of 3. First.", "Hint 2 of 3. Second.", "Hint 3 of 3. Third."):
        lesson.hint("gram")
        assert capsys.readouterr().out.startswith(expected)
    lesson.hint("gram")
    assert capsys.readouterr().out == "Hint 3 of 3. Third.\n"
    assert stored()["checks"]["gram"]["hints"] == 3
    lesson.hint("gram", 1)
    assert "First." in capsys.readouterr().out
    assert stored()["checks"]["gram"]["hints"] == 3


def test_a_hint_that_does_not_exist_is_refused(lesson):
    with pytest.raises(ValueError, match="level: expected 1 to 3, got 4"):
        lesson.hint("gram", 4)


def test_the_solution_asks_first(lesson, capsys):
    lesson.solution("gram")
    assert "return" not in capsys.readouterr().out
    lesson.solution("gram", sure=True)
    assert capsys.readouterr().out == (
        'def my_gram(vectors):\n    """Multiply each vector with each."""\n'
        "    return vectors @ vectors.T\n"
    )


@pytest.mark.parametrize(("slug", "said"), [("seven", "7\n"), ("head", "layer 1, head 2\n")])
def test_the_solution_of_a_value_is_the_value(lesson, capsys, slug, said):
    lesson.solution(slug, sure=True)
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("verb", ["check", "hint", "solution", "predict", "reveal", "quiz"])
def test_a_name_that_the_lesson_does_not_have_is_refused_with_those_that_it_has(lesson, verb):
    more = [1] if verb == "check" else []
    with pytest.raises(ValueError, match=r"expected one of this lesson's \(.*\), got 'nonsense'"):
        getattr(lesson, verb)("nonsense", *more)


# --- predictions ---


def test_a_guess_is_stored_before_the_answer_is_shown_and_not_changed_after(lesson, stored, capsys):
    lesson.reveal("which")
    assert "No prediction yet" in capsys.readouterr().out
    lesson.predict("which", "c")
    assert stored()["predictions"]["which"] == {"value": 2, "right": False, "revealed": False}
    assert capsys.readouterr().out == "Written down: layer 2.\n"
    lesson.reveal("which")
    assert capsys.readouterr().out == "The answer: layer 1; you predicted layer 2. Because.\n"
    lesson.predict("which", "b")
    assert "before you saw the answer: layer 2" in capsys.readouterr().out
    assert stored()["predictions"]["which"]["value"] == 2


@pytest.mark.parametrize(
    ("slug", "guess", "says"),
    [
        ("which", "b", "The answer: layer 1; as you predicted. Because."),
        ("which", "layer 1", "The answer: layer 1; as you predicted. Because."),
        ("share", 71, "The answer: 80 %; as you predicted. It copies."),
        ("share", 69.5, "The answer: 80 %; you predicted 69.5 %. It copies."),
        ("count", 6, "The answer: 5; you predicted 6. One each."),
    ],
)
def test_a_guess_is_compared_with_the_answer(lesson, capsys, slug, guess, says):
    lesson.predict(slug, guess)
    lesson.reveal(slug)
    assert capsys.readouterr().out.splitlines()[-1] == says


@pytest.mark.parametrize(
    ("slug", "guess"), [("which", "d"), ("which", 1), ("count", "five"), ("count", float("nan"))]
)
def test_what_is_no_guess_is_refused(lesson, slug, guess):
    with pytest.raises(ValueError, match="guess: expected"):
        lesson.predict(slug, guess)


def test_the_summary_hides_answers_that_were_not_shown(lesson, capsys):
    lesson.predict("which", "b")
    lesson.predict("share", 20)
    lesson.reveal("which")
    capsys.readouterr()
    lesson.reveal()
    said = capsys.readouterr().out
    assert said.startswith("\N{BLACK SQUARE}  1 of 1 predictions came true")
    rows = {line.split("?")[0].strip(): line for line in said.splitlines()}
    assert "layer 1" in rows["Which layer"]
    assert "80 %" not in rows["How much"]
    assert "not yet" in rows["How many"]


def test_a_question_without_buttons_says_how_to_answer(lesson, capsys):
    lesson.predict("which")
    said = capsys.readouterr().out
    assert "  c  layer 2" in said
    assert 'lesson.predict("which", "a")' in said


# --- quiz ---


def test_a_quiz_is_scored_with_the_reason_for_each_choice(lesson, stored, capsys):
    lesson.quiz("quiz", "ab")
    assert capsys.readouterr().out == (
        "0 of 2 right.\n  1. Not quite: It is not.\n  2. Not quite: Nein.\n"
    )
    lesson.quiz("quiz", "B, A")
    assert capsys.readouterr().out.startswith("2 of 2 right.")
    lesson.quiz("quiz", "aa")
    assert stored()["quizzes"]["quiz"] == {"right": 2, "of": 2, "tries": 3}


@pytest.mark.parametrize("answers", ["a", "abc", "ac", "cb", "a?"])
def test_letters_that_answer_nothing_are_refused(lesson, answers):
    if answers == "ac":  # the second question has a third choice
        lesson.quiz("quiz", answers)
        return
    with pytest.raises(ValueError, match="answers: expected 2 letters such as 'ab'"):
        lesson.quiz("quiz", answers)


def test_a_question_needs_exactly_one_right_choice():
    with pytest.raises(ValueError, match="choices: expected 1 right one, got 0"):
        sample.Question("?", [sample.wrong("a", "b")])


# --- buttons ---


@pytest.fixture
def shown(monkeypatch):
    """A notebook that can show widgets; collects what it shows."""
    found = []

    def show(plain, html="", widget=None, without="", place=""):
        found.append((plain, html, widget))

    monkeypatch.setattr(screen, "show", show)
    return found


def text_of(panel):
    return " ".join(line.value for line in panel.words.children)


def test_the_hint_button_uncovers_one_hint_after_the_other(lesson, stored, shown):
    lesson.check("gram", wrong_gram)
    panel = shown[-1][2]
    assert isinstance(panel, hints.HelpPanel)
    for level, words in enumerate(("First.", "Second.", "Third."), start=1):
        assert words not in text_of(panel)
        panel.hint.click()
        assert words in text_of(panel)
        assert stored()["checks"]["gram"]["hints"] == level
    assert panel.hint.layout.display == "none"


def test_the_solution_button_asks_first(lesson, stored, shown):
    lesson.check("head", Selected(3, 3))
    panel = shown[-1][2]
    assert panel.question.layout.display == "none"
    panel.solution.click()
    assert panel.question.layout.display == ""
    panel.no.click()
    assert panel.question.layout.display == "none"
    assert not stored()["checks"]["head"]["solution"]
    panel.solution.click()
    panel.yes.click()
    assert "layer 1, head 2" in text_of(panel)
    assert stored()["checks"]["head"]["solution"]


def test_a_right_answer_needs_no_buttons(lesson, shown):
    lesson.check("seven", 7)
    assert shown[-1][2] is None


@pytest.mark.parametrize(("slug", "guess", "value"), [("which", "layer 1", 1), ("share", 42, 42)])
def test_a_guess_is_written_down_with_the_button(lesson, stored, shown, slug, guess, value):
    lesson.predict(slug)
    box = shown[-1][2]
    assert isinstance(box, PredictionBox)
    box.guess.value = guess
    box.button.click()
    assert "Written down" in box.said.value
    assert stored()["predictions"][slug]["value"] == value


def test_a_button_pressed_after_the_answer_was_shown_changes_nothing(lesson, stored, shown):
    lesson.predict("which")
    box = shown[-1][2]
    box.button.click()
    assert "Choose one first" in box.said.value
    lesson.predict("which", "a")
    lesson.reveal("which")
    box.guess.value = "layer 1"
    box.button.click()
    assert "what you predicted before stays" in box.said.value
    assert stored()["predictions"]["which"]["value"] == 0


def test_a_quiz_says_beneath_each_question_why(lesson, stored, shown):
    lesson.quiz()
    box = shown[-1][2]
    assert isinstance(box, QuizBox)
    box.button.click()
    assert "Choose an answer first" in box.score.value
    box.choices[0].index = 1
    box.button.click()
    assert "Not answered" in box.reasons[1].value
    box.choices[1].index = 2
    box.button.click()
    assert "Right: It is." in box.reasons[0].value
    assert "Not quite: What?" in box.reasons[1].value
    assert "1 of 2 right" in box.score.value
    assert stored()["quizzes"]["quiz"] == {"right": 1, "of": 2, "tries": 2}


def test_hostile_words_stay_words_in_every_box(lesson, shown):
    hostile = "<img src=x onerror=alert(1)>"
    planted = sample.exercise(hints=[hostile, "b", "c"])
    panel = hints.HelpPanel(planted, lambda _level: None, lambda: None)
    panel.hint.click()
    assert "<img" not in text_of(panel)


def test_progress_shows_every_exercise_and_quiz(lesson, capsys):
    lesson.check("seven", 7)
    lesson.check("gram", wrong_gram)
    lesson.quiz("quiz", "ba")
    capsys.readouterr()
    lesson.progress()
    said = capsys.readouterr().out
    bar = "\N{BLACK SQUARE}\N{WHITE SQUARE}\N{WHITE SQUARE}"
    assert said.startswith(f"{bar}  1 of 3 exercises passed")
    lines = {line.split("  ")[1]: line for line in said.splitlines() if line.startswith("  ")}
    assert "passed" in lines["Add three and four"]
    assert "not yet" in lines["Multiply each with each"]
    assert "not started" in lines["Find the head"]
    assert "2 of 2" in lines["Two questions"]
