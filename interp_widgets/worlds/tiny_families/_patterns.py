"""What the families share: patterns, slots to fill, and what is kept out of training."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from interp_widgets.worlds.grammar import Choice, Factors, Program
from interp_widgets.worlds.tiny_vocabulary import FIRST_NAMES

TRAIN, COMBINATION, TEMPLATE = "train", "combination", "template"
SPLITS = (TRAIN, COMBINATION, TEMPLATE)

Maker = Callable[[str, str, str, Factors], Program]
"""Writes one document from a text, a mode and a split, setting factors as it goes."""

Slot = Choice | Callable[[], Program]
"""Drawn from directly, or run as a part of the program."""


@dataclass(frozen=True)
class Pattern:
    """Texts with the same slots; the last one is never trained on."""

    texts: tuple[str, ...]
    maker: Maker
    modes: Mapping[str, float] = field(default_factory=lambda: {"": 1.0})
    """Variants that show only later in the text, with their shares."""


@dataclass(frozen=True)
class Family:
    """Patterns that exercise one ability, and their share of all tokens in percent."""

    name: str
    share: float
    patterns: tuple[Pattern, ...]


def held_out(*parts: str) -> bool:
    """Return whether a combination is kept out of training (one in ten, the same for ever)."""
    return zlib.crc32("|".join(parts).encode()) % 10 == 0


def allowed(split: str, *parts: str) -> bool:
    """Return whether a combination may be written in this split."""
    return split == TEMPLATE or held_out(*parts) == (split == COMBINATION)


@cache
def pieces(text: str) -> tuple[str, ...]:
    """Split a text into literals and slots; a verb pair such as `is/are` is a slot too."""
    return tuple(p.strip() for p in re.split(r"(\{\w+\}|\w+/\w+)", text) if p.strip())


@cache
def uniform(values: tuple[str, ...]) -> Choice:
    """Return the choice in which all values are equally likely."""
    return Choice(values)


@cache
def others(*taken: str) -> Choice:
    """Return any first name but these."""
    return Choice([name for name in FIRST_NAMES if name not in taken])


def fill(text: str, slots: Mapping[str, Slot]) -> Program:
    """Write a text: literals as they are, slots by drawing or by running a part of the program."""
    for piece in pieces(text):
        slot = slots.get(piece.strip("{}"), piece)
        if isinstance(slot, (str, Choice)):
            yield slot
        else:
            yield from slot()
