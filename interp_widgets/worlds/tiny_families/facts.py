"""Facts and claims: who lives where, who does what, which city is in which country."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

from interp_widgets.worlds.grammar import Ask, Choice, Factors, Program
from interp_widgets.worlds.tiny_families._patterns import Family, Pattern, allowed, fill, uniform
from interp_widgets.worlds.tiny_vocabulary import (
    CITIES,
    COUNTRIES,
    JOBS,
    Person,
    country_of,
    people,
)

_FACTS: Mapping[str, tuple[str, ...]] = {
    "city": (
        "{person} lives in {answer} .",
        "{person} has a home in {answer} .",
        "The home of {person} is in {answer} .",
        "You can find {person} in {answer} .",
        "To visit {person} we go to {answer} .",
        "A letter for {person} went to {answer} .",
        "The letter of {person} went home to {answer} .",
    ),
    "job": (
        "{person} works as a {answer} .",
        "{person} is a {answer} .",
        "The job of {person} is {answer} .",
        "People know {person} as a {answer} .",
        "At work {person} is the {answer} .",
        "We met {person} , the {answer} .",
        "People met {person} , who works as a {answer} .",
    ),
    "country": (
        "{city} is in {answer} .",
        "{city} is a city in {answer} .",
        "The country of {city} is {answer} .",
        "The road to {city} goes through {answer} .",
        "People of {city} live in {answer} .",
        "On the map {city} lies in {answer} .",
        "The city of {city} is in {answer} .",
    ),
}

_CLAIMS: Mapping[str, tuple[str, ...]] = {
    "city": ("Claim : {person} lives in {said} .", "They say {person} has a home in {said} .",
             "They say {person} lives in {said} ."),
    "job": ("Claim : {person} works as a {said} .", "They say {person} is a {said} .",
            "Claim : {person} is a {said} ."),
    "country": ("Claim : {city} is in {said} .", "They say {city} is a city in {said} .",
                "They say {city} is in {said} ."),
}  # fmt: skip


@cache
def _population(
    text: str, split: str
) -> tuple[Choice, dict[str, tuple[Choice, dict[str, Person]]]]:
    """Return first names by how often they are mentioned, and the surnames that follow each."""
    pool = [(p, 1 / (rank + 40)) for rank, p in enumerate(people()) if allowed(split, p.name, text)]
    named: dict[str, list[tuple[Person, float]]] = {}
    for person, weight in pool:
        named.setdefault(person.first, []).append((person, weight))
    firsts = Choice(list(named), [sum(weight for _, weight in group) for group in named.values()])
    return firsts, {
        first: (Choice([p.surname for p, _ in g], [w for _, w in g]), {p.surname: p for p, _ in g})
        for first, g in named.items()
    }


@cache
def _claimed(truth: str, values: tuple[str, ...]) -> Choice:
    """Return a distribution that says the truth half of the time."""
    return Choice(values, [1.0 if v == truth else 1 / (len(values) - 1) for v in values])


def _statement(kind: str, text: str, _mode: str, split: str, factors: Factors) -> Program:
    """State a fact, or (with a slot `said`) claim something and judge it."""
    values = {"city": CITIES, "job": JOBS, "country": COUNTRIES}[kind]
    truth, said = "", ""

    def person() -> Program:
        nonlocal truth
        firsts, by_first = _population(text, split)
        surnames, who = by_first[(yield firsts)]
        found = who[(yield surnames)]
        truth = found.city if kind == "city" else found.job
        factors.update(
            {"subj.name": found.name, "person.city": found.city, "person.job": found.job}
        )

    def city() -> Program:
        nonlocal truth
        truth = country_of((yield uniform(CITIES)))

    def answer() -> Program:
        yield Ask(f"fact.{kind}", (truth,), [v for v in values if v != truth])

    def claim() -> Program:
        nonlocal said
        said = yield _claimed(truth, values)
        factors["claim.true"] = said == truth

    yield from fill(text, {"person": person, "city": city, "answer": answer, "said": claim})
    if said:
        verdicts = (" right", " wrong") if said == truth else (" wrong", " right")
        yield Ask(f"claim.{kind}", verdicts[:1], verdicts[1:])


FACTS = Family(
    "facts", 15, tuple(Pattern(texts, partial(_statement, kind)) for kind, texts in _FACTS.items())
)
CLAIMS = Family(
    "claims", 8, tuple(Pattern(texts, partial(_statement, kind)) for kind, texts in _CLAIMS.items())
)
