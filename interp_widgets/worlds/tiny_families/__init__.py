"""The ten families of documents in tiny-world, each in a module of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import product

from interp_widgets.worlds.grammar import Factors, Program, Template
from interp_widgets.worlds.tiny_families._patterns import (
    COMBINATION,
    SPLITS,
    TEMPLATE,
    TRAIN,
    Family,
    Maker,
    held_out,
)  # fmt: skip
from interp_widgets.worlds.tiny_families.agreement import AGREEMENT
from interp_widgets.worlds.tiny_families.counting import COUNTED_DAYS, COUNTED_YEARS
from interp_widgets.worlds.tiny_families.facts import CLAIMS, FACTS
from interp_widgets.worlds.tiny_families.filler import FILLER
from interp_widgets.worlds.tiny_families.giving import GIVING
from interp_widgets.worlds.tiny_families.lists import LISTS
from interp_widgets.worlds.tiny_families.mood import MOOD
from interp_widgets.worlds.tiny_families.quotes import QUOTES

__all__ = [
    "COMBINATION", "FAMILIES", "SPLITS", "TEMPLATE", "TRAIN",
    "every_template", "held_out", "templates",
]  # fmt: skip

FAMILIES = (
    FACTS, CLAIMS, GIVING, AGREEMENT, MOOD, LISTS, QUOTES, COUNTED_YEARS, COUNTED_DAYS, FILLER,
)  # fmt: skip


def templates(family: Family, split: str) -> tuple[Template, ...]:
    """Return the templates of one family in one split; their weights sum to 1.

    Args:
        family: One of `FAMILIES`.
        split: `"train"`; `"combination"` (trained texts, slots filled only with combinations kept
            out of training); `"template"` (the one text per pattern never trained on).
    """
    texts = slice(-1, None) if split == TEMPLATE else slice(-1)
    made = tuple(_variants(family, split, texts))
    total = sum(template.weight for template in made)
    return tuple(Template(t.family, t.name, t.weight / total, t.program) for t in made)


@cache
def every_template() -> tuple[Template, ...]:
    """Return the templates of all families and splits with nothing held out, for reading text.

    Their weights mean nothing.
    """
    return tuple(t for family in FAMILIES for t in _variants(family, TEMPLATE, slice(None)))


def _variants(family: Family, split: str, chosen: slice) -> Iterator[Template]:
    for pattern in family.patterns:
        texts = pattern.texts[chosen]
        for text, (mode, share) in product(texts, pattern.modes.items()):
            name = f"{text} [{mode}]" if mode else text
            program = partial(_program, pattern.maker, text, mode, split)
            yield Template(family.name, name, share / len(texts), program)


def _program(maker: Maker, text: str, mode: str, split: str, factors: Factors) -> Program:
    return maker(text, mode, split, factors)
