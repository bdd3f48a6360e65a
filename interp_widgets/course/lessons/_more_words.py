"""Families of words of tiny-world, and how their directions lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interp_widgets.worlds import tiny_vocabulary as words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from transformer_lens.model_bridge import TransformerBridge

    Numbers = NDArray[np.float64]

GROUPS = {
    "singular": tuple(one for one, _ in words.NOUNS),
    "plural": tuple(many for _, many in words.NOUNS),
    "glad": words.HAPPY,
    "sad": words.SAD,
    "first names": words.FIRST_NAMES,
    "surnames": words.SURNAMES,
    "cities": words.CITIES,
    "countries": words.COUNTRIES,
}
FAMILIES = {
    "things": ("singular", "plural"),
    "moods": ("glad", "sad"),
    "people": ("first names", "surnames"),
    "places": ("cities", "countries"),
}


def group_ids(model: TransformerBridge) -> dict[str, list[int]]:
    """Give the tokens of each group of words."""
    return {name: [model.to_single_token(w) for w in group] for name, group in GROUPS.items()}


def group_means(vectors: Numbers, ids: Mapping[str, list[int]]) -> dict[str, Numbers]:
    """Average the vectors of each group; vectors are (token, width)."""
    return {name: vectors[tokens].mean(0) for name, tokens in ids.items()}


def cosine(one: Numbers, other: Numbers) -> float:
    """Return the cosine of the angle between two vectors."""
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
