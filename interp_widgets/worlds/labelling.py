"""What every maker of labelled text can do: write rows of tokens, and label given ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from interp_widgets.results.factors import Factor

Labels = list[dict[str, object]]
"""(pos) the factors that say something of each token of a row, with their values."""


@dataclass(frozen=True)
class Labeller:
    """Label the tokens of one model.

    Attributes:
        about: every factor there is.
        longest: tokens in the longest row, `<bos>` included.
        write: from the number of rows, their length in tokens, a seed and a split to the token ids
            (row, pos), each row behind `<bos>`, and the labels of each row.
        read: from the token ids (pos) of a row, with `<bos>`, to its labels. A ValueError says what
            of the row the generator would not write, and how to mend it.
        splits: what can be written; the first is the ordinary kind.
    """

    about: Mapping[str, Factor]
    longest: int
    write: Callable[[int, int, int, str], tuple[NDArray[np.int64], list[Labels]]]
    read: Callable[[NDArray[np.int64]], Labels]
    splits: tuple[str, ...] = ("train",)
