"""The sequences on which a model with a known mechanism is asked what it does."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import numpy as np

from interp_widgets.worlds.compiled import PROGRAMS
from interp_widgets.worlds.hand_induction import repeated_segments
from interp_widgets.worlds.modular import sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from interp_widgets.worlds.interpreter import Program


_SHORTEST: Final = {"hand-induction": 4, "induction-1l": 12, "induction-2l": 12}  # segments


def sequences(name: str, *, most: int = 500, seed: int = 0) -> list[NDArray[np.int64]]:
    """Give sequences that a shipped model is made for.

    Args:
        name: of the model, as `model.cfg.model_name` says it.
        most: how many in all.
        seed: of the choice.

    Returns:
        Token ids (sequence, pos), an array for each length; every sequence begins with `<bos>`.

    Raises:
        ValueError: a model that is not made for sequences of its own.
    """
    if name in _SHORTEST:
        return [repeated_segments(most // 2, length, seed) for length in (_SHORTEST[name], 24)]
    if name == "mod-add":
        return [np.random.default_rng(seed).permutation(sums()[0])[:most]]
    if name not in PROGRAMS:
        known = [*_SHORTEST, "mod-add", *PROGRAMS]
        raise ValueError(f"name: expected one of {known}, got {name!r}.")
    program = PROGRAMS[name]()
    every = program.inputs(seed)
    chosen = random.Random(seed).sample(every, min(most, len(every)))
    return [ids for _, ids in by_length(program, chosen)]


def by_length(
    program: Program, inputs: Iterable[Sequence[str]]
) -> list[tuple[list[Sequence[str]], NDArray[np.int64]]]:
    """Sort a program's inputs by length and write each length as token ids.

    Returns:
        For each length the inputs, and their ids (sequence, pos) behind `<bos>`.
    """
    number = {symbol: token for token, symbol in enumerate(program.vocabulary)}
    groups: dict[int, list[Sequence[str]]] = {}
    for symbols in inputs:
        groups.setdefault(len(symbols), []).append(symbols)
    return [
        (group, np.array([[0, *(number[symbol] for symbol in symbols)] for symbols in group]))
        for _, group in sorted(groups.items())
    ]
