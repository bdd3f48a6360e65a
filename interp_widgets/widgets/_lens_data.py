"""The numbers behind a LogitLensView: its lenses as arrays of one shape, within a budget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.widgets import _lens_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.results import LogitLens

COLOURS = ("probability", "rank", "entropy", "divergence")
UNKNOWN = -1  # a rank that was not computed, a token that was not kept

_PLACE_BYTES, _EACH_BYTES = 8, 8  # entropy and divergence; a token's number, or rank, and share


@dataclass(frozen=True, eq=False)
class LensData:
    """Put lenses of the same rows and tokens side by side.

    Attributes:
        lenses: by name, at least one.
        max_bytes: of everything that is sent; followed tokens, then early positions are left out.
    """

    lenses: dict[str, LogitLens]
    max_bytes: int

    @property
    def one(self) -> LogitLens:
        """Give the first lens, for what all of them share."""
        return next(iter(self.lenses.values()))

    @cached_property
    def rows(self) -> list[_lens_rows.Row]:
        """Name every row."""
        return [_lens_rows.row(label, self.one.labels) for label in self.one.labels]

    @cached_property
    def first(self) -> int:
        """Count the positions at the start that there is no room for."""
        least = _PLACE_BYTES + _EACH_BYTES * (self._kept + 1)
        return max(0, len(self.one.tokens) - max(1, self.max_bytes // (self._lines * least)))

    @cached_property
    def targets(self) -> list[int]:
        """List the followed tokens that there is room for, as they come in the lenses."""
        places = self._lines * (len(self.one.tokens) - self.first)
        room = (self.max_bytes // places - _PLACE_BYTES) // _EACH_BYTES - self._kept - 1
        return self.followed[: max(0, room)]

    @cached_property
    def ids(self) -> list[int]:
        """List every vocabulary id that anything here names."""
        tops = (lens.top_ids[:, self.first :].ravel() for lens in self.lenses.values())
        every = np.concatenate([*tops, np.array(self.targets, np.int64)])
        found: list[int] = np.unique(every).tolist()
        return found

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Give the exact text of each position."""
        return self.one.tokens[self.first :]

    @cached_property
    def words(self) -> dict[int, str]:
        """Give the exact text of each id."""
        return {token: word for lens in self.lenses.values() for token, word in lens.words.items()}

    @cached_property
    def top_ids(self) -> NDArray[np.int64]:
        """Give (lens, row, pos, k), best first; UNKNOWN where a lens kept fewer."""
        return self._stack("top_ids", UNKNOWN, np.int64)

    @cached_property
    def top_probs(self) -> NDArray[np.float32]:
        """Give (lens, row, pos, k)."""
        return self._stack("top_probs", 0, np.float32)

    @cached_property
    def entropy(self) -> NDArray[np.float32]:
        """Give (lens, row, pos), in nats."""
        return np.stack([lens.entropy[:, self.first :] for lens in self.lenses.values()])

    @cached_property
    def divergence(self) -> NDArray[np.float32]:
        """Give (lens, row, pos), in nats; NaN of a lens that does not know it."""
        known = [
            np.full_like(lens.entropy, np.nan) if lens.divergence is None else lens.divergence
            for lens in self.lenses.values()
        ]
        return np.stack(known)[:, :, self.first :]

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """Give (lens, row, pos, 1 + target), 0 the best, of what the output says there first."""
        return np.stack([self._followed_by(lens)[0] for lens in self.lenses.values()])

    @cached_property
    def probs(self) -> NDArray[np.float32]:
        """Give (lens, row, pos, 1 + target), the probability of the same tokens."""
        return np.stack([self._followed_by(lens)[1] for lens in self.lenses.values()])

    @property
    def colours(self) -> list[str]:
        """List what the cells can be coloured by."""
        missing = "" if np.isfinite(self.divergence).any() else "divergence"
        return [colour for colour in COLOURS if colour != missing]

    def find(self, target: object) -> int | None:
        """Find a followed token by its text or its vocabulary id; None stays None.

        Raises:
            TypeError: something that is neither.
            ValueError: a token that is not followed.
        """
        if target is None:
            return None
        if isinstance(target, bool) or not isinstance(target, str | Integral):
            raise TypeError(
                f"target: expected text, a vocabulary id or None, got {type(target).__name__}. "
                'Write the token as text: " Mary".'
            )
        for token in self.targets:
            if target in (token, self.words[token]):
                return token
        some = [self.words[token] for token in self.targets[:5]]
        raise ValueError(
            f"target: expected a token that the lens follows, such as {some}, got {target!r}. "
            f"Ask for it: iw.logit_lens(trace, targets=[{target!r}])."
        )

    @property
    def _lines(self) -> int:
        return len(self.lenses) * len(self.one.labels)

    @property
    def _kept(self) -> int:
        return max(int(lens.top_ids.shape[2]) for lens in self.lenses.values())

    @cached_property
    def followed(self) -> list[int]:
        """List the tokens that any lens follows, as they come."""
        every = (_target_ids(lens) for lens in self.lenses.values())
        return list(dict.fromkeys(token for some in every for token in some))

    def _stack(self, name: str, fill: float, kind: type) -> NDArray[Any]:
        arrays = [getattr(lens, name)[:, self.first :] for lens in self.lenses.values()]
        stacked = np.full((len(arrays), *arrays[0].shape[:2], self._kept), fill, dtype=kind)
        for lens, array in enumerate(arrays):
            stacked[lens, ..., : array.shape[2]] = array
        return stacked

    def _followed_by(self, lens: LogitLens) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        shape = (*lens.entropy.shape, 1 + len(self.targets))
        ranks, probs = np.full(shape, UNKNOWN), np.full(shape, np.nan, dtype=np.float32)
        ranks[..., 0], probs[..., 0] = _of_output(lens)
        for place, token in enumerate(_target_ids(lens)):
            if token not in self.targets:
                continue
            slot = 1 + self.targets.index(token)
            ranks[..., slot], probs[..., slot] = _followed_at(lens, place)
        return ranks[:, self.first :], probs[:, self.first :]


def _target_ids(lens: LogitLens) -> list[int]:
    return [] if lens.target_ids is None else lens.target_ids.tolist()


def _followed_at(lens: LogitLens, place: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give (row, pos) of one followed token; a lens that follows tokens knows both."""
    ranks, probs = (np.asarray(known) for known in (lens.target_ranks, lens.target_probs))
    return ranks[..., place], probs[..., place]


def _of_output(lens: LogitLens) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give rank and probability in each row of what the last row puts on top, where known."""
    if lens.output_ranks is not None and lens.output_probs is not None:
        return lens.output_ranks, lens.output_probs
    said = lens.top_ids[-1, :, 0]
    targets = _target_ids(lens)
    ranks = np.full(lens.entropy.shape, UNKNOWN)
    probs = np.full(lens.entropy.shape, np.nan, dtype=np.float32)
    for pos, token in enumerate(said.tolist()):
        if token in targets:
            followed = _followed_at(lens, targets.index(token))
            ranks[:, pos], probs[:, pos] = (known[:, pos] for known in followed)
        elif "cells" not in lens.source:  # where all tokens were compared, a place is a rank
            rows, place = np.nonzero(lens.top_ids[:, pos] == token)
            ranks[rows, pos], probs[rows, pos] = place, lens.top_probs[rows, pos, place]
    return ranks, probs
