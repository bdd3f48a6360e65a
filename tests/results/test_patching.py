"""A sweep holds what was measured, and derives every effect from it."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.results import PatchSweep
from tests.widgets.patch_samples import CLEAN, CORRUPTED, WITHOUT_TOPS, sweep

VALUES = [[-1.0, 0.0, 3.0], [1.0, 1.5, -3.0]]
HEADS = ("layer", "head")


def small(**changed):
    """Two layers over three tokens: corrupted -1, clean 3, so a gap of 4."""
    fields = {"values": VALUES, "clean": 3, "corrupted": -1}
    tokens = {"clean_tokens": tuple("abc"), "corrupted_tokens": tuple("abd")}
    return PatchSweep(**fields | tokens | changed)


def test_an_effect_is_the_part_of_the_gap_that_a_patch_closes():
    np.testing.assert_allclose(small().effect, [[0, 0.25, 1], [0.5, 0.625, -0.5]])
    np.testing.assert_allclose(small().change, [[0, 1, 4], [2, 2.5, -2]])
    assert (small().base, small().donor) == (-1, 3)


def test_noising_starts_from_the_clean_run():
    noising = small(direction="noising")
    assert (noising.base, noising.donor) == (3, -1)
    np.testing.assert_allclose(noising.effect, [[1, 0.75, 0], [0.5, 0.375, 1.5]])
    np.testing.assert_allclose(noising.change, [[-4, -3, 0], [-2, -1.5, -6]])


@pytest.mark.parametrize(("clean", "corrupted"), [(-1, -1), (0, 0), (1e4, 1e4 + 1e-3)])
def test_without_a_gap_there_is_no_effect_but_there_is_a_change(clean, corrupted):
    equal = small(clean=clean, corrupted=corrupted)
    assert not equal.defined
    assert np.isnan(equal.effect).all()
    np.testing.assert_allclose(equal.change, np.array(VALUES) - corrupted, rtol=1e-6)
    assert small(clean=1e-6, corrupted=2e-6).defined  # small numbers have gaps too


def test_nobody_can_change_what_was_measured():
    made = sweep()
    for name in ("values", "effect", "change", "top_ids", "clean_top_probs", "clean_ids"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(made, name)[0] = 0
    with pytest.raises(TypeError):
        made.words[0] = "other"


def test_axes_count_from_zero_unless_they_are_named():
    assert (small().layers, small().heads) == ((0, 1), None)
    assert small(layers=(4, 7)).layers == (4, 7)
    by_head = small(over=HEADS)
    assert (by_head.layers, by_head.heads) == ((0, 1), (0, 1, 2))
    pairs = small(over=("head", "pos"), layers=(1, 1), heads=(0, 2))
    assert (pairs.layers, pairs.heads) == ((1, 1), (0, 2))


def test_over_layer_and_head_the_prompts_may_have_any_length():
    assert small(over=HEADS, clean_tokens=CLEAN, corrupted_tokens=CORRUPTED).position == 4


def test_the_last_token_is_the_one_that_is_read_unless_another_is_named():
    assert (small().position, small(position=1).position, small(position=-2).position) == (2, 1, 1)


def test_top_tokens_may_be_left_out():
    made = sweep(**WITHOUT_TOPS)
    assert made.top_ids is None
    assert made.words == {}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"over": ("pos", "layer")}, "over: expected one of"),
        ({"over": None}, "over: expected one of .*got None"),
        ({"direction": "up"}, "direction: expected one of .*'up'"),
        ({"values": [1.0, 2.0]}, r"values: expected shape \(layer, pos\).*got \(2,\)"),
        ({"values": [[1.0, np.nan, 0]]}, "values: expected finite numbers, got 1 NaN"),
        ({"clean": np.inf}, "clean: expected a finite number"),
        ({"corrupted_tokens": tuple("ab")}, r"corrupted_tokens: expected shape \(3,\).*\(2,\)"),
        ({"clean_tokens": tuple("abcd")}, r"clean_tokens: expected shape \(3,\).*\(4,\)"),
        ({"clean_ids": [1, 2]}, r"token_ids: expected shape \(3,\)"),
        ({"position": 3}, "position: expected the number of one of 3 tokens, got 3"),
        ({"layers": (1,)}, r"layers: expected shape \(2,\)"),
        ({"layers": (1, 1)}, "layers: expected different numbers"),
        ({"heads": (1, 2, 3)}, "heads: expected None over"),
        ({"over": HEADS, "heads": (1, 2)}, r"heads: expected shape \(3,\)"),
        (
            {"over": ("head", "pos"), "layers": (1, 1), "heads": (2, 2)},
            "heads: expected different pairs",
        ),
        ({"top_ids": np.zeros((2, 3, 4), int)}, "clean_top_ids: expected all fields of top"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changed, message):
    with pytest.raises(ValueError, match=message):
        small(**changed)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"clean": "high"}, "clean: expected the metric of that run as one number, got str"),
        ({"values": [["a"]]}, "values: expected shape"),
        ({"over": ("head", "pos")}, "layers: expected one entry for each, got NoneType"),
        ({"clean_tokens": "abc"}, "clean_tokens: expected one entry|clean_tokens: expected a seq"),
    ],
)
def test_what_is_of_another_kind_is_refused_by_name(changed, message):
    with pytest.raises(TypeError, match=message):
        small(**changed)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"top_probs": np.zeros((5, 2, 3))}, r"top_probs: expected shape \(2, 5, 3\).*\(5, 2, 3\)"),
        ({"clean_top_ids": [1, 2]}, r"clean_top_ids: expected shape \(3,\).*\(2,\)"),
        ({"corrupted_top_probs": [1.5, 0.1, 0]}, "corrupted_top_probs: expected probabilities"),
        ({"words": {0: "a"}}, "words: expected the text of every id"),
    ],
)
def test_top_tokens_that_do_not_fit_are_refused_by_name(changed, message):
    with pytest.raises(ValueError, match=message):
        sweep(**changed)
