"""The shipped model behaves, on what it was never trained on, before anything is explained."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import interp_widgets as iw
from interp_widgets import data
from interp_widgets.worlds import tiny_behaviour
from interp_widgets.worlds.tiny_behaviour import answer_margins, measure, share_right
from interp_widgets.worlds.tiny_world import World

GOALS = {
    "giving": 0.99,
    "giving_logit_difference": 3.0,
    "facts": 0.98,
    "claims": 0.95,
    "agreement": 0.97,
    "mood": 0.95,
}
CLAIMS = 2000  # questions, as many as were recorded: a few facts, asked again, decide a near bar
SEEDS = [
    None,
    *sorted(Path(name).stem for name in data.manifest() if "tiny-world/revisions/seed-" in name),
]


@pytest.fixture(scope="module")
def world():
    return World.shipped()


@pytest.fixture(scope="module", params=SEEDS, ids=lambda name: name or "seed-0")
def behaviour(request, world):
    model = iw.load_model("tiny-world", revision=request.param)
    claims = share_right(model, world, world.questions("claim", CLAIMS, seed=0))
    return replace(measure(model, world, count=600), claims=claims)


@pytest.mark.parametrize("ability", GOALS)
def test_the_model_can_do_what_the_lessons_explain(behaviour, ability):
    assert getattr(behaviour, ability) >= GOALS[ability]


def test_a_list_said_again_costs_less_than_a_third(behaviour):
    assert behaviour.list_ratio <= 0.3


def test_the_loss_is_close_to_the_entropy_of_the_world(behaviour):
    assert 0 < behaviour.excess <= 0.08


def test_random_logits_meet_no_goal(world):
    torch.manual_seed(0)
    size = world.tokenizer.get_vocab_size()
    untrained = measure(lambda ids: torch.randn(*ids.shape, size), world, count=100)
    for ability, bar in GOALS.items():
        assert getattr(untrained, ability) < bar
    assert untrained.list_ratio > 0.9
    assert untrained.excess > 1


def test_margins_are_right_minus_wrong_logits(world):
    question = world.questions("giving.standard", 1, 0)[0]
    logits = torch.zeros(1, 64, world.tokenizer.get_vocab_size())
    logits[..., world.encode(question.answers[0])[0]] = 2.5
    logits[..., world.encode(question.wrong[0])[0]] = 1.0
    margins = answer_margins(lambda ids: logits[:, : ids.shape[1]], world, [question])
    np.testing.assert_allclose(margins, [1.5])


def test_the_recorded_behaviour_is_what_the_weights_do(behaviour, request):
    seed = request.node.callspec.id
    recorded = json.loads(data.file("models/tiny-world/behaviour.json").read_text())
    measured = tiny_behaviour.as_dict(behaviour)
    for ability, figure in recorded["behaviour"][seed].items():
        assert measured[ability] == pytest.approx(figure, abs=0.03, rel=0.05), ability


def test_the_shipped_checkpoints_show_names_being_learned(world):
    questions = world.questions("giving.standard", 200, seed=3)
    names = [name for name in data.manifest() if "tiny-world/revisions/step-" in name]
    steps = sorted(int(name.rpartition("step-")[2].split(".")[0]) for name in names)
    assert len(steps) == 8
    scores = [
        (answer_margins(iw.load_model("tiny-world", revision=f"step-{s}"), world, questions) > 0)
        .mean()
        for s in (steps[0], steps[-1])
    ]  # fmt: skip
    assert scores[0] < 0.75
    assert scores[1] > 0.9
