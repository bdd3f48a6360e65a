"""Notebook 02 accepts what shows the feature, and says of every other choice what it shows."""

import pytest

from interp_widgets.course import checks
from interp_widgets.course.exercises import Selected
from interp_widgets.course.lessons._features_directions import BETWEEN, TOKEN, WORDS
from interp_widgets.course.lessons._features_units import REAL, UNIT, UNITS


@pytest.mark.parametrize("pos", range(len(WORDS)))
def test_a_token_passes_exactly_if_it_stands_between_subject_and_verb_and_is_singular(pos):
    verdict = checks.grade(TOKEN, Selected(pos=pos, feature=2), 60.0)
    assert verdict.passed == (pos in BETWEEN)
    assert f"`{WORDS[pos]}`" in verdict.message
    assert bool(verdict.advice) == (not verdict.passed)


@pytest.mark.parametrize("unit", range(len(UNITS)))
def test_only_the_real_unit_passes_and_every_other_is_told_apart(unit):
    verdict = checks.grade(UNIT, Selected(feature=unit), 60.0)
    assert verdict.passed == (unit == REAL)
    share = f"{UNITS[unit][1]:.0%}"
    assert share in (verdict.message if verdict.passed else verdict.advice)


@pytest.mark.parametrize(
    ("exercise", "selected", "says"),
    [
        (TOKEN, Selected(pos=40), "no token 40"),
        (UNIT, Selected(feature=9), "no unit 9"),
    ],
)
def test_what_is_not_there_is_refused(exercise, selected, says):
    verdict = checks.grade(exercise, selected, 60.0)
    assert verdict.state == "not yet"
    assert says in verdict.message
