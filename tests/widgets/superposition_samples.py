"""Feature vectors whose geometry is known, and small random families."""

from __future__ import annotations

import numpy as np

from interp_widgets.results import Superposition

DENSITIES = (1.0, 0.3, 0.02)


def ring(corners, length=1.0):
    """(feature, 2), evenly around a circle."""
    angles = 2 * np.pi * np.arange(corners) / corners
    return length * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def family(hidden=2, features=5, **changed):
    """Three instances; of two dimensions: two features alone, two opposite pairs, a pentagon."""
    rng = np.random.default_rng(hidden)
    weights = rng.normal(size=(3, features, hidden)) / 2
    if (hidden, features) == (2, 5):
        weights = np.zeros((3, 5, 2))
        weights[0, :2] = np.eye(2)
        weights[1, :4] = ring(4)
        weights[2] = ring(5, 1.1)
    fields = {
        "weights": weights,
        "densities": DENSITIES,
        "importance": 0.9 ** np.arange(features),
        "losses": (0.05, 0.02, 0.001),
        "source": {"model": "drawn by hand"},
    }
    return Superposition(**fields | changed)
