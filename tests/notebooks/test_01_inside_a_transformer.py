"""What notebook 01 says of its networks is so, and each control could have said otherwise."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

import interp_widgets as iw
from interp_widgets.analysis.attention import attention_pattern, induction_score
from interp_widgets.course.lessons import _inside_heads as heads
from interp_widgets.course.lessons import _inside_stream as stream
from interp_widgets.course.lessons._inside_answers import (
    AGAINST,
    DECIDING,
    LOUDEST,
    attribution,
)
from interp_widgets.course.lessons._inside_lens import lens_logits
from interp_widgets.course.lessons._inside_models import (
    GIVES,
    RECEIVES,
    SUSPECTS,
    folded,
    suspects,
)
from interp_widgets.worlds.hand_induction import (
    INDUCTION,
    PREVIOUS,
    hand_induction,
    repeated_segments,
)
from interp_widgets.worlds.tiny_vocabulary import FIRST_NAMES
from tests.support import ROOT

SOURCE = (ROOT / "notebooks" / "01_inside_a_transformer.py").read_text()
LETTERS = "adcbead"
COUNT, LENGTH = 50, 24
SEEDS = [0, pytest.param(1, marks=pytest.mark.slow)]
EVERY_HEAD = list(np.ndindex(2, 4))


@pytest.fixture(autouse=True)
def _nothing_is_trained():
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def hand():
    return iw.load_model("hand-induction")


@pytest.fixture(scope="module")
def two_layers():
    return iw.load_model("induction-2l")


@pytest.fixture(scope="module")
def tiny():
    return iw.load_model("tiny-world")


def test_the_notebook_shows_what_is_tested_here():
    said = [f'"{LETTERS}"', f'"{RECEIVES}"', f"count={COUNT}, length={LENGTH}, seed=0"]
    said += ['replace("John gave", "Mary gave")', '"adcbeadcbe"']
    for words in said:
        assert words in SOURCE


# --- the stream of hand-induction ---


def test_the_repetition_is_continued(hand):
    chances = hand(LETTERS)[0, -1].softmax(-1)
    assert hand.tokenizer.decode(chances.argmax()) == "c"
    assert chances.max() > 0.99


def test_each_part_writes_into_columns_of_its_own(hand):
    _, cache = hand.run_with_cache(LETTERS)
    spaces = hand_induction().spaces
    places = {"symbol": "hook_embed", "position": "hook_pos_embed"}
    places |= {"before": ("attn_out", 0), "next": ("attn_out", 1)}
    for space, part in places.items():
        written = cache[part][0, -1].abs()
        assert written[spaces[space]].sum() == written.sum() > 0
        number = written[spaces[space]].argmax().item()
        said = number if space == "position" else hand.tokenizer.decode(number)
        assert said == {"symbol": "d", "position": 7, "before": "a", "next": "c"}[space]


@pytest.mark.parametrize("name", ["hand-induction", "induction-2l", "induction-1l"])
def test_the_sum_of_what_was_written_gives_the_models_own_logits(name):
    model, tokens = iw.load_model(name), torch.from_numpy(repeated_segments(5, 17, seed=2))
    assert (stream.own_logits(model, tokens) - model(tokens)).abs().max() <= 1e-5


def test_no_part_of_a_trained_network_can_be_left_out():
    model, tokens = iw.load_model("induction-2l"), torch.from_numpy(repeated_segments(5, 17, 2))
    _, cache = model.run_with_cache(tokens)
    for part in ("hook_embed", "hook_pos_embed", ("attn_out", 0), ("attn_out", 1)):
        assert (cache[part] @ model.W_U).abs().max() > 0.1


# --- silencing the heads of hand-induction ---


@pytest.mark.parametrize("place", EVERY_HEAD)
def test_without_either_of_two_heads_the_answer_is_gone_and_without_another_it_stays(hand, place):
    without = stream.ablated_logits(hand, hand.to_tokens(LETTERS), *place)[0, -1].softmax(-1)
    chance = without[hand.to_single_token("c")]
    assert chance == pytest.approx(1 / 27) if place in {PREVIOUS, INDUCTION} else chance > 0.99


def test_what_a_head_of_layer_0_writes_is_not_read_out(hand):
    _, cache = hand.run_with_cache(LETTERS)
    assert (cache["attn_out", 0] @ hand.W_U).abs().max() == 0


# --- circuits of hand-induction ---


def test_the_induction_head_finds_its_place_by_the_note_and_not_without_it(hand):
    asks = hand.W_E @ hand.W_Q[INDUCTION]
    note = hand.W_E @ hand.W_V[PREVIOUS] @ hand.W_O[PREVIOUS]
    with_note = asks @ (note @ hand.W_K[INDUCTION]).T / hand.cfg.d_head**0.5
    without = asks @ (hand.W_E @ hand.W_K[INDUCTION]).T / hand.cfg.d_head**0.5
    assert torch.equal(with_note, 256 * torch.eye(27))
    assert without.abs().max() == 0


def test_the_induction_head_copies_every_symbol_but_the_start(hand):
    written = heads.ov_circuit(hand, *INDUCTION)
    assert torch.equal(written, 10 * torch.diag(torch.tensor([0.0] + [1.0] * 26)))


# --- the trained networks ---


def halves(logits, ids):
    """Loss of the first and of the second saying, in nats a letter."""
    loss = cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none").mean(0)
    length = len(loss) // 2
    return loss[:length].mean().item(), loss[length:].mean().item()


def pattern_scores(name, revision=None, seed=0):
    """The induction score of every head, (layer, head), on segments said twice."""
    model = iw.load_model(name, revision=revision)
    ids = torch.from_numpy(repeated_segments(COUNT, LENGTH, seed))
    _, cache = model.run_with_cache(ids)
    return np.array(
        [
            [
                np.mean([heads.induction_score(p, LENGTH) for p in patterns])
                for patterns in cache["pattern", layer].numpy(force=True).swapaxes(0, 1)
            ]
            for layer in range(model.cfg.n_layers)
        ]
    )


def losses(model, ids, places=()):
    """Loss of the first and of the second saying with some heads silenced, in nats a letter."""

    def silence(z, hook, head):
        z[:, :, head] = 0

    hooks = [(f"blocks.{layer}.attn.hook_z", partial(silence, head=head)) for layer, head in places]
    return halves(model.run_with_hooks(ids, fwd_hooks=hooks), ids)


RUNS = [None, pytest.param("seed-0", marks=pytest.mark.slow)]


@pytest.mark.parametrize("revision", RUNS)
def test_the_score_finds_induction_heads_in_two_layers_and_none_in_one(revision):
    two, one = pattern_scores("induction-2l", revision), pattern_scores("induction-1l", revision)
    assert two[1].max() > 0.6
    assert two[0].max() < 0.1
    assert one.max() < 0.25


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("revision", RUNS)
def test_without_its_induction_heads_the_second_saying_is_as_hard_as_the_first(revision, seed):
    model = iw.load_model("induction-2l", revision=revision)
    ids = torch.from_numpy(repeated_segments(COUNT, LENGTH, seed))
    found = np.argwhere(pattern_scores("induction-2l", revision, seed) > 0.5).tolist()
    first, second = losses(model, ids)
    assert second < 0.05 * first
    silenced = losses(model, ids, found)
    assert silenced[0] == pytest.approx(first, rel=0.05)
    assert silenced[1] == pytest.approx(first, rel=0.1)
    for kept in range(len(found)):  # any one of them keeps much of the work going
        others = [place for number, place in enumerate(found) if number != kept]
        assert losses(model, ids, others)[1] < 0.9 * silenced[1]


@pytest.mark.parametrize("revision", RUNS)
def test_one_layer_gets_a_little_better_and_no_more(revision):
    ids = torch.from_numpy(repeated_segments(COUNT, LENGTH, seed=0))
    first, second = losses(iw.load_model("induction-1l", revision=revision), ids)
    assert 0.8 * first < second < 0.97 * first


def test_two_heads_of_layer_1_copy_and_the_others_warn(two_layers):
    assert np.argwhere(pattern_scores("induction-2l") > 0.5).tolist() == [[1, 0], [1, 3]]
    for head in range(4):
        table = heads.ov_circuit(two_layers, 1, head)[1:, 1:]
        share = (table.argmax(-1) == torch.arange(26)).float().mean()
        assert share == (1 if head in {0, 3} else 0)
        assert table.diagonal().mean() > 2 if head in {0, 3} else table.diagonal().mean() < -2


def test_either_induction_head_does_most_of_the_others_work(two_layers):
    ids = torch.from_numpy(repeated_segments(COUNT, LENGTH, seed=0))
    for head in (0, 3):
        assert losses(two_layers, ids, [(1, head)])[1] < 1


def test_with_shorter_segments_the_heads_that_warn_mislead(two_layers):
    ids = torch.from_numpy(repeated_segments(COUNT, 20, seed=0))
    first, second = losses(two_layers, ids, [(1, 0), (1, 3)])
    assert second / first == pytest.approx(1.18, abs=0.02)


# --- the logit lens on tiny-world ---


def test_after_the_last_layer_the_lens_gives_the_models_own_logits(tiny):
    tokens = tiny.to_tokens(RECEIVES)
    assert (lens_logits(tiny, tokens, 3) - tiny(tokens)).abs().max() <= 1e-5
    assert (lens_logits(tiny, tokens, 2) - tiny(tokens)).abs().max() > 1


def test_names_come_up_in_the_middle_and_the_right_one_at_the_output(tiny):
    lens = iw.logit_lens(iw.trace(tiny, RECEIVES))
    said = [[lens.words[token] for token in row[:2]] for row in lens.top_ids[:, -1].tolist()]
    assert said[2][0] in FIRST_NAMES
    assert said[1][0] not in FIRST_NAMES
    assert said[3] == [" John", " Mary"]
    assert said[4] == [" Mary", " John"]
    divergence = lens.divergence[:, -1]
    assert (np.diff(divergence[2:]) < 0).all()
    assert divergence[2] > divergence[1]
    assert divergence[-1] < 1e-3


# --- folding and attribution on tiny-world ---


def difference(logits, model):
    mary, john = (model.to_single_token(name) for name in (" Mary", " John"))
    return (logits[0, -1, mary] - logits[0, -1, john]).item()


def summed_shares(model, sentence):
    """What all parts and the bias of the unembedding add up to, read with W_U alone."""
    _, cache = model.run_with_cache(sentence)
    mary, john = (model.to_single_token(name) for name in (" Mary", " John"))
    shares = cache.logit_attrs(cache.decompose_resid(pos_slice=-1), mary, john, pos_slice=-1)
    return (shares.sum() + model.b_U[mary] - model.b_U[john]).item()


def test_folding_changes_logits_but_no_probability(tiny):
    before, after = tiny(RECEIVES), folded()(RECEIVES)
    assert (before.softmax(-1) - after.softmax(-1)).abs().max() < 1e-5
    assert (before - after).abs().max() > 1
    assert difference(before, tiny) == pytest.approx(difference(after, folded()), abs=1e-3)


@pytest.mark.parametrize("sentence", [RECEIVES, GIVES])
def test_the_shares_add_up_in_the_folded_network_alone(tiny, sentence):
    whole = difference(tiny(sentence), tiny)
    assert summed_shares(folded(), sentence) == pytest.approx(whole, abs=1e-3)
    assert abs(summed_shares(tiny, sentence) - whole) > 0.3


@pytest.mark.parametrize("sentence", [RECEIVES, GIVES])
def test_the_readers_attribution_adds_up_as_well(sentence):
    model = folded()
    mary, john = (model.to_single_token(name) for name in (" Mary", " John"))
    shares = attribution(model, model.to_tokens(sentence), mary, john)
    bias = (model.b_U[mary] - model.b_U[john]).item()
    assert sum(shares) + bias == pytest.approx(difference(model(sentence), model), abs=1e-3)


# --- who speaks and who decides ---


def shares_of(sentence):
    """What each head adds to the logit of Mary minus that of John."""
    model = folded()
    _, cache = model.run_with_cache(sentence)
    wrote = cache.stack_head_results(pos_slice=-1)
    shares = cache.logit_attrs(wrote, " Mary", " John", pos_slice=-1)
    return shares.reshape(4, 4).numpy(force=True)


def test_the_loudest_head_says_the_same_in_both_sentences_and_another_turns_round():
    receives, gives = shares_of(RECEIVES), shares_of(GIVES)
    change = receives - gives
    assert np.unravel_index(receives.argmax(), (4, 4)) == LOUDEST
    assert np.unravel_index(receives.argmin(), (4, 4)) == AGAINST
    assert abs(change[LOUDEST]) < 0.1 * receives[LOUDEST]
    assert np.unravel_index(change.argmax(), (4, 4)) == DECIDING
    assert receives[DECIDING] > 2 > -2 > gives[DECIDING]


def apart(model, place=None):
    """How far the two sentences are apart, and the answer to each, in logits."""
    said = []
    for tokens in map(model.to_tokens, (RECEIVES, GIVES)):
        logits = stream.ablated_logits(model, tokens, *place) if place else model(tokens)
        said.append(difference(logits, model))
    return said[0] - said[1], *said


def test_without_the_loudest_head_the_sentences_stay_as_far_apart(tiny):
    whole, *said = apart(tiny)
    without, *rest = apart(tiny, LOUDEST)
    assert said[0] > 4
    assert said[1] < -3
    assert all(8 < before - after < 10 for before, after in zip(said, rest, strict=True))
    assert without == pytest.approx(whole, rel=0.1)


def test_without_the_deciding_head_they_are_hardly_told_apart(tiny):
    assert apart(tiny, DECIDING)[0] < 0.15 * apart(tiny)[0]


def test_the_deciding_head_looks_at_the_giver(tiny):
    for sentence in (RECEIVES, GIVES):
        trace = iw.trace(tiny, sentence)
        looks = trace["pattern", DECIDING[0]][DECIDING[1], -1]
        assert trace.tokens[looks.argmax()] == (" John" if sentence == RECEIVES else " Mary")
        assert looks.argmax() == 10
        assert looks.max() > 0.9


# --- two suspects ---


def test_the_suspects_look_alike_and_write_as_much_but_only_one_is_heard():
    model = suspects()
    tokens = model.to_tokens("adcbeadcbe")
    logits, cache = model.run_with_cache(tokens)
    scores = induction_score(attention_pattern(iw.trace(model, "adcbeadcbe")))
    silent, speaking = SUSPECTS
    patterns = cache["pattern", 1][0]
    assert torch.equal(patterns[silent[1]], patterns[speaking[1]])
    assert scores[silent] == scores[speaking] == pytest.approx(1)
    assert sorted(scores.ravel())[-3] < 0.2
    sizes = cache.stack_head_results().norm(dim=-1).mean((1, 2)).reshape(2, 4)
    assert sizes[silent] == pytest.approx(sizes[speaking].item())
    change = {place: stream.ablated_logits(model, tokens, *place) - logits for place in SUSPECTS}
    assert change[silent].abs().max() == 0
    assert change[speaking].abs().max() == pytest.approx(10, abs=0.01)
