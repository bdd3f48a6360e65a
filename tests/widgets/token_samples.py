"""Small texts with numbers: two rows of different lengths, three channels, one missing value."""

from __future__ import annotations

import numpy as np

from interp_widgets.results import TokenValues

TEXTS = (("<bos>", " the", " cat", " sat"), ("<bos>", " a", " mat"))
VALUES = (
    np.float32([[np.nan, 0.0, 4.0], [0.1, 0.0, 1.0], [0.7, 0.0, 0.25], [0.3, 0.0, 2.0]]),
    np.float32([[0.2, 0.0, 8.0], [1.5, 0.0, 3.0], [0.9, 0.0, 5.0]]),
)


def token_values(channels=(7, 12, 40), *, sign=1):
    """(row,) of (pos, channel); the second channel is dead, `sign` turns the third around."""
    turned = [values * np.float32([1, 1, sign]) for values in VALUES]
    return TokenValues(TEXTS, turned, channels)
