"""Two layers learn, suddenly, to continue a repetition; one layer cannot."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from interp_widgets import data
from interp_widgets._native import save_native
from interp_widgets.models import load_model
from interp_widgets.worlds.hand_induction import CONTEXT, SYMBOLS
from interp_widgets.worlds.recipes import snapshots
from interp_widgets.worlds.repeats import CHECKPOINTS, head_scores, measure, recipe, repeats

NAMES = ("induction-1l", "induction-2l")
RUNS = {"seed-1": None, "seed-0": "seed-0"}  # the first is the model, the other a revision
JUMP = 0.3  # of the induction score, between two neighbouring checkpoints


def recorded(name, run):
    path = data.file(f"models/{name}/behaviour.json")
    return json.loads(path.read_text(encoding="utf-8"))[run]


def largest_rise(scores):
    return max(after - before for before, after in pairwise(scores))


@pytest.fixture(scope="module")
def figures():
    """What a shipped version of a model does, on sequences that make.py did not measure it on."""
    made = {}

    def of(name, revision=None):
        if (name, revision) not in made:
            made[name, revision] = measure(load_model(name, revision=revision), seed=5)
        return made[name, revision]

    return of


@pytest.mark.parametrize("revision", RUNS.values())
def test_two_layers_know_a_segment_when_it_returns(figures, revision):
    assert figures("induction-2l", revision)["ratio"] <= 0.2
    assert figures("induction-2l", revision)["induction"] >= 0.6


@pytest.mark.parametrize("revision", RUNS.values())
def test_one_layer_does_not(figures, revision):
    assert figures("induction-1l", revision)["ratio"] > 0.8
    assert figures("induction-1l", revision)["induction"] < 0.25


@pytest.mark.parametrize("name", NAMES)
def test_an_untrained_network_guesses_both_times(figures, name):
    untrained = figures(name, "step-0")
    assert untrained["ratio"] == pytest.approx(1, abs=0.02)
    assert untrained["first"] == pytest.approx(np.log(len(SYMBOLS)), abs=0.1)


def test_there_are_ten_checkpoints_of_each():
    assert len(CHECKPOINTS) == 10
    shipped = sorted({f"step-{step}" for step in CHECKPOINTS} | {"seed-0"})
    for name in NAMES:
        with pytest.raises(ValueError, match="revision: expected") as caught:
            load_model(name, revision="none")
        assert f"one of {shipped} for {name!r}" in str(caught.value)


def test_two_layers_learn_it_in_a_jump_and_one_layer_has_none(figures):
    rise = {
        name: largest_rise([figures(name, f"step-{step}")["induction"] for step in CHECKPOINTS])
        for name in NAMES
    }
    assert rise["induction-2l"] >= JUMP
    assert rise["induction-1l"] < JUMP / 3


@pytest.mark.parametrize("run", RUNS)
def test_the_other_seed_jumps_too(run):
    assert recorded("induction-2l", run)["summary"]["jump"] >= JUMP
    assert recorded("induction-1l", run)["summary"]["jump"] < JUMP / 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("run", "revision"), RUNS.items())
def test_what_is_recorded_is_what_the_weights_do(name, run, revision):
    measured = measure(load_model(name, revision=revision))
    summed_up = recorded(name, run)["summary"]
    for figure, value in measured.items():
        assert summed_up[figure] == pytest.approx(value, abs=1e-3), figure


@pytest.mark.parametrize("step", CHECKPOINTS)
def test_a_checkpoint_is_the_run_after_that_many_steps(step):
    rows = {row["step"]: row for row in recorded("induction-2l", "seed-1")["history"]}
    measured = measure(load_model("induction-2l", revision=f"step-{step}"))
    for figure, value in measured.items():
        assert rows[step][figure] == pytest.approx(value, abs=1e-3), figure


def test_it_is_the_induction_heads_that_predict():
    model = load_model("induction-2l")
    scores = head_scores(model)["induction"]
    assert (scores[0] < 0.25).all()
    induction = np.flatnonzero(scores[1] >= 0.25)
    others = np.flatnonzero(scores[1] < 0.25)
    assert len(induction) == len(others) == 2

    def second_without(heads):
        def silence(z, hook):
            z = z.clone()
            z[:, :, heads] = 0
            return z

        with model.hooks(fwd_hooks=[("blocks.1.attn.hook_z", silence)]):
            return measure(model)["second"]

    whole = measure(model)["second"]
    assert second_without(induction) > whole + 1.5
    assert second_without(others) < whole + 0.2


def test_sequences_say_one_segment_of_different_symbols_until_they_are_full():
    ids, lengths = repeats(60, seed=0)
    assert ids.shape == (60, CONTEXT)
    assert (ids[:, 0] == SYMBOLS.index("<bos>")).all()
    assert (lengths.min(), lengths.max()) == (12, 24)
    for row, length in zip(ids[:, 1:], lengths, strict=True):
        assert len(set(row[:length])) == length
        assert np.array_equal(row, np.resize(row[:length], CONTEXT - 1))
    assert len({tuple(row) for row in ids}) == 60


def test_a_seed_gives_the_same_sequences_again_and_another_gives_others():
    first, again, other = (repeats(8, seed)[0] for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.slow
@pytest.mark.parametrize(("layers", "low", "high"), [(2, 0, 0.2), (1, 0.8, 1.05)])
def test_a_seed_that_does_not_ship_does_the_same(tmp_path, layers, low, high):
    made = recipe(layers, seed=2)
    last = made.training.steps
    weights = snapshots(made, {last})[last]
    save_native(tmp_path, made.network, weights, made.vocabulary)
    assert low < measure(load_model(tmp_path))["ratio"] <= high
