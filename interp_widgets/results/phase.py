"""Two features that share one dimension: what became of them, for each density and importance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import _arrays, _checks
from interp_widgets.results.superposition import Superposition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

OUTCOMES = ("the first alone", "the second alone", "both, opposite", "something else")
_HELD = 0.5  # least length of the vector of a feature that counts as held


@dataclass(frozen=True, eq=False)
class PhaseGrid:
    """Hold toy models of two features in one dimension, over density and importance.

    Attributes:
        densities: (density,), the probability that a feature is active.
        importances: (importance,), the weight of the second feature's error; the first one's is 1.
        weights: (density, importance, feature), the one number that stands for each feature.
        losses: (density, importance), the loss of each trained model.
        source: where the numbers come from, as text.
    """

    densities: NDArray[Any]
    importances: NDArray[Any]
    weights: NDArray[np.float32]
    losses: NDArray[np.float32]
    source: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = {name: np.asarray(getattr(self, name)) for name in ("densities", "importances")}
        shape = tuple(len(line) for line in lines.values())
        for name, expected in (("weights", (*shape, 2)), ("losses", shape)):
            lines[name] = _arrays.float_array(name, getattr(self, name), f"shape {expected}")
            if lines[name].shape != expected or not np.isfinite(lines[name]).all():
                raise ValueError(
                    f"{name}: expected finite numbers of shape {expected}, one for each density "
                    f"and importance, got shape {lines[name].shape}."
                )
        kept = {name: _checks.kept(line) for name, line in lines.items()}
        _checks.put(self, **kept, source=_checks.read_only(self.source))

    @property
    def outcomes(self) -> NDArray[np.int64]:
        """Tell for each cell, (density, importance), which of `OUTCOMES` it is."""
        return outcomes(self.weights)

    def model(self, density: int, importance: int) -> Superposition:
        """Give the model of one cell.

        Args:
            density: place of the row.
            importance: place of the column.
        """
        cell = density, importance
        return Superposition(
            self.weights[cell][:, None],
            densities=[self.densities[density]],
            importance=[1.0, self.importances[importance]],
            losses=[self.losses[cell]],
            source=self.source,
        )


def outcomes(weights: NDArray[np.float32]) -> NDArray[np.int64]:
    """Tell which of `OUTCOMES` became of two features in one dimension.

    Args:
        weights: (..., feature), the number that stands for each of the two.

    Returns:
        (...), places in `OUTCOMES`.
    """
    first, second = np.moveaxis(np.abs(weights) >= _HELD, -1, 0)
    opposite = first & second & (weights.prod(-1) < 0)
    return np.select([first & ~second, second & ~first, opposite], [0, 1, 2], 3)
