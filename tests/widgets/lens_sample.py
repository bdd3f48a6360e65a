"""Small lenses whose sizes all differ and whose numbers belong together."""

from __future__ import annotations

import numpy as np

from interp_widgets.results import LogitLens

TEXT = ("<bos>", " a", " cat", " sat")
LABELS = ("0_pre", "1_pre", "final_post")
WORDS = (" zero", " one", " two", " three", " four", " five", " six")
KEPT = 2


def distributions(seed=0, tokens=TEXT):
    """(layer, pos, vocabulary) of probabilities; every number differs."""
    scores = np.random.default_rng(seed).normal(size=(len(LABELS), len(tokens), len(WORDS))) * 2
    powers = np.exp(scores)
    return (powers / powers.sum(-1, keepdims=True)).astype(np.float32)


def lens(seed=0, *, tokens=TEXT, words=WORDS, kept=KEPT, targets=(3, 0, 6, 1, 5), **changed):
    """A lens that kept the best tokens of each place and followed some through the rows."""
    probs = distributions(seed, tokens)
    order = np.argsort(-probs, axis=-1)
    places = np.argsort(order, axis=-1)  # of each token among the best
    said = np.broadcast_to(order[-1, :, :1], (*probs.shape[:2], 1))
    ids = np.array(list(targets), dtype=int)
    logs = np.log(probs)
    fields = {
        "tokens": tokens,
        "labels": LABELS,
        "top_ids": order[..., :kept],
        "top_probs": np.take_along_axis(probs, order, -1)[..., :kept],
        "entropy": -(probs * logs).sum(-1),
        "divergence": (probs[-1] * (logs[-1] - logs)).sum(-1).clip(min=0),
        "target_ids": ids,
        "target_probs": probs[..., ids],
        "target_ranks": places[..., ids],
        "output_probs": np.take_along_axis(probs, said, -1)[..., 0],
        "output_ranks": np.take_along_axis(places, said, -1)[..., 0],
        "token_ids": np.arange(20, 20 + len(tokens)),
        "words": dict(enumerate(words)),
        "source": {"model": "toy"},
    }
    return LogitLens(**fields | changed)


WITHOUT_OUTPUT = {"output_ranks": None, "output_probs": None}
WITHOUT_TARGETS = {"target_ids": None, "target_probs": None, "target_ranks": None}
