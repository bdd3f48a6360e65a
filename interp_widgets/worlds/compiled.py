"""The programs of the models called compiled-*: small, and each with a different circuit."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from interp_widgets.worlds.interpreter import Program
from interp_widgets.worlds.programs import (
    aggregate,
    apply,
    count,
    indices,
    select,
    select_where,
    tokens,
)
from interp_widgets.worlds.weights import BOS

if TYPE_CHECKING:
    from collections.abc import Callable


def frac_prev() -> Program:
    """At each position: the fraction of symbols so far that are "x"."""
    symbols = tokens("abx", longest=8)
    is_x = apply("is x", lambda symbol: int(symbol == "x"), symbols, numeric=True)
    so_far = select_where(symbols, lambda key: key != BOS)
    fraction = aggregate("fraction of x", so_far, is_x)
    return Program(
        name="frac-prev",
        about="The fraction of the symbols so far that are x",
        output=apply("answer", Fraction, fraction),
        causal=True,
    )


def reverse() -> Program:
    """The sequence from its end to its beginning."""
    symbols, index = tokens("abcd", longest=6), indices(longest=6)
    length = count("length", select_where(symbols, lambda _: True))
    opposite = apply(
        "opposite index",
        lambda last, here: last + 1 - here if 0 < here <= last else 0,  # <bos> stays where it is
        length,
        index,
    )
    there = select(index, opposite, lambda key, query: key == query)
    return Program(
        name="reverse",
        about="The sequence backwards",
        output=aggregate("answer", there, symbols),
        causal=False,
    )


def sort_unique() -> Program:
    """The digits in ascending order; none comes twice."""
    digits, index = tokens("01234567", longest=8), indices(longest=8)

    def not_larger(key: str, query: str) -> bool:
        return query != BOS and key <= query  # no digit comes before <bos>, which stays at 0

    rank = count("rank", select(digits, digits, not_larger))
    place = select(rank, index, lambda key, query: key == query)
    return Program(
        name="sort-unique",
        about="The digits in ascending order, where none comes twice",
        output=aggregate("answer", place, digits),
        causal=False,
        different=True,
    )


def bracket_depth() -> Program:
    """At each position: how many brackets are open; negative if too many were closed."""
    symbols = tokens("()a", longest=8)
    opened = count("opened", select_where(symbols, lambda key: key == "("))
    closed = count("closed", select_where(symbols, lambda key: key == ")"))
    return Program(
        name="bracket-depth",
        about="How many brackets are open, negative if too many were closed",
        output=apply("answer", lambda ups, downs: ups - downs, opened, closed),
        causal=True,
    )


PROGRAMS: Final[dict[str, Callable[[], Program]]] = {
    "compiled-bracket-depth": bracket_depth,
    "compiled-frac-prev": frac_prev,
    "compiled-reverse": reverse,
    "compiled-sort-unique": sort_unique,
}
"""The program of each shipped model, by the model's name."""
