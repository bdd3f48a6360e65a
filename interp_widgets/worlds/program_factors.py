"""The factors of a compiled program: every value that it computes on the way to its answer."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets.results.factors import Factor, Kind
from interp_widgets.worlds.labelling import Labeller, Labels
from interp_widgets.worlds.programs import Applied, Attended, Source, Stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from interp_widgets.worlds.interpreter import Program


def labeller(make: Callable[[], Program]) -> Labeller:
    """Label the sequences of a program with the streams that it computes.

    Args:
        make: makes the program.
    """
    program = make()
    about = {step.name: Factor(_kind(step), _meaning(step)) for step in program.steps}
    return Labeller(about, 1 + program.longest, partial(_write, program), partial(_read, program))


def _write(
    program: Program, count: int, length: int, seed: int, _split: str
) -> tuple[NDArray[np.int64], list[Labels]]:
    rng = random.Random(f"{program.name}/{seed}")
    drawn = [program.draw(rng, length - 1) for _ in range(count)]
    number = {symbol: token for token, symbol in enumerate(program.vocabulary)}
    ids = np.array([[0, *(number[symbol] for symbol in symbols)] for symbols in drawn])
    return ids, [_labels(program, symbols) for symbols in drawn]


def _read(program: Program, ids: NDArray[np.int64]) -> Labels:
    return _labels(program, tuple(program.vocabulary[token] for token in ids[1:]))


def _labels(program: Program, symbols: tuple[str, ...]) -> Labels:
    values = program.values(symbols)
    return [
        {step.name: found[at] for step, found in values.items()} for at in range(1 + len(symbols))
    ]


def _kind(step: Stream) -> Kind:
    if isinstance(step, Source):
        return "token" if step.part == "embed" else "position"
    kinds = {_kind(given) for given in step.inputs}
    return kinds.pop() if isinstance(step, Applied) and len(kinds) == 1 else "context"


def _meaning(step: Stream) -> str:
    names = " and ".join(repr(given.name) for given in dict.fromkeys(step.inputs))
    if isinstance(step, Applied):
        return f"computed from {names}"
    if isinstance(step, Attended):
        what = "the mean of" if step.numeric else "copied from"
        read = "the share of <bos>" if step.reading else f"{what} {step.source.name!r}"
        return f"{read} at positions chosen by {_chooser(step)}"
    return "the symbol itself" if step.name == "symbol" else "its place, 0 for <bos>"


def _chooser(step: Attended) -> str:
    keys, queries = step.selector.keys, step.selector.queries
    return repr(keys.name) if queries is None else f"{keys.name!r} and its own {queries.name!r}"
