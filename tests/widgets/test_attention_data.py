"""What is shown of one run, of one without its first token, and of two."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets._head_scores import induction_score, previous_token_score
from interp_widgets.results import AttentionPattern, LazyAttentionPattern
from interp_widgets.widgets._attention_data import AttentionData, attention_data
from tests.widgets.samples import WORDS, lazy, pattern, weights

OTHER = weights(seed=4)
DOGS = ("<bos>", " dog", " cat", " dog", " sat")


def test_leaving_the_first_token_out_shares_its_part_among_the_others():
    square = AttentionData(pattern()).square(1, 2, hide_first=True)
    assert not square[:, 0].any()
    np.testing.assert_allclose(square[1:].sum(axis=1), 1, rtol=1e-6)
    whole = weights()[1, 2]
    np.testing.assert_allclose(square[3, 2], whole[3, 2] / whole[3, 1:].sum(), rtol=1e-6)
    assert not square[0].any()  # the first query has nowhere else to look


def test_a_row_that_leaves_nearly_nothing_is_left_empty_and_not_blown_up():
    rows = np.zeros((1, 1, 3, 3))
    rows[0, 0] = [[1, 0, 0], [0.9985, 0.0015, 0], [0.9995, 0.0004, 0.0001]]
    square = AttentionData(AttentionPattern(rows, tuple("abc"))).square(0, 0, hide_first=True)
    assert square[1].tolist() == pytest.approx([0, 1, 0])
    assert square[2].tolist() == [0, 0, 0]


def test_a_comparison_is_the_first_run_minus_the_other():
    data = attention_data(pattern(), compare=AttentionPattern(OTHER, WORDS))
    difference = weights() - OTHER
    np.testing.assert_array_equal(np.stack(list(data.squares())).reshape(2, 3, 5, 5), difference)
    assert (data.signed, data.causal) == (True, True)
    assert data.peak == pytest.approx(np.abs(difference).max())
    without = [AttentionData(pattern(part)).square(0, 1, hide_first=True) for part in (WORDS,)]
    other = AttentionData(AttentionPattern(OTHER, WORDS)).square(0, 1, hide_first=True)
    np.testing.assert_array_equal(data.square(0, 1, hide_first=True), without[0] - other)


def test_a_comparison_of_equal_runs_differs_by_nothing_and_can_still_be_drawn():
    data = attention_data(pattern(), compare=pattern())
    assert not any(square.any() for square in data.squares())
    assert (data.peak, data.equal) == (1.0, True)
    assert not attention_data(pattern(), compare=OTHER).equal
    assert not attention_data(lazy(), compare=lazy()).equal  # nobody has looked


def test_where_the_texts_of_two_runs_differ_the_names_say_both():
    data = attention_data(pattern(), compare=pattern(DOGS))
    assert data.key_texts() == ["<bos>", " mat |  dog", " cat", " mat |  dog", " sat"]
    assert data.key_names()[1:3] == ["' mat' | ' dog' (token 1)", "' cat'"]
    assert data.query_names() == data.key_names()


def test_a_comparison_without_tokens_of_its_own_takes_those_of_the_data():
    assert attention_data(pattern(), compare=OTHER).key_texts() == list(WORDS)


@pytest.mark.parametrize(
    ("compare", "kind", "message"),
    [
        (pattern(WORDS[:4]), ValueError, r"compare: .*\(2, 3, 5, 5\), got \(2, 3, 4, 4\)"),
        (pattern(layers=1), ValueError, r"compare: .*got \(1, 3, 5, 5\)"),
        (pattern(queries=WORDS), ValueError, "compare: expected a run of the same"),
        ("hello", TypeError, "compare: data: expected an AttentionPattern.*got str"),
        (OTHER * np.nan, ValueError, "compare: weights: .*NaN"),
    ],
)
def test_a_comparison_that_does_not_fit_is_refused_with_its_name(compare, kind, message):
    with pytest.raises(kind, match=message):
        attention_data(pattern(), compare=compare)


def test_no_value_is_shown_where_there_can_be_none():
    later = np.triu(np.ones((5, 5), dtype=bool), k=1)
    np.testing.assert_array_equal(AttentionData(pattern()).hidden(0), later)
    assert not AttentionData(pattern(causal=False)).hidden(0).any()
    near = np.broadcast_to(np.eye(5), (2, 3, 5, 5))
    data = AttentionData(AttentionPattern(near, WORDS, windows=(0, 3)))
    far = np.tril(np.ones((5, 5), dtype=bool), k=-3)
    np.testing.assert_array_equal(data.hidden(0), later)
    np.testing.assert_array_equal(data.hidden(1), later | far)
    assert data.hidden(0, hide_first=True)[:, 0].all()


def test_heads_are_scored_as_their_squares_come_by():
    asked = []
    data = AttentionData(lazy(asked=asked))
    assert data.orders.names == ["induction", "previous token", "first token", "duplicate token"]
    for layer, head in np.ndindex(2, 3):
        assert data.orders.missing
        data.square(layer, head, hide_first=True)  # scores are those of the whole row
    assert data.orders.missing == []
    scores = {order["name"]: order["scores"] for order in data.orders.lists()}
    np.testing.assert_array_equal(scores["induction"], induction_score(pattern()).ravel())
    np.testing.assert_array_equal(scores["previous token"], previous_token_score(pattern()).ravel())
    assert len(asked) == 6


def test_two_runs_are_scored_by_the_difference_each_with_its_own_tokens():
    other = AttentionPattern(OTHER, ("<bos>", " a", " b", " b", " c"))
    data = attention_data(pattern(), compare=other)
    list(data.squares())
    scores = {order["name"]: order["scores"] for order in data.orders.lists()}
    expected = induction_score(pattern()) - induction_score(other)
    np.testing.assert_allclose(scores["induction"], expected.ravel(), atol=1e-12)


def test_a_prompt_is_offered_only_the_scores_it_has():
    assert AttentionData(pattern(tuple("abcde"))).orders.names == ["previous token", "first token"]
    assert AttentionData(pattern(queries=WORDS)).orders.names == []
    assert attention_data(pattern(), compare=pattern(tuple("abcde"))).orders.names == [
        "previous token",
        "first token",
    ]


def test_a_comparison_of_fetched_runs_fetches_nothing_before_it_must():
    asked = []
    data = attention_data(lazy(asked=asked), compare=lazy(asked=asked))
    assert (data.lazy, data.peak, data.causal, asked) == (True, 1.0, True, [])
    assert not data.square(1, 1).any()
    assert asked == [(1, 1), (1, 1)]


def test_data_that_was_cut_and_named_stays_data_to_fetch():
    data = attention_data(lazy(), DOGS, attention_mask=[0, 1, 1, 1, 1], layers=[1])
    assert isinstance(data.run, LazyAttentionPattern)
    np.testing.assert_array_equal(data.square(0, 2), weights()[1, 2, 1:, 1:])
    assert data.key_texts() == list(DOGS[1:])
