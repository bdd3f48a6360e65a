"""Lists: random words said again from a random start, which only copying can predict."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import product

from interp_widgets.worlds.grammar import Ask, Choice, Factors, Program
from interp_widgets.worlds.tiny_families._patterns import Family, Pattern, allowed, fill, uniform
from interp_widgets.worlds.tiny_vocabulary import BYTE_STRINGS, LIST_WORDS

_LISTS = (
    "List : {items} .",
    "Words to learn : {items} .",
    "Say it again : {items} .",
    "Learn it again : {items} .",
)

_SHORTEST_LIST, _LONGEST_LIST = 3, 12
_MODES = {
    f"{content} {passes}": share / 2
    for (content, share), passes in product({"words": 0.9, "bytes": 0.1}.items(), (2, 3))
}


class _Fresh(Choice):
    """The end of a list, or any item not used yet that may follow the last one."""

    __slots__ = ("_free", "_free_order", "_pool", "_split", "_stop", "_used")

    def __init__(self, pool: tuple[str, ...], used: Sequence[str], split: str, stop: float) -> None:
        self._pool, self._used, self._split, self._stop = pool, used, split, stop
        self._free: list[str] | None = None
        self._free_order = pool is BYTE_STRINGS  # never the same string twice: nothing to hold out

    def _follows(self, item: str) -> bool:
        used = self._used
        return item not in used and (
            self._free_order or not used or allowed(self._split, used[-1], item)
        )

    def draw(self, rng: random.Random) -> str:
        if self._stop and rng.random() < self._stop:
            return ";"
        while not self._follows(item := rng.choice(self._pool)):
            pass
        return item

    def items(self) -> Iterator[tuple[str, float]]:
        if self._free is None:
            self._free = [item for item in self._pool if self._follows(item)]
        if self._stop:
            yield ";", self._stop
        for item in self._free:
            yield item, (1 - self._stop) / len(self._free)

    def probability(self, unit: str) -> float:
        return dict(self.items()).get(unit, 0.0)


def _lists(text: str, mode: str, split: str, factors: Factors) -> Program:
    """A list of random words, said again once or twice from a random start."""
    content, passes = mode.split()
    pool = LIST_WORDS if content == "words" else BYTE_STRINGS

    def items() -> Program:
        listed: list[str] = []
        factors["list.pass"] = 1
        while len(listed) < _LONGEST_LIST:
            stop = 1 / (_LONGEST_LIST - len(listed) + 1) if len(listed) >= _SHORTEST_LIST else 0.0
            item = yield _Fresh(pool, listed, split, stop)
            if item == ";":
                break
            listed.append(item)
            factors["list.index"] = len(listed)
        else:
            yield ";"
        for again in range(2, int(passes) + 1):
            start = listed.index((yield uniform(tuple(listed))))
            factors.update({"list.pass": again, "list.index": start + 1})
            for step in range(1, len(listed)):
                index = (start + step) % len(listed)
                yield Ask("list", (listed[index],), ())
                factors["list.index"] = index + 1
            if again < int(passes):
                yield ";"

    yield from fill(text, {"items": items})


LISTS = Family("lists", 12, (Pattern(_LISTS, _lists, _MODES),))
