"""A sweep against a loop written by hand, against TransformerLens, and against what must be so."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformer_lens import patching as theirs

import interp_widgets as iw
from interp_widgets._trace import trace
from interp_widgets.analysis.metrics import logit_difference
from interp_widgets.analysis.patching import patch_sweep
from interp_widgets.models import load_model
from tests.small_gpt2 import HEADS, LAYERS, write_gpt2

CLEAN, CORRUPTED = "Mary and John went", "Mary and Paul went"
TOKENS = 5  # with the one that begins the text
LAST = TOKENS - 1
CHANGED = 3


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_model(write_gpt2(tmp_path_factory.mktemp("models") / "small"))


@pytest.fixture(scope="module")
def metric(model):
    return logit_difference(model, " John", " Paul")


@pytest.fixture(scope="module")
def sweep(model, metric):
    return patch_sweep(model, CLEAN, CORRUPTED, metric, top_k=3)


def logits_by_hand(model, base, donor, name, place):
    """One patched run, with PyTorch's own idea of a copy."""
    _, cache = model.run_with_cache(model.to_tokens(donor))

    def patch(activation, hook):
        activation[place] = cache[name][place]
        return activation

    with torch.no_grad():
        return model.run_with_hooks(model.to_tokens(base), fwd_hooks=[(name, patch)])


def value(metric, logits):
    return float(metric(logits))


def test_every_cell_is_a_run_of_the_corrupted_prompt_with_one_activation_of_the_clean_one(
    model, metric, sweep
):
    assert sweep.values.shape == (LAYERS, TOKENS)
    for layer, pos in np.ndindex(LAYERS, TOKENS):
        name = f"blocks.{layer}.hook_resid_pre"
        logits = logits_by_hand(model, CORRUPTED, CLEAN, name, np.s_[:, pos])
        assert sweep.values[layer, pos] == pytest.approx(value(metric, logits), abs=1e-5)
        best = logits[0, -1].softmax(-1).topk(3)
        assert sweep.top_ids[layer, pos].tolist() == best.indices.tolist()
        np.testing.assert_allclose(sweep.top_probs[layer, pos], best.values, atol=1e-6)
    assert np.ptp(sweep.values) > 0.05


def test_noising_puts_the_corrupted_activations_into_the_clean_run(model, metric):
    swept = patch_sweep(model, CLEAN, CORRUPTED, metric, direction="noising", activation="mlp_out")
    name = "blocks.1.hook_mlp_out"
    logits = logits_by_hand(model, CLEAN, CORRUPTED, name, np.s_[:, LAST])
    assert swept.values[1, LAST] == pytest.approx(value(metric, logits), abs=1e-5)
    assert swept.values[1, LAST] != pytest.approx(swept.clean, abs=1e-3)


@pytest.mark.parametrize(
    ("over", "activation", "reference"),
    [
        (("layer", "pos"), "resid_pre", theirs.get_act_patch_resid_pre),
        (("layer", "pos"), "attn_out", theirs.get_act_patch_attn_out),
        (("layer", "head"), "z", theirs.get_act_patch_attn_head_out_all_pos),
        (("layer", "head"), "pattern", theirs.get_act_patch_attn_head_pattern_all_pos),
        (("head", "pos"), "z", theirs.get_act_patch_attn_head_out_by_pos),
        (("head", "pos"), "pattern", theirs.get_act_patch_attn_head_pattern_by_pos),
    ],
)
def test_the_library_sweeps_the_same(model, metric, over, activation, reference):
    _, cache = model.run_with_cache(model.to_tokens(CLEAN))
    with torch.no_grad():
        expected = reference(model, model.to_tokens(CORRUPTED), cache, metric)
    if over == ("head", "pos"):
        axes = "layer pos head" if activation == "z" else "layer head pos"
        expected = expected.movedim(axes.split().index("head"), 1).reshape(LAYERS * HEADS, TOKENS)
    swept = patch_sweep(model, CLEAN, CORRUPTED, metric, over=over, activation=activation)
    np.testing.assert_allclose(swept.values, expected.numpy(), atol=1e-5)
    assert np.ptp(swept.values) > 1e-2


def test_rows_and_columns_have_the_numbers_of_their_layers_and_heads(model, metric):
    by_head = patch_sweep(model, CLEAN, CORRUPTED, metric, over=("layer", "head"))
    assert (by_head.layers, by_head.heads, by_head.activation) == ((0, 1), (0, 1, 2), "z")
    by_pos = patch_sweep(model, CLEAN, CORRUPTED, metric, over=("head", "pos"))
    assert by_pos.layers == (0, 0, 0, 1, 1, 1)
    assert by_pos.heads == (0, 1, 2, 0, 1, 2)


def test_patching_what_does_not_differ_gives_the_corrupted_metric(sweep):
    """Before the first layer, all tokens but one are the same in both prompts."""
    same = [pos for pos in range(TOKENS) if pos != CHANGED]
    np.testing.assert_array_equal(sweep.values[0, same], np.float32(sweep.corrupted))
    np.testing.assert_allclose(sweep.effect[0, same], 0, atol=1e-6)


def test_patching_the_only_difference_gives_the_clean_metric(sweep):
    assert sweep.values[0, CHANGED] == pytest.approx(sweep.clean, abs=1e-5)
    assert sweep.effect[0, CHANGED] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("direction", ["denoising", "noising"])
def test_patching_all_that_the_metric_reads_gives_the_other_run(model, metric, direction):
    swept = patch_sweep(
        model, CLEAN, CORRUPTED, metric, activation="resid_post", direction=direction
    )
    assert swept.values[-1, LAST] == pytest.approx(swept.donor, abs=1e-5)
    assert swept.effect[-1, LAST] == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(swept.effect[-1, :LAST], 0, atol=1e-6)
    assert swept.donor == (swept.clean if direction == "denoising" else swept.corrupted)


def test_it_says_what_was_measured_and_where_it_comes_from(model, metric, sweep):
    with torch.no_grad():
        runs = [model(model.to_tokens(prompt)) for prompt in (CLEAN, CORRUPTED)]
    assert sweep.clean == pytest.approx(value(metric, runs[0]), abs=1e-5)
    assert sweep.corrupted == pytest.approx(value(metric, runs[1]), abs=1e-5)
    assert sweep.clean != pytest.approx(sweep.corrupted, abs=0.05)
    for name, logits in zip(("clean", "corrupted"), runs, strict=True):
        best = logits[0, -1].softmax(-1).topk(3)
        assert getattr(sweep, f"{name}_top_ids").tolist() == best.indices.tolist()
    assert sweep.clean_tokens == trace(model, CLEAN).tokens
    assert sweep.corrupted_tokens[CHANGED] == " Paul"
    assert sweep.metric == "logit of ' John' minus logit of ' Paul'"
    assert (sweep.unit, sweep.position, sweep.direction) == ("logits", LAST, "denoising")
    assert sweep.source["model"] == "small"
    assert sweep.source["clean_sha256"] != sweep.source["corrupted_sha256"]
    assert sweep.source["hook"] == "blocks.*.hook_resid_pre"
    assert not sweep.folded


def test_any_function_of_the_logits_is_a_metric(model):
    def surprise(logits):
        return -logits[0, 2].log_softmax(-1).max().item()

    swept = patch_sweep(model, CLEAN, CORRUPTED, surprise)
    assert (swept.metric, swept.unit, swept.position) == ("surprise", "", LAST)
    np.testing.assert_array_equal(swept.values[:, 3:], np.float32(swept.corrupted))
    assert not swept.defined  # the word that differs comes later than what is measured


def test_a_metric_that_reads_an_earlier_token_keeps_the_top_tokens_there(model):
    metric = logit_difference(model, " John", " Paul", pos=CHANGED)
    swept = patch_sweep(model, CLEAN, CORRUPTED, metric, top_k=1)
    with torch.no_grad():
        logits = model(model.to_tokens(CLEAN))
    assert swept.position == CHANGED
    assert swept.clean_top_ids.tolist() == [int(logits[0, CHANGED].argmax())]


def test_folded_weights_are_noted(tmp_path, metric):
    folded = load_model(write_gpt2(tmp_path / "small"))
    folded.enable_compatibility_mode()
    swept = patch_sweep(folded, CLEAN, CORRUPTED, metric, over=("layer", "head"))
    assert swept.folded


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"corrupted": "Mary went"},
            ValueError,
            r"corrupted: expected as many tokens as clean has, 5, got 3.*swap words",
        ),
        ({"corrupted": CLEAN}, ValueError, "corrupted: expected a prompt that differs from clean"),
        ({"corrupted": ""}, ValueError, "corrupted: expected some text"),
        ({"over": ("pos", "layer")}, ValueError, r"over: expected one of .*got \('pos', 'layer'\)"),
        ({"direction": "back"}, ValueError, "direction: expected one of .*'back'"),
        ({"activation": "nothing"}, ValueError, "activation: expected names of activations"),
        ({"activation": "ln_final.hook_scale"}, ValueError, "activation: expected one that layers"),
        (
            {"activation": "mlp_out", "over": ("layer", "head")},
            ValueError,
            r"activation: expected one with heads.*'mlp_out'",
        ),
        ({"top_k": 0}, ValueError, "top_k: expected 1 to"),
        ({"metric": lambda logits: logits}, TypeError, r"metric: .* one number, got .*Tensor of"),
        ({"metric": lambda logits: None}, TypeError, "metric: .*one number, got .*NoneType"),
        ({"metric": lambda logits: float("nan")}, ValueError, "metric: expected a finite number"),
    ],
)
def test_what_cannot_be_swept_is_refused(model, metric, options, error, message):
    given = {"clean": CLEAN, "corrupted": CORRUPTED, "metric": metric} | options
    with pytest.raises(error, match=message):
        patch_sweep(model, **given)


def test_a_metric_that_reads_past_the_end_is_refused(model):
    with pytest.raises(ValueError, match="metric: expected one that reads one of 5 tokens"):
        patch_sweep(model, CLEAN, CORRUPTED, logit_difference(model, 3, 4, pos=5))


@pytest.mark.parametrize(
    ("answer", "message"),
    [("Mary and", "answer: expected text that is one token"), (-1, "answer: expected ids from 0")],
)
def test_an_answer_that_is_not_one_token_is_refused(model, answer, message):
    with pytest.raises(ValueError, match=message):
        logit_difference(model, answer, " John")


def test_on_tiny_world_the_name_moves_from_where_it_is_repeated_to_the_end():
    """Known of its giving sentences: the repeated name tells which of the two is the receiver."""
    model = iw.load_model("tiny-world")
    metric = iw.logit_difference(model, " Mary", " John")
    story = "When Mary and John went to the store, {} gave a drink to"
    swept = iw.patch_sweep(model, story.format("John"), story.format("Mary"), metric)
    assert swept.clean > 3
    assert swept.corrupted < -3
    repeated, end = 10, len(swept.clean_tokens) - 1
    assert (swept.clean_tokens[repeated], swept.corrupted_tokens[repeated]) == (" John", " Mary")
    assert swept.effect[0, repeated] == pytest.approx(1, abs=1e-4)
    assert swept.effect[-1, end] > 0.9
    assert abs(swept.effect[-1, repeated]) < 0.1
    elsewhere = np.delete(swept.effect, [repeated, end], axis=1)
    assert np.abs(elsewhere).max() < 0.1
