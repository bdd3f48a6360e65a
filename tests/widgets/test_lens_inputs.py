"""A lens that TransformerLens has read is shown with the numbers that ours has."""

from __future__ import annotations

import numpy as np
import pytest
from transformer_lens.tools.analysis import logit_lens as theirs

from interp_widgets._trace import trace
from interp_widgets.analysis.lens import logit_lens
from interp_widgets.models import load_model
from interp_widgets.widgets._lens_inputs import lenses
from tests.small_gpt2 import PROMPT, write_gpt2

TARGETS = [7, 3, 11]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return trace(load_model(write_gpt2(tmp_path_factory.mktemp("models") / "small")), PROMPT)


@pytest.fixture(scope="module")
def ours(run):
    return logit_lens(run, targets=TARGETS)


def read(run, *, tokens=None, **options):
    """Read a run with TransformerLens, and that as the view does."""
    result = theirs(run.cache, **{"positions": None} | options)
    tokenizer = run.model.tokenizer
    return lenses(result, run.tokens if tokens is None else tokens, tokenizer)["logit lens"]


@pytest.mark.parametrize("kind", ["probs", "log_probs"])
def test_the_best_of_each_place(run, ours, kind):
    lens = read(run, top_k=4, return_type=kind)
    np.testing.assert_array_equal(lens.top_ids, ours.top_ids[..., :4])
    np.testing.assert_allclose(lens.top_probs, ours.top_probs[..., :4], atol=1e-6)
    np.testing.assert_allclose(lens.entropy, ours.entropy, atol=1e-5)
    assert lens.words[int(lens.top_ids[0, 0, 0])] == ours.words[int(lens.top_ids[0, 0, 0])]


def test_tokens_that_were_asked_for(run, ours):
    lens = read(run, targets=TARGETS, return_type="probs")
    assert lens.target_ids.tolist() == TARGETS
    np.testing.assert_array_equal(lens.target_ranks, ours.target_ranks[..., :3])
    np.testing.assert_allclose(lens.target_probs, ours.target_probs[..., :3], atol=1e-6)
    best = np.array(TARGETS)[ours.target_probs[..., :3].argmax(-1)]
    np.testing.assert_array_equal(lens.top_ids[..., 0], best)
    assert lens.source["cells"].startswith("the most likely of the tokens that")


@pytest.mark.parametrize("kind", ["probs", "log_probs", "logits"])
def test_whole_distributions(run, ours, kind):
    lens = read(run, return_type=kind)
    np.testing.assert_array_equal(lens.top_ids, ours.top_ids)
    for name, within in (("top_probs", 1e-6), ("divergence", 1e-4), ("output_probs", 1e-6)):
        np.testing.assert_allclose(getattr(lens, name), getattr(ours, name), atol=within)
    np.testing.assert_array_equal(lens.output_ranks, ours.output_ranks)
    place = ours.target_ids.tolist().index(int(lens.target_ids[0]))
    np.testing.assert_array_equal(lens.target_ranks[..., 0], ours.target_ranks[..., place])


def test_one_position_alone(run, ours):
    lens = read(run, positions=-1, top_k=2, return_type="probs", tokens=run.tokens[-1:])
    np.testing.assert_array_equal(lens.top_ids, ours.top_ids[:, -1:, :2])


def test_what_cannot_be_read_is_refused(run):
    with pytest.raises(ValueError, match="tokens: expected the text of each position, got None"):
        lenses(theirs(run.cache, top_k=2), None, run.model.tokenizer)
    with pytest.raises(ValueError, match="tokenizer: expected something with decode"):
        lenses(theirs(run.cache, top_k=2), run.tokens, None)
    with pytest.raises(ValueError, match="got the logits of some tokens"):
        read(run, top_k=2, return_type="logits")
    with pytest.raises(ValueError, match="tokens: expected"):
        read(run, top_k=2, return_type="probs", tokens=run.tokens[:2])


def test_more_than_one_prompt_is_refused(run):
    ids = run.model.to_tokens(PROMPT).repeat(2, 1)
    result = theirs(run.model, ids, top_k=2, return_type="probs", positions=None)
    with pytest.raises(ValueError, match="expected one prompt, got a batch of 2"):
        lenses(result, run.tokens, run.model.tokenizer)
    each = theirs(run.model, ids, targets=ids, return_type="probs", positions=None)
    with pytest.raises(ValueError, match="expected the same targets at every position"):
        lenses(each, run.tokens, run.model.tokenizer)
