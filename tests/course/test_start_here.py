"""Notebook 00 accepts every induction head of tiny-world, and says of every other what it does."""

import pytest

import interp_widgets as iw
from interp_widgets.analysis.attention import attention_pattern, induction_score
from interp_widgets.course import checks
from interp_widgets.course.exercises import Selected
from interp_widgets.course.lessons.start_here import INDUCTION_HEAD, INDUCTION_THRESHOLD, WORDS

HEADS = [(layer, head) for layer in range(4) for head in range(4)]


@pytest.fixture(scope="module")
def scores():
    trace = iw.trace(iw.load_model("tiny-world"), f"List: {WORDS}; {WORDS}.")
    return induction_score(attention_pattern(trace))


@pytest.mark.parametrize(("layer", "head"), HEADS)
def test_a_head_passes_exactly_if_its_induction_score_reaches_the_threshold(scores, layer, head):
    verdict = checks.grade(INDUCTION_HEAD, Selected(layer=layer, head=head), 60.0)
    share = scores[layer, head]
    assert verdict.passed == (share >= INDUCTION_THRESHOLD)
    assert f"Layer {layer}, head {head} puts {share:.0%} of its attention" in verdict.message
    assert bool(verdict.advice) == (not verdict.passed)


@pytest.mark.parametrize("place", [(9, 0), (0, 9), (-1, 0)])
def test_a_head_that_tiny_world_does_not_have_is_refused(place):
    verdict = checks.grade(INDUCTION_HEAD, Selected(*place), 60.0)
    assert verdict.state == "not yet"
    assert f"tiny-world has no head {place[1]} in a layer {place[0]}" in verdict.message
