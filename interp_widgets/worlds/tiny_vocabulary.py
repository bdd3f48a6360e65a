"""The words of tiny-world, and who lives where: the facts a model of it has to learn by heart."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from itertools import product


def _words(text: str) -> tuple[str, ...]:
    return tuple(" " + word for word in text.split())


FIRST_NAMES = _words(
    "Mary John Alice Bob Clara David Emma Frank Grace Henry Irene Jack Kate Leo Maria Nick Olivia "
    "Paul Quinn Rosa Sam Tina Uma Victor Wendy Xavier Yara Zoe Adam Bella Carl Diana Eric Fiona "
    "George Helen Ivan Julia Kevin Laura"
)
SURNAMES = _words(
    "Smith Jones Brown Taylor Wilson Clark Walker Adams Allen Bennett Collins Cooper Davis Dixon "
    "Ellis Evans Foster Gibson Graham Harris Hughes Jackson Jenkins Kelly Lewis Mitchell Morgan "
    "Murphy Nelson Owens Parker Perry Powell Reed Roberts Russell Simpson Stewart Watson Wright"
)
CITIES = _words(
    "Paris Lyon Nice Berlin Munich Hamburg Rome Milan Turin Madrid Seville Bilbao Tokyo Osaka "
    "Kyoto Lima Cusco Piura Cairo Luxor Aswan Delhi Mumbai Agra Oslo Bergen Bodo Boston Denver "
    "Dallas"
)
COUNTRIES = _words("France Germany Italy Spain Japan Peru Egypt India Norway America")
JOBS = _words("baker doctor farmer lawyer nurse painter pilot singer teacher tailor writer clerk")
DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
COUNTS = {" two": 2, " three": 3, " four": 4, " five": 5, " six": 6}
PLACES = _words(
    "store park school garden station market beach library museum office hotel theatre castle bank"
)
OBJECTS = _words("drink book ring letter flower ball map coin cake watch lamp basket bottle ticket")
_SINGULARS = _words(
    "key cabinet picture table box horse dog cat bird tree house door window chair car boat river "
    "stone cloud shirt hat plate spoon guitar"
)
NOUNS = tuple((noun, noun + ("es" if noun == " box" else "s")) for noun in _SINGULARS)
PLAIN = _words("old new big small red blue green white black heavy round broken clean long")
HAPPY = _words(
    "happy glad cheerful joyful merry proud delighted pleased lucky hopeful excited thrilled "
    "content grateful playful amused relaxed jolly lively sunny"
)
SAD = _words(
    "sad gloomy upset angry lonely worried tired bored jealous afraid nervous ashamed guilty "
    "hurt miserable bitter grumpy anxious hopeless tearful"
)
CHEERS = _words("smiled laughed danced sang cheered")
TEARS = _words("cried frowned sighed wept sulked")
BRIGHT, GREY = " bright", " grey"
EVENTS = _words("war strike festival voyage drought reign siege trial")
CENTURIES = tuple(f" {century}" for century in range(11, 18))
YEARS = tuple(f"{year:02d}" for year in range(100))
CHAT = _words(
    "we they you come go see know think want like here there now then soon maybe never always "
    "quite very really just again together"
)
ADVERBS = _words("Slowly Quickly Quietly Often Rarely Gently")
VERBS = _words("watched followed carried painted moved cleaned found lost touched covered")
BYTE_STRINGS = tuple(" " + "".join(letters) for letters in product("bcdfghjkmnpqrstvwxz", repeat=3))

LIST_WORDS = tuple(
    sorted(
        {
            *FIRST_NAMES, *SURNAMES, *CITIES, *COUNTRIES, *JOBS, *DAYS, *PLACES, *OBJECTS, *PLAIN,
            *HAPPY, *SAD, *EVENTS, *(noun for pair in NOUNS for noun in pair),
        }
    )
)  # fmt: skip
ENTITIES = (*FIRST_NAMES, *SURNAMES, *CITIES, *COUNTRIES, *JOBS, *DAYS)


@dataclass(frozen=True)
class Person:
    """One inhabitant: a first name and a surname that only together say who it is."""

    first: str
    surname: str
    city: str
    job: str

    @property
    def name(self) -> str:
        """First name and surname, as a factor value."""
        return (self.first + self.surname).strip()


def country_of(city: str) -> str:
    """Return the country a city lies in."""
    return COUNTRIES[CITIES.index(city) // 3]


@cache
def people() -> tuple[Person, ...]:
    """Return the 160 people, most frequently mentioned first.

    Every first name and every surname is shared by four people who live in four different cities
    and have four different jobs, so no single token gives a fact away.
    """
    rng = random.Random("tiny-world people")
    shifts = rng.sample(range(len(SURNAMES)), 4)
    pairs = [
        (first, SURNAMES[(index + shift) % len(SURNAMES)])
        for shift in shifts
        for index, first in enumerate(FIRST_NAMES)
    ]
    rng.shuffle(pairs)
    taken: set[tuple[str, str]] = set()
    return tuple(
        Person(first, surname, _assign(rng, CITIES, first, surname, taken),
               _assign(rng, JOBS, first, surname, taken))
        for first, surname in pairs
    )  # fmt: skip


def _assign(
    rng: random.Random,
    values: tuple[str, ...],
    first: str,
    surname: str,
    taken: set[tuple[str, str]],
) -> str:
    """Draw a value that nobody with the same first name or surname has yet."""
    free = [v for v in values if (first, v) not in taken and (surname, v) not in taken]
    value = rng.choice(free)
    taken.update({(first, value), (surname, value)})
    return value
