"""Small sweeps whose sizes all differ, as a model would give them."""

from __future__ import annotations

import numpy as np

from interp_widgets.results import PatchSweep

CLEAN = ("<bos>", " Ann", " saw", " Bob", ".")
CORRUPTED = ("<bos>", " Cid", " saw", " Bob", "!")
WORDS = (" zero", " one", " two", " three", " four", " five", " six", " seven")
KEPT = 3
SHAPES = {("layer", "pos"): (2, 5), ("layer", "head"): (2, 3), ("head", "pos"): (6, 5)}


def sweep(over=("layer", "pos"), *, seed=0, clean=2.5, corrupted=-1.5, words=WORDS, **changed):
    """A sweep of 2 layers, 3 heads and 5 tokens; every number differs."""
    rng = np.random.default_rng(seed)
    rows, columns = SHAPES[over]
    values = rng.uniform(-2, 3, (rows, columns))
    by_head = over == ("head", "pos")

    def tops(*shape):
        scores = rng.normal(size=(*shape, len(WORDS))) * 2
        shares = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
        order = np.argsort(-shares, axis=-1)[..., :KEPT]
        return order, np.take_along_axis(shares, order, -1)

    patched, first, second = tops(rows, columns), tops(), tops()
    fields = {
        "over": over,
        "values": values,
        "clean": clean,
        "corrupted": corrupted,
        "clean_tokens": CLEAN,
        "corrupted_tokens": CORRUPTED,
        "layers": (0, 0, 0, 1, 1, 1) if by_head else None,
        "heads": (0, 1, 2, 0, 1, 2) if by_head else None,
        "activation": "resid_pre" if over == ("layer", "pos") else "z",
        "metric": "logit of ' Bob' minus logit of ' Cid'",
        "unit": "logits",
        "top_ids": patched[0],
        "top_probs": patched[1],
        "clean_top_ids": first[0],
        "clean_top_probs": first[1],
        "corrupted_top_ids": second[0],
        "corrupted_top_probs": second[1],
        "words": dict(enumerate(words)),
        "clean_ids": range(20, 25),
        "corrupted_ids": [20, 31, 22, 23, 34],
        "source": {"model": "toy", "hook": "blocks.*.hook_resid_pre"},
    }
    return PatchSweep(**fields | changed)


WITHOUT_TOPS = dict.fromkeys(
    f"{run}top_{what}" for run in ("", "clean_", "corrupted_") for what in ("ids", "probs")
)
