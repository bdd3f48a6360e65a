"""Every view that the installed circuitsvis has, made of given tokens."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import circuitsvis
import numpy as np
import torch
from circuitsvis.utils.render import RenderedHTML

WORDS = ("<bos>", " mat", "\n", "<b>cat</b>", " sat")


def published():
    """Every public function of circuitsvis that makes a view, by its name."""
    modules = pkgutil.iter_modules(circuitsvis.__path__, "circuitsvis.")
    own = [import_module(module.name) for module in modules if not module.ispkg]  # nor its tests
    return {
        name: made
        for module in own
        for name, made in inspect.getmembers(module, inspect.isfunction)
        if made.__module__ == module.__name__ and not name.startswith("_")
    }


def arguments(tokens=WORDS):
    """What each of the functions is called with; sizes all differ, and text is in every place."""
    tokens, count = list(tokens), len(tokens)
    random = np.random.default_rng(0)
    attention = random.random((3, count, count))
    logits = torch.tensor(random.normal(size=(count, count + 1)))
    ids = torch.arange(count)
    names = [tokens[-1], tokens[0], tokens[-2]]
    return {
        "attention_heads": {
            "attention": attention,
            "tokens": tokens,
            "attention_head_names": names,
        },
        "attention_pattern": {"attention": attention[0], "tokens": tokens},
        "attention_patterns": {"attention": attention[:1], "tokens": tokens},
        "colored_tokens": {"tokens": tokens, "values": random.normal(size=count)},
        "colored_tokens_multi": {"tokens": tokens, "values": logits[:, :3], "labels": names},
        "hello": {"name": tokens[0]},
        "text_neuron_activations": {
            "tokens": tokens,
            "activations": random.random((count, 2, 3)),
            "first_dimension_name": tokens[0],
        },
        "token_log_probs": {
            "token_indices": ids,
            "log_probs": logits.log_softmax(-1),
            "to_string": lambda token: [*tokens, " end"][token],
            "top_k": 4,
        },
        "topk_samples": {
            "tokens": [[[tokens], [tokens]]],
            "activations": random.random((1, 2, 1, count)).tolist(),
            "zeroth_dimension_name": tokens[0],
        },
        "topk_tokens": {
            "tokens": [tokens],
            "activations": [random.random((2, count, 3))],
            "first_dimension_name": tokens[0],
        },
        "visualize_model_performance": {"tokens": ids, "str_tokens": tokens, "logits": logits},
    }


def rendered(name, tokens=WORDS) -> RenderedHTML:
    """One view of circuitsvis, as circuitsvis makes it."""
    return published()[name](**arguments(tokens)[name])
