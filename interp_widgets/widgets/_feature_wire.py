"""What a FeatureView tells the browser: of every feature an outline, of some all examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text
from interp_widgets.widgets import _numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from interp_widgets.results import FeatureDashboard, OptimisedInput

_NUMBER = 4  # bytes
_WORD_LIMIT, _NAME_LIMIT = 40, 60  # characters on the page
_IMAGE_MOST = 256  # pixels of a picture's longer side; more are left out evenly


@dataclass(frozen=True, eq=False)
class FeatureData:
    """Hold dashboards, and how much of them the browser is sent at once.

    Attributes:
        given: the dashboards.
        kept: how many features are listed.
        held: of how many of these the examples go along; those of the others are asked for.
    """

    given: FeatureDashboard
    kept: int
    held: int

    def traits(self) -> dict[str, Any]:
        """Give the traits of the view that hold all this."""
        given, some = self.given, slice(self.kept)
        ids = np.array(list(given.words), dtype=np.int64)
        edges = given.edges[some]
        return {
            "shape": [
                *(self.kept, *given.example_ids.shape[1:], given.up_ids.shape[1]),
                *(given.near.shape[1], given.counts.shape[1], self.held, self._tops().shape[1]),
            ],
            "features": _numbers.integers(given.features[some]),
            "densities": _numbers.floats(given.density[some]),
            "peaks": _numbers.floats(given.peak[some]),
            "ends": _numbers.floats(np.stack([edges[:, 0], edges[:, -1]], 1)),
            "pushed": _numbers.integers(self._words(self._pushed()[some])),
            "pushes": _numbers.floats(np.stack([given.up_logits, given.down_logits], 1)[some]),
            "near": _numbers.integers(given.near[some]),
            "cosines": _numbers.floats(given.near_cosines[some]),
            "tops": _numbers.integers(self._words(self._tops()[some])),
            "ids": _numbers.integers(self._words(given.example_ids[: self.held])),
            "values": _numbers.floats(given.example_values[: self.held]),
            "documents": _numbers.integers(given.example_documents[: self.held]),
            "starts": _numbers.integers(given.example_starts[: self.held]),
            "counts": _numbers.integers(given.counts[: self.held]),
            "kind": given.kind,
            "bands": [text.prose(band, _NAME_LIMIT) for band in given.bands],
            "example_bands": given.example_bands.tolist(),
            "centre": given.focus,
            "names": [text.prose(name, _NAME_LIMIT) for name in (given.names or ())[some]],
            "words": [text.visible(word, _WORD_LIMIT) for word in given.words.values()],
            "word_names": [text.literal(word) for word in given.words.values()],
            "word_ids": ids.tolist(),
            "made": self._made(),
            "pictures": b"".join(_pixels(one).tobytes() for one in self._images().values()),
            "readable": given.read is not None,
            "notice": self._notice(),
            "origin": _origin(given),
        }

    def record(self, place: int) -> list[bytes]:
        """Give the examples of one feature, as the browser asks for them."""
        given = self.given
        return [
            _numbers.integers(self._words(given.example_ids[place])),
            _numbers.floats(given.example_values[place]),
            _numbers.integers(given.example_documents[place]),
            _numbers.integers(given.example_starts[place]),
            _numbers.integers(given.counts[place]),
        ]

    def place(self, feature: int | None) -> int:
        """Find a feature by its number; the first where it is not listed."""
        place = self.given.place(feature)
        return place if place is not None and place < self.kept else 0

    def _pushed(self) -> NDArray[np.int64]:
        return np.stack([self.given.up_ids, self.given.down_ids], 1)

    def _tops(self) -> NDArray[np.int64]:
        """Give the tokens that the strongest examples of each feature are about."""
        strongest = self.given.example_bands == 0
        tops: NDArray[np.int64] = self.given.example_ids[:, strongest, self.given.focus]
        return tops

    def _words(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Turn vocabulary ids into places of the list of words; -1 stays -1."""
        known = np.array(list(self.given.words), dtype=np.int64)
        return np.where(ids < 0, -1, np.searchsorted(known, ids))

    def _images(self) -> Mapping[int, OptimisedInput]:
        made = self.given.optimised.items()
        return {number: one for number, one in made if one.image is not None}

    def _made(self) -> list[dict[str, Any]]:
        """Describe the inputs that were made; where an image's pixels are is in `start`."""
        start, listed = 0, []
        for number, one in self.given.optimised.items():
            entry: dict[str, Any] = {"feature": number, "activation": one.activation}
            if one.image is None:
                entry["tokens"] = [text.visible(word, _WORD_LIMIT) for word in one.tokens or ()]
                entry["names"] = [text.literal(word) for word in one.tokens or ()]
                entry["values"] = [] if one.values is None else one.values.tolist()
            else:
                height, width, _ = _pixels(one).shape
                entry |= {"height": height, "width": width, "start": start}
                start += height * width * 3
            listed.append(entry)
        return listed

    def _notice(self) -> str:
        """Say in sentences what was left out."""
        said, total = [], len(self.given.features)
        if self.kept < total:
            said.append(
                f"Of {total:,} {self.given.kind}s, the first {self.kept:,} are listed: there are "
                "too many to hold."
            )
        if self.held < self.kept:
            said.append(
                f"Examples of the first {self.held:,} are here; those of another are fetched from "
                "Python when it is opened."
            )
        return " ".join(said)


def feature_data(given: FeatureDashboard, max_bytes: int) -> FeatureData:
    """Find out how much of the dashboards fits.

    Args:
        given: the dashboards.
        max_bytes: of all numbers.
    """
    outline = 5 + 4 * given.up_ids.shape[1] + 2 * given.near.shape[1]
    outline += int((given.example_bands == 0).sum())
    _, examples, window = given.example_ids.shape
    record = 2 * examples * window + 2 * examples + given.counts.shape[1]
    total, room = len(given.features), max_bytes // _NUMBER
    kept = min(total, max(1, room // outline))
    held = min(kept, max(0, room - kept * outline) // record)
    return FeatureData(given, kept, held)


def _pixels(made: OptimisedInput) -> NDArray[np.uint8]:
    """Give an image as (height, width, 3) bytes, no larger than a page needs."""
    image = np.asarray(made.image)
    step = -(-max(image.shape[:2]) // _IMAGE_MOST)
    image = np.rint(image[::step, ::step] * 255).astype(np.uint8)
    return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)


def _origin(given: FeatureDashboard) -> str:
    """Say in one line where the numbers come from."""
    facts = [text.prose(given.source[name], _NAME_LIMIT) for name in ("model", "hook")
             if name in given.source]  # fmt: skip
    documents = f"{given.tokens:,} tokens of {given.documents:,} documents"
    weights = ["weights folded" if given.folded else "weights not folded"] if facts else []
    return " · ".join([*facts, documents, *weights])
