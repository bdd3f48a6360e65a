"""Notebook 03 accepts exactly the cells it asks for, and says of every other why not."""

import pytest

from interp_widgets.analysis.phase import load_phase_grid
from interp_widgets.course import checks
from interp_widgets.course.exercises import Selected
from interp_widgets.course.lessons._superposition_phase import CELL
from interp_widgets.course.lessons._superposition_suspects import SUPERPOSED
from interp_widgets.results import OUTCOMES


def test_a_cell_passes_exactly_if_it_holds_a_feature_that_hardly_matters():
    grid = load_phase_grid()
    passed = 0
    for row in range(len(grid.densities)):
        for column in range(len(grid.importances)):
            verdict = checks.grade(CELL, Selected(pos=row, key=column), 60.0)
            both = OUTCOMES[grid.outcomes[row, column]] == "both, opposite"
            assert verdict.passed == (both and grid.importances[column] <= 0.25)
            assert bool(verdict.advice) == (not verdict.passed)
            passed += verdict.passed
    assert passed > 5


@pytest.mark.parametrize("place", [(99, 0), (0, 99), (-1, 0)])
def test_a_cell_that_the_diagram_does_not_have_is_refused(place):
    verdict = checks.grade(CELL, Selected(pos=place[0], key=place[1]), 60.0)
    assert f"no cell in row {place[0]}, column {place[1]}" in verdict.message


@pytest.mark.parametrize("answer", [["C", "B"], {"B", "C"}, "BC", "c, b", ("b", "c")])
def test_the_models_in_superposition_may_be_named_in_any_way(answer):
    assert checks.grade(SUPERPOSED, answer, 60.0).passed


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (["A"], "1 of the 4"),
        ([], "2 of the 4"),
        (["B", "E"], "there is no E"),
        (3, "list of letters"),
    ],
)
def test_other_answers_are_told_how_far_off_they_are(answer, says):
    assert says in checks.grade(SUPERPOSED, answer, 60.0).message
