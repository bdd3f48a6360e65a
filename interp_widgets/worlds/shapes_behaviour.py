"""What a network of shapes can do, and how much the units of its first layer are like bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from interp_widgets.worlds.shapes import shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.worlds.shapes_network import ShapesNetwork

DIRECTIONS: Final = 24
DEGREE: Final = 6
"""Of the polynomials: enough for any row of seven pixels."""


@dataclass(frozen=True)
class ShapesBehaviour:
    """How a network of shapes does on images that it was never trained on.

    Attributes:
        accuracy: share of images whose likeliest kind is the right one.
        worst_kind: the same for the kind that it does worst.
        stripe: median over the first layer's units of how much of the filter is a stripe or edge.
        striped: share of those units above 0.5.
    """

    accuracy: float
    worst_kind: float
    stripe: float
    striped: float


@torch.no_grad()
def measure(network: ShapesNetwork, *, count: int = 4000, seed: int = 1_000_000) -> ShapesBehaviour:
    """Measure accuracy on fresh images, and how striped the filters of the first layer are."""
    drawn = shapes(count, seed)
    parts = np.array_split(drawn.images, 1 + count // 500)
    guesses = [network(torch.from_numpy(part)).argmax(-1).numpy() for part in parts]
    right = np.concatenate(guesses) == drawn.kind
    share, _ = stripes(network)
    return ShapesBehaviour(
        accuracy=float(right.mean()),
        worst_kind=float(min(right[drawn.kind == kind].mean() for kind in np.unique(drawn.kind))),
        stripe=float(np.median(share)),
        striped=float(np.mean(share > 0.5)),
    )


def stripes(network: ShapesNetwork) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure how much the filter of each unit of the first layer is a stripe or an edge.

    A stripe is the same all along one direction. So each colour of the filter is fitted with a
    polynomial of the place across a direction, for every direction, and the best fit counts.

    Returns:
        share: (unit,), of the variance over the filter's pixels that is fitted, 0 to 1; random
            filters of 7 x 7 get about 0.2 and less than 0.3, because the direction is chosen.
        direction: (unit,), of the stripe, degrees counterclockwise from the horizontal.
    """
    filters = network.conv1.weight.detach().double().flatten(2).numpy()  # unit, channel, pixel
    filters = filters - filters.mean(-1, keepdims=True)
    side = network.cfg.kernels[0]
    row, column = (np.indices((side, side)) - side // 2) / (side // 2)
    fitted = []
    angles = np.arange(DIRECTIONS) * 180 / DIRECTIONS
    for angle in np.radians(angles):
        across = (row * np.cos(angle) + column * np.sin(angle)).ravel()
        powers = np.vander(across, DEGREE + 1)
        basis, _ = np.linalg.qr(powers - powers.mean(0) * (np.arange(DEGREE + 1) < DEGREE))
        fitted.append(((filters @ basis) ** 2).sum((1, 2)))
    total = (filters**2).sum((1, 2))
    best = np.divide(np.max(fitted, axis=0), total, out=np.zeros_like(total), where=total > 0)
    return best, angles[np.argmax(fitted, axis=0)]
