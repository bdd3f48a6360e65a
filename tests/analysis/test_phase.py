"""Two features in one dimension: the closed form is right, and the shipped grid follows it."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.analysis.phase import (
    _expected_losses,
    candidate_losses,
    load_phase_grid,
    train_phase_grid,
)
from interp_widgets.results import OUTCOMES, Superposition


@pytest.mark.parametrize(("density", "importance"), [(1.0, 0.5), (0.4, 3.0), (0.05, 1.0)])
def test_the_closed_form_is_the_mean_over_all_inputs(density, importance):
    """Which features are active, times a fine grid of values, with the probability of each."""
    values = (np.arange(400) + 0.5) / 400
    pairs = np.stack(np.meshgrid(values, values), -1).reshape(-1, 2)
    total = np.zeros(3)
    for active in np.ndindex(2, 2):
        chance = np.prod([density if on else 1 - density for on in active])
        x, mean = pairs * active, np.full(len(pairs), density / 2)
        answers = [
            np.stack([x[:, 0], mean], 1),
            np.stack([mean, x[:, 1]], 1),
            np.maximum(np.stack([x[:, 0] - x[:, 1], x[:, 1] - x[:, 0]], 1), 0),
        ]
        total += [chance * ((answer - x) ** 2 @ [1, importance]).mean() for answer in answers]
    np.testing.assert_allclose(candidate_losses(density, importance), total, rtol=1e-4)


def test_the_closed_form_takes_whole_tables():
    table = candidate_losses(np.array([[1.0], [0.1]]), np.array([0.5, 1.0, 2.0]))
    assert table.shape == (2, 3, 3)
    np.testing.assert_allclose(table[1, 2], candidate_losses(0.1, 2.0))


@pytest.mark.parametrize("density", [1.0, 0.3, 0.02])
def test_the_losses_of_a_grid_are_worked_out_and_not_sampled(density):
    """Of the three simple models they are those of the closed form."""
    simple = Superposition(
        weights=np.array([[[1], [0]], [[0], [1]], [[1], [-1]]], np.float32),
        biases=np.array([[0, density / 2], [density / 2, 0], [0, 0]], np.float32),
        densities=[density] * 3,
    )
    losses = _expected_losses(simple, np.array([[1.0, 3.0]] * 3))
    np.testing.assert_allclose(losses, candidate_losses(density, 3.0), rtol=1e-3)


@pytest.mark.parametrize(
    ("density", "importance", "says"),
    [(0, 1, "density: expected probabilities"), (1.5, 1, "density"), (0.5, -1, "importance"),
     (0.5, np.inf, "importance: expected finite numbers from 0")],
)  # fmt: skip
def test_what_is_no_probability_or_weight_is_refused(density, importance, says):
    with pytest.raises(ValueError, match=says):
        candidate_losses(density, importance)


@pytest.fixture(scope="module")
def grid():
    return load_phase_grid()


def test_no_shipped_model_is_worse_than_the_best_candidate(grid):
    best = candidate_losses(grid.densities[:, None], grid.importances).min(-1)
    ratio = grid.losses / best
    assert ratio.max() < 1.001
    assert ratio.min() > 0.85


def test_the_corners_are_as_they_must_be(grid):
    assert grid.outcomes[0, 0] == OUTCOMES.index("the first alone")
    assert grid.outcomes[0, -1] == OUTCOMES.index("the second alone")
    assert (grid.outcomes[-2:] == OUTCOMES.index("both, opposite")).all()


def test_swapping_the_features_swaps_the_outcomes(grid):
    """Importance v is importance 1/v with the features exchanged."""
    swapped = np.array([1, 0, 2, 3])[grid.outcomes[:, ::-1]]
    here, there = np.delete(grid.outcomes, 6, axis=1), np.delete(swapped, 6, axis=1)
    assert (here != there).sum() <= 2


def test_the_first_feature_that_is_held_points_upwards(grid):
    """A model is the same with all signs turned, so the choice is ours."""
    first, second = np.moveaxis(grid.weights, -1, 0)
    assert (np.where(grid.outcomes == OUTCOMES.index("the second alone"), second, first) > 0).all()


@pytest.mark.slow
def test_another_seed_gives_the_same_diagram(grid):
    again = train_phase_grid(grid.densities[::4], grid.importances[::4], seed=1)
    same = again.outcomes == grid.outcomes[::4, ::4]
    assert (~same).sum() <= 1  # of 12, on the border
