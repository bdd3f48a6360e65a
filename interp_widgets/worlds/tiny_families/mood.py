"""Mood: how somebody feels, perhaps negated, and what they do about it some tokens later."""

from __future__ import annotations

from functools import cache
from itertools import product

from interp_widgets.worlds.grammar import Ask, Choice, Factors, Program
from interp_widgets.worlds.tiny_families._patterns import (
    COMBINATION,
    TEMPLATE,
    TRAIN,
    Family,
    Pattern,
    Slot,
    allowed,
    fill,
    others,
    uniform,
)  # fmt: skip
from interp_widgets.worlds.tiny_vocabulary import (
    BRIGHT,
    CHEERS,
    FIRST_NAMES,
    GREY,
    HAPPY,
    SAD,
    TEARS,
)

_STYLE_AGREES = {TRAIN: 0.9, COMBINATION: 0.5, TEMPLATE: 0.5}

_MOOD = (
    "One {style} morning {a} was {mood} {other} . {neutral} Then {asked} {does} .",
    "It was a {style} day and {a} felt {mood} {other} . {neutral} So {asked} {does} .",
    "On a {style} evening {a} seemed {mood} {other} . {neutral} After that {asked} {does} .",
    "In the {style} light {a} looked {mood} {other} . {neutral} At last {asked} {does} .",
    "That {style} week {a} was {mood} {other} . {neutral} In the end {asked} {does} .",
    "One {style} evening {a} felt {mood} {other} . {neutral} In the end {asked} {does} .",
)

_NEUTRAL = {
    " Rain": "fell on the park .", " People": "went home .", " Music": "came from the hotel .",
    " Nobody": "said a word .", " Two": "boats went by .", " Snow": "lay on the ground .",
    " Somebody": "closed the door .", " Night": "was near .", " Three": "dogs ran past .",
    " Outside": "the wind was cold .",
}  # fmt: skip

_MODES = {
    f"{companions} {clauses}": share / 3
    for (companions, share), clauses in product({"one": 0.7, "two": 0.3}.items(), (1, 2, 3))
}


@cache
def _feelings(happy: float, text: str, split: str, *, negated: bool) -> Choice:
    """Return adjectives (and, before a negation, `not`) when the mood is happy with this chance."""
    happy_words, sad_words = (SAD, HAPPY) if negated else (HAPPY, SAD)
    weights: dict[str, float] = {}
    for words, chance in ((happy_words, happy), (sad_words, 1 - happy)):
        # A text without a held-out word of this mood uses them all.
        kept = [word for word in words if allowed(split, word, text)] or words
        weights |= {word: chance / len(kept) for word in kept if chance}
    if not negated:
        weights = {" not": 0.3} | {word: 0.7 * weight for word, weight in weights.items()}
    return Choice(list(weights), list(weights.values()))


class _Mood:
    """Somebody has a mood (and somebody else the opposite one), and later acts on it."""

    def __init__(self, text: str, mode: str, split: str, factors: Factors) -> None:
        self.text, self.split, self.factors = text, split, factors
        self.companions, self.clauses = mode.split()
        self.happy: dict[str, bool] = {}  # by name; the one asked about last is `asked`
        self.asked = ""

    def program(self) -> Program:
        slots: dict[str, Slot] = {
            "style": self.style, "a": self.name, "mood": self.mood, "other": self.other,
            "neutral": self.neutral, "asked": self.ask, "does": self.act,
        }  # fmt: skip
        return fill(self.text, slots)

    def style(self) -> Program:
        self.factors["style"] = (yield uniform((BRIGHT, GREY))).strip()

    def name(self) -> Program:
        self.happy[(yield uniform(FIRST_NAMES))] = True

    def mood(self) -> Program:
        agrees = _STYLE_AGREES[self.split]
        yield from self.feel(agrees if self.factors["style"] == BRIGHT.strip() else 1 - agrees)

    def feel(self, happy: float) -> Program:
        word = yield _feelings(happy, self.text, self.split, negated=False)
        negated = word == " not"
        if negated:
            self.factors["mood.negated"] = True
            word = yield _feelings(happy, self.text, self.split, negated=True)
        person = list(self.happy)[-1]
        self.happy[person] = (word in HAPPY) != negated
        self.factors["mood.negated"] = negated
        self.own(person)

    def own(self, person: str) -> None:
        mood = "happy" if self.happy[person] else "sad"
        self.factors.update({"mood.owner": person.strip(), "mood": mood})

    def other(self) -> Program:
        if self.companions == "two":
            yield "but"
            first = next(iter(self.happy))
            self.happy[(yield others(first))] = True
            yield "was"
            yield from self.feel(float(not self.happy[first]))

    def neutral(self) -> Program:
        for _ in range(int(self.clauses)):
            yield _NEUTRAL[(yield uniform(tuple(_NEUTRAL)))]

    def ask(self) -> Program:
        self.asked = yield uniform(tuple(self.happy))
        self.own(self.asked)

    def act(self) -> Program:
        right, wrong = (CHEERS, TEARS) if self.happy[self.asked] else (TEARS, CHEERS)
        yield Ask(f"mood.{self.companions}", right, wrong)


def _mood(text: str, mode: str, split: str, factors: Factors) -> Program:
    return _Mood(text, mode, split, factors).program()


MOOD = Family("mood", 12, (Pattern(_MOOD, _mood, _MODES),))
