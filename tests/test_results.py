"""A result refuses shapes that do not fit, and says both."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from interp_widgets.results import AttentionPattern, LazyAttentionPattern
from tests.widgets.samples import weights as random_weights

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
        ({"layers": 2}, TypeError, "layers: expected one entry for each, got int 2"),
        ({"queries": (" x", " y")}, ValueError, r"queries: .*\(5,\).*got \(2,\)"),
        ({"windows": 4}, TypeError, "windows: expected one entry for each, got int 4"),
        ({"windows": (0, 2.5)}, TypeError, "windows: expected whole numbers"),
        ({"windows": (0, -1)}, ValueError, r"windows: expected numbers .* from 0.*got \(0, -1\)"),
        ({"windows": (0, 4)}, ValueError, "windows: .*back than 4 tokens in layer 1, got 1"),
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


def test_a_part_of_a_windowed_pattern_keeps_the_windows_of_its_layers():
    weights = np.zeros((2, 3, 5, 5))
    weights[0, ..., 0] = 1
    weights[1] = np.eye(5)
    made = pattern(weights=weights, layers=(4, 7), windows=(0, 2))
    assert made.select(layers=[7]).windows == (2,)
    assert pattern().windows == (0, 0)


def test_attention_to_another_text_names_its_queries_and_is_never_causal():
    made = pattern(weights=np.full((2, 3, 4, 5), 0.2), queries=(" le", " chat", " noir", "."))
    assert made.shape == (2, 3, 4, 5)
    assert made.square(1, 2).shape == (4, 5)
    assert not made.causal
    with pytest.raises(ValueError, match=r"windows: .*all 0 for attention to another text"):
        pattern(weights=np.zeros((2, 3, 4, 5)), queries=("", "", "", ""), windows=(0, 3))


@pytest.mark.parametrize("ahead", [(0, 1), (3, 4), (127, 128), (128, 129), (0, 129), (20, 128)])
def test_a_pattern_is_causal_when_no_head_looks_ahead(ahead):
    weights = np.zeros((2, 3, 130, 130))
    weights[..., 0] = 1
    tokens = ("",) * 130
    assert pattern(weights=weights, tokens=tokens).causal
    weights[1, 2, *ahead] = 0.001
    assert not pattern(weights=weights, tokens=tokens).causal


def test_weights_that_nobody_can_write_to_are_kept_without_a_copy():
    mine = np.full((2, 3, 5, 5), 0.2, dtype=np.float32)
    mine.flags.writeable = False
    assert pattern(weights=mine).weights is mine
    window = mine[:, :, :4, :4]  # someone may still hold what is behind a view of an array
    assert not np.shares_memory(pattern(weights=window, tokens=TOKENS[:4]).weights, mine)


def head_of_array(layer, head):
    return random_weights()[(4, 7).index(layer), (0, 2, 9).index(head)]


def lazy(fetch=head_of_array, **changed):
    """Layers 4 and 7, heads 0, 2 and 9, fetched from one array."""
    layout = {"tokens": TOKENS, "layers": (4, 7), "heads": (0, 2, 9)}
    return LazyAttentionPattern(**{"fetch": fetch} | layout | changed)


def test_a_lazy_pattern_fetches_a_head_by_the_models_numbers_and_nothing_before():
    asked = []
    made = lazy(lambda *numbers: asked.append(numbers) or torch.eye(5, dtype=torch.bfloat16))
    assert (made.shape, made.causal, asked) == ((2, 3, 5, 5), True, [])
    np.testing.assert_array_equal(made.square(1, 2), np.eye(5))
    assert asked == [(7, 9)]
    assert made.square(1, 2).dtype == np.float32


def test_a_lazy_pattern_holds_no_more_than_three_squares():
    asked = []
    made = lazy(lambda *numbers: asked.append(numbers) or np.eye(5))
    for head in (0, 1, 2, 0, 1, 2):
        made.square(0, head)
    assert len(asked) == 3
    made.square(1, 0)  # drops the first
    made.square(0, 1)
    made.square(0, 0)
    assert asked[3:] == [(7, 0), (4, 0)]
    assert len(made._recent) == 3


def test_a_part_of_a_lazy_pattern_fetches_the_same_heads():
    small = lazy().select(layers=[7], heads=[9, 0])
    assert small.shape == (1, 2, 5, 5)
    np.testing.assert_array_equal(small.square(0, 1), lazy().square(1, 0))
    assert (small.layers, small.heads) == ((7,), (9, 0))


@pytest.mark.parametrize(
    ("square", "kind", "message"),
    [
        (np.eye(4), ValueError, r"fetch: .*\(5, 5\).*got \(4, 4\) in layer 7 head 2"),
        (np.eye(5)[None], ValueError, r"got \(1, 5, 5\)"),
        (None, TypeError, "fetch: expected a function that returns an array.*got NoneType"),
        (np.eye(5) * 3, ValueError, "after the softmax"),
        (np.eye(5) * np.nan, ValueError, "NaN"),
        (np.eye(5, k=1), ValueError, "causal: .*layer 7 head 2.*causal=False"),
        (np.eye(5, k=-4), ValueError, "windows: .*3 tokens in layer 7, got 1"),
    ],
)
def test_a_square_that_does_not_fit_is_refused_when_it_is_fetched(square, kind, message):
    made = lazy(lambda *_numbers: square, windows=(0, 3))
    with pytest.raises(kind, match=message):
        made.square(1, 1)


@pytest.mark.parametrize(
    ("changed", "kind", "message"),
    [
        ({"fetch": np.eye(5)}, TypeError, "fetch: expected a function.*got ndarray"),
        ({"layers": 2}, TypeError, "layers: expected one entry for each, got int 2"),
        (
            {"heads": ()},
            ValueError,
            r"one layer, head and token, got shape \(2, 0, 5, 5\)",
        ),
        ({"tokens": "abcde"}, TypeError, "tokens: expected one entry for each, got str"),
        ({"token_ids": [1]}, ValueError, "token_ids"),
    ],
)
def test_a_lazy_pattern_that_makes_no_sense_is_refused_before_any_fetch(changed, kind, message):
    with pytest.raises(kind, match=message):
        lazy(**changed)
