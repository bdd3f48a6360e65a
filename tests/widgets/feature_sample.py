"""Small dashboards whose sizes all differ and whose numbers belong together."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from interp_widgets.results import FeatureDashboard

NUMBERS = (7, 12, 40, 3)
WORDS = (" zero", " one", " two", " three", " four", " five", " six")
BANDS = ("strongest", "low", "random tokens")
EXAMPLE_BANDS = (0, 0, 1, 2, 2, 2)
CENTRE = 3
BINS, KEPT = 7, 2


def examples(seed=0):
    """(feature, example, window) of ids and values: the second example of feature 7 is missing."""
    rng = np.random.default_rng(seed)
    shape = (len(NUMBERS), len(EXAMPLE_BANDS), 5)
    ids = rng.integers(0, len(WORDS), shape)
    values = rng.normal(size=shape).round(3).astype(np.float32)
    ids[:, 3, 0] = -1  # begins before its document does
    values[:, 3, 0] = np.nan
    values[:, 2, 0] = np.nan  # a token that does not count
    ids[0, 1], values[0, 1] = -1, np.nan
    for place in range(len(NUMBERS)):
        values[place, 0, CENTRE] = 8 - place
    return ids, values


def dashboard(seed=0, *, words=WORDS, **changed):
    """Dashboards of four neurons with six places for examples of five tokens."""
    ids, values = examples(seed)
    rng = np.random.default_rng(seed)
    documents = rng.integers(0, 30, ids.shape[:2])
    documents[0, 1] = -1
    starts = rng.integers(1, 9, ids.shape[:2])
    starts[:, 3] = -1
    logits = np.sort(rng.normal(size=(len(NUMBERS), 2, KEPT)), axis=-1)
    counts = rng.integers(1, 90, (len(NUMBERS), BINS))
    near = [[other for other in NUMBERS if other != number] for number in NUMBERS]
    given = {
        "features": np.array(NUMBERS),
        "kind": "neuron",
        "counts": counts,
        "edges": np.linspace(-1, [8, 7, 6, 5], BINS + 1, axis=1),
        "density": np.float32([0.02, 0.5, 0.001, 0.25]),
        "peak": np.float32([8, 7, 6, 5]),
        "bands": BANDS,
        "example_bands": np.array(EXAMPLE_BANDS),
        "example_ids": ids,
        "example_values": values,
        "example_documents": documents,
        "example_starts": starts,
        "focus": CENTRE,
        "up_ids": np.array([[0, 1], [2, 3], [4, 5], [6, 0]]),
        "up_logits": 3 + logits[:, 0, ::-1],
        "down_ids": np.array([[6, 5], [4, 1], [0, 2], [3, 2]]),
        "down_logits": -4 + logits[:, 1],
        "near": np.array(near),
        "near_cosines": np.float32([[0.9, 0.5, -0.1]] * 4),
        "words": dict(enumerate(words)),
        "documents": 30,
        "source": {"model": "toy", "hook": "blocks.0.mlp.hook_post"},
    }
    return FeatureDashboard(**given | changed)


def read(text):
    """Stand in for a model: a word is a token, its length times 1, 2, 3, 4 the activations."""
    tokens = text.split()
    lengths = np.array([len(token) for token in tokens], dtype=np.float32)
    return tokens, lengths[:, None] * np.arange(1, len(NUMBERS) + 1, dtype=np.float32)


def many(count):
    """As many features as there must be to leave some out, each like one of the four."""
    small = dashboard()
    alike = np.arange(count) % len(NUMBERS)
    names = {field.name for field in fields(small)} - {"features", "near", "example_bands"}
    given = {name: getattr(small, name) for name in names}
    repeated = {
        name: values[alike] for name, values in given.items() if isinstance(values, np.ndarray)
    }
    near = (np.arange(count)[:, None] + [1, 2, 3]) % count
    return dashboard(**repeated, features=np.arange(count), near=near)
