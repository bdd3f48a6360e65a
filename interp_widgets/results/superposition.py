"""Small models that hold more features than they have dimensions, trained at several densities."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import _arrays, _checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_AXES = "shape (instance, feature, hidden) with at least one of each"


@dataclass(frozen=True, eq=False)
class Superposition:
    """Hold the feature vectors of a family of toy models (Elhage et al. 2022, "Toy Models").

    Each instance squeezes features into fewer hidden dimensions and reads them out again. The
    rarer features are active, the more of them share dimensions.

    Attributes:
        weights: (instance, feature, hidden), the vector that stands for each feature. The paper's
            W is (hidden, feature), so one instance here is its transpose.
        densities: (instance,), the probability that a feature is active, above 0 and up to 1 (one
            minus the paper's sparsity); None when the instances differ in something else.
        importance: (feature,), the weight of each feature in the loss; None when it is not known.
        losses: (instance,), the loss of each instance after training; None when it is not known.
        biases: (instance, feature), what is added to each output; None when it is not known.
        source: where the numbers come from, as text.
    """

    weights: NDArray[np.float32]
    densities: Sequence[float] | NDArray[np.float32] | None = None
    importance: Sequence[float] | NDArray[np.float32] | None = None
    losses: Sequence[float] | NDArray[np.float32] | None = None
    biases: NDArray[np.float32] | None = None
    source: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        weights = _arrays.float_array("weights", self.weights, _AXES)
        if weights.ndim == 2:
            weights = weights[None]
        if weights.ndim != 3 or 0 in weights.shape:
            raise ValueError(
                f"weights: expected {_AXES}, or (feature, hidden) for one instance, got "
                f"{np.shape(self.weights)}. Features come before hidden dimensions."
            )
        if not np.isfinite(weights).all():
            raise ValueError(
                f"weights: expected finite numbers, got {int((~np.isfinite(weights)).sum())} NaN "
                "or infinite. Check whether training has diverged."
            )
        instances, features, _ = weights.shape
        densities = _line("densities", self.densities, instances, weights.shape)
        if densities is not None and not ((densities > 0) & (densities <= 1)).all():
            raise ValueError(
                f"densities: expected probabilities above 0 and up to 1, got {densities.tolist()}. "
                "A density is one minus the sparsity."
            )
        _checks.put(
            self,
            weights=_checks.kept(weights),
            densities=densities,
            importance=_line("importance", self.importance, features, weights.shape),
            losses=_line("losses", self.losses, instances, weights.shape),
            biases=_biases(self.biases, weights.shape),
            source=_checks.read_only(self.source),
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Count the instances, features and hidden dimensions."""
        instance, feature, hidden = self.weights.shape
        return instance, feature, hidden

    @cached_property
    def lengths(self) -> NDArray[np.float64]:
        """Length of each feature's vector, (instance, feature): 0 for one that is not held."""
        return _checks.frozen(np.linalg.norm(self.weights.astype(np.float64), axis=-1))

    @cached_property
    def dimensionality(self) -> NDArray[np.float64]:
        """Which part of a dimension each feature has to itself, (instance, feature).

        The squared length of its vector over the sum of its squared overlaps with all vectors,
        itself included: 1 for a feature that shares with none, 1/2 for an opposite pair, 2/5 in a
        pentagon, 0 for a feature that is not held (Elhage et al. 2022).
        """
        parts = np.zeros(self.lengths.shape)
        for instance, lengths in enumerate(self.lengths):
            vectors = self.weights[instance].astype(np.float64)
            held = lengths > 0
            units = vectors[held] / lengths[held, None]
            overlaps = ((units @ (vectors.T @ vectors)) * units).sum(
                -1
            )  # squared, over all vectors
            parts[instance, held] = lengths[held] ** 2 / overlaps
        return _checks.frozen(parts)

    @cached_property
    def features_per_dimension(self) -> NDArray[np.float64]:
        """How many features a hidden dimension holds, (instance,): squared lengths over dimensions.

        It counts a vector of length 1 as one feature, a longer one as more. The paper plots the
        inverse, dimensions per feature.
        """
        return _checks.frozen((self.lengths**2).sum(-1) / self.shape[2])

    def products(self, instance: int) -> NDArray[np.float64]:
        """Multiply each vector of an instance with each: the paper's W-transpose-W.

        Args:
            instance: its place.

        Returns:
            (feature, feature), squared lengths on the diagonal, interference beside it.
        """
        vectors = self.weights[instance].astype(np.float64)
        products: NDArray[np.float64] = vectors @ vectors.T
        return products


def _biases(given: Any, shape: tuple[int, ...]) -> NDArray[np.float32] | None:  # noqa: ANN401
    if given is None:
        return None
    biases = _arrays.float_array("biases", given, "shape (instance, feature)")
    biases = biases[None] if biases.ndim == 1 else biases
    if biases.shape != shape[:2] or not np.isfinite(biases).all():
        raise ValueError(
            f"biases: expected finite numbers of shape {shape[:2]} to match weights of shape "
            f"{shape}, got shape {np.shape(given)}. Leave them out where they are not known."
        )
    return _checks.kept(biases)


def _line(
    name: str,
    given: Any,  # noqa: ANN401 -- any list
    length: int,
    shape: tuple[int, ...],
) -> NDArray[np.float32] | None:
    if given is None:
        return None
    line = _arrays.float_array(name, given, f"{length} numbers")
    _checks.check_length(name, line.shape, length, shape)
    if not np.isfinite(line).all() or line.min() < 0:
        raise ValueError(
            f"{name}: expected finite numbers from 0, got {line.tolist()[:5]}. Leave it out where "
            "it is not known."
        )
    return _checks.kept(line)
