"""Attention is read out of whatever a person has, or refused with the cure."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from interp_widgets.models import load_model
from interp_widgets.results import LazyAttentionPattern
from interp_widgets.widgets._attention_inputs import attention_pattern
from tests.small_gpt2 import write_gpt2
from tests.widgets.samples import WORDS, pattern, weights

WEIGHTS = weights()


class Cache:
    """Answers like TransformerLens' ActivationCache, which is no mapping."""

    def __init__(self, layers):
        self.cache_dict = {f"blocks.{n}.attn.hook_pattern": layer for n, layer in layers.items()}
        self.cache_dict["blocks.0.hook_resid_pre"] = np.zeros((1, 5, 4))

    def __getitem__(self, key):
        name = f"blocks.{key[1]}.attn.hook_pattern" if isinstance(key, tuple) else key
        return self.cache_dict[name]

    def keys(self):
        return self.cache_dict.keys()


class Answering:
    """Answers ("pattern", layer) and lists nothing."""

    cache_dict = None

    def __getitem__(self, key):
        return dict(enumerate(WEIGHTS))[key[1]]


def with_batch(layer):
    return layer[None]


ACCEPTED = {
    "a pattern": pattern(),
    "a trace": SimpleNamespace(cache=Cache(dict(enumerate(WEIGHTS))), tokens=WORDS),
    "a cache": Cache(dict(enumerate(WEIGHTS))),
    "a cache with a batch axis": Cache(dict(enumerate(map(with_batch, WEIGHTS)))),
    "a mapping of hook names": {"blocks.1.attn.hook_pattern": WEIGHTS[1]}
    | {"blocks.0.attn.hook_pattern": WEIGHTS[0]},
    "a mapping of pairs": {("pattern", n): layer for n, layer in enumerate(WEIGHTS)},
    "something that answers": Answering(),
    "attentions": tuple(torch.tensor(layer)[None] for layer in WEIGHTS),
    "a model's output": SimpleNamespace(attentions=tuple(map(with_batch, WEIGHTS))),
    "an array": WEIGHTS,
    "an array with a batch": WEIGHTS[:, None],
    "a tensor": torch.tensor(WEIGHTS, requires_grad=True),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_accepted_form_gives_the_same_weights(name):
    read = attention_pattern(ACCEPTED[name], WORDS)
    np.testing.assert_array_equal(read.weights, WEIGHTS)
    assert read.tokens == WORDS


def test_a_trace_brings_its_tokens_ids_and_source():
    trace = SimpleNamespace(
        cache=Cache(dict(enumerate(WEIGHTS))),
        tokens=WORDS,
        token_ids=np.array([9, 8, 7, 8, 6]),
        source={"model": "toy"},
    )
    read = attention_pattern(trace)
    assert read.source["model"] == "toy"
    assert read.tokens == WORDS
    assert read.token_ids.tolist() == [9, 8, 7, 8, 6]


def test_a_cache_of_some_layers_keeps_their_numbers_in_order():
    cache = Cache({10: WEIGHTS[1], 2: WEIGHTS[0]})
    read = attention_pattern(cache)
    assert read.layers == (2, 10)
    np.testing.assert_array_equal(read.weights, WEIGHTS)


@pytest.mark.parametrize(("data", "shape"), [(WEIGHTS[0, 0], (1, 1)), (WEIGHTS[0], (1, 3))])
def test_missing_axes_are_those_in_front(data, shape):
    assert attention_pattern(data).weights.shape == (*shape, 5, 5)


def padded(side):
    """Two items of four and of five tokens; what the padding holds is nobody's business."""
    whole = np.full((2, 2, 3, 5, 5), np.nan, dtype=np.float32)
    short = weights(tokens=4, seed=1)
    mask = np.ones((2, 5), dtype=int)
    part = slice(1, 5) if side == "left" else slice(0, 4)
    mask[0, 0 if side == "left" else 4] = 0
    whole[:, 0, :, part, part] = short
    whole[:, 1] = WEIGHTS
    return whole, short, mask


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("kind", [np.asarray, torch.tensor, np.ndarray.tolist])
def test_padding_on_either_side_is_cut_off_with_its_tokens(side, kind):
    whole, short, mask = padded(side)
    words = ("<pad>", *"abcd") if side == "left" else (*"abcd", "<pad>")
    read = attention_pattern(whole, words, batch=0, attention_mask=kind(mask))
    np.testing.assert_array_equal(read.weights, short)
    assert read.tokens == tuple("abcd")
    alone = attention_pattern(whole[:, :1], attention_mask=mask[0])
    np.testing.assert_array_equal(alone.weights, short)
    assert alone.tokens == tuple("0123")
    second = attention_pattern(whole, WORDS, batch=1, attention_mask=mask)
    np.testing.assert_array_equal(second.weights, WEIGHTS)


def test_padding_is_cut_off_what_brings_its_own_tokens_too():
    mask = [0, 1, 1, 1, 1]
    ids = np.array([9, 8, 7, 8, 6])
    made = pattern(token_ids=ids)
    fetched = LazyAttentionPattern(
        lambda layer, head: torch.tensor(WEIGHTS[layer, head]),
        WORDS,
        layers=(0, 1),
        heads=(0, 1, 2),
        token_ids=ids,
    )
    trace = SimpleNamespace(cache=Cache(dict(enumerate(WEIGHTS))), tokens=WORDS, token_ids=ids)
    for data in (made, fetched, trace):
        read = attention_pattern(data, attention_mask=mask)
        np.testing.assert_array_equal(read.square(1, 2), WEIGHTS[1, 2, 1:, 1:])
        assert read.tokens == WORDS[1:]
        assert read.token_ids.tolist() == [8, 7, 8, 6]


ACROSS = weights(tokens=5, causal=False)[..., :4, :]  # four queries look at five keys
FRENCH = (" le", " tapis", ".", "</s>")


def test_attention_to_another_text_takes_the_words_of_both():
    layers = tuple(torch.tensor(layer)[None] for layer in ACROSS)
    read = attention_pattern(layers, WORDS, queries=list(FRENCH))
    assert (read.shape, read.tokens, read.queries) == ((2, 3, 4, 5), WORDS, FRENCH)
    np.testing.assert_array_equal(read.weights, ACROSS)
    unnamed = attention_pattern(ACROSS, WORDS)
    assert unnamed.queries == ("0", "1", "2", "3")
    assert unnamed.source["queries"] == "positions"


def test_a_square_of_another_text_stays_one_of_another_text():
    read = attention_pattern(ACROSS[..., :4], WORDS[:4], queries=FRENCH)
    assert read.queries == FRENCH
    assert not read.causal


def test_padding_of_the_keys_leaves_the_queries_of_another_text_alone():
    read = attention_pattern(ACROSS, WORDS, queries=FRENCH, attention_mask=[1, 1, 1, 0, 0])
    np.testing.assert_array_equal(read.weights, ACROSS[..., :3])
    assert (read.tokens, read.queries) == (WORDS[:3], FRENCH)
    unnamed = attention_pattern(ACROSS, WORDS, attention_mask=[1, 1, 1, 0, 0])
    np.testing.assert_array_equal(unnamed.weights, ACROSS[..., :3])


@pytest.mark.parametrize(
    ("given", "windows"), [(2, (2, 2)), ([0, 2], (0, 2)), (10**30, (10**30,) * 2)]
)
def test_a_window_is_given_for_all_layers_or_for_each_that_is_shown(given, windows):
    near = np.broadcast_to(np.eye(5), (3, 2, 5, 5))
    read = attention_pattern(near, layers=[2, 0], windows=given)
    assert (read.layers, read.windows) == ((2, 0), windows)


@pytest.fixture
def small_llama(tmp_path):
    """A saved model of two layers whose four heads share two sets of keys."""
    torch.manual_seed(3)
    folder = write_gpt2(tmp_path)  # for its tokenizer
    config = LlamaConfig(
        vocab_size=400,
        hidden_size=24,
        intermediate_size=20,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        initializer_range=0.5,
        attn_implementation="eager",
    )
    model = LlamaForCausalLM(config).eval()
    model.save_pretrained(folder)
    return model, folder


def test_heads_that_share_their_keys_have_a_pattern_each(small_llama):
    model, folder = small_llama
    ids = torch.tensor([[1, 5, 9, 5, 3]])
    with torch.no_grad():
        theirs = model(ids, output_attentions=True)
    _, cache = load_model(folder).run_with_cache(ids)
    for data in (theirs, cache):
        read = attention_pattern(data)
        assert (read.shape, read.causal) == ((2, 4, 5, 5), True)
        expected = torch.cat(theirs.attentions).numpy()
        np.testing.assert_allclose(read.weights, expected, atol=1e-5)


def test_half_precision_of_torch_is_widened():
    read = attention_pattern(torch.tensor(WEIGHTS).to(torch.bfloat16))
    assert np.abs(read.weights - WEIGHTS).max() < 0.005


def test_one_item_of_a_batch_is_taken_when_it_is_named():
    batch = np.stack([WEIGHTS[:, ::-1], WEIGHTS], axis=1)
    np.testing.assert_array_equal(attention_pattern(batch, batch=1).weights, WEIGHTS)


def test_without_tokens_the_positions_stand_in_and_the_source_says_so():
    read = attention_pattern(WEIGHTS)
    assert read.tokens == ("0", "1", "2", "3", "4")
    assert read.source["tokens"] == "positions"


BATCH = np.stack([WEIGHTS] * 4, axis=1)
NO_EAGER = r'attn_implementation="eager"'
REFUSED = {
    "text": (("hello",), {}, TypeError, "data: expected an AttentionPattern.* got str"),
    "an object": ((object(),), {}, TypeError, "got object"),
    "a model": ((torch.nn.Linear(2, 3),), {}, TypeError, "got Linear"),
    "one axis": ((np.zeros(5),), {}, ValueError, r"2 to 5 axes.*\(5,\)"),
    "a batch": ((BATCH,), {}, ValueError, "batch: .*got None for a batch of 4.*batch=0"),
    "a batch of layers": ((tuple(BATCH),), {}, ValueError, "batch of 4"),
    "a number out of the batch": ((BATCH,), {"batch": 4}, ValueError, "from 0 to 3, got 4"),
    "a batch that is none": ((WEIGHTS,), {"batch": 0}, ValueError, "batch: expected None"),
    "no attentions": (((None, None),), {}, ValueError, NO_EAGER),
    "empty attentions": (((),), {}, ValueError, NO_EAGER),
    "an output without": ((SimpleNamespace(attentions=None),), {}, ValueError, NO_EAGER),
    "a cache without": ((Cache({}),), {}, ValueError, "cache with attention patterns"),
    "uneven layers": (((WEIGHTS[0], WEIGHTS[1, :2]),), {}, ValueError, "of one shape"),
    "too few tokens": ((WEIGHTS, WORDS[:3]), {}, ValueError, r"tokens: .*got \(3,\)"),
    "tokens as one text": ((WEIGHTS, "abcde"), {}, TypeError, "tokens: .*single str"),
    "token ids": ((WEIGHTS, [1, 2, 3, 4, 5]), {}, TypeError, "tokens: .*got int"),
    "an unknown layer": ((WEIGHTS,), {"layers": [5]}, ValueError, r"layers: .*\[0, 1\], got \[5\]"),
    "steps of generate": (((tuple(torch.tensor(BATCH)),) * 2,), {}, ValueError, "whole text"),
    "an encoder and a decoder": (
        (SimpleNamespace(cross_attentions=(), encoder_attentions=()),),
        {},
        ValueError,
        "data: .*output.cross_attentions with tokens= of the encoder",
    ),
    "scores": ((WEIGHTS * 9,), {}, ValueError, "after the softmax"),
    "NaN": ((WEIGHTS * np.nan,), {}, ValueError, "NaN.*attention_mask="),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_refused_with_argument_expected_and_got(name):
    arguments, keywords, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        attention_pattern(*arguments, **keywords)


MASK, WINDOWS = "attention_mask", "windows"
REFUSED_OPTIONS = [
    ("queries", "abcde", TypeError, "queries: expected a sequence of strings.*single str"),
    ("queries", ["a", "b"], ValueError, r"queries: .*\(5,\).*got \(2,\)"),
    ("queries", 5, TypeError, "queries: expected a list or None, got int 5"),
    (MASK, "11111", TypeError, "attention_mask: expected zeros and ones, .*got str"),
    (MASK, [[1], [1, 1]], TypeError, "attention_mask: .*got list"),
    (MASK, [1, 1], ValueError, r"attention_mask: .*5 positions, got \(2,\)"),
    (MASK, [0] * 5, ValueError, r"attention_mask: .*at least one of them a one, got \[0.0\]"),
    (MASK, [0, -9, 0, 0, 0], ValueError, r"attention_mask: .*got \[-9.0, 0.0\]"),
    (MASK, [[1] * 5] * 4, ValueError, "batch: .*got None for a batch of 4"),
    (WINDOWS, 2, ValueError, "windows: .*further back than 2 tokens in layer 0"),
    (WINDOWS, [9], ValueError, r"windows: .*\(2,\).*got \(1,\)"),
    (WINDOWS, "33", TypeError, "windows: expected one entry for each, got str"),
    (WINDOWS, -3, ValueError, r"windows: .*from 0.*got \(-3, -3\)"),
]


@pytest.mark.parametrize(("option", "given", "kind", "message"), REFUSED_OPTIONS)
def test_an_option_that_does_not_fit_is_refused_with_its_name(option, given, kind, message):
    with pytest.raises(kind, match=message):
        attention_pattern(WEIGHTS, **{option: given})
