"""Squares of numbers on their way to the browser: pooled, rounded to whole steps, packed.

A square is (query, key). The browser undoes the same rules in ``static/weights.js``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDES = (128, 96, 64, 48, 32, 16)  # cells a side that a pooled square may have


@dataclass(frozen=True)
class Steps:
    """Say how numbers become whole steps.

    Attributes:
        dtype: name of the integers; signed ones hold differences.
        peak: largest magnitude that can be said; what is larger is cut off there.
    """

    dtype: str
    peak: float = 1.0

    @property
    def scale(self) -> float:
        """Value of one step."""
        return self.peak / float(np.iinfo(self.dtype).max)

    @property
    def itemsize(self) -> int:
        """Bytes of one number."""
        return np.dtype(self.dtype).itemsize

    def quantise(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Round values to the nearest step, little-endian."""
        kind = np.dtype(self.dtype).newbyteorder("<")
        most = np.iinfo(kind).max
        least = -most if kind.kind == "i" else 0  # as far down as up, so that zero is in the middle
        steps: NDArray[Any] = np.clip(np.rint(values / self.scale), least, most).astype(kind)
        return steps

    def restore(self, data: bytes) -> NDArray[np.float32]:
        """Read steps back as values, one after another."""
        steps = np.frombuffer(data, np.dtype(self.dtype).newbyteorder("<"))
        return steps.astype(np.float32) * np.float32(self.scale)


def cells(rows: int, columns: int, packing: str) -> int:
    """Count the cells of a packed square; a triangle has as many rows as columns."""
    return rows * (rows + 1) // 2 if packing == "tril" else rows * columns


def pack(squares: NDArray[Any], packing: str) -> bytes:
    """Write (..., row, column) row by row, of a triangle only what is not above the diagonal."""
    if packing == "tril":
        squares = squares[(..., *np.tril_indices(squares.shape[-1]))]
    return squares.tobytes()


def unpack(values: NDArray[Any], rows: int, columns: int, packing: str) -> NDArray[Any]:
    """Lay packed cells out again as (square, row, column), zero where nothing was sent."""
    if packing == "full":
        return values.reshape(-1, rows, columns)
    squares = np.zeros((values.size // cells(rows, columns, packing), rows, columns), values.dtype)
    squares[(..., *np.tril_indices(rows))] = values.reshape(len(squares), -1)
    return squares


def pool(square: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """Reduce (query, key) to fewer rows and columns, of each block the largest in magnitude.

    Of truth values, a block is true where any of its cells is.

    Position p of n belongs to bin floor(p * side / n), on both axes alike, so a block on the
    diagonal holds only positions near to each other, and a triangle stays one.
    """
    if square.shape == (rows, columns):
        return square
    most = _largest(square, rows, columns)
    if square.min() >= 0:
        return most
    least = -_largest(-square, rows, columns)
    return np.where(most >= -least, most, least)


def starts(size: int, side: int) -> NDArray[np.intp]:
    """Give the first position of each bin: the least p with floor(p * side / size) = bin."""
    return -(-np.arange(side) * size // side)


def bounded(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Give the rows and columns of a square that is pooled to at most so many cells a side."""
    return min(size[0], side), min(size[1], side)


def side_within(
    size: tuple[int, int], count: int, packing: str, room: int, sides: tuple[int, ...] = SIDES
) -> tuple[int, int] | None:
    """Choose the largest pooled size that leaves all squares within the room.

    Args:
        size: (query, key) of one square.
        count: how many squares.
        packing: "tril" or "full".
        room: cells for all squares together.
        sides: cells a side to choose from, the largest first.

    Returns:
        Rows and columns of one pooled square, or None when even the smallest do not fit.
    """
    for side in sides:
        rows, columns = bounded(size, side)
        if count * cells(rows, columns, packing) <= room:
            return rows, columns
    return None


def _largest(square: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    return _largest_rows(_largest_rows(square, rows).T, columns).T


def _largest_rows(square: NDArray[Any], side: int) -> NDArray[Any]:
    """Reduce the rows to bins: twenty times as fast as ``np.maximum.reduceat``."""
    size = len(square)
    first = starts(size, side)
    last = np.append(first[1:], size) - 1
    square = np.ascontiguousarray(square)
    largest = square[first]
    for step in range(1, int((last - first).max()) + 1):
        np.maximum(largest, square[np.minimum(first + step, last)], out=largest)
    return largest
