"""Choose the tokens that show what a feature does, out of its activations on a corpus."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

_SHARES = (("high: over 2/3 of the largest", 2 / 3, 1.0),
           ("middle: 1/3 to 2/3 of the largest", 1 / 3, 2 / 3),
           ("low: up to 1/3 of the largest", 0.0, 1 / 3))  # fmt: skip
_BINS = 48

_Column = Float[np.ndarray, " token"]


@dataclass(frozen=True, eq=False)
class Choice:
    """Say how examples are chosen.

    Attributes:
        ids: vocabulary ids of all tokens.
        starts: where each document starts, and where the last one ends.
        counted: which tokens count.
        most: examples of the strongest, the lowest and the random band.
        fewer: examples of each band between.
        before: tokens of an example before the one in question.
        signed: whether there is a band of the lowest activations.
        seed: of what is drawn.
    """

    ids: Int[np.ndarray, " token"]
    starts: Int[np.ndarray, " ends"]
    counted: Bool[np.ndarray, " token"]
    most: int
    fewer: int
    before: int
    signed: bool
    seed: int

    @property
    def bands(self) -> tuple[str, ...]:
        """Name the bands; the last is drawn from all tokens."""
        lowest = ("lowest: farthest below 0",) if self.signed else ()
        return ("strongest", *(name for name, _, _ in _SHARES), *lowest, "random tokens")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Count the places of each band."""
        lowest = (self.most,) if self.signed else ()
        return (self.most, *(self.fewer for _ in _SHARES), *lowest, self.most)

    def of(self, column: _Column, feature: int) -> Int[np.ndarray, " example"]:
        """Choose the tokens of one feature, band after band; -1 where there are too few.

        What is drawn depends on the seed and the feature's number alone.
        """
        rng = np.random.default_rng([self.seed, feature])
        strongest = self._extremes(column, self.most)
        peak = column[self.counted].max()
        taken = np.zeros(len(column), dtype=bool)
        taken[strongest] = True
        found = [strongest]
        for _, low, high in _SHARES:
            inside = (column > max(0.0, low * peak)) & (column <= high * peak)
            drawn = _drawn(rng, inside & self.counted & ~taken, self.fewer)
            found.append(drawn[np.argsort(-column[drawn], kind="stable")])
        if self.signed:
            found.append(self._extremes(-column, self.most))
        found.append(_drawn(rng, self.counted, self.most))
        filled = [
            np.pad(one, (0, size - len(one)), constant_values=-1)
            for one, size in zip(found, self.sizes, strict=True)
        ]
        return np.concatenate(filled)

    def _extremes(self, column: _Column, count: int) -> Int[np.ndarray, " some"]:
        """Find the largest activations above 0, best first.

        They are from different documents, and no two have read the same tokens before.
        """
        seen = np.where(self.counted, column, -np.inf)
        peaks = np.maximum.reduceat(seen, self.starts[:-1])
        found: dict[bytes, int] = {}
        for document in np.argsort(-peaks, kind="stable"):
            if len(found) == count or not peaks[document] > 0:
                break
            start, end = self.starts[document], self.starts[document + 1]
            place = int(start + seen[start:end].argmax())
            found.setdefault(self.ids[max(start, place - self.before) : place + 1].tobytes(), place)
        return np.array(list(found.values()), dtype=int)


def histogram(
    column: Float[np.ndarray, " counted"],
) -> tuple[Int[np.ndarray, " bin"], Float[np.ndarray, " edge"]]:
    """Count how often each activation occurs, between the least and the largest."""
    counts, edges = np.histogram(column.astype(np.float64), _BINS)
    return counts.astype(np.int64), edges.astype(np.float32)


def windows(
    chosen: Int[np.ndarray, " example"], starts: Int[np.ndarray, " ends"], before: int, after: int
) -> tuple[Int[np.ndarray, " example"], Int[np.ndarray, "example window"]]:
    """Find the tokens around the chosen ones, within their documents.

    Returns:
        The document of each, and the places of its tokens, both -1 where there is nothing.
    """
    documents = np.searchsorted(starts, chosen, side="right") - 1
    documents = np.where(chosen < 0, -1, documents)
    places = chosen[:, None] + np.arange(-before, after + 1)
    inside = (
        (chosen[:, None] >= 0)
        & (places >= starts[documents][:, None])
        & (places < starts[documents + 1][:, None])
    )
    return documents, np.where(inside, places, -1)


def _drawn(
    rng: np.random.Generator, among: Bool[np.ndarray, " token"], count: int
) -> Int[np.ndarray, " some"]:
    candidates = np.flatnonzero(among)
    return rng.choice(candidates, min(count, len(candidates)), replace=False)
