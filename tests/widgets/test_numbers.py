"""Numbers keep their value on their way into bytes, whatever array they come in."""

from __future__ import annotations

import struct

import numpy as np

from interp_widgets.widgets import _numbers


def test_floats_are_written_row_by_row_with_the_low_byte_first():
    values = np.array([[0.5, np.nan], [-2.0, 1e-30]], order="F", dtype=">f8")
    read = struct.unpack("<4f", _numbers.floats(values))
    np.testing.assert_array_equal(read, np.float32([0.5, np.nan, -2.0, 1e-30]))


def test_whole_numbers_are_written_exactly():
    values = np.array([[0, -1], [2**31 - 1, 7]])
    assert struct.unpack("<4i", _numbers.integers(values.T)) == (0, 2**31 - 1, -1, 7)
