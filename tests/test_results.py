"""A result refuses shapes that do not fit, and says both."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from interp_widgets.results import AttentionPattern

TOKENS = ("<bos>", " a", " b", " a", " c")


def pattern(**changed):
    """Two layers of three heads over five tokens, all attention on the first."""
    weights = np.zeros((2, 3, 5, 5))
    weights[..., 0] = 1
    return AttentionPattern(**{"weights": weights, "tokens": TOKENS} | changed)


def test_a_pattern_keeps_what_it_was_given_as_float32_and_counts_from_zero():
    made = pattern(token_ids=[9, 7, 5, 7, 3], source={"model": "toy"})
    assert made.weights.dtype == np.float32
    assert (made.layers, made.heads) == ((0, 1), (0, 1, 2))
    assert made.token_ids.tolist() == [9, 7, 5, 7, 3]
    assert made.source["model"] == "toy"
    assert not made.folded


def test_a_pattern_cannot_be_changed_and_does_not_follow_the_array_it_came_from():
    weights = np.full((2, 3, 5, 5), 0.2, dtype=np.float32)
    made = pattern(weights=weights)
    weights[0, 0, 0, 0] = 0.5
    assert made.weights[0, 0, 0, 0] == np.float32(0.2)
    with pytest.raises(ValueError, match="read-only"):
        made.weights[0, 0, 0, 0] = 0.5
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.tokens = ()
    with pytest.raises(TypeError):
        made.source["model"] = "other"


@pytest.mark.parametrize("shape", [(3, 5, 5), (2, 3, 5, 4), (2, 0, 5, 5), (1, 2, 3, 5, 5)])
def test_a_wrong_shape_names_what_was_expected_and_what_came(shape):
    with pytest.raises(ValueError, match=r"weights: expected shape \(layer, head") as error:
        pattern(weights=np.zeros(shape))
    assert str(shape) in str(error.value)


@pytest.mark.parametrize(
    ("changed", "kind", "message"),
    [
        ({"tokens": TOKENS[:4]}, ValueError, r"tokens: .*\(5,\).*\(2, 3, 5, 5\), got \(4,\)"),
        ({"tokens": "abcde"}, TypeError, "tokens: expected a sequence of strings"),
        ({"tokens": (1, 2, 3, 4, 5)}, TypeError, "got int at position 0"),
        ({"token_ids": [1, 2]}, ValueError, r"token_ids: .*\(5,\).*got \(2,\)"),
        ({"layers": (0, 1, 2)}, ValueError, r"layers: .*\(2,\).*got \(3,\)"),
        ({"heads": (4, 4, 5)}, ValueError, "heads: expected different numbers"),
        ({"weights": np.full((2, 3, 5, 5), 1.5)}, ValueError, "after the softmax"),
        ({"weights": np.full((2, 3, 5, 5), -3.0)}, ValueError, "values from -3 to -3"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name(changed, kind, message):
    with pytest.raises(kind, match=message):
        pattern(**changed)


def test_nan_is_refused_with_the_place_of_the_first():
    weights = np.zeros((2, 3, 5, 5))
    weights[1, 2, 3, 1] = np.nan
    weights[1, 2, 4, 0] = np.inf
    with pytest.raises(ValueError, match=r"got 2 NaN or infinite.*\(1, 2, 3, 1\)"):
        pattern(weights=weights)


def test_a_half_precision_rounding_above_one_is_accepted():
    assert pattern(weights=np.full((2, 3, 5, 5), 1.004)).weights.max() > 1


def test_selecting_keeps_the_models_numbers_in_the_order_asked_for():
    made = pattern(layers=(4, 7), heads=(0, 2, 9))
    small = made.select(layers=[7], heads=[9, 0])
    assert (small.layers, small.heads) == ((7,), (9, 0))
    assert small.weights.shape == (1, 2, 5, 5)


@pytest.mark.parametrize("wanted", [{"layers": [2]}, {"heads": [0, 3]}, {"layers": []}])
def test_selecting_what_is_not_there_is_refused(wanted):
    (name,) = wanted
    with pytest.raises(ValueError, match=f"{name}: expected numbers from"):
        pattern().select(**wanted)
