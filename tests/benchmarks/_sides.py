"""The same attention for every side of a comparison, and a page of each side that shows it."""

from __future__ import annotations

import importlib.util
import json

import circuitsvis.attention
import numpy as np
import torch

from interp_widgets.results import LogitLens, PatchSweep
from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.lens import LogitLensView
from interp_widgets.widgets.patching import PatchView
from interp_widgets.widgets.superposition import SuperpositionView
from interp_widgets.widgets.tokens import TokenView

HAVE_BERTVIZ = importlib.util.find_spec("bertviz") is not None


def attention(layers, heads, tokens, seed=0):
    """Causal softmax of random scores with a sink on the first token, as trained models have."""
    scores = np.random.default_rng(seed).normal(size=(layers, heads, tokens, tokens))
    scores = scores.astype(np.float32) * 2
    scores[..., 0] += 3
    scores[..., np.triu(np.ones((tokens, tokens), dtype=bool), k=1)] = -np.inf
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


def words(count):
    return [f" w{place}" for place in range(count)]


def view(layers, heads, tokens, **options):
    return AttentionView(attention(layers, heads, tokens), words(tokens), **options)


def lens(layers, tokens, vocabulary=1000):
    """A lens of random distributions that sharpen from row to row."""
    scores = np.random.default_rng(0).normal(size=(layers + 1, tokens, vocabulary))
    powers = np.exp(scores * np.linspace(1, 4, layers + 1)[:, None, None])
    probs = powers / powers.sum(-1, keepdims=True)
    order = np.argsort(-probs, axis=-1)
    logs = np.log(probs)
    said = np.broadcast_to(order[-1, :, :1], (*probs.shape[:2], 1))
    return LogitLensView(
        LogitLens(
            tokens=tuple(words(tokens)),
            labels=(*(f"{layer}_pre" for layer in range(layers)), "final_post"),
            top_ids=order[..., :5],
            top_probs=np.take_along_axis(probs, order[..., :5], -1),
            entropy=-(probs * logs).sum(-1),
            divergence=(probs[-1] * (logs[-1] - logs)).sum(-1).clip(min=0),
            output_probs=np.take_along_axis(probs, said, -1)[..., 0],
            output_ranks=np.take_along_axis(np.argsort(order, axis=-1), said, -1)[..., 0],
            words={place: f" word{place}" for place in range(vocabulary)},
        )
    )


def tokens(count, channels):
    """A text with random values that no side but ours can show in channels."""
    values = np.random.default_rng(0).normal(size=(count, channels)).astype(np.float32)
    return TokenView(words(count), values)


def patch(layers, count):
    """A sweep of random effects, without the tokens that each run finds most likely."""
    values = np.random.default_rng(0).normal(size=(layers, count))
    return PatchView(
        PatchSweep(
            over=("layer", "pos"),
            values=values,
            clean=2.0,
            corrupted=-1.0,
            clean_tokens=tuple(words(count)),
            corrupted_tokens=(" other", *words(count)[1:]),
            activation="resid_pre",
        )
    )


def superposition(features):
    """Random vectors of features in two dimensions."""
    weights = np.random.default_rng(0).normal(size=(4, features, 2))
    return SuperpositionView(weights, [1.0, 0.3, 0.1, 0.03])


def circuitsvis_html(weights, *, offline=False):
    """One display for each layer, which is how it is used."""
    shown = [
        circuitsvis.attention.attention_heads(torch.tensor(layer), words(layer.shape[-1]))
        for layer in weights
    ]
    return [one.local_src if offline else one.cdn_src for one in shown]


def bertviz_html(weights, kind="model_view"):
    import bertviz

    layers = [torch.tensor(layer)[None] for layer in weights]
    tokens = words(weights.shape[-1])
    return getattr(bertviz, kind)(layers, tokens, html_action="return").data


def prove_equal(weights):
    """Both sides must hold the same numbers before any size or time means something."""
    ours = AttentionView(weights, words(weights.shape[-1]))
    rows, columns = np.tril_indices(weights.shape[-1])
    read = np.frombuffer(ours.overview, np.uint8).reshape(*weights.shape[:2], -1) * ours.scale
    assert np.abs(read - weights[..., rows, columns]).max() < 0.002
    (page,) = circuitsvis_html(weights[:1])
    start = page.index('"attention": ') + len('"attention": ')
    theirs, _ = json.JSONDecoder().raw_decode(page, start)
    assert np.allclose(theirs, weights[0], atol=1e-6)
