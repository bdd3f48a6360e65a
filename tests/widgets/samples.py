"""Small attention patterns whose sizes all differ, and text nobody should trust."""

from __future__ import annotations

import numpy as np

from interp_widgets.results import AttentionPattern

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


HOSTILE = (
    "</script><script>window.canary(1)</script>",
    "<img src=x onerror=window.canary(2)>",
    "<!--<script>window.canary(3)",
    '"><svg onload=window.canary(4)>',
    "' autofocus onfocus='window.canary(5)",
    "${window.canary(6)}",
    "`+window.canary(7)+`",
    "\u2028window.canary(8)\u2029",
    "</style><script>window.canary(9)</script>",
    "</title><script>window.canary(10)</script>",
    "&lt;b&gt;",
    "]]>",
    "\u202egnirts desrever",
    "\u200b",
    "\ud800",
    "\x00",
    "<bos>",
    "</s>",
    "",
    "\n",
    "\t",
    "  two",
    "e\u0301\u0301\u0301",
    "\u0301",
    "👩\u200d🚀",
    "$x$",
    "x" * 10_000,
)
