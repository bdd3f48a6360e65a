"""Values of tokens are checked when they are made, whatever form they come in."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from interp_widgets.results import TokenValues

TOKENS = ["<bos>", " the", " cat", " sat", "."]
LOSS = np.float32([0.5, 1.5, 2.5, 3.5, 4.5])
MANY = np.arange(15, dtype=np.float32).reshape(5, 3)


def test_one_number_for_each_token_becomes_one_channel():
    made = TokenValues(TOKENS, LOSS)
    assert made.tokens == (tuple(TOKENS),)
    assert [array.shape for array in made.values] == [(5, 1)]
    assert made.lengths == (5,)
    np.testing.assert_array_equal(made.values[0][:, 0], LOSS)


@pytest.mark.parametrize(
    "values", [MANY.tolist(), torch.tensor(MANY).bfloat16(), MANY.astype(np.float16)]
)
def test_numbers_of_any_library_and_precision_are_read(values):
    np.testing.assert_array_equal(TokenValues(TOKENS, values).values[0], MANY)


def test_rows_of_different_lengths_keep_their_channels():
    made = TokenValues([TOKENS, TOKENS[:2]], [MANY, MANY[:2] + 1], channels=[4, 9, 2])
    assert made.lengths == (5, 2)
    assert made.features == (4, 9, 2)
    np.testing.assert_array_equal(made.values[1], MANY[:2] + 1)


def test_the_numbers_cannot_be_changed_afterwards():
    given = LOSS.copy()
    made = TokenValues(TOKENS, given)
    given[0] = 99
    assert made.values[0][0, 0] == LOSS[0]
    with pytest.raises(ValueError, match="read-only"):
        made.values[0][0, 0] = 99


def test_named_channels_are_numbered_from_zero():
    assert TokenValues(TOKENS, MANY, ["loss", "entropy", "rank"]).features == (0, 1, 2)
    assert TokenValues(TOKENS, MANY).features == (0, 1, 2)


@pytest.mark.parametrize(
    ("tokens", "values", "message"),
    [
        (TOKENS, MANY.T, r"values: expected shape \(5,\).* got \(3, 5\).* pass values\.T"),
        (TOKENS, MANY[None], r"got \(1, 5, 3\).* pass values\[0\]"),
        (TOKENS, LOSS[None], r"got \(1, 5\).* pass values\[0\]"),
        (TOKENS, LOSS[1:], r"got \(4,\).* put NaN in front"),
        (TOKENS[:3], LOSS, r"got \(5,\).* pass values\[:3\]"),
        (TOKENS, np.float32(3), r"got \(\).* Give one number"),
        (TOKENS, np.append(LOSS[:4], np.inf), "infinity at token 4"),
        ([TOKENS, TOKENS[:2]], [MANY, MANY[:3]], r"values\[1\]: expected shape \(2,\)"),
        ([TOKENS, TOKENS[:2]], [MANY], "one array for each of 2 rows of text, got 1"),
        ([TOKENS, TOKENS[:2]], [MANY, LOSS[:2]], r"as many channels in every row, got \[3, 1\]"),
        ([TOKENS, []], [MANY, MANY[:0]], "at least one token"),
        ([], LOSS, "at least one token"),
    ],
)
def test_values_that_do_not_fit_are_refused_with_a_cure(tokens, values, message):
    with pytest.raises(ValueError, match=message):
        TokenValues(tokens, values)


@pytest.mark.parametrize(
    ("tokens", "values", "message"),
    [
        ("the cat", LOSS, "tokens: .* got a single str"),
        (7, LOSS, "tokens: .* got int"),
        (TOKENS, "high", "values: .* got str"),
        (TOKENS, None, "values: .* got NoneType"),
        ([TOKENS, TOKENS], None, "values: expected a list of one array"),
    ],
)
def test_what_are_no_tokens_or_no_numbers_is_refused(tokens, values, message):
    with pytest.raises(TypeError, match=message):
        TokenValues(tokens, values)


@pytest.mark.parametrize(
    ("channels", "error", "message"),
    [
        (["a", "b"], ValueError, "expected 3 names .* got 2"),
        (["a", "b", "a"], ValueError, "'a' twice"),
        ([1, 2, -3], ValueError, "numbers from 0, got -3"),
        ([1, 2, "c"], TypeError, "all names or all numbers"),
        ([1, 2, 2.5], TypeError, "got float 2.5"),
        ("abc", TypeError, "channels: expected one entry for each"),
    ],
)
def test_channels_that_cannot_be_told_apart_are_refused(channels, error, message):
    with pytest.raises(error, match=message):
        TokenValues(TOKENS, MANY, channels)
