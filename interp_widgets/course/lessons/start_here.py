"""Answers of notebook 00, Start here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from interp_widgets.analysis import attention
from interp_widgets.results import AttentionPattern

INDUCTION_THRESHOLD = 0.4
"""Least induction score that counts: chance on the list of notebook 00 is below a tenth."""

_ELSEWHERE = {
    "previous": (
        "It looks at the token just before, wherever it stands. Induction needs such a head, but "
        "look for one that, at the second of two equal words, looks at what came after the first."
    ),
    "duplicate": (
        "It looks at the earlier copy of the same word. Close: an induction head looks one token "
        "further, at what came after that copy."
    ),
    "first": (
        "It looks at the first token, which is where a head rests when it finds nothing to do."
    ),
    "one token": "From almost everywhere it looks at one and the same token.",
}
_SCATTERED = "Its attention goes to many places."
_STRIPE = " Look for a strong diagonal stripe in the half in which the list is repeated."


class Selected(Protocol):
    """What a view's `selection.value` tells: the model's numbers of a layer and a head."""

    layer: int | None
    head: int | None


@dataclass(frozen=True, repr=False)
class Verdict:
    """Whether an answer is right, and a sentence for the person who gave it."""

    passed: bool
    message: str

    def __repr__(self) -> str:
        return self.message

    def _repr_markdown_(self) -> str:
        return self.message  # unlike plain text, it is wrapped between words


def check_induction_head(selected: Selected, pattern: AttentionPattern) -> Verdict:
    """Say whether the selected head is an induction head on this prompt.

    Any head whose induction score (Olsson et al. 2022) reaches `INDUCTION_THRESHOLD` is right;
    there may be several.

    Args:
        selected: `view.selection.value`, or anything else with a layer and a head.
        pattern: Attention on a prompt that repeats itself.

    Raises:
        ValueError: If the selection names a layer or head that the pattern does not have.
    """
    if selected.layer is None or selected.head is None:
        return Verdict(
            passed=False,
            message="Not started: no head is selected. Click one of the small squares above, then "
            "run this cell again.",
        )
    scores = _scores(pattern, selected.layer, selected.head)
    name = f"Layer {selected.layer}, head {selected.head}"
    if scores["induction"] >= INDUCTION_THRESHOLD:
        return Verdict(
            passed=True,
            message=f"Right. {name} puts {scores['induction']:.0%} of its attention on the token "
            "that came after the earlier copy: it is an induction head. There are others; can you "
            "find them?",
        )
    return Verdict(
        passed=False,
        message=f"Not yet. {name} puts {scores['induction']:.0%} of its attention on the token "
        f"after the earlier copy; an induction head puts at least {INDUCTION_THRESHOLD:.0%} there. "
        + _hint(scores),
    )


def _scores(pattern: AttentionPattern, layer: int, head: int) -> Mapping[str, float]:
    one = pattern.select([layer], [head])
    ways = {
        "induction": attention.induction_score,
        "previous": attention.previous_token_score,
        "duplicate": attention.duplicate_token_score,
        "first": attention.first_token_score,
    }
    second_half = one.weights[0, 0, len(one.tokens) // 2 :]
    fixed = {"one token": float(second_half.mean(axis=0).max())}
    return {way: float(score(one)[0, 0]) for way, score in ways.items()} | fixed


def _hint(scores: Mapping[str, float]) -> str:
    """Name the job the head seems to have instead, if it clearly has one."""
    way = next((way for way in _ELSEWHERE if scores[way] >= INDUCTION_THRESHOLD), None)
    return (_ELSEWHERE[way] if way else _SCATTERED) + _STRIPE
