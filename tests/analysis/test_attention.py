from __future__ import annotations

import numpy as np
import pytest
import torch
from transformer_lens import head_detector

from interp_widgets._trace import trace
from interp_widgets.analysis.attention import (
    attention_pattern,
    duplicate_token_score,
    first_token_score,
    induction_score,
    previous_token_score,
)
from interp_widgets.models import load_model
from interp_widgets.results import AttentionPattern, LazyAttentionPattern
from tests.small_gpt2 import HEADS, LAYERS, write_gpt2

SCORES = [duplicate_token_score, first_token_score, induction_score, previous_token_score]
REPEATED = "Mary and John and Mary and Anna"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_model(write_gpt2(tmp_path_factory.mktemp("models") / "small"))


def pattern_of(rows, tokens="abcab", **options) -> AttentionPattern:
    """Put one head's rows, given as text per query, into layer 1 and head 2 of 2 x 3."""
    weights = np.zeros((2, 3, len(tokens), len(tokens)))
    weights[1, 2] = rows
    return AttentionPattern(weights, tuple(tokens), **options)


def only(score: float) -> np.ndarray:
    expected = np.zeros((2, 3))
    expected[1, 2] = score
    return expected


PREVIOUS = np.array(
    [
        [1.0, 0.0, 0.0, 0.0, 0.0],
        [0.9, 0.1, 0.0, 0.0, 0.0],
        [0.0, 0.8, 0.2, 0.0, 0.0],
        [0.0, 0.0, 0.7, 0.3, 0.0],
        [0.0, 0.0, 0.0, 0.6, 0.4],
    ]
)


def test_the_previous_token_score_of_a_hand_made_head():
    score = previous_token_score(pattern_of(PREVIOUS))
    np.testing.assert_allclose(score, only((0.9 + 0.8 + 0.7 + 0.6) / 4), atol=1e-7)


def test_the_first_token_score_of_a_hand_made_head():
    rows = np.array(
        [
            [1, 0, 0, 0, 0],
            [0.5, 0.5, 0, 0, 0],
            [0.25, 0, 0.75, 0, 0],
            [0, 0, 0, 1, 0],
            [1, 0, 0, 0, 0],
        ]
    )
    score = first_token_score(pattern_of(rows))
    np.testing.assert_allclose(score, only((0.5 + 0.25 + 0 + 1) / 4), atol=1e-7)


def test_the_induction_score_of_a_hand_made_head():
    rows = np.eye(5)  # a b c a b: the second a should look at the first b, the second b at c
    rows[3] = [0.1, 0.7, 0.2, 0, 0]
    rows[4] = [0, 0.1, 0.3, 0.6, 0]
    np.testing.assert_allclose(induction_score(pattern_of(rows)), only((0.7 + 0.3) / 2), atol=1e-7)


def test_the_duplicate_score_of_a_hand_made_head():
    rows = np.eye(5)
    rows[3] = [0.1, 0.7, 0.2, 0, 0]
    rows[4] = [0, 0.1, 0.3, 0.6, 0]
    score = duplicate_token_score(pattern_of(rows))
    np.testing.assert_allclose(score, only((0.1 + 0.1) / 2), atol=1e-7)


def test_the_third_time_counts_both_earlier_ones():
    rows = np.zeros((6, 6))
    rows[2] = [0.5, 0.5, 0, 0, 0, 0]  # a b a b a c
    rows[3] = [0, 0, 0.2, 0, 0, 0]
    rows[4] = [0, 0.3, 0, 0.4, 0, 0]
    score = induction_score(pattern_of(rows, "ababac"))
    np.testing.assert_allclose(score, only((0.5 + 0.2 + 0.7) / 3), atol=1e-7)


def test_a_perfect_head_scores_one_and_its_mirror_zero():
    rows = np.zeros((5, 5))
    rows[3, 1] = rows[4, 2] = 1
    pattern = pattern_of(rows)
    np.testing.assert_array_equal(induction_score(pattern), only(1.0))
    np.testing.assert_array_equal(duplicate_token_score(pattern), only(0.0))


def test_token_ids_decide_what_is_the_same_when_the_text_cannot():
    rows = np.zeros((5, 5))
    rows[3, 1] = 1
    ids = np.array([7, 8, 9, 7, 10])
    pattern = pattern_of(rows, tokens="?????", token_ids=ids)
    np.testing.assert_array_equal(induction_score(pattern), only(1.0))


def reference(weights, ids, *, shift: int) -> np.ndarray:
    """Average in plain loops the attention to `shift` positions after every earlier copy."""
    layers, heads, positions, _ = weights.shape
    result = np.zeros((layers, heads))
    for layer in range(layers):
        for head in range(heads):
            spent = []
            for query in range(positions):
                copies = [key for key in range(query) if ids[key] == ids[query]]
                if copies:
                    spent.append(sum(weights[layer, head, query, key + shift] for key in copies))
            result[layer, head] = sum(spent) / len(spent)
    return result


def random_pattern(rng: np.random.Generator) -> AttentionPattern:
    positions = int(rng.integers(6, 20))
    weights = np.tril(rng.dirichlet(np.full(positions, 0.3), size=(2, 3, positions)))
    ids = rng.integers(0, 5, size=positions)  # more positions than tokens: some must repeat
    return AttentionPattern(weights, tuple("?" * positions), token_ids=ids)


@pytest.mark.parametrize("seed", range(8))
def test_random_patterns_score_as_in_plain_loops(seed):
    pattern = random_pattern(np.random.default_rng(seed))
    expected = reference(pattern.weights, pattern.token_ids, shift=1)
    np.testing.assert_allclose(induction_score(pattern), expected, atol=1e-6)
    expected = reference(pattern.weights, pattern.token_ids, shift=0)
    np.testing.assert_allclose(duplicate_token_score(pattern), expected, atol=1e-6)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("seed", range(4))
def test_a_score_is_a_share_of_attention_and_does_not_care_how_tokens_are_numbered(score, seed):
    rng = np.random.default_rng(seed)
    pattern = random_pattern(rng)
    values = score(pattern)
    assert values.shape == (2, 3)
    assert ((values >= 0) & (values <= 1 + 1e-6)).all()
    renamed = AttentionPattern(
        pattern.weights, pattern.tokens, token_ids=rng.permutation(5)[pattern.token_ids]
    )
    np.testing.assert_array_equal(score(renamed), values)


@pytest.mark.parametrize("score", SCORES)
def test_swapping_heads_swaps_scores(score):
    pattern = random_pattern(np.random.default_rng(11))
    swapped = AttentionPattern(
        pattern.weights[:, ::-1], pattern.tokens, token_ids=pattern.token_ids
    )
    np.testing.assert_array_equal(score(swapped), score(pattern)[:, ::-1])


@pytest.mark.parametrize(
    ("score", "name"),
    [
        (previous_token_score, "previous_token_head"),
        (duplicate_token_score, "duplicate_token_head"),
        (induction_score, "induction_head"),
    ],
)
def test_transformerlens_finds_the_same_scores(model, score, name):
    """It divides the same sum by all queries, where the scores divide by those that count."""
    run = trace(model, REPEATED)
    theirs = head_detector.detect_head(model, REPEATED, name, cache=run.cache)
    make = getattr(head_detector, f"get_{name}_detection_pattern")
    count = int(make(torch.tensor(run.token_ids)[None]).any(dim=1).sum())
    ours = score(attention_pattern(run)) * count / len(run.tokens)
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-6)
    assert theirs.std() > 0.01


def test_a_pattern_holds_every_layer_and_head_of_the_trace(model):
    run = trace(model, REPEATED)
    pattern = attention_pattern(run)
    assert pattern.weights.shape == (LAYERS, HEADS, len(run.tokens), len(run.tokens))
    for layer in range(LAYERS):
        np.testing.assert_array_equal(pattern.weights[layer], run["pattern", layer].numpy())
    np.testing.assert_allclose(pattern.weights.sum(axis=-1), 1, atol=1e-5)
    assert pattern.tokens == run.tokens
    np.testing.assert_array_equal(pattern.token_ids, run.token_ids)


def test_a_pattern_says_where_it_comes_from(model):
    run = trace(model, REPEATED)
    source = attention_pattern(run).source
    assert dict(source) == {**run.source, "hook": "blocks.*.attn.hook_pattern"}


def test_a_pattern_keeps_the_numbers_of_the_layers_that_were_traced(model):
    pattern = attention_pattern(trace(model, REPEATED, hooks=["blocks.1.attn.hook_pattern"]))
    assert pattern.layers == (1,)


def test_folded_weights_are_recorded(tmp_path):
    folded = load_model(write_gpt2(tmp_path / "small"))
    assert not attention_pattern(trace(folded, REPEATED)).folded
    folded.enable_compatibility_mode(disable_warnings=True)
    assert attention_pattern(trace(folded, REPEATED)).folded


def test_half_precision_becomes_float32(tmp_path):
    half = load_model(write_gpt2(tmp_path / "small")).to(torch.bfloat16)
    assert attention_pattern(trace(half, REPEATED)).weights.dtype == np.float32


def test_a_trace_without_a_pattern_is_refused(model):
    with pytest.raises(ValueError, match=r'trace: expected a run that kept "pattern".*hooks='):
        attention_pattern(trace(model, REPEATED, hooks=["z"]))


@pytest.mark.parametrize("score", [induction_score, duplicate_token_score])
def test_a_prompt_without_a_repeat_has_no_such_score(score):
    with pytest.raises(ValueError, match="pattern: expected a prompt with a repeated token, got 5"):
        score(pattern_of(np.eye(5), "abcde"))


@pytest.mark.parametrize("score", [previous_token_score, first_token_score])
def test_a_single_position_has_no_such_score(score):
    pattern = AttentionPattern(np.ones((2, 3, 1, 1)), ("a",))
    with pytest.raises(ValueError, match="pattern: expected at least 2 positions, got 1"):
        score(pattern)


@pytest.mark.parametrize("score", SCORES)
def test_attention_to_another_text_has_no_such_score(score):
    pattern = AttentionPattern(
        np.zeros((2, 3, 4, 5)), tuple("abcab"), queries=(" le", " chat", " noir", ".")
    )
    with pytest.raises(ValueError, match="pattern: expected attention of a text to itself"):
        score(pattern)


def test_tokens_that_differ_in_an_unseen_character_are_not_copies():
    pattern = AttentionPattern(np.zeros((2, 3, 3, 3)), ("a", "a\x00", ""))
    with pytest.raises(ValueError, match="got 3 different ones"):
        induction_score(pattern)


@pytest.mark.parametrize("score", SCORES)
def test_a_lazy_pattern_scores_as_one_held_whole_and_fetches_each_head_once(score):
    whole = random_pattern(np.random.default_rng(5))
    fetched = []

    def fetch(layer, head):
        fetched.append((layer, head))
        return whole.weights[layer - 4, head]

    lazy = LazyAttentionPattern(
        fetch, whole.tokens, layers=(4, 5), heads=(0, 1, 2), token_ids=whole.token_ids
    )
    np.testing.assert_array_equal(score(lazy), score(whole))
    assert len(fetched) == len(set(fetched)) == 6
