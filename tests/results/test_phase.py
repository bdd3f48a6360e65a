"""A phase grid knows what became of its features and refuses arrays that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.results import OUTCOMES, PhaseGrid
from interp_widgets.results.phase import outcomes


@pytest.mark.parametrize(
    ("weights", "outcome"),
    [
        ([1, 0.1], "the first alone"),
        ([-0.2, -1], "the second alone"),
        ([1, -0.7], "both, opposite"),
        ([-1, 0.7], "both, opposite"),
        ([0.8, 0.8], "something else"),
        ([0.1, 0.2], "something else"),
    ],
)
def test_weights_are_told_apart(weights, outcome):
    assert OUTCOMES[outcomes(np.array(weights))] == outcome


def made(**changed):
    fields = {
        "densities": [1.0, 0.1],
        "importances": [0.1, 1.0, 10.0],
        "weights": np.arange(12).reshape(2, 3, 2) / 10,
        "losses": np.arange(6).reshape(2, 3) / 10,
    }
    return PhaseGrid(**fields | changed)


def test_a_cell_is_a_toy_model_of_its_density_and_importance():
    model = made().model(1, 2)
    np.testing.assert_allclose(model.weights, [[[1.0], [1.1]]], rtol=1e-6)
    np.testing.assert_allclose(model.densities, [0.1], rtol=1e-6)
    np.testing.assert_allclose(model.importance, [1, 10])
    np.testing.assert_allclose(model.losses, [0.5])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"weights": np.zeros((3, 2, 2))}, r"weights: .*shape \(2, 3, 2\).*got shape \(3, 2, 2\)"),
        ({"losses": np.zeros(6)}, r"losses: expected finite numbers of shape \(2, 3\)"),
        ({"losses": np.full((2, 3), np.nan)}, "losses: expected finite numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changed, says):
    with pytest.raises(ValueError, match=says):
        made(**changed)
