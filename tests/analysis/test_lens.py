"""The logit lens: its last row is the model, its numbers those of an explicit readout."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformer_lens.tools.analysis import logit_lens as reference

from interp_widgets._trace import trace
from interp_widgets.analysis import lens
from interp_widgets.analysis.lens import logit_lens
from interp_widgets.models import load_model
from tests.small_gpt2 import LAYERS, PROMPT, write_gpt2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_gpt2(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def model(folder):
    return load_model(folder)


@pytest.fixture(scope="module")
def run(model):
    return trace(model, PROMPT)


def read_by_hand(run):
    """(layer, pos, vocabulary) of log-probabilities, everything held at once."""
    model = run.model
    rows = [run["resid_pre", layer] for layer in range(LAYERS)] + [run["resid_post", LAYERS - 1]]
    with torch.no_grad():
        logits = torch.stack([model.ln_final(row[None])[0] @ model.W_U + model.b_U for row in rows])
    return logits.log_softmax(-1)


def test_the_last_row_is_the_prediction_of_the_model(model, run):
    with torch.no_grad():
        expected = model(run.model.to_tokens(PROMPT))[0].softmax(-1).topk(4)
    read = logit_lens(run, top_k=4)
    assert read.labels == ("0_pre", "1_pre", "final_post")
    np.testing.assert_array_equal(read.top_ids[-1], expected.indices.numpy())
    np.testing.assert_allclose(read.top_probs[-1], expected.values.numpy(), atol=1e-5)


def test_every_number_is_that_of_a_readout_by_hand(run):
    logs = read_by_hand(run)
    read = logit_lens(run, top_k=3)
    probs = logs.exp()
    np.testing.assert_allclose(read.top_probs, probs.topk(3).values.numpy(), atol=1e-5)
    np.testing.assert_allclose(read.entropy, -(probs * logs).sum(-1).numpy(), atol=1e-4)
    divergence = (probs[-1] * (logs[-1] - logs)).sum(-1).numpy()
    np.testing.assert_allclose(read.divergence, divergence, atol=1e-4)
    assert divergence.max() > 0.1
    followed = probs[..., read.target_ids.copy()]
    np.testing.assert_allclose(read.target_probs, followed.numpy(), atol=1e-5)
    ranks = (probs[..., None, :] > followed[..., None]).sum(-1).numpy()
    np.testing.assert_array_equal(read.target_ranks, ranks)


def test_what_the_model_says_at_the_end_is_followed_at_every_position(run):
    probs = read_by_hand(run).exp()
    said = probs[-1].argmax(-1)
    followed = probs[:, range(len(said)), said]
    read = logit_lens(run)
    np.testing.assert_allclose(read.output_probs, followed.numpy(), atol=1e-5)
    ranks = (probs > followed[..., None]).sum(-1).numpy()
    np.testing.assert_array_equal(read.output_ranks, ranks)
    assert ranks[-1].max() == 0 < ranks.max()


def test_positions_read_one_at_a_time_give_the_same_comparison(run, monkeypatch):
    whole = logit_lens(run)
    monkeypatch.setattr(lens, "_HELD_MOST", 1)
    single = logit_lens(run)
    np.testing.assert_allclose(single.divergence, whole.divergence, atol=1e-5)
    np.testing.assert_array_equal(single.output_ranks, whole.output_ranks)


def test_the_library_reads_the_same(run):
    theirs = reference(run.cache, positions=None, top_k=2, return_type="probs")
    ours = logit_lens(run, top_k=2)
    np.testing.assert_array_equal(ours.top_ids, theirs.readout.top_ids.numpy())
    np.testing.assert_allclose(ours.top_probs, theirs.values.numpy(), atol=1e-6)


def test_tokens_that_are_on_top_anywhere_are_followed_the_most_frequent_first(run):
    read = logit_lens(run)
    best, counts = np.unique(read.top_ids[..., 0], return_counts=True)
    assert set(read.target_ids.tolist()) == set(best.tolist())
    frequency = dict(zip(best.tolist(), counts.tolist(), strict=True))
    followed = [frequency[token] for token in read.target_ids.tolist()]
    assert followed == sorted(followed, reverse=True)


def test_tokens_that_were_asked_for_are_followed_first(run, model):
    anna = model.tokenizer.encode(" Anna", add_special_tokens=False)[0]
    read = logit_lens(run, targets=[" Anna", 5])
    assert read.target_ids[:2].tolist() == [anna, 5]
    assert read.words[anna] == " Anna"


def test_no_more_tokens_are_followed_than_there_is_room_for(run, monkeypatch):
    monkeypatch.setattr(lens, "FOLLOWED_MOST", 2)
    assert len(logit_lens(run).target_ids) == 2
    assert logit_lens(run, targets=[1, 2, 3]).target_ids.tolist() == [1, 2, 3]


def test_folding_the_weights_moves_no_probability(folder, run):
    folded = load_model(folder)
    folded.enable_compatibility_mode()
    plain, other = logit_lens(run), logit_lens(trace(folded, PROMPT))
    assert (plain.folded, other.folded) == (False, True)
    np.testing.assert_allclose(other.top_probs, plain.top_probs, atol=1e-4)


def test_a_translator_reads_each_row_its_own_way(run):
    doubled = logit_lens(run, translator=lambda resid, row: resid if row else -resid)
    plain = logit_lens(run)
    np.testing.assert_array_equal(doubled.top_ids[1:], plain.top_ids[1:])
    assert (doubled.top_ids[0] != plain.top_ids[0]).any()
    assert (plain.name, doubled.name) == ("logit lens", "translated lens")
    assert (plain.translated, doubled.translated) == (False, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top_k": 0}, "top_k: expected 1 to"),
        ({"targets": ["Mary and"]}, "targets: expected text that is one token"),
        ({"targets": [-1]}, "targets: expected ids from 0 to"),
        ({"targets": ["<bos>x"]}, "targets: expected text that is one token"),
    ],
)
def test_what_cannot_be_read_is_refused(run, options, message):
    with pytest.raises(ValueError, match=message):
        logit_lens(run, **options)


def test_a_run_without_the_residual_stream_is_refused(model):
    with pytest.raises(ValueError, match="without hooks="):
        logit_lens(trace(model, PROMPT, hooks=["pattern"]))
