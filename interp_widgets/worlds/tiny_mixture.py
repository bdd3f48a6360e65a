"""All of tiny-world's templates together, each with its prior, and the words they use."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

from interp_widgets.worlds import tiny_vocabulary as words
from interp_widgets.worlds.grammar import Template, write
from interp_widgets.worlds.tiny_families import FAMILIES, SPLITS, TRAIN, templates


@cache
def mixture(split: str = TRAIN) -> tuple[Template, ...]:
    """Return the templates of a split with the prior of each.

    Documents are weighted so that tokens, not documents, follow the families' shares.
    """
    rng = random.Random("tiny-world lengths")
    made: list[Template] = []
    for family in FAMILIES:
        group = templates(family, split)
        drawn = rng.choices(group, [t.weight for t in group], k=_LENGTH_SAMPLE)
        length = sum(1 + len(write(t, rng).units) for t in drawn) / len(drawn)
        made += [replace(t, weight=t.weight * family.share / length) for t in group]
    total = sum(t.weight for t in made)
    return tuple(replace(t, weight=t.weight / total) for t in made)


_LENGTH_SAMPLE = 500


@cache
def vocabulary() -> frozenset[str]:
    """Return every unit the world can write, byte strings left out."""
    rng = random.Random("tiny-world vocabulary")
    found: set[str] = set(words.LIST_WORDS) | set(words.YEARS)
    for split in SPLITS:
        for template in mixture(split):
            for _ in range(_VOCABULARY_SAMPLE):
                found.update(write(template, rng).units)
    return frozenset(found - set(words.BYTE_STRINGS))


_VOCABULARY_SAMPLE = 60
