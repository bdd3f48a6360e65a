"""Run a program of streams without a network: this is what the network must equal."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import permutations, product
from math import perm
from typing import Any

from interp_widgets.worlds.programs import Applied, Attended, Source, Stream
from interp_widgets.worlds.weights import BOS

EXHAUSTIVE = 10_000
"""Up to so many inputs are all tried; of more, so many are drawn."""


@dataclass(frozen=True, eq=False)
class Program:
    """Hold a program: the stream that is its answer, and the sequences it is made for.

    Attributes:
        name: such as "reverse".
        about: what it computes, in a sentence.
        output: its answer at every position.
        causal: whether a position sees only itself and earlier ones.
        different: whether the symbols of a sequence must all differ.
    """

    name: str
    about: str
    output: Stream
    causal: bool
    different: bool = False

    @cached_property
    def steps(self) -> tuple[Stream, ...]:
        """List every stream after those it is made from."""
        found: dict[Stream, None] = {}

        def visit(stream: Stream) -> None:
            for given in stream.inputs:
                visit(given)
            found.setdefault(stream)

        visit(self.output)
        return tuple(found)

    @cached_property
    def alphabet(self) -> str:
        """Join the symbols that a sequence may hold.

        Raises:
            ValueError: the program never looks at the symbols.
        """
        for step in self.steps:
            if isinstance(step, Source) and step.part == "embed":
                return "".join(step.values[1:])
        raise ValueError(
            f"program: expected {self.name!r} to read the symbols, got only "
            f"{[step.name for step in self.steps]}. Use tokens(...) in one of its steps."
        )

    @property
    def longest(self) -> int:
        """Count the symbols of the longest sequence."""
        return self.output.longest

    def says(self, value: object) -> str:
        """Write an answer as a token: a symbol as it is, anything else behind "="."""
        return str(value) if value in {BOS, *self.alphabet} else f"={value}"

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """List the tokens: `<bos>`, the alphabet, and the answers that are not among them."""
        answers = map(self.says, self.output.values)
        return tuple(dict.fromkeys([BOS, *self.alphabet, *answers]))

    def check(self, symbols: Sequence[str]) -> None:
        """Refuse a sequence that the program is not made for.

        Raises:
            ValueError: it is empty or too long, or has a symbol that is unknown or comes twice.
        """
        if not 1 <= len(symbols) <= self.longest:
            raise ValueError(
                f"symbols: expected 1 to {self.longest} symbols for {self.name!r}, got "
                f"{len(symbols)}. Shorten the sequence."
            )
        for place, symbol in enumerate(symbols):
            if symbol not in self.alphabet:
                raise ValueError(
                    f"symbols: expected symbols of the alphabet {self.alphabet!r} of "
                    f"{self.name!r}, got {symbol!r} at {place}. Leave it out."
                )
            if self.different and symbol in symbols[:place]:
                raise ValueError(
                    f"symbols: expected different symbols for {self.name!r}, got {symbol!r} again "
                    f"at {place}. Keep one of them."
                )

    def run(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """Compute the answer at every symbol.

        Args:
            symbols: of the alphabet, at most `longest`.

        Returns:
            The answers as tokens, one for each symbol.

        Raises:
            ValueError: a sequence that the program is not made for.
        """
        return tuple(map(self.says, self.values(symbols)[self.output][1:]))

    def values(self, symbols: Sequence[str]) -> dict[Stream, list[Any]]:
        """Compute every stream at `<bos>` and every symbol.

        Raises:
            ValueError: a sequence that the program is not made for, or a step that no network can
                take: it copies two different symbols at once, or finds a value it does not list.
        """
        self.check(symbols)
        sequence, made = (BOS, *symbols), dict[Stream, list[Any]]()
        for step in self.steps:
            made[step] = [self._value(step, made, sequence, at) for at in range(len(sequence))]
        return made

    def _value(
        self, step: Stream, made: dict[Stream, list[Any]], sequence: Sequence[str], at: int
    ) -> object:
        value: object
        if isinstance(step, Source):
            value = sequence[at] if step.part == "embed" else at
        elif isinstance(step, Applied):
            value = step.function(*(made[given][at] for given in step.arguments))
        elif isinstance(step, Attended):
            visible = range(at + 1 if self.causal else len(sequence))
            value = _attend(step, made, at, visible)
        if value not in step.values:
            raise ValueError(
                f"program: expected {step.name!r} to be one of {list(step.values)}, got {value} "
                f"at {at} of {''.join(sequence)!r}: a network cannot write it."
            )
        return value

    def inputs(self, seed: int = 0) -> list[tuple[str, ...]]:
        """List every sequence the program is made for, or draw some where there are many."""
        total = sum(self._number(length) for length in range(1, self.longest + 1))
        if total <= EXHAUSTIVE:
            return list(self._every())
        rng = random.Random(seed)
        return [self.draw(rng, rng.randint(1, self.longest)) for _ in range(EXHAUSTIVE)]

    def _number(self, length: int) -> int:
        letters = len(self.alphabet)
        return perm(letters, length) if self.different else letters**length

    def _every(self) -> Iterator[tuple[str, ...]]:
        for length in range(1, self.longest + 1):
            if self.different:
                yield from permutations(self.alphabet, length)
            else:
                yield from product(self.alphabet, repeat=length)

    def draw(self, rng: random.Random, length: int) -> tuple[str, ...]:
        """Draw a sequence of so many symbols that the program is made for."""
        if self.different:
            return tuple(rng.sample(self.alphabet, length))
        return tuple(rng.choices(self.alphabet, k=length))


def _attend(step: Attended, made: dict[Stream, list[Any]], at: int, visible: range) -> object:
    selector = step.selector
    query = None if selector.queries is None else made[selector.queries][at]
    chosen = selector.table[query]
    selected = [key for key in visible if chosen[made[selector.keys][key]]] or list(visible)
    found = [made[step.source][key] for key in selected]
    if step.numeric:
        numbers = found if step.reading is None else [step.reading(value) for value in found]
        return Fraction(sum(numbers)) / len(numbers)
    if len(set(found)) > 1:
        raise ValueError(
            f"program: expected {step.name!r} to copy one symbol, got "
            f"{sorted(set(map(str, found)))} at {at}. "
            "Select positions that agree, or average numbers."
        )
    return found[0]
