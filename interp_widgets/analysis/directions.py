"""Directions: one feature as one vector, found from labelled examples and read from activations."""

from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from interp_widgets.results._arrays import float_array

_ZERO = 1e-12  # of the size of what it is compared with; shorter is rounding


def difference_of_means(
    activations: Any,  # noqa: ANN401 -- arrays of any library
    labels: Any,  # noqa: ANN401 -- likewise
) -> Float[np.ndarray, " width"]:
    """Point from the mean of the examples without a feature to the mean of those with it.

    It shows in which direction a model moves its activations where the feature is present, if it
    does so linearly. Marks and Tegmark 2023 ("The Geometry of Truth") found that such directions
    change a model's output more reliably than those of a fitted probe.

    Args:
        activations: (example, width), any numbers of the model; numpy, torch or jax.
        labels: (example,), whether each example has the feature.

    Returns:
        The direction, in units of the activations: its length is the distance of the two means.

    Raises:
        TypeError: activations that are not numbers, or labels that are not true or false.
        ValueError: shapes that do not fit, numbers that are not finite, examples of one kind only,
            or two means that coincide, so that there is no direction.
    """
    rows = _rows(activations)
    has = _labels(labels, len(rows))
    difference: Float[np.ndarray, " width"] = rows[has].mean(0) - rows[~has].mean(0)
    if np.linalg.norm(difference) <= _ZERO * np.abs(rows).max():
        raise ValueError(
            "activations: expected two means that differ, got a difference of length zero. Read "
            "them at a place that can know the label."
        )
    return difference


def along(
    activations: Any,  # noqa: ANN401 -- arrays of any library
    direction: Any,  # noqa: ANN401 -- likewise
) -> Float[np.ndarray, "*any"]:
    """Measure how far activations reach along a direction, whatever its length.

    Args:
        activations: (..., width); numpy, torch or jax.
        direction: (width,), which way; only its direction counts.

    Returns:
        The length of each activation's shadow on the direction, negative against it.

    Raises:
        TypeError: something that is not numbers.
        ValueError: widths that differ, numbers that are not finite, or a direction of length zero.
    """
    rows = _finite("activations", activations)
    way = _finite("direction", direction)
    if way.ndim != 1 or rows.ndim == 0 or rows.shape[-1] != len(way):
        raise ValueError(
            f"direction: expected one number for each of the last axis of activations, shape "
            f"{rows.shape}, got shape {way.shape}. Read both at the same place."
        )
    length = np.linalg.norm(way)
    if length == 0:
        raise ValueError(
            "direction: expected a length above zero, got only zeros. A zero vector points nowhere."
        )
    shadow: Float[np.ndarray, "*any"] = rows @ (way / length)
    return shadow


def _rows(given: object) -> Float[np.ndarray, "example width"]:
    rows = _finite("activations", given)
    if rows.ndim != 2 or 0 in rows.shape:
        raise ValueError(
            f"activations: expected shape (example, width), got {rows.shape}. Flatten documents "
            "and positions into one axis, with one label for each row."
        )
    return rows


def _labels(given: Any, examples: int) -> Bool[np.ndarray, " example"]:  # noqa: ANN401 -- any list
    has = np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)
    if has.dtype != bool:
        raise TypeError(
            f"labels: expected true or false for each example, got {has.dtype}. Write a comparison "
            'such as values == "plural".'
        )
    if has.shape != (examples,):
        raise ValueError(
            f"labels: expected shape ({examples},), one for each row of activations, got "
            f"{has.shape}."
        )
    if has.all() or not has.any():
        raise ValueError(
            f"labels: expected examples with and without the feature, got {int(has.sum())} of "
            f"{examples} with it. Two kinds are needed to compare them."
        )
    return has


def _finite(name: str, given: object) -> Float[np.ndarray, "*any"]:
    array = float_array(name, given, "numbers").astype(np.float64)
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name}: expected finite numbers, got {int((~np.isfinite(array)).sum())} NaN or "
            "infinite. Check the run that they come from."
        )
    return array
