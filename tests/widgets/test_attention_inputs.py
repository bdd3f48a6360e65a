"""Attention is read out of whatever a person has, or refused with the cure."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from interp_widgets.widgets._attention_inputs import attention_pattern
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
    "scores": ((WEIGHTS * 9,), {}, ValueError, "after the softmax"),
    "NaN": ((WEIGHTS * np.nan,), {}, ValueError, "NaN"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_refused_with_argument_expected_and_got(name):
    arguments, keywords, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        attention_pattern(*arguments, **keywords)
