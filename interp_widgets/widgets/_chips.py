"""Draw text as a row of tokens, each on the colour of its value, with Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from interp_widgets import theme
from interp_widgets.widgets import _picture

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLOURS = theme.LIGHT
_WIDTH = 700 * _picture.SCALE
_PAD, _GAP = 3 * _picture.SCALE, 2 * _picture.SCALE
_BRIGHT = 0.18  # luminance above which black is easier to read than white


class Chip(NamedTuple):
    """A token: its visible text, its value from 0 or -1 to 1 (or NaN), whether it is outlined."""

    words: str
    value: float
    marked: bool = False


def chips(rows: Sequence[Sequence[Chip]], *, diverging: bool = False) -> Image.Image:
    """Draw rows of tokens, each row broken into lines where it is too long.

    Args:
        rows: the tokens of each row of text.
        diverging: whether values have a sign, with a palette that is pale at zero.
    """
    colours = theme.ramp(_COLOURS.diverging if diverging else _COLOURS.sequential)
    drawn = [[_drawn(chip, colours, diverging=diverging) for chip in row] for row in rows]
    return _picture.below([_wrapped(images) for images in drawn])


def _drawn(chip: Chip, colours: np.ndarray, *, diverging: bool) -> Image.Image:
    ground, ink = _COLOURS.masked, _COLOURS.muted
    if not np.isnan(chip.value):
        part = (chip.value + 1) / 2 if diverging else chip.value
        level = colours[int(np.clip(np.rint(part * 255), 0, 255))]
        ground, ink = (
            "#" + bytes(level).hex(),
            "#000000" if _luminance(level) > _BRIGHT else "#ffffff",
        )
    words = _picture.words(chip.words, ink, ground)
    image = Image.new("RGB", (words.width + 2 * _PAD, words.height + 2 * _PAD), ground)
    image.paste(words, (_PAD, _PAD))
    if chip.marked:
        _picture.outline(image, (0, 0, image.width - 1, image.height - 1))
    return image


def _wrapped(images: Sequence[Image.Image]) -> Image.Image:
    places, x, y = [], 0, 0
    for image in images:
        if x and x + image.width > _WIDTH:
            x, y = 0, y + image.height + _GAP
        places.append((x, y))
        x += image.width + _GAP
    width = max(left + image.width for (left, _), image in zip(places, images, strict=True))
    canvas = Image.new("RGB", (width, y + images[-1].height), _COLOURS.background)
    for place, image in zip(places, images, strict=True):
        canvas.paste(image, place)
    return canvas


def _luminance(rgb: np.ndarray) -> float:
    share = rgb / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
