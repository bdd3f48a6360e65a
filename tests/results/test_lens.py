"""What a lens reads is checked when it is made."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.results import LogitLens

ROWS, POSITIONS, KEPT, TARGETS = 3, 4, 2, 5


def fields(**changed):
    """A lens of 3 rows over 4 tokens, 2 predictions kept and 5 tokens followed."""
    rng = np.random.default_rng(0)
    places = (ROWS, POSITIONS)
    return {
        "tokens": tuple("abcd"),
        "labels": ("0_pre", "1_pre", "final_post"),
        "top_ids": rng.integers(0, 7, (*places, KEPT)),
        "top_probs": rng.random((*places, KEPT)),
        "entropy": rng.random(places),
        "divergence": rng.random(places),
        "target_ids": np.arange(TARGETS),
        "target_probs": rng.random((*places, TARGETS)),
        "target_ranks": rng.integers(0, 9, (*places, TARGETS)),
        "output_ranks": rng.integers(0, 9, places),
        "output_probs": rng.random(places),
        "words": {number: f" w{number}" for number in range(7)},
        **changed,
    }


def test_a_lens_keeps_its_numbers_and_nobody_can_change_them():
    given = fields()
    lens = LogitLens(**given)
    for name in (
        *("top_ids", "entropy", "divergence", "target_probs", "target_ranks"),
        *("output_ranks", "output_probs"),
    ):
        np.testing.assert_allclose(getattr(lens, name), given[name], rtol=1e-6)
        with pytest.raises(ValueError, match="read-only"):
            getattr(lens, name)[0] = 0


def test_a_lens_may_follow_no_token_and_know_no_divergence():
    left_out = dict.fromkeys(("target_ids", "target_probs", "target_ranks", "divergence"))
    lens = LogitLens(**fields(**left_out))
    assert lens.target_ranks.shape == (ROWS, POSITIONS, 0)
    assert lens.divergence is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"top_ids": np.zeros((ROWS, POSITIONS))}, r"top_ids: expected shape \(layer, pos, k\)"),
        (
            {"top_probs": np.zeros((POSITIONS, ROWS, KEPT))},
            r"top_probs: .*\(3, 4, 2\).*\(4, 3, 2\)",
        ),
        ({"top_probs": np.full((ROWS, POSITIONS, KEPT), 1.2)}, "top_probs: expected probabilities"),
        ({"entropy": np.full((ROWS, POSITIONS), np.nan)}, "entropy: expected finite numbers"),
        ({"divergence": np.zeros((ROWS, 1))}, r"divergence: .*\(3, 4\).*\(3, 1\)"),
        ({"output_ranks": np.zeros((ROWS, 1))}, r"output_ranks: .*\(3, 4\).*\(3, 1\)"),
        ({"output_probs": None}, "output_ranks: expected both"),
        ({"target_ranks": np.zeros((ROWS, POSITIONS, 1))}, r"target_ranks: .*\(3, 4, 5\)"),
        ({"tokens": tuple("abc")}, "tokens: expected"),
        ({"labels": ("0_pre",)}, "labels: expected"),
        ({"words": {0: "a"}}, r"words: expected the text of every id, got none for \["),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changed, message):
    with pytest.raises(ValueError, match=message):
        LogitLens(**fields(**changed))
