"""What a lens reads: a prediction for every layer and position."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import _checks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_ROUNDING = 1e-3  # a softmax in half precision can exceed 1 by this much


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
            top_probs=_probabilities("top_probs", self.top_probs, ids.shape),
            entropy=_numbers("entropy", self.entropy, (rows, positions)),
            source=_checks.read_only(self.source),
        )
        if self.divergence is not None:
            divergence = _numbers("divergence", self.divergence, (rows, positions))
            _checks.put(self, divergence=divergence)
        self._check_output((rows, positions))
        self._check_words({*ids.ravel().tolist(), *self._check_targets((rows, positions))})

    def _check_targets(self, places: tuple[int, int]) -> list[int]:
        ids = np.array(() if self.target_ids is None else self.target_ids, dtype=np.int64)
        shape = (*places, *ids.shape)
        probs = np.zeros(shape) if self.target_ids is None else self.target_probs
        ranks = np.zeros(shape) if self.target_ids is None else self.target_ranks
        _checks.put(
            self,
            target_ids=_checks.frozen(ids),
            target_probs=_probabilities("target_probs", probs, shape),
            target_ranks=_checks.frozen(_shaped("target_ranks", ranks, shape).astype(np.int64)),
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
            ranks = _shaped("output_ranks", self.output_ranks, places).astype(np.int64)
            probs = _probabilities("output_probs", self.output_probs, places)
            _checks.put(self, output_ranks=_checks.frozen(ranks), output_probs=probs)

    def _check_words(self, needed: set[int]) -> None:
        if missing := needed - set(self.words):
            raise ValueError(
                f"words: expected the text of every id, got none for {sorted(missing)[:5]}. "
                "Decode each id with the model's tokenizer."
            )
        words = {int(number): str(self.words[number]) for number in sorted(needed)}
        _checks.put(self, words=MappingProxyType(words))


def _shaped(name: str, given: object, shape: tuple[int, ...]) -> NDArray[Any]:
    array = np.asarray(given)
    if array.shape != shape:
        raise ValueError(
            f"{name}: expected shape {shape} to match top_ids and target_ids, got {array.shape}. "
            "Give one number for each layer, position and token."
        )
    return array


def _numbers(name: str, given: object, shape: tuple[int, ...]) -> NDArray[np.float32]:
    array = np.array(_shaped(name, given, shape), dtype=np.float32)
    if not np.isfinite(array).all() or array.min(initial=0) < -_ROUNDING:
        raise ValueError(
            f"{name}: expected finite numbers from 0 up, got {array.min():.3g} to "
            f"{array.max():.3g}. Check the run that they come from for NaN."
        )
    return _checks.frozen(array)


def _probabilities(name: str, given: object, shape: tuple[int, ...]) -> NDArray[np.float32]:
    array = _numbers(name, given, shape)
    if array.max(initial=0) > 1 + _ROUNDING:
        raise ValueError(
            f"{name}: expected probabilities from 0 to 1, got up to {array.max():.3g}. "
            "Take the softmax of the logits first."
        )
    return array
