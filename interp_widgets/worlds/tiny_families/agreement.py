"""Agreement: a verb that must agree with its subject past none to two other nouns."""

from __future__ import annotations

from functools import cache, partial

from interp_widgets.worlds.grammar import Ask, Choice, Factors, Program
from interp_widgets.worlds.tiny_families._patterns import (
    Family,
    Pattern,
    Slot,
    allowed,
    fill,
    pieces,
    uniform,
)
from interp_widgets.worlds.tiny_vocabulary import NOUNS, PLAIN

_AGREEMENT = (
    "The {noun} {near} is/are {adjective} .",
    "The {noun} {near} was/were {adjective} .",
    "Today the {noun} {near} is/are {adjective} .",
    "I think the {noun} {near} looks/look {adjective} .",
    "The {noun} {near} seems/seem {adjective} .",
    "Today I think the {noun} {near} was/were {adjective} .",
)

_SUBJECTS = tuple(noun for pair in NOUNS for noun in pair)

_LEMMA = {form: one for one, many in NOUNS for form in (one, many)}


@cache
def _attractors(noun: str, split: str) -> Choice:
    """Return the nouns that may stand between a subject and its verb."""
    lemma = _LEMMA[noun]
    near = [n for n in _SUBJECTS if _LEMMA[n] != lemma]
    return Choice([n for n in near if allowed(split, lemma, _LEMMA[n])] or near)


def _number(noun: str) -> str:
    return "singular" if noun == _LEMMA[noun] else "plural"


def _agreement(text: str, mode: str, split: str, factors: Factors) -> Program:
    """A subject, none to two nouns in between, and a verb that must agree with the subject."""
    noun = ""

    def subject() -> Program:
        nonlocal noun
        noun = yield uniform(_SUBJECTS)
        factors["subj.number"] = _number(noun)

    def near() -> Program:
        for _ in range(int(mode)):
            yield uniform((" near", " behind", " beside"))
            yield "the"
            factors["attractor.number"] = _number((yield _attractors(noun, split)))

    def verb(pair: str) -> Program:
        singular, plural = (" " + form for form in pair.split("/"))
        forms = (singular, plural) if _number(noun) == "singular" else (plural, singular)
        yield Ask(f"agreement.{mode}", forms[:1], forms[1:])

    pair = next(piece for piece in pieces(text) if "/" in piece)
    slots: dict[str, Slot] = {
        "noun": subject, "near": near, pair: partial(verb, pair), "adjective": uniform(PLAIN),
    }  # fmt: skip
    yield from fill(text, slots)


AGREEMENT = Family(
    "agreement", 12, (Pattern(_AGREEMENT, _agreement, {"0": 1 / 3, "1": 1 / 3, "2": 1 / 3}),)
)
