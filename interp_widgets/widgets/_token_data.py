"""What a TokenView sends to the browser, cut down to what a page can hold."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text
from interp_widgets.widgets import _numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.results import TokenValues

_NUMBER = 4  # bytes
_MOST_TOKENS = 20_000  # a page with more elements than this is slow to lay out
_TOKEN_LIMIT, _CHANNEL_LIMIT = 40, 60  # characters; the whole text is in the tooltip


@dataclass(frozen=True)
class TokenData:
    """Hold the numbers on show, and what they are called.

    Attributes:
        values: (channel, pos), the rows of text behind one another; NaN where there is no value.
        tokens: (pos,), exact text.
        lengths: (row,), how many tokens each row has.
        channels: (channel,), visible names; empty for a single channel that was given none.
        features: (channel,), numbers for the selection.
        signed: whether there is anything below zero to tell apart.
        notice: what was left out, in a sentence; "" when nothing was.
    """

    values: NDArray[np.float32]
    tokens: tuple[str, ...]
    lengths: tuple[int, ...]
    channels: tuple[str, ...]
    features: tuple[int, ...]
    signed: bool
    notice: str

    def traits(self) -> dict[str, Any]:
        """Give the traits of the view that hold all this."""
        return {
            "numbers": _numbers.floats(self.values),
            "shape": list(self.values.shape),
            "lengths": list(self.lengths),
            "tokens": [text.visible(token, _TOKEN_LIMIT) for token in self.tokens],
            "names": [text.literal(token) for token in self.tokens],
            "channels": list(self.channels),
            "features": list(self.features),
            "signed": self.signed,
            "notice": self.notice,
        }

    def place(self, row: int, pos: int | None) -> int | None:
        """Find a token of a row among all tokens; None where there is none."""
        if pos is None or row >= len(self.lengths) or pos >= self.lengths[row]:
            return None
        return sum(self.lengths[:row]) + pos

    def rows(self) -> NDArray[np.intp]:
        """Number the row of each token."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def positions(self) -> NDArray[np.intp]:
        """Number each token within its row."""
        return np.concatenate([np.arange(length) for length in self.lengths])

    def names(self) -> list[str]:
        """Name each token by its place and its exact text."""
        several = len(self.lengths) > 1
        return [
            f"{f'row {row} ' if several else ''}token {pos} {text.literal(token)}"
            for row, pos, token in zip(self.rows(), self.positions(), self.tokens, strict=True)
        ]

    def peaks(self, channel: int, *, own: bool) -> NDArray[np.float32]:
        """Give for each token the number that the strongest colour stands for.

        Args:
            channel: place of the channel.
            own: whether each row of text has its own scale.
        """
        sizes = np.nan_to_num(np.abs(self.values[channel]))
        starts = np.cumsum([0, *self.lengths[:-1]])
        peaks = np.maximum.reduceat(sizes, starts)
        peaks = peaks if own else np.full_like(peaks, peaks.max())
        return np.repeat(np.where(peaks > 0, peaks, 1), self.lengths)


def token_data(given: TokenValues, *, signed: bool | None, max_bytes: int) -> TokenData:
    """Lay out checked numbers for the browser, leaving out what would be too much.

    Args:
        given: the tokens and their numbers.
        signed: whether numbers have a sign to show; None looks for one below zero.
        max_bytes: of the numbers.

    Raises:
        ValueError: numbers below zero that are to be shown without a sign.
    """
    lengths, cut = _kept_lengths(given.lengths, min(_MOST_TOKENS, max(1, max_bytes // _NUMBER)))
    rows = zip(given.values, given.tokens, lengths, strict=False)
    kept = [(values[:length], tokens[:length]) for values, tokens, length in rows]
    values = np.concatenate([values for values, _ in kept]).T
    chosen, fewer = _kept_channels(values, max_bytes)
    labels = _labels(given)
    return TokenData(
        values=np.ascontiguousarray(values[chosen]),
        tokens=tuple(token for _, tokens in kept for token in tokens),
        lengths=lengths,
        channels=tuple(labels[place] for place in chosen) if labels else (),
        features=tuple(given.features[place] for place in chosen),
        signed=_has_sign(values, wanted=signed),
        notice=" ".join(filter(None, (cut, fewer))),
    )


def _kept_lengths(lengths: tuple[int, ...], most: int) -> tuple[tuple[int, ...], str]:
    """Cut the longest rows until all tokens fit; say what was cut."""
    total, rows = sum(lengths), len(lengths)
    if total <= most:
        return lengths, ""
    lengths = lengths[:most]
    level = bisect_right(
        range(1, most + 1), most, key=lambda level: sum(min(level, one) for one in lengths)
    )
    fewer = f" of {len(lengths):,} of {rows:,} rows" if len(lengths) < rows else " of each row"
    return (
        tuple(min(level, length) for length in lengths),
        f"Of {total:,} tokens, the first {level:,}{fewer if rows > 1 else ''} are shown.",
    )


def _kept_channels(values: NDArray[np.float32], max_bytes: int) -> tuple[NDArray[np.intp], str]:
    """Keep the channels with the largest numbers, in their order; say how many were left out."""
    count, positions = values.shape
    room = max(1, max_bytes // (positions * _NUMBER))
    if count <= room:
        return np.arange(count), ""
    peaks = np.nan_to_num(np.abs(values)).max(axis=1)
    return (
        np.sort(np.argsort(-peaks, kind="stable")[:room]),
        f"Of {count:,} channels, the {room:,} with the largest values are shown.",
    )


def _labels(given: TokenValues) -> list[str]:
    if given.channels is None and len(given.features) == 1:
        return []
    named = given.features if given.channels is None else given.channels
    return [text.prose(str(name), _CHANNEL_LIMIT) for name in named]


def _has_sign(values: NDArray[np.float32], *, wanted: bool | None) -> bool:
    below = bool((values < 0).any())
    if below and wanted is not None and not wanted:
        raise ValueError(
            f"signed: expected True or None for values below 0, got False with "
            f"{float(np.nanmin(values)):.4g} among them. Leave it out, or pass -values."
        )
    return below if wanted is None else bool(wanted)
