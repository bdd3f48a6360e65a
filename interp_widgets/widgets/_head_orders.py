"""The orders that heads can be sorted in, scored as their squares come by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interp_widgets import _head_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from interp_widgets.widgets._attention_inputs import Pattern


class HeadOrders:
    """Keep the scores of every head that was looked at, of two runs the difference.

    Args:
        runs: one pattern, or two to compare; they say which scores their prompts have.
    """

    def __init__(self, runs: Sequence[Pattern]) -> None:
        layers, heads = runs[0].shape[:2]
        self._count = layers * heads
        self._scores: dict[int, list[float]] = {}
        self._rules: dict[str, list[_head_scores.HeadScore]] = {}
        for name in _head_scores.NAMES:
            try:
                self._rules[name] = [_head_scores.score_rule(name, run) for run in runs]
            except ValueError:
                continue  # a prompt without a repeat has no induction score

    @property
    def names(self) -> list[str]:
        """Name the scores that these prompts have."""
        return list(self._rules)

    def check(self, order: object) -> None:
        """Raise ValueError for an order that these prompts do not have; "" is none."""
        if not isinstance(order, str):
            raise TypeError(
                f"order: expected one of {['', *self.names]}, got {type(order).__name__} "
                f"{order!r}. Leave it out for layer and head."
            )
        if order not in ("", *self.names):
            known = order in _head_scores.NAMES
            cure = "Say the same words twice" if known else "Pick one of them"
            raise ValueError(
                f"order: expected one of {['', *self.names]} for this prompt, got {order!r}. "
                f"{cure}, or leave it out for layer and head."
            )

    @property
    def missing(self) -> list[int]:
        """List the heads, counted layer by layer, that were not looked at yet."""
        return [index for index in range(self._count) if index not in self._scores]

    def look(self, index: int, squares: Sequence[NDArray[np.float32]]) -> None:
        """Score a head.

        Args:
            index: of the head, counted layer by layer.
            squares: its (query, key) in each run.
        """
        if index in self._scores:
            return
        scored = (
            [rule(square) for rule, square in zip(rules, squares, strict=True)]
            for rules in self._rules.values()
        )
        self._scores[index] = [first - sum(rest) for first, *rest in scored]

    def lists(self) -> list[dict[str, Any]]:
        """Give each score of all heads, layer by layer, once all were looked at."""
        return [
            {"name": name, "scores": [self._scores[index][place] for index in range(self._count)]}
            for place, name in enumerate(self._rules)
        ]
