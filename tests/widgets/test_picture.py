"""Pictures drawn without a browser show every value, and the text that belongs to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from interp_widgets import text, theme
from interp_widgets.widgets import _picture

SEQUENTIAL = theme.ramp(theme.LIGHT.sequential)
DIVERGING = theme.ramp(theme.LIGHT.diverging)
DOWN, ACROSS = "from (query) of the longer sentence", "to (key) of a sentence before it"
MASKED = theme.ramp((theme.LIGHT.masked,) * 2)[0].tolist()


def cells(image, rows, columns):
    """The colour in the middle of each cell."""
    pixels = np.asarray(image)
    height, width = (
        size // count for size, count in zip(pixels.shape, (rows, columns), strict=False)
    )
    return pixels[height // 2 :: height, width // 2 :: width]


def test_each_cell_has_the_colour_of_its_value_and_a_hidden_one_none():
    values = np.array([[1, 0, 0], [0.25, 0.75, 0]], dtype=np.float32)
    hidden = np.array([[False, True, True], [False, False, True]])
    drawn = cells(_picture.heat(values, (8, 18), hidden=hidden), 2, 3)
    assert drawn.shape == (2, 3, 3)
    for place in np.ndindex(2, 3):
        level = SEQUENTIAL[round(float(values[place]) * 255)]
        assert drawn[place].tolist() == (MASKED if hidden[place] else level.tolist())


def test_a_signed_value_has_a_colour_of_its_side_and_zero_the_palest():
    values = np.array([[-1, 0, 1, 0.5, -0.5]])
    drawn = cells(_picture.heat(values, (4, 20), diverging=True), 1, 5)[0]
    levels = [0, 128, 255, 191, 64]
    assert drawn.tolist() == [DIVERGING[level].tolist() for level in levels]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_single_strong_cell_survives_a_picture_smaller_than_the_data(sign):
    values = np.zeros((50, 31))
    values[33, 17] = sign
    image = np.asarray(_picture.heat(values, (7, 5), diverging=True))
    assert (image == DIVERGING[255 if sign > 0 else 0]).all(-1).sum() == 1


def test_a_pixel_is_masked_only_where_all_its_cells_are_hidden_and_they_never_count():
    values = np.full((20, 20), 0.9)
    hidden = np.triu(np.ones((20, 20), dtype=bool), k=1)
    values[hidden] = 1.0
    image = np.asarray(_picture.heat(values, (5, 5), hidden=hidden))
    assert image[4, 0].tolist() == SEQUENTIAL[round(0.9 * 255)].tolist()
    assert image[2, 2].tolist() == image[4, 0].tolist()
    assert image[0, 4].tolist() == MASKED


def contains(image, part):
    """Whether a picture shows another one somewhere at its top or its left edge."""
    image, part = np.asarray(image), np.asarray(part)
    height, width = part.shape[:2]
    if height < width:
        windows = (image[:height, left : left + width] for left in range(image.shape[1]))
    else:
        windows = (image[top : top + height, :width] for top in range(image.shape[0]))
    return any(np.array_equal(window, part) for window in windows)


def axes(rows, columns):
    return [
        _picture.Axis(DOWN, [f"q{place}" for place in range(rows)]),
        _picture.Axis(ACROSS, [f"k{place}" for place in range(columns)]),
    ]


@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (3, 7), (300, 200)])
def test_a_rectangle_of_any_shape_is_drawn_with_its_titles_and_its_marks(shape):
    values = np.zeros(shape, dtype=np.float32)
    plain = _picture.matrix(values, *axes(*shape), (None, None))
    marked = _picture.matrix(values, *axes(*shape), (shape[0] - 1, 0))
    assert plain.size == marked.size
    assert max(plain.size) < 1300
    for title, turned in ((ACROSS, False), (DOWN, True)):
        line = _picture.words(title, theme.LIGHT.muted)
        assert contains(plain, line.transpose(Image.Transpose.ROTATE_90) if turned else line)
    accent = theme.ramp((theme.LIGHT.accent,) * 2)[0]
    assert not (np.asarray(plain) == accent).all(-1).any()
    assert (np.asarray(marked) == accent).all(-1).any()


def test_the_title_of_an_axis_stays_clear_of_the_longest_label():
    labels = ["of", "jumping", "gypsy"]
    named = [_picture.Axis(title, labels) for title in ("from (query)", "to (key)")]
    picture = _picture.matrix(np.eye(3, dtype=np.float32), *named, (None, None))
    ink = (np.asarray(picture) != 255).any(-1)
    for profile in (ink.any(1), ink.any(0)):  # from the top, and from the left
        title, labels_begin = np.flatnonzero(np.diff(profile.astype(int)))[1:3]
        assert labels_begin - title >= 4 * _picture.SCALE


def test_thumbnails_stand_in_rows_and_columns_with_the_chosen_one_outlined():
    values = np.zeros((2, 3, 4, 6), dtype=np.float32)
    values[1, 2] = 1
    pictures = [
        np.asarray(_picture.thumbnails(values, *axes(2, 3), chosen)) for chosen in ((0, 0), (1, 2))
    ]
    dark = (pictures[0] == SEQUENTIAL[255]).all(-1)
    assert dark.sum() > 100
    down, across = (np.flatnonzero(dark.any(axis)) for axis in (1, 0))
    assert (down[-1] - down[0] + 1) * 6 == pytest.approx((across[-1] - across[0] + 1) * 4, abs=6)
    accent = theme.ramp((theme.LIGHT.accent,) * 2)[0]
    first, last = (np.argwhere((picture == accent).all(-1)) for picture in pictures)
    assert (first.max(0) < last.max(0)).all()


def test_a_legend_of_signed_values_says_where_zero_is():
    plain = _picture.legend("difference", "-0.40", "+0.40")
    signed = _picture.legend("difference", "-0.40", "+0.40", diverging=True)
    ends = {tuple(colour) for colour in np.asarray(signed).reshape(-1, 3)}
    assert {tuple(DIVERGING[0]), tuple(DIVERGING[255])} <= ends
    assert plain.size == signed.size


LETTERS = (
    *("Ünïcödé", "Łódź", "Ωμέγα", "Привет", "x → y", "a ≥ b", "“x…”"),
    *("\N{MINUS SIGN}", "\N{EMPTY SET}", "\N{DOTTED CIRCLE}", "\N{REPLACEMENT CHARACTER}"),
    *map(text.visible, (" \n\t", "\u200b", "\u0301", "\ud800", "", "\N{REPLACEMENT CHARACTER}")),
)


@pytest.mark.parametrize("letters", LETTERS)
def test_the_font_has_the_letters_of_tokens_and_of_the_marks_for_what_cannot_be_seen(letters):
    assert "".join(map(_picture._drawable, letters)) == letters


def test_a_letter_the_font_lacks_prints_as_its_code_point():
    assert [_picture._drawable(letter) for letter in "漢🚀\uffff"] == [
        "U+6F22",
        "U+1F680",
        "U+FFFF",
    ]
    assert _picture.words("漢").width > _picture.words("a").width


def test_the_font_is_small_and_its_licence_lies_beside_it():
    static = Path(_picture.__file__).parent / "static"
    assert (static / "font.ttf").stat().st_size < 120_000
    licence = (static / "font.txt").read_text("utf-8")
    assert "permission notice shall" in licence
    assert "pyftsubset" in licence
