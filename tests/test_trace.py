from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, MambaConfig, MambaForCausalLM

from interp_widgets._trace import trace
from interp_widgets.models import load_model
from tests.small_gpt2 import BOS, CONTEXT, HEADS, LAYERS, WIDTH, write_gpt2

PROMPT = "Mary and John went"
TOKENS = (BOS, "Mary", " and", " John", " went")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_gpt2(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def model(folder):
    return load_model(folder)


def test_a_trace_names_its_tokens_with_their_spaces(model):
    assert trace(model, PROMPT).tokens == TOKENS


def test_the_pattern_is_what_transformers_returns(model, folder):
    ours = trace(model, PROMPT)
    reference = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    with torch.no_grad():
        theirs = reference(torch.tensor(ours.token_ids)[None], output_attentions=True).attentions
    for layer in range(LAYERS):
        assert ours["pattern", layer].shape == (HEADS, len(TOKENS), len(TOKENS))
        torch.testing.assert_close(ours["pattern", layer], theirs[layer][0])


def test_the_pattern_and_the_residual_stream_are_kept_unless_asked_otherwise(model):
    kept = trace(model, PROMPT)
    for layer in range(LAYERS):
        assert kept["resid_pre", layer].shape == (len(TOKENS), WIDTH)
    assert kept["resid_post", LAYERS - 1].shape == (len(TOKENS), WIDTH)
    with pytest.raises(KeyError, match="mlp_out"):
        kept["mlp_out", 0]


def test_a_short_name_is_kept_in_every_layer_and_a_full_name_once(model):
    kept = trace(model, PROMPT, hooks=["z", "blocks.1.hook_mlp_out", "embed"])
    for layer in range(LAYERS):
        assert kept["z", layer].shape == (len(TOKENS), HEADS, WIDTH // HEADS)
    assert kept["mlp_out", 1].shape == (len(TOKENS), WIDTH)
    assert kept["embed"].shape == (len(TOKENS), WIDTH)
    for missing in [("mlp_out", 0), ("pattern", 0)]:
        with pytest.raises(KeyError, match="hooks="):
            kept[missing]


def test_no_gradient_is_computed_or_kept_and_the_mode_is_left_alone(model):
    modes = []
    with model.hooks([("unembed.hook_in", lambda *_, **__: modes.append(torch.is_grad_enabled()))]):
        kept = trace(model, PROMPT)
    assert modes == [False]
    assert not any(tensor.requires_grad for tensor in kept.cache.values())
    assert torch.is_grad_enabled()
    assert all(parameter.grad is None for parameter in model.parameters())


def test_tracing_leaves_no_hook_behind(model):
    trace(model, PROMPT)
    assert not any(point.fwd_hooks for point in model.hook_dict.values())


def test_two_traces_of_a_prompt_are_equal(model):
    first, second = trace(model, PROMPT), trace(model, PROMPT)
    for name in first.cache.cache_dict:
        torch.testing.assert_close(first[name], second[name], rtol=0, atol=0)


def test_the_source_says_where_the_numbers_come_from(model):
    source = trace(model, PROMPT).source
    assert source["model"] == "small"
    assert source["prompt_sha256"] == hashlib.sha256(PROMPT.encode()).hexdigest()
    assert source["torch"] == torch.__version__
    assert {"interp-widgets", "transformer-lens", "transformers"} < set(source)


def test_a_trace_shows_itself_in_one_line(model):
    assert repr(trace(model, PROMPT)) == "Trace('small', 5 tokens)"


@pytest.mark.parametrize(
    "prompt", ["naïve café", "日本語", "🙂🙂", "a\nb\tc", "</script>", "  two", "\x00", "e\u0301"]
)
def test_any_text_keeps_its_ids_token_by_token(model, prompt):
    kept = trace(model, prompt)
    assert len(kept.tokens) == len(kept.token_ids)
    assert model.tokenizer.decode(kept.token_ids[1:]) == prompt
    for token, number in zip(kept.tokens, kept.token_ids, strict=True):
        assert token == model.tokenizer.decode([number])


def test_the_beginning_is_not_said_twice(model):
    np.testing.assert_array_equal(
        trace(model, BOS + PROMPT).token_ids, trace(model, PROMPT).token_ids
    )


def test_a_prompt_may_fill_the_context_but_not_more(model):
    assert len(trace(model, "a" * (CONTEXT - 1)).tokens) == CONTEXT
    with pytest.raises(ValueError, match=rf"prompt: expected at most {CONTEXT} tokens.*got 33"):
        trace(model, "a" * CONTEXT)


def test_an_empty_prompt_is_refused(model):
    with pytest.raises(ValueError, match="prompt: expected some text"):
        trace(model, "")


def test_half_a_character_is_refused(model):
    with pytest.raises(ValueError, match=r"prompt: expected text .* at position 2"):
        trace(model, "ab\ud800")


@pytest.mark.parametrize("prompt", [None, 3, b"Mary", ["Mary", "John"], np.array([1, 2])])
def test_a_prompt_of_another_type_is_refused(model, prompt):
    with pytest.raises(TypeError, match="prompt: expected a str"):
        trace(model, prompt)


def test_a_tokenizer_of_another_model_is_refused(model, monkeypatch):
    monkeypatch.setattr(model.cfg, "d_vocab", 100)
    with pytest.raises(ValueError, match=r"prompt: .*the 100 the model knows.*tokenizer"):
        trace(model, PROMPT)


@pytest.mark.parametrize("other", ["tiny-world", None, torch.nn.Linear(2, 3)])
def test_a_model_that_is_not_a_bridge_is_refused(other):
    with pytest.raises(TypeError, match=r"model: expected a TransformerBridge.*load_model"):
        trace(other, PROMPT)


def test_a_model_in_training_mode_is_refused(model):
    model.train()
    try:
        with pytest.raises(ValueError, match=r"model\.eval\(\)"):
            trace(model, PROMPT)
    finally:
        model.eval()


def test_a_model_without_attention_weights_is_refused_but_can_be_traced(tmp_path):
    folder = write_gpt2(tmp_path / "mamba")
    config = MambaConfig(hidden_size=24, num_hidden_layers=2, vocab_size=400, state_size=4)
    MambaForCausalLM(config).save_pretrained(folder)
    mamba = load_model(folder)
    with pytest.raises(ValueError, match="model: expected a model with attention weights"):
        trace(mamba, PROMPT)
    assert trace(mamba, PROMPT, hooks=["resid_pre"])["resid_pre", 1].shape == (5, 24)


def test_an_unknown_hook_is_named(model):
    with pytest.raises(ValueError, match="hooks: expected names of activations, got 'patern'"):
        trace(model, PROMPT, hooks=["pattern", "patern"])


def test_a_hook_that_does_not_fire_is_named(model):
    with (
        pytest.warns(UserWarning, match="gated"),
        pytest.raises(ValueError, match=r"hook_result.* got none.*set_use_attn_result"),
    ):
        trace(model, PROMPT, hooks=["result"])


@pytest.mark.parametrize("hooks", ["pattern", 3, [3], [None], [["pattern"]]])
def test_hooks_of_another_type_are_refused(model, hooks):
    with pytest.raises(TypeError, match="hooks: expected"):
        trace(model, PROMPT, hooks=hooks)


def test_a_model_may_run_in_half_precision(folder):
    half = load_model(folder).to(torch.bfloat16)
    assert trace(half, PROMPT)["pattern", 0].dtype == torch.bfloat16


def test_a_model_that_runs_in_two_threads_fills_each_cache_whole(model):
    prompts = ["Mary and John went", "John and Mary went to the"] * 20
    alone = {prompt: trace(model, prompt).cache for prompt in prompts}
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda prompt: trace(model, prompt), prompts)
        for prompt, run in zip(prompts, together, strict=True):
            assert run.cache.keys() == alone[prompt].keys()
            assert all(torch.equal(run.cache[name], alone[prompt][name]) for name in run.cache)
