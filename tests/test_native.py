"""Networks of TransformerLens' own architecture read prompts by the character or by the word."""

from __future__ import annotations

import pytest
import torch
from transformer_lens.config import TransformerBridgeConfig
from transformer_lens.model_bridge.sources.native import NativeModel

from interp_widgets._native import save_native
from interp_widgets._trace import trace
from interp_widgets.models import load_model

SYMBOLS = ("<bos>", *map(str, range(13)), "=")


@pytest.fixture(params=[True, False], ids=["spaced", "not spaced"])
def spaced(request):
    return request.param


@pytest.fixture
def model(tmp_path, spaced):
    network = {
        "n_layers": 1,
        "n_heads": 3,
        "d_head": 2,
        "d_model": 6,
        "d_mlp": 5,
        "n_ctx": 7,
        "d_vocab": len(SYMBOLS),
        "act_fn": "relu",
        "normalization_type": None,
        "attention_dir": "causal",
    }
    torch.manual_seed(0)
    weights = NativeModel(TransformerBridgeConfig.from_dict(dict(network))).state_dict()
    save_native(tmp_path, network, weights, SYMBOLS, spaced=spaced)
    return load_model(tmp_path)


def test_a_symbol_of_two_characters_is_one_token_where_spaces_set_symbols_apart(model, spaced):
    tokens = ("<bos>", "9", "12", "=") if spaced else ("<bos>", "9", "1", "2", "=")
    run = trace(model, "9 12 =")
    assert run.tokens == tokens
    assert run.token_ids.tolist() == [SYMBOLS.index(token) for token in tokens]


@pytest.mark.parametrize(
    ("prompt", "whole", "character"), [("9 1a 2", "1a", "a"), ("3 12+ =", "12+", "+")]
)
def test_what_it_does_not_know_is_named(model, spaced, prompt, whole, character):
    with pytest.raises(ValueError, match="prompt: expected symbols") as caught:
        trace(model, prompt)
    assert f"got {(whole if spaced else character)!r}." in str(caught.value)


def test_the_number_after_the_last_is_unknown(model, spaced):
    if spaced:
        with pytest.raises(ValueError, match="got '13'"):
            trace(model, "9 13 =")
    else:
        assert trace(model, "9 13 =").tokens == ("<bos>", "9", "1", "3", "=")
