"""Notebook 01 accepts the right head and no other, and lets no hook stay on a model."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.course import checks
from interp_widgets.course.exercises import Selected, source
from interp_widgets.course.lessons._inside_answers import DECIDING, DECIDING_HEAD
from interp_widgets.course.lessons._inside_heads import SILENT_SUSPECT
from interp_widgets.course.lessons._inside_models import SUSPECTS, letters
from interp_widgets.course.lessons._inside_stream import ABLATED_LOGITS
from interp_widgets.course.lessons.inside_a_transformer import LESSON

GENEROUS = 60.0  # seconds; a busy machine must not make an answer wrong


@pytest.mark.parametrize("place", [*np.ndindex(4, 4)])
def test_one_head_of_tiny_world_decides_and_every_other_gets_advice(place):
    verdict = checks.grade(DECIDING_HEAD, Selected(*place), GENEROUS)
    assert verdict.passed == (place == DECIDING)
    assert f"Layer {place[0]}, head {place[1]} adds" in verdict.message
    assert bool(verdict.advice) == (not verdict.passed)


@pytest.mark.parametrize("place", [*np.ndindex(2, 4)])
def test_one_suspect_is_silent_and_every_other_head_gets_advice(place):
    verdict = checks.grade(SILENT_SUSPECT, Selected(*place), GENEROUS)
    assert verdict.passed == (place == SUSPECTS[0])
    assert bool(verdict.advice) == (not verdict.passed)


@pytest.mark.parametrize(
    ("exercise", "place"),
    [(DECIDING_HEAD, (4, 0)), (SILENT_SUSPECT, (2, 0)), (SILENT_SUSPECT, (0, 4))],
)
def test_a_head_that_the_network_does_not_have_is_refused(exercise, place):
    verdict = checks.grade(exercise, Selected(*place), GENEROUS)
    assert verdict.state == "not yet"
    assert f"has no head {place[1]} in a layer {place[0]}" in verdict.message


def test_a_hook_that_stays_on_the_model_is_noticed_and_disturbs_no_later_check():
    def leaves_a_hook(model, tokens, layer, head):
        def silence(z, hook):
            z[:, :, head] = 0
            return z

        model.add_hook(f"blocks.{layer}.attn.hook_z", silence)
        return model(tokens)

    model, tokens = letters()
    before = model(tokens)
    verdict = checks.grade(ABLATED_LOGITS, leaves_a_hook, GENEROUS)
    assert verdict.state == "not yet"
    assert "your hook stays on the model" in verdict.message
    model, tokens = letters()
    assert model(tokens).equal(before)


@pytest.mark.parametrize(
    "exercise", [e for e in LESSON.exercises if callable(e.reference)], ids=lambda e: e.slug
)
def test_what_a_learner_writes_has_at_most_12_lines(exercise):
    code = [line for line in source(exercise.answer()).splitlines() if line.strip()]
    assert len(code) - 1 <= 12  # the first text line is the docstring
