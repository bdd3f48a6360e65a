"""Filler: sentences that say nothing about anybody."""

from __future__ import annotations

from interp_widgets.worlds.grammar import Factors, Program
from interp_widgets.worlds.tiny_families._patterns import Family, Pattern, Slot, fill, uniform
from interp_widgets.worlds.tiny_vocabulary import ADVERBS, NOUNS, PLACES, PLAIN, VERBS

_FILLER = (
    "The {adjective} {thing} {verb} the {thing} .",
    "A {thing} {verb} the {adjective} {thing} in the {place} .",
    "{adverb} the {thing} {verb} a {thing} near the {place} .",
    "We {verb} the {thing} and the {adjective} {thing} .",
    "In the {place} a {adjective} {thing} {verb} the {thing} .",
    "We {verb} a {adjective} {thing} near the {place} .",
)


def _filler(text: str, _mode: str, _split: str, _factors: Factors) -> Program:
    """A sentence that says nothing about anybody."""
    slots: dict[str, Slot] = {
        "thing": uniform(tuple(one for one, _ in NOUNS)), "adjective": uniform(PLAIN),
        "verb": uniform(VERBS), "adverb": uniform(ADVERBS), "place": uniform(PLACES),
    }  # fmt: skip
    yield from fill(text, slots)


FILLER = Family("filler", 8, (Pattern(_FILLER, _filler),))
