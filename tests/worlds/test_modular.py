"""mod-add learns sums by heart, much later the rule, and without weight decay never the rule."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from interp_widgets import data
from interp_widgets._trace import trace
from interp_widgets.models import load_model
from interp_widgets.worlds.modular import (
    CHECKPOINTS,
    FIRST,
    PRIME,
    SYMBOLS,
    fourier_shares,
    measure,
    sums,
    trained_on,
)

RULE = (None, "seed-1")
BY_HEART = ("no-weight-decay", "no-weight-decay-seed-1")
RUNS = {"seed-0": None, **{name: name for name in ("seed-1", *BY_HEART)}}


@pytest.fixture(scope="module")
def recorded():
    path = data.file("models/mod-add/behaviour.json")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def figures():
    made = {}

    def of(revision=None):
        if revision not in made:
            made[revision] = measure(load_model("mod-add", revision=revision))
        return made[revision]

    return of


@pytest.mark.parametrize("revision", RULE)
def test_every_sum_is_right_also_those_held_out(figures, revision):
    assert figures(revision)["train_accuracy"] == 1
    assert figures(revision)["test_accuracy"] == 1


@pytest.mark.parametrize("revision", BY_HEART)
def test_without_weight_decay_the_others_stay_wrong(figures, revision):
    assert figures(revision)["train_accuracy"] == 1
    assert figures(revision)["test_accuracy"] < 0.5
    assert figures(revision)["test_loss"] > np.log(PRIME)


@pytest.mark.parametrize("revision", RULE)
def test_six_frequencies_carry_the_embedding(figures, revision):
    assert figures(revision)["six_frequencies"] >= 0.95


@pytest.mark.parametrize("revision", ["step-0", *BY_HEART])
def test_without_the_rule_they_do_not(figures, revision):
    assert figures(revision)["six_frequencies"] < 0.6


def test_by_heart_comes_at_least_four_times_sooner(figures):
    """A shipped checkpoint knows every sum by heart; one four times as old still lacks the rule."""
    by_heart = min(s for s in CHECKPOINTS if figures(f"step-{s}")["train_accuracy"] == 1)
    without_rule = max(s for s in CHECKPOINTS if figures(f"step-{s}")["test_accuracy"] < 1)
    assert without_rule >= 4 * by_heart


@pytest.mark.parametrize("run", ["seed-0", "seed-1"])
def test_both_seeds_have_the_gap(recorded, run):
    assert recorded[run]["summary"]["gap"] >= 4


@pytest.mark.parametrize("run", BY_HEART)
def test_the_rule_was_never_found_without_weight_decay(recorded, run):
    assert max(row["test_accuracy"] for row in recorded[run]["history"]) < 0.5


@pytest.mark.parametrize(("run", "revision"), RUNS.items())
def test_what_is_recorded_is_what_the_weights_do(recorded, figures, run, revision):
    for figure, value in figures(revision).items():
        assert recorded[run]["summary"][figure] == pytest.approx(value, abs=1e-3, rel=1e-3), figure


@pytest.mark.parametrize("step", CHECKPOINTS)
def test_a_checkpoint_is_the_run_after_that_many_steps(recorded, figures, step):
    row = next(row for row in recorded["seed-0"]["history"] if row["step"] == step)
    for figure, value in figures(f"step-{step}").items():
        assert row[figure] == pytest.approx(value, abs=1e-3, rel=1e-3), figure


def test_there_are_ten_checkpoints_and_the_last_steps_of_the_other_runs():
    listed = [path for path in data.manifest() if path.startswith("models/mod-add/revisions/")]
    names = {path.rpartition("/")[2].removesuffix(".safetensors") for path in listed}
    assert len(CHECKPOINTS) == 10
    assert names == {*(f"step-{step}" for step in CHECKPOINTS), "seed-1", *BY_HEART}


def test_a_number_is_one_token_however_many_digits_it_has():
    model = load_model("mod-add")
    run = trace(model, "9 52 =")
    assert run.tokens == ("<bos>", "9", "52", "=")
    assert run.token_ids.tolist() == [0, FIRST + 9, FIRST + 52, SYMBOLS.index("=")]
    answer = int(model(torch.from_numpy(run.token_ids)[None])[0, -1].argmax())
    assert SYMBOLS[answer] == "8"


@pytest.mark.parametrize(("prompt", "strange"), [("9 53 =", "53"), ("9 5a =", "5a"), ("9+", "9+")])
def test_a_symbol_that_it_does_not_know_is_named_whole(prompt, strange):
    model = load_model("mod-add")
    with pytest.raises(ValueError, match="prompt: expected symbols") as caught:
        trace(model, prompt)
    assert f"got {strange!r}" in str(caught.value)


def test_the_sums_are_all_there_once():
    ids, answers = sums()
    assert ids.shape == (PRIME**2, 4)
    assert len({tuple(row) for row in ids}) == PRIME**2
    assert answers[50 * PRIME + 7] == FIRST + 4
    assert (ids[:, 0] == 0).all()
    assert {SYMBOLS[token] for token in ids[:, 3]} == {"="}


def test_a_third_is_trained_on_and_every_number_is_among_them():
    chosen = trained_on().reshape(PRIME, PRIME)
    assert chosen.mean() == pytest.approx(0.35, abs=1e-3)
    assert chosen.any(axis=0).all()
    assert chosen.any(axis=1).all()


def test_a_wave_lies_in_its_own_frequency():
    numbers = np.arange(PRIME)
    embedding = np.zeros((PRIME, 3))
    embedding[:, 0] = 2 * np.cos(2 * np.pi * 7 * numbers / PRIME)
    embedding[:, 1] = np.sin(2 * np.pi * 11 * numbers / PRIME)
    embedding[:, 2] = 1
    expected = np.zeros(27)
    expected[[7, 11, 0]] = np.array([2.0, 0.5, 1.0]) / 3.5
    np.testing.assert_allclose(fourier_shares(embedding), expected, atol=1e-12)


def test_noise_is_spread_over_all_frequencies():
    noise = np.random.default_rng(0).normal(size=(PRIME, 64))
    assert np.sort(fourier_shares(noise))[-6:].sum() < 0.35


@pytest.mark.parametrize("shape", [(54, 8), (53,), (8, 53)])
def test_anything_but_a_vector_for_each_number_is_refused(shape):
    with pytest.raises(ValueError, match=r"embedding: expected shape \(53, d_model\), got"):
        fourier_shares(np.zeros(shape))
