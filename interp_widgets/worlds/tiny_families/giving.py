"""Giving: two people meet and one hands something to the other (indirect objects)."""

from __future__ import annotations

from functools import cache
from itertools import product

from interp_widgets.worlds.grammar import Ask, Choice, Factors, Program
from interp_widgets.worlds.tiny_families._patterns import (
    Family,
    Pattern,
    Slot,
    allowed,
    fill,
    others,
    uniform,
)
from interp_widgets.worlds.tiny_vocabulary import FIRST_NAMES, OBJECTS, PLACES

_OPENINGS = (
    "When {a} and {b} {clause} went to the {place} ,",
    "After {a} and {b} {clause} left the {place} ,",
    "While {a} and {b} {clause} were at the {place} ,",
    "Then {a} and {b} {clause} met at the {place} .",
    "Because {a} and {b} {clause} liked the {place} ,",
    "Once {a} and {b} {clause} had seen the {place} ,",
)

_HANDOVERS = (
    "{giver} gave a {object} to {recipient} .",
    "{giver} handed the {object} to {recipient} .",
)

_WANTED = "{giver} wanted the {object} so it was given to {wanter} ."

_GIVING = (
    *(f"{opening} {end}" for opening, end in product(_OPENINGS, _HANDOVERS)),
    "After {a} and {b} {clause} went to the {place} , {giver} handed a {object} to {recipient} .",
)

_GIVING_MODES = {"standard": 0.55, "new giver": 0.20, "relative clause": 0.15, "wanted": 0.10}


@cache
def _pairs(text: str, split: str) -> tuple[Choice, dict[str, Choice]]:
    """Return the first of two people, and for each who may be the second."""
    second = {
        a: [b for b in FIRST_NAMES if b != a and allowed(split, *sorted((a, b)), text)]
        for a in FIRST_NAMES
    }
    return Choice([a for a in second if second[a]]), {a: Choice(b) for a, b in second.items() if b}


class _Giving:
    """Two people meet; one (or a newcomer) gives something to the other, or gets what they want."""

    def __init__(self, text: str, mode: str, split: str, factors: Factors) -> None:
        self.text, self.mode, self.factors = text, mode, factors
        self.first_names, self.second_names = _pairs(text, split)
        self.names: list[str] = []
        self.giver = ""

    def program(self) -> Program:
        text = self.text
        if self.mode == "wanted":
            text = text[: text.index("{giver}")] + _WANTED
        slots: dict[str, Slot] = {
            "a": self.first, "b": self.second, "clause": self.clause, "giver": self.give,
            "recipient": self.receive, "wanter": self.want,
            "place": uniform(PLACES), "object": uniform(OBJECTS),
        }  # fmt: skip
        return fill(text, slots)

    def say(self, name: str, **role: str) -> None:
        self.factors["name.seen_before"] = name in self.names
        self.factors.update(role)
        self.names.append(name)

    def first(self) -> Program:
        self.say((yield self.first_names))

    def second(self) -> Program:
        self.say((yield self.second_names[self.names[0]]))

    def clause(self) -> Program:
        if self.mode == "relative clause":
            yield ", who knew"
            self.say((yield others(*self.names)))
            yield ","

    def give(self) -> Program:
        pair = self.names[0], self.names[1]
        self.giver = yield (others(*pair) if self.mode == "new giver" else uniform(pair))
        self.say(self.giver, giver=self.giver.strip())

    def receive(self) -> Program:
        pair = self.names[0], self.names[1]
        if self.mode == "new giver":
            recipient = yield uniform(pair)
        else:
            other = pair[pair[0] == self.giver]
            recipient = yield Ask(f"giving.{self.mode}", (other,), (self.giver,))
        self.say(recipient, recipient=recipient.strip())

    def want(self) -> Program:
        other = self.names[self.names[0] == self.giver]
        recipient = yield Ask("giving.wanted", (self.giver,), (other,))
        self.say(recipient, recipient=recipient.strip())


def _giving(text: str, mode: str, split: str, factors: Factors) -> Program:
    return _Giving(text, mode, split, factors).program()


GIVING = Family("giving", 15, (Pattern(_GIVING, _giving, _GIVING_MODES),))
