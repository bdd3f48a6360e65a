"""Sealed small models whose mechanism and decoys are drawn by a seed, one family for each notebook.

A family is a function that takes a random generator and returns a `Sealed`. To add one, write it in
a module here and name it in `FAMILIES`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from interp_widgets.worlds.mysteries.sealed import Sealed

FAMILIES: Final = {
    "01_inside_a_transformer": "transformer",
    "02_features": "features",
    "03_superposition": "superposition",
}
"""The module here that makes the sealed models of a notebook."""


def make(stem: str, seed: int) -> Sealed:
    """Draw the sealed model of a notebook.

    Args:
        stem: of the notebook, one of `FAMILIES`.
        seed: of the draw; the same model on every machine.

    Returns:
        The model, the questions and their answers.
    """
    family = import_module(f"{__name__}.{FAMILIES[stem]}")
    drawn: Sealed = family.make(np.random.default_rng((list(FAMILIES).index(stem), seed)))
    return drawn
