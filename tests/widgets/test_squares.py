"""Squares keep what matters on their way to the browser: the largest weights, within a step."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from interp_widgets.widgets import _squares
from interp_widgets.widgets._squares import Steps

SIZES = [(5, 3), (7, 7), (13, 4), (128, 128), (129, 128), (300, 128), (257, 16)]


def pooled_in_loops(square, rows, columns):
    """Look at one cell after another, by the rule in the docstring."""
    queries, keys = square.shape
    result = np.zeros((rows, columns), dtype=np.float32)
    for query, key in itertools.product(range(queries), range(keys)):
        block = (query * rows // queries, key * columns // keys)
        if abs(square[query, key]) > abs(result[block]):
            result[block] = square[query, key]
    return result


@pytest.mark.parametrize(("size", "side"), SIZES)
@pytest.mark.parametrize("signed", [False, True])
def test_a_block_shows_its_largest_cell_and_every_cell_is_in_one(size, side, signed):
    rng = np.random.default_rng(size)
    square = rng.uniform(-1 if signed else 0, 1, size=(size, size + 2)).astype(np.float32)
    pooled = _squares.pool(square, side, min(side + 1, size))
    np.testing.assert_array_equal(pooled, pooled_in_loops(square, side, min(side + 1, size)))
    assert np.abs(pooled).max() == np.abs(square).max()


@pytest.mark.parametrize(("size", "side"), SIZES)
def test_a_pooled_triangle_is_a_triangle(size, side):
    square = np.tril(np.random.default_rng(size).uniform(size=(size, size))).astype(np.float32)
    assert not np.triu(_squares.pool(square, side, side), k=1).any()


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int8", "int16"])
@pytest.mark.parametrize("peak", [1.0, 0.04])
def test_a_number_comes_back_within_half_a_step(dtype, peak):
    signed = dtype.startswith("int")
    steps = Steps(dtype, peak)
    values = np.random.default_rng(3).uniform(-peak if signed else 0, peak, 1000)
    values = np.append(values, [0, peak, -peak if signed else 0]).astype(np.float32)
    sent = steps.quantise(values)
    assert sent.dtype.name == dtype
    assert sent.dtype.itemsize == steps.itemsize
    read = steps.restore(sent.tobytes())
    np.testing.assert_allclose(read, values, rtol=0, atol=0.5 * steps.scale * 1.0001 + 1e-7 * peak)
    assert read[-3] == 0
    assert read[-2] == pytest.approx(peak)


def test_what_is_larger_than_the_peak_is_cut_off_there_and_not_wrapped_around():
    assert Steps("uint8").quantise(np.array([1.004, -0.002])).tolist() == [255, 0]
    assert Steps("int8", 0.5).quantise(np.array([0.6, -0.6])).tolist() == [127, -127]


@pytest.mark.parametrize(("packing", "rows", "columns"), [("tril", 5, 5), ("full", 4, 7)])
def test_packed_squares_come_back_in_their_places(packing, rows, columns):
    squares = np.random.default_rng(1).integers(1, 200, (3, rows, columns)).astype(np.uint16)
    if packing == "tril":
        squares = np.tril(squares)
    sent = _squares.pack(squares, packing)
    assert len(sent) == 3 * 2 * _squares.cells(rows, columns, packing)
    values = np.frombuffer(sent, np.uint16)
    np.testing.assert_array_equal(_squares.unpack(values, rows, columns, packing), squares)


def test_a_triangle_is_sent_row_by_row_without_what_lies_above_it():
    sent = _squares.pack(np.array([[1, 0, 0], [2, 3, 0], [4, 5, 6]], dtype=np.uint8), "tril")
    assert list(sent) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("size", "count", "packing", "room", "chosen"),
    [
        ((40, 40), 6, "tril", 6 * 820, (40, 40)),  # nothing to reduce
        ((512, 512), 144, "tril", 8_000_000, (128, 128)),
        ((2048, 2048), 1024, "tril", 8_000_000, (96, 96)),  # 128 would take 8.5 million
        ((20, 700), 6, "full", 6 * 20 * 100, (20, 96)),
        ((512, 512), 144, "tril", 144 * 136, (16, 16)),
        ((512, 512), 144, "tril", 144 * 136 - 1, None),
    ],
)
def test_the_largest_size_within_the_room_is_chosen(size, count, packing, room, chosen):
    assert _squares.side_within(size, count, packing, room) == chosen
