"""Draw small images of shapes of which everything is known: kind, direction, colour, size, place.

Edges are antialiased: a pixel that a shape covers by half is mixed half and half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE: Final = 24
"""Rows and columns of an image, in pixels."""
BARS: Final = {
    "horizontal bar": 0.0,
    "rising bar": 45.0,
    "vertical bar": 90.0,
    "falling bar": 135.0,
}
"""Degrees from the horizontal, counterclockwise; a bar is turned by up to `TILT` more or less."""
KINDS: Final = (*BARS, "disc", "ring", "square", "triangle")
TILT: Final = 15.0
COLOURS: Final = {
    "red": (0.9, 0.2, 0.2),
    "green": (0.2, 0.8, 0.2),
    "blue": (0.25, 0.35, 1.0),
    "yellow": (0.9, 0.85, 0.2),
    "white": (0.95, 0.95, 0.95),
    "black": (0.05, 0.05, 0.05),
}
SIZES: Final = (5.0, 8.0)
"""Least and largest size, half of a bar's length, in pixels."""
_SHIFT, _GREY, _NOISE = 3.0, (0.35, 0.6), 0.04
_TURNS: Final = {"disc": 0.0, "ring": 0.0, "square": 90.0, "triangle": 120.0}
"""Degrees after which a shape looks the same again; 0 for those that look the same always."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Hold images with all that is known of each.

    Attributes:
        images: (image, channel, row, column), red, green and blue from 0 to 1.
        kind: (image,), its place in `KINDS`.
        orientation: (image,), degrees counterclockwise from the horizontal; NaN for disc and ring.
        colour: (image,), its place in `COLOURS`.
        size: (image,), half of the longest extent, about, in pixels.
        position: (image, 2), row and column of the middle, in pixels.
    """

    images: NDArray[np.float32]
    kind: NDArray[np.int64]
    orientation: NDArray[np.float64]
    colour: NDArray[np.int64]
    size: NDArray[np.float64]
    position: NDArray[np.float64]


def shapes(count: int, seed: int | tuple[int, ...]) -> Shapes:
    """Draw random shapes on grey, with a little noise.

    Args:
        count: how many.
        seed: of the draw.

    Raises:
        ValueError: fewer than one.
    """
    if count < 1:
        raise ValueError(f"count: expected 1 or more, got {count}. Ask for one image at least.")
    rng = np.random.default_rng(seed)
    kind = rng.integers(len(KINDS), size=count)
    orientation = _orientations(kind, rng)
    colour = rng.integers(len(COLOURS), size=count)
    size = rng.uniform(*SIZES, size=count)
    position = (SIDE - 1) / 2 + rng.uniform(-_SHIFT, _SHIFT, size=(count, 2))
    grey = rng.uniform(*_GREY, size=count)
    paint = np.array(list(COLOURS.values()))[colour]
    covered = coverage(kind, orientation, size, position)[:, None]
    images = covered * paint[:, :, None, None] + (1 - covered) * grey[:, None, None, None]
    images += rng.normal(0, _NOISE, size=images.shape)
    drawn = images.clip(0, 1).astype(np.float32)
    return Shapes(drawn, kind, orientation, colour, size, position)


def coverage(
    kind: NDArray[np.int64],
    orientation: NDArray[np.float64],
    size: NDArray[np.float64],
    position: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Measure how much of each pixel a shape covers.

    Args:
        kind: (image,), its place in `KINDS`.
        orientation: (image,), degrees counterclockwise from the horizontal.
        size: (image,), in pixels.
        position: (image, 2), row and column of the middle, in pixels.

    Returns:
        (image, row, column), from 0 to 1.
    """
    angle = np.radians(np.nan_to_num(orientation))[:, None, None]
    up, right = (
        sign * (grid[None] - position[:, axis, None, None])
        for axis, (sign, grid) in enumerate(zip((-1, 1), np.indices((SIDE, SIDE)), strict=True))
    )
    along = right * np.cos(angle) + up * np.sin(angle)
    across = up * np.cos(angle) - right * np.sin(angle)
    size = size[:, None, None]
    radius = np.hypot(along, across)
    corners = [np.radians(turn) for turn in (90, 210, 330)]
    triangle = np.max([-along * np.cos(c) - across * np.sin(c) for c in corners], axis=0)
    outside = {  # pixels from the edge, negative inside
        "disc": radius - 0.8 * size,
        "ring": np.abs(radius - 0.75 * size) - 0.2 * size,
        "square": np.maximum(np.abs(along), np.abs(across)) - 0.7 * size,
        "triangle": triangle - 0.5 * size,
    }
    bar = np.maximum(np.abs(along) - size, np.abs(across) - 0.2 * size)
    number = kind[:, None, None]
    distance = np.select(
        [number == KINDS.index(name) for name in outside], [*outside.values()], bar
    )
    covered: NDArray[np.float64] = np.clip(0.5 - distance, 0, 1)
    return covered


def _orientations(kind: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw directions: a bar's near its own, any for the others, NaN for what has none."""
    chance = rng.uniform(size=len(kind))
    turn = np.array([*(0.0 for _ in BARS), *(_TURNS[name] for name in KINDS[len(BARS) :])])[kind]
    middle = np.array([*BARS.values(), *(0.0 for _ in _TURNS)])[kind]
    bars = (middle + TILT * (2 * chance - 1)) % 180
    return np.where(kind < len(BARS), bars, np.where(turn > 0, turn * chance, np.nan))
