"""What a lens reads: a prediction for every layer and position."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets.results import _checks, _predictions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_AXES = "top_ids and target_ids"


@dataclass(frozen=True, eq=False)
class LogitLens:
    """Hold what a model would predict if it stopped at each place of the residual stream.

    Attributes:
        tokens: (pos,), decoded text of each token that was read, leading space included.
        labels: (layer,), the place that each row reads, in TransformerLens' words: "0_pre" is
            before layer 0, "final_post" after the last layer, so the model's own prediction.
        top_ids: (layer, pos, k), vocabulary ids of the most likely next tokens, best first.
        top_probs: (layer, pos, k), their probability.
        entropy: (layer, pos), of the whole prediction, in nats.
        words: decoded text of every vocabulary id in `top_ids` and `target_ids`.
        divergence: (layer, pos), KL divergence of the last row's prediction from this row's, in
            nats; None when it was not computed.
        target_ids: (target,), vocabulary ids of the tokens that are followed through the rows; None
            when none are.
        target_probs: (layer, pos, target), their probability.
        target_ranks: (layer, pos, target), how many tokens are more likely; 0 is the best.
        output_ranks: (layer, pos), in each row the rank of the token that the last row puts on top
            at that position; None when it was not computed.
        output_probs: (layer, pos), the probability of that token.
        token_ids: (pos,), vocabulary ids of the tokens that were read, or None.
        name: of the lens.
        translated: whether each row was changed before it was read, as a tuned lens does.
        source: where the numbers come from (model, hook, prompt hash, versions), as text.
        folded: whether the model's weights were folded before the run. Folding changes logits; the
            probabilities of the plain logit lens stay what they are.
    """

    tokens: tuple[str, ...]
    labels: tuple[str, ...]
    top_ids: NDArray[np.int64]
    top_probs: NDArray[np.float32]
    entropy: NDArray[np.float32]
    words: Mapping[int, str]
    divergence: NDArray[np.float32] | None = None
    target_ids: NDArray[np.int64] | None = None
    target_probs: NDArray[np.float32] | None = None
    target_ranks: NDArray[np.int64] | None = None
    output_ranks: NDArray[np.int64] | None = None
    output_probs: NDArray[np.float32] | None = None
    token_ids: NDArray[np.int64] | None = None
    name: str = "logit lens"
    translated: bool = False
    source: Mapping[str, str] = field(default_factory=dict)
    folded: bool = False

    def __post_init__(self) -> None:
        ids = np.array(self.top_ids, dtype=np.int64)
        if ids.ndim != 3 or 0 in ids.shape:
            raise ValueError(
                "top_ids: expected shape (layer, pos, k) with at least one of each, got "
                f"{ids.shape}. Keep one list of ids for each layer and position."
            )
        rows, positions, _ = ids.shape
        _checks.put(
            self,
            top_ids=_checks.frozen(ids),
            tokens=_checks.token_texts("tokens", self.tokens, positions, ids.shape),
            labels=_checks.token_texts("labels", self.labels, rows, ids.shape),
            token_ids=_checks.token_numbers(self.token_ids, positions, ids.shape),
            top_probs=_predictions.shares("top_probs", self.top_probs, ids.shape, _AXES),
            entropy=_predictions.amounts("entropy", self.entropy, (rows, positions), _AXES),
            source=_checks.read_only(self.source),
        )
        if self.divergence is not None:
            divergence = _predictions.amounts(
                "divergence", self.divergence, (rows, positions), _AXES
            )
            _checks.put(self, divergence=divergence)
        self._check_output((rows, positions))
        needed = {*ids.ravel().tolist(), *self._check_targets((rows, positions))}
        _checks.put(self, words=_predictions.words(self.words, needed))

    def _check_targets(self, places: tuple[int, int]) -> list[int]:
        ids = np.array(() if self.target_ids is None else self.target_ids, dtype=np.int64)
        shape = (*places, *ids.shape)
        probs = np.zeros(shape) if self.target_ids is None else self.target_probs
        ranks = np.zeros(shape) if self.target_ids is None else self.target_ranks
        _checks.put(
            self,
            target_ids=_checks.frozen(ids),
            target_probs=_predictions.shares("target_probs", probs, shape, _AXES),
            target_ranks=_predictions.whole("target_ranks", ranks, shape, _AXES),
        )
        numbers: list[int] = ids.tolist()
        return numbers

    def _check_output(self, places: tuple[int, int]) -> None:
        if (self.output_ranks is None) != (self.output_probs is None):
            raise ValueError(
                "output_ranks: expected both output_ranks and output_probs or neither, got one. "
                "Give the other as well."
            )
        if self.output_ranks is not None:
            ranks = _predictions.whole("output_ranks", self.output_ranks, places, _AXES)
            probs = _predictions.shares("output_probs", self.output_probs, places, _AXES)
            _checks.put(self, output_ranks=ranks, output_probs=probs)
