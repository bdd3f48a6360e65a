"""The check of notebook 00 accepts every induction head and knows the usual mistakes."""

from types import SimpleNamespace

import numpy as np
import pytest

from interp_widgets.course.lessons.start_here import INDUCTION_THRESHOLD, check_induction_head
from interp_widgets.results import AttentionPattern

WORDS = ("<bos>", " a", " b", " c", " a", " b", " c")
LOOKS_AT = {
    # head: for each query the key it puts all of its attention on
    0: [0, 0, 1, 2, 3, 4, 5],  # the token before
    1: [0, 0, 0, 0, 1, 2, 3],  # the earlier copy
    2: [0, 0, 0, 0, 0, 0, 0],  # the first token
    3: [0, 0, 0, 0, 2, 3, 4],  # what came after the earlier copy: induction
    5: [0, 1, 2, 3, 3, 3, 3],  # one and the same token
}


@pytest.fixture
def pattern():
    weights = np.zeros((2, 6, 7, 7), dtype=np.float32)
    for head, keys in LOOKS_AT.items():
        weights[1, head, np.arange(7), keys] = 1
    weights[0] = weights[1, 4] = np.tril(np.ones((7, 7))) / np.arange(1, 8)[:, None]  # everywhere
    return AttentionPattern(weights=weights, tokens=WORDS)


def chosen(layer, head):
    return SimpleNamespace(layer=layer, head=head)


def test_an_induction_head_passes(pattern):
    verdict = check_induction_head(chosen(1, 3), pattern)
    assert verdict.passed
    assert "Layer 1, head 3 puts 100%" in repr(verdict)
    assert verdict._repr_markdown_() == verdict.message


@pytest.mark.parametrize(
    ("layer", "head", "says"),
    [
        (None, None, "Not started"),
        (1, None, "Not started"),
        (1, 0, "the token just before"),
        (1, 1, "the earlier copy of the same word"),
        (1, 2, "where a head rests"),
        (1, 4, "many places"),
        (1, 5, "one and the same token"),
        (0, 3, "many places"),
    ],
)
def test_each_usual_mistake_gets_its_own_message(pattern, layer, head, says):
    verdict = check_induction_head(chosen(layer, head), pattern)
    assert not verdict.passed
    assert says in verdict.message


def test_a_head_that_attends_half_the_time_still_passes_and_one_below_the_threshold_does_not(
    pattern,
):
    for share, passes in ((INDUCTION_THRESHOLD + 0.1, True), (INDUCTION_THRESHOLD - 0.1, False)):
        mixed = np.array(pattern.weights)
        mixed[1, 3] = share * mixed[1, 3] + (1 - share) * mixed[1, 2]
        changed = AttentionPattern(weights=mixed, tokens=WORDS)
        assert check_induction_head(chosen(1, 3), changed).passed == passes


def test_a_head_of_another_model_is_refused_with_the_ones_there_are(pattern):
    with pytest.raises(ValueError, match=r"layers: expected numbers from \[0, 1\], got \[7\]"):
        check_induction_head(chosen(7, 0), pattern)
