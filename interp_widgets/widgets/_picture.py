"""Draw numbers with Pillow, for the places where no script may run.

Pictures are drawn on a light ground, because a saved one cannot follow the reader's theme, and
at twice the size they are shown at, so that they stay sharp.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from interp_widgets import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SCALE = 2

_COLOURS = theme.LIGHT
_FONT_SIZE = 12 * SCALE
_GAP = 8 * SCALE
_LINE = 16 * SCALE
_SPACE = 3 * SCALE
_TURNED = Image.Transpose.ROTATE_90
_CELL_MOST = 26 * SCALE
_SIDE_LEAST, _SIDE_MOST = 160 * SCALE, 420 * SCALE
_THUMBS_MOST = 300 * SCALE
_THUMB_LEAST, _THUMB_MOST = 12 * SCALE, 72 * SCALE
_STAND_INS = {  # the brackets around what cannot be seen, which Pillow's font lacks
    "\N{MATHEMATICAL LEFT ANGLE BRACKET}": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
    "\N{MATHEMATICAL RIGHT ANGLE BRACKET}": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
}


class Axis(NamedTuple):
    """A title, and one label for each row or column."""

    title: str
    labels: Sequence[str]


def heat(values: NDArray[np.float32], side: int, *, causal: bool) -> Image.Image:
    """Colour a square of values; where several share a pixel, the largest is shown.

    Args:
        values: (row, column), from 0 to 1.
        side: of the picture in pixels.
        causal: whether cells above the diagonal cannot have a value.
    """
    if len(values) > side:
        edges = np.linspace(0, len(values), side, endpoint=False).astype(int)
        values = np.maximum.reduceat(np.maximum.reduceat(values, edges, axis=0), edges, axis=1)
    levels = np.clip(np.rint(values * 255), 0, 255).astype(np.uint8)
    pixels = theme.ramp(_COLOURS.sequential)[levels]
    if causal:
        hidden = np.triu(np.ones(values.shape, dtype=bool), k=1)
        pixels[hidden] = theme.ramp((_COLOURS.masked, _COLOURS.masked))[0]
    return Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST)


def matrix(
    values: NDArray[np.float32],
    rows: Axis,
    columns: Axis,
    marked: tuple[int | None, int | None],
    *,
    causal: bool,
) -> Image.Image:
    """Draw one square of values, (row, column), with labels, the marked row and column outlined."""
    side = int(np.clip(_CELL_MOST * len(values), _SIDE_LEAST, _SIDE_MOST))
    square = heat(values, side, causal=causal)
    row, column = (
        [round(at * side / len(values)) for at in (m or 0, (m or 0) + 1)] for m in marked
    )
    if marked[0] is not None:
        _outline(square, (0, row[0], side - 1, row[1] - 1))
    if marked[1] is not None:
        _outline(square, (column[0], 0, column[1] - 1, side - 1))
    return _framed(square, rows, columns)


def thumbnails(
    weights: NDArray[np.float32],
    rows: Axis,
    columns: Axis,
    chosen: tuple[int, int],
    *,
    causal: bool,
) -> Image.Image:
    """Draw (row, column, ...) squares of values, with an outline around the chosen one."""
    down, across = weights.shape[:2]
    step = int(np.clip(_THUMBS_MOST // across, _THUMB_LEAST, _THUMB_MOST))
    grid = Image.new("RGB", (across * step, down * step), _COLOURS.background)
    for row, column in np.ndindex(down, across):
        small = heat(weights[row, column], step - 2 * SCALE, causal=causal)
        grid.paste(small, (column * step + SCALE, row * step + SCALE))
    row, column = chosen
    box = (column * step, row * step, (column + 1) * step - 1, (row + 1) * step - 1)
    _outline(grid, box)
    return _framed(grid, rows, columns)


def legend(caption: str) -> Image.Image:
    """Draw the palette from 0 to 1 with its numbers."""
    ramp = Image.fromarray(theme.ramp(_COLOURS.sequential)[None])
    return beside([words(caption), words("0"), ramp.resize((150 * SCALE, _FONT_SIZE)), words("1")])


def beside(images: Sequence[Image.Image]) -> Image.Image:
    """Put pictures next to each other."""
    width = sum(image.width + _GAP for image in images)
    canvas = Image.new("RGB", (width, max(i.height for i in images)), _COLOURS.background)
    left = 0
    for image in images:
        canvas.paste(image, (left, 0))
        left += image.width + _GAP
    return canvas


def below(images: Sequence[Image.Image]) -> Image.Image:
    """Put pictures under each other."""
    height = sum(image.height + _GAP for image in images)
    canvas = Image.new("RGB", (max(i.width for i in images), height), _COLOURS.background)
    top = 0
    for image in images:
        canvas.paste(image, (0, top))
        top += image.height + _GAP
    return canvas


def _outline(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    ImageDraw.Draw(image).rectangle(box, outline=_COLOURS.accent, width=SCALE)


def _framed(body: Image.Image, rows: Axis, columns: Axis) -> Image.Image:
    left = _labels(rows.labels, body.height)
    top = _labels(columns.labels, body.width)
    if max(image.width for _, image in top) > body.width / len(columns.labels):
        top = [(middle, image.transpose(_TURNED)) for middle, image in top]
    x = _LINE + _GAP + max(image.width for _, image in left) + _SPACE
    y = _LINE + _GAP + max(image.height for _, image in top) + _SPACE
    canvas = Image.new("RGB", (x + body.width, y + body.height), _COLOURS.background)
    canvas.paste(body, (x, y))
    for middle, image in left:
        canvas.paste(image, (x - _SPACE - image.width, y + middle - image.height // 2))
    for middle, image in top:
        canvas.paste(image, (x + middle - image.width // 2, y - _SPACE - image.height))
    across = words(columns.title, _COLOURS.muted)
    down = words(rows.title, _COLOURS.muted).transpose(_TURNED)
    canvas.paste(across, (x + (body.width - across.width) // 2, 0))
    canvas.paste(down, (0, y + (body.height - down.height) // 2))
    return canvas


def _labels(labels: Sequence[str], length: int) -> list[tuple[int, Image.Image]]:
    """Draw as many labels as there is room for, each with the middle of its cell."""
    step = length / len(labels)
    every = int(np.ceil(_LINE / step))
    places = range(0, len(labels), every)
    return [(int((place + 0.5) * step), words(labels[place])) for place in places]


def words(line: str, colour: str = _COLOURS.text) -> Image.Image:
    """Draw one line of text; a letter that the font lacks prints as its code point."""
    font, _ = _font()
    drawable = "".join(map(_drawable, line))
    width = int(np.ceil(font.getlength(drawable)))
    image = Image.new("RGB", (max(width, 1), _LINE), _COLOURS.background)
    ImageDraw.Draw(image).text((0, _LINE / 2), drawable, colour, font, anchor="lm")
    return image


@cache
def _drawable(letter: str) -> str:
    font, missing = _font()
    letter = _STAND_INS.get(letter, letter)
    has_glyph = letter == " " or bytes(font.getmask(letter)) != missing
    return letter if has_glyph else f"U+{ord(letter):04X}"


@cache
def _font() -> tuple[ImageFont.FreeTypeFont, bytes]:
    """Load Pillow's own font, and how it draws a letter it lacks."""
    font = ImageFont.load_default(size=_FONT_SIZE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError(
            f"font: expected Pillow with FreeType, got {type(font).__name__}. "
            "Install Pillow from its wheel."
        )
    return font, bytes(font.getmask("\uffff"))
