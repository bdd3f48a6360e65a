"""Label tiny-world's text: with the generator as it writes, or by reading given text back.

Reading uses the generator's own programs: each of them replays a document and labels it as it goes.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from interp_widgets.worlds.grammar import BOS, document, read
from interp_widgets.worlds.labelling import Labeller, Labels
from interp_widgets.worlds.tiny_factors import FACTORS
from interp_widgets.worlds.tiny_families import SPLITS, every_template
from interp_widgets.worlds.tiny_mixture import mixture
from interp_widgets.worlds.tiny_vocabulary import BYTE_STRINGS
from interp_widgets.worlds.tiny_world import CONTEXT, World


def labeller() -> Labeller:
    """Label the text of tiny-world, seen through the tokenizer of the shipped model."""
    world = World.shipped()
    return Labeller(
        about=FACTORS,
        longest=CONTEXT,
        write=lambda count, length, seed, split: _write(world, count, length, (seed, split)),
        read=lambda ids: _read(world, ids),
        splits=SPLITS,
    )


def _write(
    world: World, count: int, length: int, how: tuple[int, str]
) -> tuple[NDArray[np.int64], list[Labels]]:
    """Write rows of documents, back to back, each row from `<bos>`; the last one is cut."""
    seed, split = how
    rng = random.Random(f"labelled/{split}/{seed}")
    made = mixture(split)
    cumulative = [*accumulate(template.weight for template in made)]
    ids, labels = np.empty((count, length), dtype=np.int64), list[Labels]()
    for row in range(count):
        tokens, known = list[int](), Labels()
        while len(tokens) < length:
            one = document(rng.choices(made, cum_weights=cumulative)[0], rng)
            for unit, factors in zip([BOS, *one.units], [{}, *one.factors], strict=True):
                encoded = world.encode(unit)
                tokens += encoded
                known += [factors] * len(encoded)
        ids[row] = tokens[:length]
        labels.append(known[:length])
    return ids, labels


def _read(world: World, ids: NDArray[np.int64]) -> Labels:
    """Label a row of documents. The last one may be unfinished."""
    (bos,) = world.encode(BOS)
    *starts, end = [*np.flatnonzero(ids == bos).tolist(), len(ids)]
    labels: Labels = []
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        sizes, written = _units(world, ids[start + 1 : stop].tolist(), start + 1)
        found = _agreed(tuple(written), start + 1, whole=stop < end)
        labels.append({})
        for size, factors in zip(sizes, found, strict=True):
            labels += [factors] * size
    return labels


def _units(world: World, ids: list[int], at: int) -> tuple[list[int], list[str]]:
    """Group token ids into units; return how many tokens each has, and its text."""
    if not ids:
        return [], []
    encoding = world.tokenizer.encode(world.tokenizer.decode(ids))
    if encoding.ids != ids:
        raise ValueError(
            f"expected tokens as the tokenizer splits text, got others after position {at}. "
            "Give the text itself."
        )
    groups: dict[int | None, list[int]] = {}
    for token, unit in zip(ids, encoding.word_ids, strict=True):
        groups.setdefault(unit, []).append(token)
    sizes = [len(group) for group in groups.values()]
    return sizes, [world.tokenizer.decode(group) for group in groups.values()]


def _agreed(written: Sequence[str], at: int, *, whole: bool) -> Labels:
    """Return what all templates that can have written the units say of each of them."""
    readings = [read(template, written) for template in every_template()]
    reached = max(len(found.factors) for found in readings)
    if not whole and reached == len(written) - 1 and written[-1] in _CUT:
        return [*_agreed(written[:-1], at, whole=False), {}]
    fitting = [
        found.factors
        for found in readings
        if len(found.factors) == len(written) and (found.whole or not whole)
    ]
    if not fitting:
        before = "".join(written[:reached])
        got = repr(written[reached]) if reached < len(written) else "the end of a document"
        raise ValueError(
            f"expected text that tiny-world can write, got {got} after {before!r} in the "
            f"document from position {at}. See what it writes with "
            "iw.labelled_text('tiny-world', 5)."
        )
    first, *others = fitting
    return [
        {
            name: value
            for name, value in factors.items()
            if all(name in other[place] and other[place][name] == value for other in others)
        }
        for place, factors in enumerate(first)
    ]


_CUT = frozenset(string[:length] for string in BYTE_STRINGS for length in range(1, len(string)))
"""What the end of a row can leave of a unit: only these are of several tokens."""
