"""Shapes whose geometry is known have the numbers that geometry gives them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import interp_widgets as iw
from interp_widgets.results import Superposition
from tests.widgets.superposition_samples import family, ring


@pytest.mark.parametrize(
    ("vectors", "part"),
    [
        (np.eye(3), 1),
        (ring(2), 1 / 2),
        (ring(3), 2 / 3),
        (ring(4), 1 / 2),
        (ring(5), 2 / 5),
        (ring(7), 2 / 7),
        (3 * ring(5), 2 / 5),
        (np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]), 3 / 4),
    ],
    ids=["alone", "pair", "triangle", "two pairs", "pentagon", "heptagon", "long", "tetrahedron"],
)
def test_a_regular_shape_shares_its_dimensions_evenly(vectors, part):
    np.testing.assert_allclose(Superposition(vectors).dimensionality, part, rtol=1e-6)


def test_a_feature_that_is_not_held_has_no_dimension_and_takes_none():
    vectors = np.vstack([np.eye(2), np.zeros((3, 2))])
    np.testing.assert_array_equal(Superposition(vectors).dimensionality, [[1, 1, 0, 0, 0]])


def test_features_per_dimension_count_vectors_of_length_one():
    np.testing.assert_allclose(family().features_per_dimension, [1, 2, 2.5 * 1.1**2], rtol=1e-6)


def test_the_product_of_each_vector_with_each_is_w_transpose_w():
    made = family(hidden=3, features=4)
    for instance, vectors in enumerate(made.weights):
        products = made.products(instance)
        np.testing.assert_allclose(products, vectors @ vectors.T, rtol=1e-5)
        np.testing.assert_allclose(np.diag(products), made.lengths[instance] ** 2, rtol=1e-6)


def test_trained_models_hold_more_features_the_rarer_they_are():
    """Of five features in two dimensions dense ones get one each, rare ones make a pentagon."""
    importance = [0.8**feature for feature in range(5)]
    made = iw.train_toy_models(5, 2, [1.0, 0.03], importance=importance, restarts=4)
    dense, rare = made.dimensionality
    assert dense[:2].min() > 0.95
    assert dense[2:].max() < 0.1
    np.testing.assert_allclose(rare, 2 / 5, atol=0.03)
    angles = np.sort(np.degrees(np.arctan2(*made.weights[1].T)))
    np.testing.assert_allclose(np.diff(angles), 72, atol=6)
    assert made.features_per_dimension[1] > 2 * made.features_per_dimension[0]
    assert made.losses[1] < made.losses[0]


def test_arrays_of_any_library_and_single_instances_are_taken():
    made = Superposition(torch.ones(4, 3, dtype=torch.bfloat16))
    assert made.shape == (1, 4, 3)
    assert made.weights.dtype == np.float32
    assert made.densities is None


def test_nobody_can_change_it():
    made = family()
    for name in ("weights", "densities", "importance", "losses", "dimensionality", "lengths"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(made, name)[0] = 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"weights": np.ones(3)}, r"weights: expected shape \(instance, feature, hidden\).*\(3,\)"),
        ({"weights": np.ones((2, 0, 3))}, r"weights: expected shape .*\(2, 0, 3\)"),
        ({"weights": np.full((3, 5, 2), np.nan)}, "weights: expected finite numbers, got 30 NaN"),
        ({"densities": (1.0, 0.5)}, r"densities: expected shape \(3,\).*\(2,\)"),
        ({"densities": (1.0, 0.5, 0.0)}, "densities: expected probabilities above 0 and up to 1"),
        ({"densities": (1.0, 0.5, 1.5)}, "one minus the sparsity"),
        ({"importance": (1.0, 0.5)}, r"importance: expected shape \(5,\).*\(2,\)"),
        ({"importance": (1, 1, 1, 1, -1)}, "importance: expected finite numbers from 0"),
        ({"losses": (np.nan, 0, 1)}, "losses: expected finite numbers from 0"),
        ({"biases": np.ones((3, 2))}, r"biases: .*\(3, 5\).*got shape \(3, 2\)"),
        ({"biases": np.full((3, 5), np.inf)}, "biases: expected finite numbers"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changed, message):
    with pytest.raises(ValueError, match=message):
        family(**changed)


@pytest.mark.parametrize("name", ["weights", "densities", "losses"])
def test_what_is_no_array_of_numbers_is_refused_by_name(name):
    with pytest.raises(TypeError, match=f"{name}: expected"):
        family(**{name: "abc"})
