"""Every lesson of the course: what is right passes, and each typical mistake is told apart."""

from __future__ import annotations

import ast
from collections import Counter

import jupytext
import pytest

from interp_widgets.course import catalogue, checks
from interp_widgets.course.exercises import Selected, resolve
from tests.course import sample
from tests.support import ROOT

LESSONS = catalogue.every()
EXERCISES = {
    f"{stem} {exercise.slug}": exercise
    for stem, lesson in LESSONS.items()
    for exercise in lesson.exercises
}
MISTAKES = {
    f"{name} {number}": (exercise, mistake)
    for name, exercise in EXERCISES.items()
    for number, mistake in enumerate(exercise.mistakes, start=1)
}
GENEROUS = 60.0  # seconds; a busy machine must not make an answer wrong


def nothing(*arguments): ...


def raising(*arguments):
    raise NotImplementedError


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_reference_passes(exercise):
    verdict = checks.grade(exercise, exercise.answer(), GENEROUS)
    assert verdict.passed, str(verdict)


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_fails_with_its_own_message(exercise, mistake):
    verdict = checks.grade(exercise, resolve(mistake.answer), GENEROUS)
    assert verdict.state == "not yet"
    assert verdict.advice == mistake.message


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_what_the_notebook_comes_with_is_not_started(exercise):
    stubs = [...]
    if callable(exercise.answer()):
        stubs += [nothing, raising]
    if isinstance(exercise.answer(), Selected):
        stubs += [Selected()]
    for stub in stubs:
        assert checks.grade(exercise, stub, GENEROUS).state == "not started"


def repeated(sentences):
    return [sentence for sentence, count in Counter(sentences).items() if count > 1]


def test_no_two_mistakes_of_the_course_share_a_message():
    assert not repeated(mistake.message for _, mistake in MISTAKES.values())


def test_no_two_exercises_share_a_hint():
    assert not repeated(hint for exercise in EXERCISES.values() for hint in exercise.hints)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_slugs_are_unique_in_a_lesson(lesson):
    things = [*lesson.exercises, *lesson.predictions, *lesson.quizzes]
    assert not repeated(thing.slug for thing in things)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_prediction_has_an_answer_that_can_be_given(lesson):
    for prediction in lesson.predictions:
        answer = float(resolve(prediction.answer))
        assert prediction.is_right(answer)
        if prediction.options:
            assert answer in range(len(prediction.options))
        if prediction.span:
            assert prediction.span[0] <= answer <= prediction.span[1]


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_every_choice_of_a_quiz_has_its_own_reason_and_the_right_ones_move_about(lesson):
    for quiz in lesson.quizzes:
        places = Counter(
            [choice.right for choice in question.choices].index(True) for question in quiz.questions
        )
        assert max(places.values()) <= len(quiz.questions) / 2 + 1
        for question in quiz.questions:
            reasons = [choice.why for choice in question.choices]
            assert all(reasons)
            assert not repeated(reasons)


# --- the gates above are only worth something if they can fail ---


def test_a_mistake_that_is_right_is_noticed():
    planted = sample.exercise(reference=lambda v: v.T @ v)
    assert not checks.grade(planted, planted.answer()).passed
    harmless = sample.Mistake("Nothing is wrong here.", sample.gram)
    assert checks.grade(sample.exercise(), resolve(harmless.answer)).passed


def test_a_mistake_that_another_one_hides_is_noticed():
    first, second, third = sample.exercise().mistakes
    twin = sample.Mistake("Never said.", first.answer)
    hidden = sample.exercise(mistakes=[first, second, third, twin])
    assert checks.grade(hidden, twin.answer).advice != twin.message


def test_a_shared_message_is_noticed():
    assert repeated(["a", "b", "a"]) == ["a"]


# --- notebooks and their lessons ---


def calls(tree, verb):
    """Every `lesson.<verb>(...)` in a notebook, with the statement that it stands in."""
    for statement in ast.walk(tree):
        call = getattr(statement, "value", None) if isinstance(statement, ast.stmt) else None
        if isinstance(call, ast.Call) and ast.unparse(call.func) == f"lesson.{verb}":
            yield statement, call


def names(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def faults(source):
    """Ways in which checks of a notebook could mark the reference instead of the answer."""
    found = []
    for statement, call in calls(ast.parse(source), "check"):
        line, answer = ast.unparse(statement), call.args[1]
        targets = names(ast.Tuple(getattr(statement, "targets", [])))
        if targets & names(answer):
            found.append(f"{line}: rerun, this would mark the reference")
        if any(target.startswith("my_") for target in targets):
            found.append(f"{line}: the result takes a learner's name")
        if isinstance(answer, ast.Name) and not answer.id.startswith("my_"):
            found.append(f"{line}: a learner's name begins with my_")
    return found


def code_of(path):
    cells = jupytext.read(path).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def slugs(source, verb):
    return {call.args[0].value for _, call in calls(ast.parse(source), verb) if call.args}


NOTEBOOKS = {path.stem: code_of(path) for path in sorted((ROOT / "notebooks").glob("*.py"))}


@pytest.mark.parametrize("source", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_no_notebook_marks_the_reference(source):
    assert not faults(source)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("gram = lesson.check('gram', gram)", "would mark the reference"),
        ("my_gram = lesson.check('gram', my_gram)", "would mark the reference"),
        ("my_best = lesson.check('gram', my_gram)", "takes a learner's name"),
        ("best = lesson.check('gram', gram)", "begins with my_"),
    ],
)
def test_a_check_that_could_mark_the_reference_is_reported(line, says):
    assert any(says in fault for fault in faults(line))


def test_a_sound_check_is_not_reported():
    assert not faults("gram = lesson.check('gram', my_gram)")
    assert not faults("head = lesson.check('head', view.selection.value)")


@pytest.mark.parametrize("stem", LESSONS)
def test_a_notebook_uses_everything_in_its_lesson_and_nothing_else(stem):
    source = NOTEBOOKS[stem]
    lesson = catalogue.lesson(stem)
    assert f'lesson = iw.lesson("{stem}")' in source
    assert slugs(source, "check") == {exercise.slug for exercise in lesson.exercises}
    for verb in ("predict", "reveal"):
        assert slugs(source, verb) == {prediction.slug for prediction in lesson.predictions}
    assert slugs(source, "quiz") == {quiz.slug for quiz in lesson.quizzes}


def test_a_lesson_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ValueError, match=r"lesson: expected one of 00_start_here.*, got '99_no'"):
        catalogue.lesson("99_no")
