"""Read the attention pattern out of a trace, and score heads by the job their pattern suggests.

A score is a mean over queries of the attention spent on the keys that a kind of head is known to
look at: 0 means none of it, 1 all of it. It describes where a head looks, not what it writes.
"""

import numpy as np
from jaxtyping import Bool, Float

from interp_widgets._trace import Trace
from interp_widgets.results import AttentionPattern

_HOOK = "blocks.{}.attn.hook_pattern"


def attention_pattern(trace: Trace) -> AttentionPattern:
    """Collect the attention of every layer and head of one run.

    Args:
        trace: a run that kept "pattern".

    Returns:
        The pattern of every layer that has one, with the model's own layer numbers.

    Raises:
        ValueError: the trace kept no pattern.
    """
    layers = [
        layer for layer in range(trace.model.cfg.n_layers) if _HOOK.format(layer) in trace.cache
    ]
    if not layers:
        raise ValueError(
            'trace: expected a run that kept "pattern", got one that kept '
            f'{sorted(trace.cache.cache_dict)}. Run iw.trace(model, prompt, hooks=["pattern"]).'
        )
    weights = [trace[_HOOK.format(layer)].float().numpy(force=True) for layer in layers]
    return AttentionPattern(
        weights=np.stack(weights),
        tokens=trace.tokens,
        token_ids=trace.token_ids,
        layers=tuple(layers),
        source={**trace.source, "hook": _HOOK.format("*")},
        folded=bool(trace.model._weights_processed),  # noqa: SLF001 - the only place that says it
    )


def previous_token_score(pattern: AttentionPattern) -> Float[np.ndarray, "layer head"]:
    """Score how much each head looks at the token just before.

    A previous-token head tells every position what preceded it, the first half of an induction
    circuit (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits").

    Args:
        pattern: at least two positions.

    Returns:
        Mean attention from a token to the one before it, over all queries but the first.

    Raises:
        ValueError: a pattern of a single position.
    """
    return _mean_attention(pattern, np.eye(_positions(pattern), k=-1, dtype=bool))


def first_token_score(pattern: AttentionPattern) -> Float[np.ndarray, "layer head"]:
    """Score how much each head looks at the first token, where heads rest.

    A softmax must put its attention somewhere; heads with nothing to do mostly put it on the first
    token (Xiao et al. 2023, "Efficient Streaming Language Models with Attention Sinks").

    Args:
        pattern: at least two positions.

    Returns:
        Mean attention from a token to the first one, over all queries but the first.

    Raises:
        ValueError: a pattern of a single position.
    """
    keys = np.zeros((_positions(pattern),) * 2, dtype=bool)
    keys[1:, 0] = True
    return _mean_attention(pattern, keys)


def duplicate_token_score(pattern: AttentionPattern) -> Float[np.ndarray, "layer head"]:
    """Score how much each head looks at earlier copies of the present token.

    Duplicate-token heads signal that a name has been seen before (Wang et al. 2022,
    "Interpretability in the Wild").

    Args:
        pattern: of a prompt in which some token occurs twice.

    Returns:
        Mean over repeated tokens of the attention to all earlier copies.

    Raises:
        ValueError: a prompt without a repeated token.
    """
    return _mean_attention(pattern, _earlier_copies(pattern))


def induction_score(pattern: AttentionPattern) -> Float[np.ndarray, "layer head"]:
    """Score how much each head looks at what followed the present token last time.

    An induction head completes repeats: having seen A B, at the next A it looks at B and predicts
    it again. This is the prefix-matching score of Olsson et al. 2022, "In-context Learning and
    Induction Heads".

    Args:
        pattern: of a prompt in which some token occurs twice; a list said twice serves best.

    Returns:
        Mean over repeated tokens of the attention to the tokens just after all earlier copies.

    Raises:
        ValueError: a prompt without a repeated token.
    """
    after = np.roll(_earlier_copies(pattern), 1, axis=1)  # the last column holds no earlier copy
    return _mean_attention(pattern, after)


def _positions(pattern: AttentionPattern) -> int:
    positions = len(pattern.tokens)
    if positions == 1:
        raise ValueError("pattern: expected at least 2 positions, got 1. Trace a longer prompt.")
    return positions


def _earlier_copies(pattern: AttentionPattern) -> Bool[np.ndarray, "query key"]:
    """Mark, for every query, the earlier keys that hold the same token."""
    names = pattern.tokens if pattern.token_ids is None else pattern.token_ids.tolist()
    _, ids = np.unique(names, return_inverse=True)
    copies: Bool[np.ndarray, "query key"] = np.tril(ids[:, None] == ids[None, :], k=-1)
    if not copies.any():
        raise ValueError(
            f"pattern: expected a prompt with a repeated token, got {len(ids)} different ones. "
            "Say the same list of words twice."
        )
    return copies


def _mean_attention(
    pattern: AttentionPattern, keys: Bool[np.ndarray, "query key"]
) -> Float[np.ndarray, "layer head"]:
    """Average the attention on the marked keys over the queries that have any."""
    queries = keys.any(axis=1)
    spent = np.where(keys, pattern.weights, 0).sum(axis=-1, dtype=np.float64)
    score: Float[np.ndarray, "layer head"] = spent[..., queries].mean(axis=-1)
    return score
