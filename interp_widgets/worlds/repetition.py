"""The factors of sequences that repeat: where a symbol stood before, and what came next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from interp_widgets.results.factors import Factor
from interp_widgets.worlds.labelling import Labeller, Labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

ABOUT: Final = {
    "symbol": Factor("token", "the symbol itself"),
    "position": Factor("position", "its place, 0 for <bos>"),
    "before": Factor("window of 3", "the symbol before it"),
    "seen_before": Factor("bag", "whether the symbol was there already"),
    "seen_at": Factor("context", "the last position before at which it was"),
    "next": Factor("context", "the symbol that followed it there"),
}


def labeller(
    symbols: Sequence[str],
    segments: Callable[[int, int, int], NDArray[np.int64]],
    longest: int,
) -> Labeller:
    """Label sequences in which a segment comes again.

    Args:
        symbols: the text of each token id.
        segments: from a number of rows, the length of a segment and a seed to token ids (row, pos),
            at least twice as long: `<bos>`, the segment, the segment again.
        longest: tokens in the longest row, `<bos>` included.
    """
    read = partial(_read, symbols)

    def write(
        count: int, length: int, seed: int, _split: str
    ) -> tuple[NDArray[np.int64], list[Labels]]:
        ids = segments(count, length // 2, seed)[:, :length]
        return ids, [read(row) for row in ids]

    return Labeller(ABOUT, longest, write, read)


def _read(symbols: Sequence[str], ids: NDArray[np.int64]) -> Labels:
    seen: dict[int, int] = {}
    labels: Labels = []
    row = ids.tolist()
    for position, token in enumerate(row):
        known: dict[str, object] = {"symbol": symbols[token], "position": position}
        if position:
            known["before"] = symbols[row[position - 1]]
        known["seen_before"] = token in seen
        if token in seen:
            known["seen_at"] = seen[token]
            known["next"] = symbols[row[seen[token] + 1]]
        labels.append(known)
        seen[token] = position
    return labels
