"""Score heads by the job their pattern suggests: which keys a kind of head is known to look at.

A score is a mean over queries of the attention spent on those keys: 0 means none of it, 1 all of
it. It describes where a head looks, not what it writes. Heads are scored one at a time, so that
they need never lie in memory together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.results import AttentionPattern, LazyAttentionPattern

    Pattern = AttentionPattern | LazyAttentionPattern
    HeadScore = Callable[[NDArray[np.float32]], float]


def previous_token_score(pattern: Pattern) -> NDArray[np.float64]:
    """Score how much each head looks at the token just before.

    A previous-token head tells every position what preceded it, the first half of an induction
    circuit (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits").

    Args:
        pattern: at least two positions.

    Returns:
        (layer, head), mean attention from a token to the one before it, over all queries but the
        first.

    Raises:
        ValueError: a pattern of a single position, or attention to another text.
    """
    return _every_head("previous token", pattern)


def first_token_score(pattern: Pattern) -> NDArray[np.float64]:
    """Score how much each head looks at the first token, where heads rest.

    A softmax must put its attention somewhere; heads with nothing to do mostly put it on the first
    token (Xiao et al. 2023, "Efficient Streaming Language Models with Attention Sinks").

    Args:
        pattern: at least two positions.

    Returns:
        (layer, head), mean attention from a token to the first one, over all queries but the
        first.

    Raises:
        ValueError: a pattern of a single position, or attention to another text.
    """
    return _every_head("first token", pattern)


def duplicate_token_score(pattern: Pattern) -> NDArray[np.float64]:
    """Score how much each head looks at earlier copies of the present token.

    Duplicate-token heads signal that a name has been seen before (Wang et al. 2022,
    "Interpretability in the Wild").

    Args:
        pattern: of a prompt in which some token occurs twice.

    Returns:
        (layer, head), mean over repeated tokens of the attention to all earlier copies.

    Raises:
        ValueError: a prompt without a repeated token, or attention to another text.
    """
    return _every_head("duplicate token", pattern)


def induction_score(pattern: Pattern) -> NDArray[np.float64]:
    """Score how much each head looks at what followed the present token last time.

    An induction head completes repeats: having seen A B, at the next A it looks at B and predicts
    it again. This is the prefix-matching score of Olsson et al. 2022, "In-context Learning and
    Induction Heads".

    Args:
        pattern: of a prompt in which some token occurs twice; a list said twice serves best.

    Returns:
        (layer, head), mean over repeated tokens of the attention to the tokens just after all
        earlier copies.

    Raises:
        ValueError: a prompt without a repeated token, or attention to another text.
    """
    return _every_head("induction", pattern)


def score_rule(name: str, pattern: Pattern) -> HeadScore:
    """Settle one of the scores for a prompt.

    Args:
        name: one of `NAMES`.
        pattern: says what the tokens are; its weights are not looked at.

    Returns:
        A function that scores one head's square, (query, key), of this prompt.

    Raises:
        ValueError: a prompt that has no such score.
    """
    keys = _KEYS[name](pattern)
    queries = int(keys.any(axis=1).sum())
    places = np.flatnonzero(keys)

    def share(square: NDArray[np.float32]) -> float:
        return float(square.ravel()[places].sum(dtype=np.float64)) / queries

    return share


def _every_head(name: str, pattern: Pattern) -> NDArray[np.float64]:
    score = score_rule(name, pattern)
    layers, heads = pattern.shape[:2]
    return np.array(
        [[score(pattern.square(layer, head)) for head in range(heads)] for layer in range(layers)]
    )


def _previous(pattern: Pattern) -> NDArray[np.bool_]:
    """Mark, for every query, the key just before."""
    return np.eye(_positions(pattern), k=-1, dtype=bool)


def _first(pattern: Pattern) -> NDArray[np.bool_]:
    """Mark the first key for every query but the first."""
    keys = np.zeros((_positions(pattern),) * 2, dtype=bool)
    keys[1:, 0] = True
    return keys


def _copies(pattern: Pattern) -> NDArray[np.bool_]:
    """Mark, for every query, the earlier keys that hold the same token."""
    positions = _positions(pattern)
    names = pattern.tokens if pattern.token_ids is None else pattern.token_ids.tolist()
    number = {name: place for place, name in enumerate(names)}
    ids = np.array([number[name] for name in names])
    copies: NDArray[np.bool_] = np.tril(ids[:, None] == ids[None, :], k=-1)
    if not copies.any():
        raise ValueError(
            f"pattern: expected a prompt with a repeated token, got {positions} different ones. "
            "Say the same list of words twice."
        )
    return copies


def _after_copies(pattern: Pattern) -> NDArray[np.bool_]:
    """Mark, for every query, the keys just after earlier copies of the same token."""
    return np.roll(_copies(pattern), 1, axis=1)  # the last column holds no earlier copy


def _positions(pattern: Pattern) -> int:
    if pattern.queries is not None:
        raise ValueError(
            "pattern: expected attention of a text to itself, got queries of another text. "
            "Score the pattern of the encoder or of the decoder."
        )
    positions = len(pattern.tokens)
    if positions == 1:
        raise ValueError("pattern: expected at least 2 positions, got 1. Trace a longer prompt.")
    return positions


_KEYS: dict[str, Callable[[Pattern], NDArray[np.bool_]]] = {
    "induction": _after_copies,
    "previous token": _previous,
    "first token": _first,
    "duplicate token": _copies,
}
NAMES = tuple(_KEYS)
