"""Two features, one dimension: which of them a toy model holds, by theory and by training."""

from typing import Any

import numpy as np
from jaxtyping import Float

from interp_widgets import data
from interp_widgets.analysis.superposition import train_toy_models
from interp_widgets.results import PhaseGrid, Superposition

_FILE = "datasets/phase-grid/grid.npz"


def candidate_losses(
    density: Any,  # noqa: ANN401 -- a number or an array of them
    importance: Any,  # noqa: ANN401
) -> Float[np.ndarray, "... outcome"]:
    """Work out the loss of the three simple ways to put two features into one dimension.

    They are those of Elhage et al. 2022, "Toy Models of Superposition": the first feature alone,
    the second alone, or both in opposite directions. A feature that is not held is answered with
    its mean. Two that share a dimension disturb each other only when both are active: then each is
    missed by the smaller of the two values.

    Args:
        density: probability that a feature is active; its value is then uniform from 0 to 1.
        importance: weight of the second feature's error; the first one's is 1.

    Returns:
        (..., 3), the losses of [1, 0], [0, 1] and [1, -1], in the order of `OUTCOMES`.

    Raises:
        ValueError: a density that is no probability, an importance that is negative or not finite.
    """
    p, weight = (np.asarray(given, dtype=np.float64) for given in (density, importance))
    if not ((p > 0) & (p <= 1)).all():
        raise ValueError(f"density: expected probabilities above 0 and up to 1, got {density!r}.")
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise ValueError(f"importance: expected finite numbers from 0, got {importance!r}.")
    dropped = p / 3 - p**2 / 4  # the variance of a feature
    shared = p**2 / 6  # both active, and the mean square of the smaller of two values is 1/6
    losses = np.broadcast_arrays(weight * dropped, dropped, (1 + weight) * shared)
    return np.stack(losses, axis=-1)


def train_phase_grid(
    densities: Any,  # noqa: ANN401 -- any list of numbers
    importances: Any,  # noqa: ANN401
    *,
    restarts: int = 8,
    steps: int = 1000,
    seed: int = 0,
) -> PhaseGrid:
    """Train a toy model of two features in one dimension for each density and importance.

    Args:
        densities: (density,), the probability that a feature is active.
        importances: (importance,), the weight of the second feature's error; the first one's is 1.
        restarts: starting points of each cell, of which the best is kept, because some end in a
            local minimum.
        steps: of training.
        seed: of the starting points and the inputs.

    Returns:
        The grid. Its losses are worked out, not sampled.

    Raises:
        ValueError: densities that are no probabilities, importances that are not finite.
    """
    rows, columns = np.asarray(densities, np.float64), np.asarray(importances, np.float64)
    shape = len(rows), len(columns)
    weight = np.stack([np.ones(shape), np.broadcast_to(columns, shape)], axis=-1)
    weight = weight.reshape(-1, 2)
    trained = train_toy_models(
        2, 1, rows.repeat(shape[1]), importance=weight,
        restarts=restarts, steps=steps, seed=seed,
    )  # fmt: skip
    weights = trained.weights.reshape(*shape, 2)
    held = np.where(
        np.abs(weights[..., 0]) >= np.abs(weights[..., 1]) / 2, *np.moveaxis(weights, -1, 0)
    )
    return PhaseGrid(
        densities=rows,
        importances=columns,
        weights=weights * np.sign(held)[..., None],  # turning both signs changes no model
        losses=_expected_losses(trained, weight).reshape(shape),
        source=trained.source,
    )


def _expected_losses(
    trained: Superposition, importance: Float[np.ndarray, "cell feature"]
) -> Float[np.ndarray, " cell"]:
    """Take the mean over 50 x 50 pairs of values, for each set of features that may be active.

    A sample would not do: where features are rare, hardly any input has both of them active.
    """
    ticks = (np.arange(50) + 0.5) / 50
    values = np.stack(np.meshgrid(ticks, ticks)).reshape(2, -1)
    density, biases = (np.asarray(of)[..., None] for of in (trained.densities, trained.biases))
    total = np.zeros(len(importance))
    for active in np.ndindex(2, 2):
        x = values * np.array(active)[:, None]
        hidden = (trained.weights[..., 0] @ x)[:, None]
        read = np.maximum(hidden * trained.weights + biases, 0)
        error = (importance[..., None] * (read - x) ** 2).sum(1).mean(1)
        total += np.where(active, density, 1 - density).prod(1) * error
    return total


def load_phase_grid() -> PhaseGrid:
    """Read the grid that comes with the course.

    Raises:
        FileNotFoundError: the course's data are not on this machine.
    """
    with np.load(data.file(_FILE), allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in ("densities", "importances", "weights", "losses")}
    return PhaseGrid(**arrays, source={"data": _FILE})
