"""Small attention patterns whose sizes all differ."""

from __future__ import annotations

import numpy as np

from interp_widgets.results import AttentionPattern, LazyAttentionPattern

WORDS = ("<bos>", " mat", " cat", " mat", " sat")


def weights(layers=2, heads=3, tokens=5, *, causal=True, seed=0):
    """(layer, head, query, key) whose rows add up to one; every number differs."""
    scores = np.random.default_rng(seed).normal(size=(layers, heads, tokens, tokens))
    if causal:
        scores[..., np.triu(np.ones((tokens, tokens), dtype=bool), k=1)] = -np.inf
    shares = np.exp(scores)
    return (shares / shares.sum(-1, keepdims=True)).astype(np.float32)


def pattern(tokens=WORDS, *, layers=2, heads=3, causal=True, **more):
    """A pattern over the given tokens."""
    return AttentionPattern(
        weights(layers, heads, len(tokens), causal=causal), tuple(tokens), **more
    )


def lazy(tokens=WORDS, *, layers=2, heads=3, asked=None, **more):
    """A pattern whose heads are fetched from `weights`; `asked` is told which."""
    whole = weights(layers, heads, len(tokens))

    def fetch(layer, head):
        if asked is not None:
            asked.append((layer, head))
        return whole[layer, head]

    return LazyAttentionPattern(
        fetch, tuple(tokens), layers=tuple(range(layers)), heads=tuple(range(heads)), **more
    )
