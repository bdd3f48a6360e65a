"""A small language for what a transformer can compute, after RASP (Weiss et al. 2021).

A program is made of *streams*: one value for each position of a sequence. Two of them are given,
the symbols and the indices; every other one is made by a step that a transformer has a part for:

- `select` says who attends to whom, `aggregate` copies or averages what is found there, and `count`
  counts it: an attention head.
- `apply` turns values into other values: an MLP.

Every sequence begins with `<bos>`, at index 0, which is a symbol like any other. Attention spreads
evenly over what is selected; where nothing is, over all that the position can see, because the
weights of a head add up to one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any, Literal

from interp_widgets.worlds.weights import BOS

Value = str | int | Fraction
MOST_COMBINATIONS = 2000
"""Of the values of a step's inputs: each takes a neuron."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Stream:
    """Hold what is known of a value that every position has.

    Attributes:
        name: of the stream, and of its columns in the residual stream.
        values: all that it can be. One of many symbols has a column for each; a number has one.
        longest: the longest sequence, `<bos>` not counted.
        numeric: whether it is a number in one column.
    """

    name: str
    values: tuple[Any, ...]
    longest: int
    numeric: bool = False

    @property
    def inputs(self) -> tuple[Stream, ...]:
        """List the streams that it is made from."""
        return ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Source(Stream):
    """Be given: the symbols by the embedding, the indices by the positional embedding."""

    part: Literal["embed", "pos"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Applied(Stream):
    """Be a function of other streams at the same position."""

    function: Callable[..., Any]
    arguments: tuple[Stream, ...]

    @property
    def inputs(self) -> tuple[Stream, ...]:
        """List the streams that it is made from."""
        return self.arguments


@dataclass(frozen=True, eq=False)
class Selector:
    """Say which keys a query attends to.

    Attributes:
        keys: the stream by which positions are found.
        queries: the stream by which they are looked for; None if all look for the same.
        test: `(key, query) -> bool`, or `(key) -> bool` without queries.
    """

    keys: Stream
    queries: Stream | None
    test: Callable[..., bool]

    @cached_property
    def table(self) -> dict[Any, dict[Any, bool]]:
        """Tell for each query (None if there are none) and key whether it is selected."""
        asking = (None,) if self.queries is None else self.queries.values
        return {
            query: {key: self._selected(key, query) for key in self.keys.values} for query in asking
        }

    def _selected(self, key: Value, query: Value | None) -> bool:
        return bool(self.test(key) if self.queries is None else self.test(key, query))


@dataclass(frozen=True, eq=False, kw_only=True)
class Attended(Stream):
    """Be read at the selected positions: copied if it is a symbol, averaged if it is a number.

    Attributes:
        selector: who attends to whom.
        source: what is read there.
        reading: the number that is averaged, from a value of `source`; None reads it as it is.
    """

    selector: Selector
    source: Stream
    reading: Callable[[Any], int] | None = None

    @property
    def inputs(self) -> tuple[Stream, ...]:
        """List the streams that it is made from."""
        asking = () if self.selector.queries is None else (self.selector.queries,)
        return (*asking, self.selector.keys, self.source)


def tokens(alphabet: Sequence[str], longest: int) -> Source:
    """Give the symbols of a sequence.

    Args:
        alphabet: different single characters, none of them white.
        longest: the longest sequence, `<bos>` not counted.
    """
    fine = all(len(symbol) == 1 and not symbol.isspace() for symbol in alphabet)
    if not fine or not alphabet or len(set(alphabet)) < len(alphabet):
        raise ValueError(
            f"alphabet: expected different single characters, none of them white, got {alphabet!r}."
        )
    values = (BOS, *alphabet)
    return Source(name="symbol", values=values, longest=_positive(longest), part="embed")


def indices(longest: int) -> Source:
    """Give the index of each position: 0 for `<bos>`, 1 for the first symbol."""
    values = tuple(range(_positive(longest) + 1))
    return Source(name="index", values=values, longest=longest, part="pos")


def select(keys: Stream, queries: Stream, test: Callable[[Any, Any], bool]) -> Selector:
    """Attend to the positions whose key passes a test together with the query.

    Raises:
        ValueError: a stream of numbers, which attention cannot compare one by one.
    """
    for role, stream in (("keys", keys), ("queries", queries)):
        _check_symbols(role, stream)
    return Selector(keys, queries, test)


def select_where(keys: Stream, test: Callable[[Any], bool]) -> Selector:
    """Attend from everywhere to the positions whose key passes a test."""
    _check_symbols("keys", keys)
    return Selector(keys, None, test)


def aggregate(name: str, selector: Selector, source: Stream) -> Attended:
    """Read a stream at the selected positions: copy a symbol, average numbers."""
    values = _means(name, source) if source.numeric else source.values
    return Attended(
        name=name, values=values, longest=source.longest, numeric=source.numeric,
        selector=selector, source=source,
    )  # fmt: skip


def count(name: str, selector: Selector) -> Applied:
    """Count the selected positions; `<bos>` is not counted.

    A head cannot count, because its weights add up to one. So it attends to `<bos>` besides what is
    selected and reads off the share of `<bos>`: of 3 selected positions it leaves 1/4.

    Raises:
        ValueError: keys that a step made, in which `<bos>` cannot be told from a symbol.
    """
    keys = selector.keys
    if not isinstance(keys, Source):
        raise ValueError(  # noqa: TRY004 -- it is a stream, but one that cannot be compiled
            f"selector: expected keys that are the symbols or the indices, got {keys.name!r}: "
            "the head that counts has to find <bos> by its key. Count over one of those two."
        )
    start = keys.values[0]
    beside = Selector(
        keys, selector.queries, lambda key, *query: key == start or selector.test(key, *query)
    )
    shares = tuple(Fraction(1, 1 + selected) for selected in range(keys.longest + 1))
    share = Attended(
        name=f"1 / (1 + {name})", values=shares, longest=keys.longest, numeric=True,
        selector=beside, source=keys, reading=lambda key: int(key == start),
    )  # fmt: skip
    return apply(name, lambda part: int(1 / part) - 1, share)


def apply(
    name: str, function: Callable[..., Any], *arguments: Stream, numeric: bool = False
) -> Applied:
    """Compute a function at every position.

    Args:
        name: of the new stream.
        function: from one value of each argument to the new one. It is asked for every combination
            of values, also for those that no sequence leads to.
        arguments: several streams of symbols, or one of numbers.
        numeric: whether to write the new value as a number, which attention can average.

    Raises:
        ValueError: several arguments with a number among them, too many combinations, or a numeric
            stream of something that is no number.
    """
    if len(arguments) > 1:
        for stream in arguments:
            _check_symbols(f"arguments of {name!r}", stream)
    combinations = list(product(*(stream.values for stream in arguments)))
    if not 1 <= len(combinations) <= MOST_COMBINATIONS or not arguments:
        raise ValueError(
            f"arguments: expected one stream or more with at most {MOST_COMBINATIONS} combinations "
            f"of values, each of which takes a neuron, got {len(combinations)} for {name!r}. "
            "Combine them in several steps."
        )
    values = tuple(dict.fromkeys(function(*combination) for combination in combinations))
    strange = [value for value in values if not isinstance(value, int | Fraction)]
    if numeric and strange:
        raise ValueError(
            f"function: expected whole numbers or fractions for {name!r}, got {strange[0]!r}. "
            "Leave numeric=True out for symbols."
        )
    return Applied(
        name=name, values=values, longest=arguments[0].longest, numeric=numeric,
        function=function, arguments=arguments,
    )  # fmt: skip


def _means(name: str, source: Stream) -> tuple[Fraction, ...]:
    """List the averages that some of a sequence's positions can have."""
    sums, means = {Fraction(0)}, set[Fraction]()
    for number in range(1, source.longest + 1):
        sums = {total + value for total in sums for value in source.values}
        means |= {Fraction(total, number) for total in sums}
        if len(means) > MOST_COMBINATIONS:
            raise ValueError(
                f"source: expected numbers with at most {MOST_COMBINATIONS} different averages, "
                f"got more for {name!r}. Use fewer values, such as 0 and 1, or shorter sequences."
            )
    return tuple(sorted(means))


def _check_symbols(role: str, stream: Stream) -> None:
    if stream.numeric:
        raise ValueError(
            f"{role}: expected streams of symbols, got {stream.name!r}, which is a number in one "
            "column. Turn it into symbols first: apply(name, lambda number: number, stream)."
        )


def _positive(longest: int) -> int:
    if isinstance(longest, bool) or not isinstance(longest, int) or longest < 1:
        raise ValueError(f"longest: expected a whole number from 1 on, got {longest!r}.")
    return longest
