"""What results that hold predictions check: shapes, probabilities, the text of each token."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import _checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

ROUNDING = 1e-3  # a softmax in half precision can exceed 1 by this much


def shaped(name: str, given: object, shape: tuple[int, ...], axes: str) -> NDArray[Any]:
    """Check the shape of a field.

    Args:
        name: of the field.
        given: its numbers.
        shape: that they need.
        axes: of that shape, in words.

    Raises:
        ValueError: another shape.
    """
    array = np.asarray(given)
    if array.shape != shape:
        raise ValueError(
            f"{name}: expected shape {shape} to match {axes}, got {array.shape}. "
            "Give one number for each."
        )
    return array


def whole(name: str, given: object, shape: tuple[int, ...], axes: str) -> NDArray[np.int64]:
    """Keep whole numbers of the right shape, read-only."""
    return _checks.frozen(np.array(shaped(name, given, shape, axes), dtype=np.int64))


def amounts(name: str, given: object, shape: tuple[int, ...], axes: str) -> NDArray[np.float32]:
    """Keep finite numbers from 0 of the right shape, read-only."""
    array = np.array(shaped(name, given, shape, axes), dtype=np.float32)
    if not np.isfinite(array).all() or array.min(initial=0) < -ROUNDING:
        raise ValueError(
            f"{name}: expected finite numbers from 0 up, got {array.min():.3g} to "
            f"{array.max():.3g}. Check the run that they come from for NaN."
        )
    return _checks.frozen(array)


def shares(name: str, given: object, shape: tuple[int, ...], axes: str) -> NDArray[np.float32]:
    """Keep probabilities of the right shape, read-only."""
    array = amounts(name, given, shape, axes)
    if array.max(initial=0) > 1 + ROUNDING:
        raise ValueError(
            f"{name}: expected probabilities from 0 to 1, got up to {array.max():.3g}. "
            "Take the softmax of the logits first."
        )
    return array


def words(given: Mapping[int, str], needed: Iterable[int]) -> Mapping[int, str]:
    """Keep the text of the vocabulary ids that are needed, and of no other.

    Raises:
        ValueError: an id without its text.
    """
    numbers = sorted(set(needed))
    if missing := [number for number in numbers if number not in given]:
        raise ValueError(
            f"words: expected the text of every id, got none for {missing[:5]}. "
            "Decode each id with the model's tokenizer."
        )
    return MappingProxyType({int(number): str(given[number]) for number in numbers})
