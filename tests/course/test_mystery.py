"""A sealed model is introduced, answered and scored; nothing shows its answers by accident."""

from __future__ import annotations

import dataclasses
import json
import re
from types import SimpleNamespace

import pytest

import interp_widgets as iw
from interp_widgets.course import mystery as module
from interp_widgets.course import overview, records
from interp_widgets.course.lesson import Lesson
from interp_widgets.course.mystery import Mystery
from interp_widgets.course.progress import Store
from interp_widgets.worlds import mysteries
from interp_widgets.worlds.mysteries.sealed import Question, Sealed

STEM = "01_inside_a_transformer"
QUESTIONS = (
    Question(
        slug="rule",
        words="Which rule?",
        expects="one of add, double",
        menu={"add": "it adds <one>", "double": "it doubles"},
        answer="double",
        test="Try {given} on three.",
    ),
    Question(
        slug="head",
        words="Which head?",
        expects='a head from "L0H0" to "L1H1", or "none"',
        menu=dict.fromkeys(["L0H0", "L0H1", "L1H0", "L1H1", "none"], ""),
        answer="L1H0",
        test="Ablate {given}.",
    ),
    Question(
        slug="pair",
        words="Which pair?",
        expects="two numbers from 0 to 2, such as (0, 1)",
        menu=dict.fromkeys([(0, 1), (0, 2), (1, 2)], ""),
        answer=(0, 2),
        test="Multiply the vectors.",
        tests={(0, 1): "Look at its lengths."},
    ),
    Question(
        slug="unit",
        words="Which unit?",
        expects="a number from 0 to 2",
        menu=dict.fromkeys(range(3), ""),
        answer=1,
        test="Draw at random.",
    ),
)
RIGHT = {"rule": "double", "head": "L1H0", "pair": (0, 2), "unit": 1}


@pytest.fixture
def mystery(tmp_path):
    sealed = Sealed("Find out. It is `small`.", "the model", None, QUESTIONS, "It doubles by L1H0.")
    return Mystery(STEM, sealed, Store(tmp_path / "progress.json"))


def stored(mystery):
    return records.entry(mystery._store.read(), STEM, "quizzes", module.SLUG)


def selected(**chosen):
    return SimpleNamespace(**dict.fromkeys(["layer", "head", "pos", "feature"]) | chosen)


def test_untouched_answers_are_not_started_and_not_recorded(mystery):
    for answers in ({}, dict.fromkeys(RIGHT, ...), dict.fromkeys(RIGHT), {"head": selected()}):
        result = mystery.score(**answers)
        assert result.state == "not started"
        assert repr(result).startswith("Not started:")
    assert stored(mystery)["tries"] == 0


def test_a_full_score_tells_the_story(mystery):
    result = mystery.score(**RIGHT)
    assert (result.points, result.of, result.state) == (4, 4, "right")
    assert "It doubles by L1H0." in repr(result)
    assert "It doubles by L1H0." in result._repr_mimebundle_()["text/html"]


def test_a_wrong_answer_names_the_measurement_and_keeps_the_story(mystery):
    result = mystery.score(**RIGHT | {"rule": "add", "pair": (1, 0), "unit": ...})
    assert result.right == {"rule": False, "head": True, "pair": False, "unit": None}
    assert (result.points, result.state) == (1, "not yet")
    for shown in (repr(result), result._repr_mimebundle_()["text/html"]):
        assert "rule: Try add on three." in shown
        assert "pair: Look at its lengths." in shown
        assert "not started" in shown
        assert "double" not in shown
        assert "(0, 2)" not in shown


@pytest.mark.parametrize(
    ("slug", "given"),
    [
        *(("head", given) for given in ("L1H0", " L1H0 ", (1, 0), [1, 0])),
        ("head", selected(layer=1, head=0, pos=4)),
        *(("pair", given) for given in ((2, 0), [0, 2])),
        ("unit", selected(feature=1)),
    ],
)
def test_an_answer_may_be_given_in_several_ways(mystery, slug, given):
    assert mystery.score(**{slug: given}).right[slug]


@pytest.mark.parametrize(
    ("slug", "given", "got"),
    [
        ("rule", "triple", "'triple'"),
        ("rule", 3, "3"),
        ("head", "L9H9", "'L9H9'"),
        ("head", True, "True"),
        ("head", 1.5, "1.5"),
        ("pair", (1, 1), "(1, 1)"),
        ("pair", (0, 1, 2), "tuple"),
        ("unit", 3, "3"),
        ("unit", True, "True"),
        ("unit", "1", "'1'"),
    ],
)
def test_what_is_no_answer_is_told_the_menu_and_the_others_count(mystery, slug, given, got):
    expects = {question.slug: question.expects for question in QUESTIONS}[slug]
    result = mystery.score(**RIGHT | {slug: given})
    assert (result.points, result.state, result.right[slug]) == (3, "not yet", False)
    assert f"{slug}: expected {expects}, got {got}." in repr(result)
    assert result.given[slug] == repr(given)


def test_an_unknown_question_is_named(mystery):
    with pytest.raises(TypeError, match=r"answers: expected rule, head, pair, unit, got rulle"):
        mystery.score(rulle="add")


def test_the_best_score_is_recorded_and_shown_in_the_progress(mystery):
    mystery.score(**RIGHT | {"rule": "add"})
    mystery.score(rule="double")
    assert stored(mystery) == {"right": 3, "of": 4, "tries": 2}
    shown, _ = overview.lesson(Lesson(STEM, exercises=[]), mystery._store.read())
    assert re.search(r"Mystery model +3 of 4 +2", shown)
    shown, _ = overview.lesson(Lesson("00_other", exercises=[]), mystery._store.read())
    assert "Mystery" not in shown


def test_the_answers_are_revealed_to_who_is_sure_and_then_nothing_is_recorded(mystery, capsys):
    mystery.reveal()
    assert "double" not in capsys.readouterr().out
    mystery.reveal(sure=True)
    assert capsys.readouterr().out == (
        "rule: double\nhead: L1H0\npair: (0, 2)\nunit: 1\nIt doubles by L1H0.\n"
    )
    assert mystery.score(**RIGHT).points == 4
    assert stored(mystery)["tries"] == 0


def test_a_result_cannot_be_changed(mystery):
    with pytest.raises(dataclasses.FrozenInstanceError):
        mystery.score().story = ""


def test_it_introduces_itself_without_its_answers(mystery):
    html = mystery._repr_html_()
    for shown in (repr(mystery), html):
        assert "Which rule?" in shown
        assert "mystery.score(rule=..., head=..., pair=..., unit=...)" in shown
        assert "It doubles by" not in shown
    assert "it adds &lt;one&gt;" in html
    assert "<code>small</code>" in html
    assert "answer" not in repr(QUESTIONS[1])


@pytest.mark.parametrize("stem", mysteries.FAMILIES)
def test_every_notebook_named_has_its_model_and_shows_no_answer(stem):
    first, same = iw.mystery(stem), iw.mystery(stem, seed=0)
    assert repr(first) == repr(same)
    assert first._sealed.questions == same._sealed.questions
    assert first._sealed.story not in repr(first) + first._repr_html_()
    answers = {q.slug: q.answer for q in first._sealed.questions}
    assert json.dumps(answers) not in repr(vars(first))
    assert first._sealed.story not in repr(vars(first))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("04_nothing",), ValueError, "name: expected one of 01_.*, got '04_nothing'"),
        ((7,), TypeError, "name: expected one of 01_.*, got int"),
        ((STEM, -1), ValueError, "seed: expected 0 or more, got -1"),
        ((STEM, 1.5), TypeError, "seed: expected a whole number or None, got float"),
        ((STEM, True), TypeError, "seed: expected a whole number or None, got bool"),
    ],
)
def test_a_model_that_does_not_exist_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        iw.mystery(*arguments)
