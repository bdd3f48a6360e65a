"""A difference of means finds a planted direction, and says why where there is none."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestCentroid

from interp_widgets.analysis.directions import along, difference_of_means

HAS = np.array([True, False, True, False, False])
ROWS = np.array([[1, 5, 0], [0, 1, 2], [3, 5, 0], [0, 1, 4], [0, 1, 0]], dtype=np.float32)


def test_it_points_from_the_mean_without_to_the_mean_with():
    assert difference_of_means(ROWS, HAS).tolist() == [2, 4, -2]


def test_it_is_the_difference_of_scikit_learns_centroids():
    rng = np.random.default_rng(0)
    rows, has = rng.standard_normal((40, 7)), rng.random(40) < 0.3
    without, with_it = NearestCentroid().fit(rows, has).centroids_
    np.testing.assert_allclose(difference_of_means(rows, has), with_it - without, atol=1e-6)


def test_tensors_do_as_well():
    found = difference_of_means(torch.tensor(ROWS, requires_grad=True), torch.tensor(HAS))
    assert found.tolist() == [2, 4, -2]


def test_what_all_examples_share_changes_nothing():
    np.testing.assert_allclose(difference_of_means(ROWS + 7, HAS), [2, 4, -2])


def test_along_is_the_length_of_the_shadow_whatever_the_length_of_the_direction():
    assert along(ROWS, np.array([0.0, 5.0, 0.0])).tolist() == [5, 1, 5, 1, 1]
    np.testing.assert_allclose(along(np.ones((2, 4, 3)), np.array([-3.0, 0, -4])), -1.4)


def bad(message, **changes):
    return pytest.param({"activations": ROWS, "labels": HAS} | changes, message, id=message)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        bad(r"activations: expected shape \(example, width\), got \(5,\)", activations=ROWS[:, 0]),
        bad(r"activations: expected finite numbers, got 5", activations=ROWS * [1, 1, np.nan]),
        bad(r"activations: .* got a difference of length zero", activations=np.ones((5, 3))),
        bad(r"activations: expected numbers, got str", activations="plural"),
        bad(r"labels: expected shape \(5,\), .* got \(4,\)", labels=HAS[:4]),
        bad(r"labels: .* got 5 of 5 with it", labels=np.ones(5, dtype=bool)),
        bad(r"labels: .* got 0 of 5 with it", labels=np.zeros(5, dtype=bool)),
        bad(r"labels: expected true or false .*, got int64", labels=HAS.astype(int)),
    ],
)
def test_what_has_no_difference_of_means_is_refused(given, message):
    with pytest.raises((TypeError, ValueError), match=message):
        difference_of_means(**given)


@pytest.mark.parametrize(
    ("rows", "direction", "message"),
    [
        (ROWS, np.zeros(3), "direction: expected a length above zero"),
        (ROWS, np.ones(4), r"direction: .* shape \(5, 3\), got shape \(4,\)"),
        (ROWS, np.ones((1, 3)), r"direction: .* got shape \(1, 3\)"),
        (ROWS, np.array([1, np.inf, 0]), "direction: expected finite numbers, got 1"),
        (ROWS * np.nan, np.ones(3), "activations: expected finite numbers, got 15"),
    ],
)
def test_a_direction_that_points_nowhere_is_refused(rows, direction, message):
    with pytest.raises(ValueError, match=message):
        along(rows, direction)
