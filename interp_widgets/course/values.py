"""Copy, compare and describe whatever a learner may hand in; torch is known but not imported."""

from __future__ import annotations

import copy
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

_TEXT = 40  # characters of a text that are quoted
_CLOSE = {"rtol": 1e-4, "atol": 1e-6}  # float32 on another processor differs by less


def copied(value: Any) -> Any:  # noqa: ANN401 -- any answer
    """Return a copy that may be changed without harm; a function or a network is itself."""
    if _is_network(value):
        return value
    if _is_tensor(value):
        return value.detach().clone()
    if isinstance(value, tuple | list) and type(value) in {tuple, list}:
        return type(value)(copied(item) for item in value)
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 -- a file, a generator, a widget: nothing to compare either
        return value


def same(one: object, other: object) -> bool:
    """Whether two answers say the same, numbers up to rounding; shapes must agree exactly."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if is_numeric(one) and is_numeric(other):
        left, right = array(one), array(other)
        return left.shape == right.shape and np.allclose(left, right, equal_nan=True, **_CLOSE)
    return type(one) is type(other) and bool(one == other)


def is_numeric(value: object) -> bool:
    """Whether a value is a number, a truth, an array or tensor of them, or lists of numbers."""
    if _is_tensor(value) or isinstance(value, numbers.Number | np.bool_):
        return True
    if isinstance(value, list | tuple):
        return bool(value) and all(map(is_numeric, value))
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf"


def array(value: Any) -> np.ndarray[Any, np.dtype[np.float64]]:  # noqa: ANN401 -- any numbers
    """Return numbers as a float64 array.

    Raises:
        ValueError: rows of different lengths.
    """
    if _is_tensor(value):
        value = value.detach().cpu().double().numpy()
    if isinstance(value, list | tuple):
        value = [array(item) for item in value]
    return np.asarray(value, dtype=np.float64)


def describe(value: object) -> str:
    """Name a value in a few words: what it is and how large."""
    if callable(value):
        return f"the function {getattr(value, '__name__', type(value).__name__)}"
    if value is None or isinstance(value, numbers.Number | np.bool_):
        return f"the number {value:.4g}" if isinstance(value, float) else str(value)
    if isinstance(value, str):
        return f"the text {value[:_TEXT]!r}"
    name = {"ndarray": "array", "Tensor": "tensor"}.get(type(value).__name__, type(value).__name__)
    noun = f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
    if isinstance(shape := getattr(value, "shape", None), tuple):
        return f"{noun} of shape {tuple(shape)}"
    return f"{noun} of {len(value)}" if isinstance(value, list | tuple | dict | set) else noun


def _is_network(value: object) -> bool:
    return callable(value) and hasattr(value, "state_dict")


def _is_tensor(value: object) -> bool:
    return hasattr(value, "detach") and hasattr(value, "clone")
