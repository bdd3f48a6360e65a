"""hand-induction continues repetitions, with two heads and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from interp_widgets import data
from interp_widgets._trace import trace
from interp_widgets.analysis.attention import (
    attention_pattern,
    induction_score,
    previous_token_score,
)
from interp_widgets.models import load_model
from interp_widgets.worlds.hand_induction import (
    CIRCUIT,
    HEADS,
    INDUCTION,
    LAYERS,
    PREVIOUS,
    SYMBOLS,
    hand_induction,
    repeated_segments,
)

LENGTH = 24


@pytest.fixture(scope="module")
def model():
    return load_model("hand-induction")


@pytest.fixture(scope="module")
def ids():
    return torch.from_numpy(repeated_segments(500, LENGTH, seed=3))


def logits(model, ids, **hooks):
    with torch.no_grad():
        return model.run_with_hooks(ids, **hooks)


def ablated(model, ids, layer, head):
    def silence(z, hook):
        z = z.clone()
        z[:, :, head] = 0
        return z

    return logits(model, ids, fwd_hooks=[(f"blocks.{layer}.attn.hook_z", silence)])


def second_half(values):
    """What is said at the symbols of the second segment that have a successor."""
    return values[:, LENGTH + 1 : -1]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("length", [2, 7, LENGTH])
def test_a_repeated_random_segment_is_continued(model, length, seed):
    ids = torch.from_numpy(repeated_segments(500, length, seed))
    best = logits(model, ids).argmax(-1)
    right = best[:, length + 1 : -1] == ids[:, length + 2 :]
    assert right.double().mean() >= 0.999


def test_what_was_never_said_is_not_predicted_at_all(model, ids):
    first = logits(model, ids)[:, : LENGTH + 1]
    assert first.abs().max() <= 1e-5


@pytest.mark.parametrize(
    ("layer", "head"),
    [
        (layer, head)
        for layer in range(LAYERS)
        for head in range(HEADS)
        if (layer, head) not in {PREVIOUS, INDUCTION}
    ],
)
def test_every_other_head_does_nothing(model, ids, layer, head):
    change = ablated(model, ids, layer, head) - logits(model, ids)
    assert change.abs().max() <= 1e-5


@pytest.mark.parametrize(("layer", "head"), [PREVIOUS, INDUCTION])
def test_without_either_of_the_two_heads_nothing_is_predicted(model, ids, layer, head):
    best = second_half(ablated(model, ids, layer, head).argmax(-1))
    assert (best == ids[:, LENGTH + 2 :]).double().mean() < 0.1


def test_the_heads_attend_as_their_names_say(model):
    pattern = attention_pattern(trace(model, "adcbeadcbe"))
    before, induction = previous_token_score(pattern), induction_score(pattern)
    assert np.unravel_index(before.argmax(), before.shape) == PREVIOUS
    assert np.unravel_index(induction.argmax(), induction.shape) == INDUCTION
    assert before[PREVIOUS] == pytest.approx(1)
    assert induction[INDUCTION] == pytest.approx(1)


def test_the_circuit_comes_with_the_model(model):
    assert model.circuit == CIRCUIT
    assert model.circuit.nodes == ("embed", "pos", "L0H1", "L1H2", "output")


def test_the_shipped_weights_are_those_of_the_construction(tmp_path):
    hand_induction().save(tmp_path, CIRCUIT)
    for name in ("model.safetensors", "config.json", "circuit.json", "tokenizer.json"):
        made = (tmp_path / name).read_bytes()
        assert made == data.file(f"models/hand-induction/{name}").read_bytes(), name


def test_segments_hold_no_symbol_twice_and_are_said_twice():
    drawn = repeated_segments(40, 9, seed=0)
    assert drawn.shape == (40, 19)
    assert np.array_equal(drawn[:, 1:10], drawn[:, 10:])
    assert all(len(set(row[1:10])) == 9 for row in drawn)
    assert (drawn[:, 0] == SYMBOLS.index("<bos>")).all()
    assert len({tuple(row) for row in drawn}) == 40


@pytest.mark.parametrize("length", [0, 25])
def test_a_segment_that_does_not_fit_is_refused(length):
    with pytest.raises(ValueError, match=rf"length: expected 1 to 24, .* got {length}"):
        repeated_segments(1, length, seed=0)


@pytest.mark.parametrize(("prompt", "symbol"), [("adZ", "Z"), ("a d é", "é")])
def test_a_symbol_outside_the_alphabet_is_named(model, prompt, symbol):
    with pytest.raises(ValueError, match=rf"prompt: expected symbols that .* got '{symbol}'"):
        trace(model, prompt)


def test_a_sequence_longer_than_the_bound_is_refused(model):
    with pytest.raises(ValueError, match=r"prompt: expected at most 49 tokens.* got 50"):
        trace(model, "abcdefg" * 7)
