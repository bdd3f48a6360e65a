"""Exercises of notebook 03 on two features that share one dimension: theory, and the diagram."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from interp_widgets.course import expect
from interp_widgets.course.exercises import Computed, Exercise, Mistake, Selected
from interp_widgets.course.expect import NotYetError

if TYPE_CHECKING:
    from interp_widgets.results import PhaseGrid

UNIMPORTANT = 0.25
"""Importance up to which the second feature counts as hardly important in the exercise."""

_ALONE, _BOTH = 0, 2  # places in OUTCOMES


# --- phase-losses: the closed form ---


def phase_losses(density: float, importance: float) -> tuple[float, float, float]:
    """Give the losses of [1, 0], [0, 1] and [1, -1]."""
    dropped = density / 3 - density**2 / 4
    shared = density**2 / 6
    return importance * dropped, dropped, (1 + importance) * shared


def _cells() -> Iterator[tuple[float, float]]:
    yield from ((1.0, 0.5), (0.4, 3.0), (0.1, 0.2))


def _check_losses(my_losses: Callable[..., Any]) -> str:
    from interp_widgets.analysis.phase import candidate_losses

    for density, importance in _cells():
        what = f"At density {density}, importance {importance}, the three losses"
        got = expect.call(my_losses, density, importance)
        expect.numbers(got, candidate_losses(density, importance), what, 1e-5)
    return "The three losses agree with the library's at three places of the diagram."


LOSSES = Exercise(
    slug="phase-losses",
    title="Work out which of three solutions is best",
    reference=phase_losses,
    check=_check_losses,
    inputs=_cells,
    mistakes=[
        Mistake(
            "The importance stands at the wrong solution: [1, 0] drops the second feature, so it "
            "pays the second one's importance.",
            lambda p, i: (p / 3 - p**2 / 4, i * (p / 3 - p**2 / 4), (1 + i) * p**2 / 6),
        ),
        Mistake(
            "A dropped feature is answered with its mean, not with zero. What is left is its "
            "variance: take the squared mean off.",
            lambda p, i: (i * p / 3, p / 3, (1 + i) * p**2 / 6),
        ),
        Mistake(
            "1/12 is the variance of a feature that is always active. One that is often zero has "
            "another: the mean of its square, p/3, minus its squared mean.",
            lambda p, i: (i * p / 12, p / 12, (1 + i) * p**2 / 6),
        ),
        Mistake(
            "When both are active, both are missed: the second one's error counts as well, with "
            "its importance.",
            lambda p, i: (i * (p / 3 - p**2 / 4), p / 3 - p**2 / 4, p**2 / 6),
        ),
        Mistake(
            "1/3 is the mean of the smaller of two values. The loss takes its square, whose mean "
            "is 1/6.",
            lambda p, i: (i * (p / 3 - p**2 / 4), p / 3 - p**2 / 4, (1 + i) * p**2 / 3),
        ),
        Mistake(
            "Two features disturb each other only when both are active, and that has probability "
            "p times p.",
            lambda p, i: (i * (p / 3 - p**2 / 4), p / 3 - p**2 / 4, (1 + i) * p / 6),
        ),
    ],
    hints=[
        "Which feature does each solution miss, and how often?",
        (
            "A feature's variance is the mean of its square, p/3, minus its squared mean, p²/4. "
            "Both are active with probability p²."
        ),
        (
            "`dropped = density / 3 - density**2 / 4`. The losses are `importance * dropped`, "
            "`dropped` and `(1 + importance) * density**2 / 6`."
        ),
    ],
    minutes=12,
    difficulty=3,
)


# --- phase-cell: a selection ---


@cache
def _grid() -> PhaseGrid:
    from interp_widgets.analysis.phase import load_phase_grid

    return load_phase_grid()


def _kind(row: int, column: int) -> str:
    """Tell what a cell is to the question."""
    grid = _grid()
    outcome = grid.outcomes[row, column]
    if grid.importances[column] > UNIMPORTANT:
        return "important"
    return {_BOTH: "right", _ALONE: "dropped"}.get(outcome, "another")


def _is(kind: str, selected: Any) -> bool:  # noqa: ANN401 -- whatever was selected
    shape = _grid().losses.shape
    inside = selected.pos in range(shape[0]) and selected.key in range(shape[1])
    return inside and _asked(kind, selected.pos, selected.key)


def _asked(kind: str, row: int, column: int) -> bool:
    """Tell an important cell that holds both from one that holds one."""
    if kind == "important both":
        return _kind(row, column) == "important" and _grid().outcomes[row, column] == _BOTH
    if kind == "important one":
        return _kind(row, column) == "important" and _grid().outcomes[row, column] != _BOTH
    return _kind(row, column) == kind


def _example(kind: str) -> Selected:
    rows, columns = _grid().losses.shape
    cells = ((row, column) for row in range(rows) for column in range(columns))
    row, column = next(cell for cell in cells if _asked(kind, *cell))
    return Selected(pos=row, key=column)


def _picked(kind: str, message: str) -> Mistake:
    return Mistake(message, Computed(partial(_example, kind)), when=partial(_is, kind))


def _check_cell(selected: Any) -> str:  # noqa: ANN401 -- whatever was selected
    row, column = expect.selected(selected, "pos", "key")
    grid = _grid()
    rows, columns = grid.losses.shape
    if row not in range(rows) or column not in range(columns):
        raise NotYetError(f"The diagram has no cell in row {row}, column {column}.")
    density, importance = grid.densities[row], grid.importances[column]
    where = f"The cell of density {density:.2g} and importance {importance:.2g}"
    if _kind(row, column) != "right":
        raise NotYetError(f"{where} is not one of those asked for.")
    first, second = grid.weights[row, column]
    return f"{where} holds both, with weights {first:+.2f} and {second:+.2f}: opposite directions."


CELL = Exercise(
    slug="phase-cell",
    title="Find a cell that holds a feature that hardly matters",
    reference=Computed(partial(_example, "right")),
    check=_check_cell,
    mistakes=[
        _picked(
            "dropped",
            "The second feature hardly matters there, and the model drops it. Stay in that column "
            "and go to rarer features.",
        ),
        _picked(
            "important both",
            "Both are held there, but the second feature matters too much for this question: go "
            "further to the left.",
        ),
        _picked(
            "important one",
            "Only one feature is held there, and the second one is too important for this "
            "question. Go to the left, where it hardly matters, and then down.",
        ),
    ],
    hints=[
        "Look for the sign ± in the columns on the left.",
        (
            "The columns up to importance 0.25 are the first three. The lower a row, the rarer the "
            "features."
        ),
        "Choose density 0.05 and importance 0.1 with the two sliders.",
    ],
    minutes=3,
    difficulty=1,
)
