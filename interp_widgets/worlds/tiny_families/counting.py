"""Counting: a later year in the same century, and days of the week forwards or back."""

from __future__ import annotations

from interp_widgets.worlds.grammar import Ask, Factors, Program
from interp_widgets.worlds.tiny_families._patterns import Family, Pattern, fill, uniform
from interp_widgets.worlds.tiny_vocabulary import CENTURIES, COUNTS, DAYS, EVENTS, YEARS

_YEARS = (
    "The {event} lasted from the year {start} to the year {end} .",
    "The {event} began in {start} and ended in {end} .",
    "From {start} until {end} there was a {event} .",
    "The {event} of {start} went on to {end} .",
    "It began in {start} and the {event} went on until {end} .",
    "The {event} began in {start} and went on to the year {end} .",
)

_DAYS = {
    "Today is {day} so tomorrow is {answer} .": 1,
    "Yesterday was {day} so today is {answer} .": 1,
    "If today is {day} then yesterday was {answer} .": -1,
    "Count {count} days after {day} and you reach {answer} .": 1,
    "Count {count} days before {day} and you reach {answer} .": -1,
    "The day {count} days after {day} is {answer} .": 1,
    "The day {count} days before {day} is {answer} .": -1,
}


def _years(text: str, _mode: str, _split: str, factors: Factors) -> Program:
    """Something lasts from one year to a later one in the same century."""
    century = start = ""

    def begin() -> Program:
        nonlocal century, start
        century = yield uniform(CENTURIES)
        start = yield uniform(YEARS[2:98])
        factors["year.start"] = int(start)

    def end() -> Program:
        yield century.strip()
        later = int(start) + 1
        yield Ask("year", YEARS[later:], YEARS[:later])

    yield from fill(text, {"event": uniform(EVENTS), "start": begin, "end": end})


def _days(text: str, _mode: str, _split: str, factors: Factors) -> Program:
    """Count days of the week, forwards or back."""
    count, start = 1, ""

    def number() -> Program:
        nonlocal count
        count = COUNTS[(yield uniform(tuple(COUNTS)))]

    def day() -> Program:
        nonlocal start
        start = yield uniform(DAYS)
        factors["day"] = start.strip()

    def answer() -> Program:
        reached = DAYS[(DAYS.index(start) + _DAYS[text] * count) % len(DAYS)]
        yield Ask("day", (reached,), [other for other in DAYS if other != reached])
        factors["day"] = reached.strip()

    yield from fill(text, {"count": number, "day": day, "answer": answer})


COUNTED_YEARS = Family("years", 5, (Pattern(_YEARS, _years),))
COUNTED_DAYS = Family("days", 5, (Pattern(tuple(_DAYS), _days),))
