"""Draw numbers with Pillow, for the places where no script may run.

Pictures are drawn on a light ground, because a saved one cannot follow the reader's theme, and
at twice the size they are shown at, so that they stay sharp.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from interp_widgets import theme
from interp_widgets.widgets import _squares

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
_FONT = Path(__file__).parent / "static" / "font.ttf"  # font.txt beside it says whence


class Axis(NamedTuple):
    """A title, and one label for each row or column."""

    title: str
    labels: Sequence[str]


def heat(
    values: NDArray[np.floating],
    shape_px: tuple[int, int],
    *,
    hidden: NDArray[np.bool_] | None = None,
    diverging: bool = False,
) -> Image.Image:
    """Colour a rectangle of values; where several share a pixel, the strongest is shown.

    Args:
        values: (row, column), from 0 to 1; from -1 to 1 when diverging.
        shape_px: height and width of the picture in pixels.
        hidden: (row, column), true where a cell cannot have a value; None hides nothing.
        diverging: whether the values have a sign, with a palette that is pale at zero.
    """
    hidden = np.zeros(values.shape, dtype=bool) if hidden is None else hidden
    rows, columns = (min(pair) for pair in zip(values.shape, shape_px, strict=True))
    values = _squares.pool(np.where(hidden, 0, values), rows, columns)
    unseen = ~_squares.pool(~hidden, rows, columns)
    levels = (values + 1) * 127.5 if diverging else values * 255
    colours = theme.ramp(_COLOURS.diverging if diverging else _COLOURS.sequential)
    pixels = colours[np.clip(np.rint(levels), 0, 255).astype(np.uint8)]
    pixels[unseen] = theme.ramp((_COLOURS.masked, _COLOURS.masked))[0]
    height, width = shape_px
    return Image.fromarray(pixels).resize((width, height), Image.Resampling.NEAREST)


def matrix(
    values: NDArray[np.floating],
    rows: Axis,
    columns: Axis,
    marked: tuple[int | None, int | None],
    *,
    hidden: NDArray[np.bool_] | None = None,
    diverging: bool = False,
) -> Image.Image:
    """Draw one rectangle of values with labels, the marked row and column outlined.

    Args:
        values: (row, column), as `heat` takes them.
        rows: title and label of each row.
        columns: title and label of each column.
        marked: number of a row and of a column; None marks none.
        hidden: (row, column), true where a cell cannot have a value.
        diverging: whether the values have a sign.
    """
    down, across = values.shape
    side = int(np.clip(_CELL_MOST * max(down, across), _SIDE_LEAST, _SIDE_MOST))
    height, width = _fitted((down, across), side, _LINE)
    square = heat(values, (height, width), hidden=hidden, diverging=diverging)
    row, column = marked
    if row is not None:
        top, bottom = (round(at * height / down) for at in (row, row + 1))
        outline(square, (0, top, width - 1, max(bottom - 1, top)))
    if column is not None:
        left, right = (round(at * width / across) for at in (column, column + 1))
        outline(square, (left, 0, max(right - 1, left), height - 1))
    return framed(square, rows, columns)


def thumbnails(
    values: NDArray[np.floating],
    rows: Axis,
    columns: Axis,
    chosen: tuple[int, int],
    *,
    hidden: NDArray[np.bool_] | None = None,
    diverging: bool = False,
) -> Image.Image:
    """Draw a grid of small pictures, with an outline around the chosen one.

    Args:
        values: (row, column, down, across): which picture, then its values as `heat` takes them.
        rows: title and label of each row of pictures.
        columns: title and label of each column of pictures.
        chosen: row and column of the picture to outline.
        hidden: (down, across), true where a cell of any picture cannot have a value.
        diverging: whether the values have a sign.
    """
    down, across = values.shape[:2]
    step = int(np.clip(_THUMBS_MOST // across, _THUMB_LEAST, _THUMB_MOST))
    height, width = _fitted(values.shape[2:], step - 2 * SCALE, SCALE)
    step_y, step_x = height + 2 * SCALE, width + 2 * SCALE
    grid = Image.new("RGB", (across * step_x, down * step_y), _COLOURS.background)
    for row, column in np.ndindex(down, across):
        small = heat(values[row, column], (height, width), hidden=hidden, diverging=diverging)
        grid.paste(small, (column * step_x + SCALE, row * step_y + SCALE))
    row, column = chosen
    left, top = column * step_x, row * step_y
    outline(grid, (left, top, left + step_x - 1, top + step_y - 1))
    return framed(grid, rows, columns)


def legend(caption: str, low: str, high: str, *, diverging: bool = False) -> Image.Image:
    """Draw the palette with the numbers at its ends, and 0 in the middle of a diverging one.

    Args:
        caption: what the colours stand for.
        low: number of the first colour, as text.
        high: number of the last colour, as text.
        diverging: whether the values have a sign.
    """
    colours = theme.ramp(_COLOURS.diverging if diverging else _COLOURS.sequential)
    bar = Image.fromarray(colours[None]).resize((150 * SCALE, _FONT_SIZE))
    if diverging:
        font, _ = _font()
        middle = (bar.width / 2, bar.height / 2)
        ImageDraw.Draw(bar).text(middle, "0", _COLOURS.text, font, anchor="mm")
    return beside([words(caption), words(low), bar, words(high)])


def _fitted(shape: tuple[int, ...], longest: int, least: int) -> tuple[int, int]:
    """Give height and width in pixels, the longer one as asked, the other in proportion."""
    height, width = (max(least, round(longest * size / max(shape))) for size in shape)
    return height, width


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


def outline(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    """Mark what is in question: left, top, right and bottom."""
    ImageDraw.Draw(image).rectangle(box, outline=_COLOURS.accent, width=SCALE)


def framed(body: Image.Image, rows: Axis, columns: Axis) -> Image.Image:
    """Put titles and labels around what is drawn in rows and columns of one size each."""
    left = _labels(rows.labels, body.height)
    top = _labels(columns.labels, body.width)
    if max(image.width for _, image in top) > body.width / len(columns.labels):
        top = [(middle, image.transpose(_TURNED)) for middle, image in top]
    x = _LINE + _GAP + max(image.width for _, image in left) + _SPACE
    y = _LINE + _GAP + max(image.height for _, image in top) + _SPACE
    across = words(columns.title, _COLOURS.muted)
    down = words(rows.title, _COLOURS.muted).transpose(_TURNED)
    at_across = max(0, x + (body.width - across.width) // 2)
    at_down = max(0, y + (body.height - down.height) // 2)
    width = max(x + body.width, at_across + across.width)
    height = max(y + body.height, at_down + down.height)
    canvas = Image.new("RGB", (width, height), _COLOURS.background)
    canvas.paste(body, (x, y))
    for middle, image in left:
        canvas.paste(image, (x - _SPACE - image.width, y + middle - image.height // 2))
    for middle, image in top:
        canvas.paste(image, (x + middle - image.width // 2, y - _SPACE - image.height))
    canvas.paste(across, (at_across, 0))
    canvas.paste(down, (0, at_down))
    return canvas


def _labels(labels: Sequence[str], length: int) -> list[tuple[int, Image.Image]]:
    """Draw as many labels as there is room for, each with the middle of its cell."""
    step = length / len(labels)
    every = int(np.ceil(_LINE / step))
    places = range(0, len(labels), every)
    return [(int((place + 0.5) * step), words(labels[place])) for place in places]


def words(line: str, colour: str = _COLOURS.text, ground: str = _COLOURS.background) -> Image.Image:
    """Draw one line of text; a letter that the font lacks prints as its code point."""
    font, _ = _font()
    drawable = "".join(map(_drawable, line))
    width = int(np.ceil(font.getlength(drawable)))
    image = Image.new("RGB", (max(width, 1), _LINE), ground)
    ImageDraw.Draw(image).text((0, _LINE / 2), drawable, colour, font, anchor="lm")
    return image


@cache
def _drawable(letter: str) -> str:
    font, missing = _font()
    has_glyph = letter == " " or bytes(font.getmask(letter)) != missing
    return letter if has_glyph else f"U+{ord(letter):04X}"


@cache
def _font() -> tuple[ImageFont.FreeTypeFont, bytes]:
    """Load the font, and how it draws a letter it lacks."""
    font = ImageFont.truetype(str(_FONT), _FONT_SIZE)
    return font, bytes(font.getmask("\uffff"))
