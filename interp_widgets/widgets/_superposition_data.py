"""What a SuperpositionView tells the browser: vectors and what follows from them, in a budget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text
from interp_widgets.widgets import _numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.results import Superposition

_BYTES = 4  # of each number
_FEATURES_MOST = 1000  # the browser multiplies each with each
_NAME_LIMIT = 80


@dataclass(frozen=True, eq=False)
class SuperpositionData:
    """Keep as many instances and features as there is room for.

    Attributes:
        family: the trained instances.
        max_bytes: of all numbers; instances between others, then the features of the shortest
            vectors give way.
    """

    family: Superposition
    max_bytes: int

    @cached_property
    def features(self) -> NDArray[np.int64]:
        """Number the features that are sent, in order."""
        _, features, hidden = self.family.shape
        room = max(1, self.max_bytes // ((hidden + 1) * _BYTES))
        longest = np.argsort(-self.family.lengths.max(0), kind="stable")[
            : min(room, features, _FEATURES_MOST)
        ]
        return np.sort(longest)

    @cached_property
    def instances(self) -> NDArray[np.int64]:
        """Number the instances that are sent, in order, the first and the last among them."""
        count, _, hidden = self.family.shape
        room = max(1, self.max_bytes // (len(self.features) * (hidden + 1) * _BYTES))
        return np.unique(np.linspace(0, count - 1, min(room, count)).round().astype(np.int64))

    @cached_property
    def weights(self) -> NDArray[np.float32]:
        """Give the vectors that are sent, (instance, feature, hidden)."""
        weights: NDArray[np.float32] = self.family.weights[np.ix_(self.instances, self.features)]
        return weights

    @cached_property
    def dimensionality(self) -> NDArray[np.float64]:
        """Give the dimensionality of the features that are sent, among all features."""
        parts: NDArray[np.float64] = self.family.dimensionality[
            np.ix_(self.instances, self.features)
        ]
        return parts

    @property
    def peak(self) -> float:
        """The largest product there is: a vector's with itself, in any instance."""
        return float(self.family.lengths.max() ** 2) or 1.0

    def name(self, place: int) -> str:
        """Name an instance by its density, or by its number where that is not known."""
        number = int(self.instances[place])
        if self.family.densities is None:
            return f"instance {number}"
        return f"density {self.family.densities[number]:.3g}"

    def traits(self) -> dict[str, Any]:
        """Give every trait that holds data."""
        family, instances = self.family, self.instances
        return {
            "shape": list(self.weights.shape),
            "weights": _numbers.floats(self.weights),
            "dimensionality": _numbers.floats(self.dimensionality),
            "per_dimension": family.features_per_dimension[instances].tolist(),
            "densities": _picked(family.densities, instances),
            "losses": _picked(family.losses, instances),
            "importance": _picked(family.importance, self.features),
            "features": self.features.tolist(),
            "instances": [self.name(place) for place in range(len(instances))],
            "peak": self.peak,
            "notice": self._notice(),
            "origin": self._origin(),
        }

    def _notice(self) -> str:
        """Say in sentences what was left out, and what looks like a mistake."""
        count, features, hidden = self.family.shape
        said = []
        if len(self.features) < features:
            said.append(
                f"The {len(self.features)} of {features} features with the longest vectors are "
                "here; their dimensionality counts all of them."
            )
        if len(self.instances) < count:
            said.append(f"{len(self.instances)} of {count} instances are here.")
        if features <= hidden:
            said.append(
                f"There are {features} features and {hidden} hidden dimensions, so no feature has "
                "to share."
            )
        if features < hidden:
            said.append("If it should be the other way round, swap the last two axes.")
        return " ".join(said)

    def _origin(self) -> str:
        count, features, hidden = self.family.shape
        model = text.prose(self.family.source.get("model", ""), _NAME_LIMIT)
        size = f"{features} features in {hidden} hidden dimension{'s' if hidden > 1 else ''}"
        said = [model, size, f"{count} trained instance{'s' if count > 1 else ''}"]
        return " · ".join([part for part in said if part])


def _picked(line: Any, places: NDArray[np.int64]) -> list[float]:  # noqa: ANN401
    return [] if line is None else np.asarray(line)[places].tolist()
