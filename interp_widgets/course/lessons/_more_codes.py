"""Three codes in a plane, and two numbers that tell whether a code is one feature or two.

Both numbers are after Engels et al. 2024, "Not All Language Model Features Are Linear".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

TURNS = range(0, 90, 3)
"""Degrees by which a code is turned in search of axes that have nothing to do with each other."""
_BOXES, _NOISE, _NEAR = 12, 0.03, 0.1


def codes(seed: int, count: int = 5000) -> dict[str, Numbers]:
    """Draw examples of three codes, (example, 2), each turned by an angle of its own."""
    rng = np.random.default_rng(seed)
    first, second = rng.uniform(-1, 1, (2, count))
    either = rng.random(count) < 0.5
    angle = rng.uniform(0, 2 * np.pi, count)
    drawn = {
        "two features": (first, second),
        "one at a time": (first * either, second * ~either),
        "a circle": (np.cos(angle), np.sin(angle)),
    }
    noise = _NOISE * rng.standard_normal((3, count, 2))
    turns = rng.uniform(10, 80, 3)
    return {
        name: turned(np.stack(pair, -1) + noise[place], turns[place])
        for place, (name, pair) in enumerate(drawn.items())
    }


def turned(points: Numbers, degrees: float) -> Numbers:
    """Turn points of a plane, (point, 2), about the origin."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    moved: Numbers = points @ np.array([[cos, sin], [-sin, cos]])
    return moved


def table(points: Numbers) -> Numbers:
    """Count points in boxes, (12, 12): the first number says the row, the second the column."""
    counts: Numbers = np.histogram2d(points[:, 0], points[:, 1], bins=_BOXES)[0]
    return counts


def share_on_a_line(points: Numbers) -> float:
    """Return the largest share of points near a common line, over all lines: Engels' mixture index.

    Near is within a tenth of the spread across the line.
    """
    centred = points - points.mean(0)
    best = 0.0
    for degrees in range(0, 180, 3):
        across = np.sort(turned(centred, degrees)[:, 0])
        last = np.searchsorted(across, across + 2 * _NEAR * across.std(), side="right")
        best = max(best, float((last - np.arange(len(across))).max() / len(across)))
    return best
