"""What the rows of a lens are called: where in the model each of them reads."""

from __future__ import annotations

import re
from typing import NamedTuple

from interp_widgets import text

NOWHERE = -1  # the number of no layer

_LABEL = re.compile(r"(\d+)_(pre|mid)")


class Row(NamedTuple):
    """Name a place of the residual stream."""

    label: str
    name: str
    layer: int  # the one that was the last to write; NOWHERE where none is


def row(label: str, labels: tuple[str, ...]) -> Row:
    """Say where in the model a row reads.

    Args:
        label: of the row, in TransformerLens' words.
        labels: of all rows; only where none is missing is the last layer's number known.
    """
    if found := _LABEL.fullmatch(label):
        number = int(found[1])
        if found[2] == "mid":
            name = f"inside layer {number}, after its attention"
            return Row(f"layer {number} mid", name, number)
        if number == 0:
            return Row("embeddings", "before the first layer", NOWHERE)
        return Row(f"layer {number - 1}", f"after layer {number - 1}", number - 1)
    if label != "final_post":
        return Row(text.visible(label, 14), text.literal(label), NOWHERE)
    before = [one for one in labels if one.endswith("_pre")]
    if before != [f"{number}_pre" for number in range(len(before))]:
        return Row("output", "at the output", NOWHERE)
    return Row("output", f"at the output (layer {len(before) - 1})", len(before) - 1)
