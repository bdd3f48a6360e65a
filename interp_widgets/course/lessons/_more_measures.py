"""Notebook 02b, measures: what two numbers tell about each other, and white vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect, values
from interp_widgets.course.exercises import Exercise, Mistake
from interp_widgets.course.expect import NotYetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


# --- shared-bits: a function ---


def shared_bits(counts: Numbers) -> float:
    """Tell how many bits one number gives away about the other, from a table of counts."""
    together = counts / counts.sum()
    apart = together.sum(1, keepdims=True) * together.sum(0, keepdims=True)
    seen = together > 0
    return float((together[seen] * np.log2(together[seen] / apart[seen])).sum())


def _tables() -> Iterator[tuple[Numbers]]:
    """Yield tables of different sizes with an empty box each."""
    yield (np.array([[4.0, 1, 0], [1, 2, 5]]),)
    yield (np.array([[3.0, 0], [2, 6], [1, 7]]),)


def _check_bits(my_bits: Callable[..., Any]) -> str:
    known = ((np.outer([1.0, 3], [2, 2, 4]), 0.0), (np.diag([5.0, 5, 5, 5]), 2.0))
    for (counts,) in _tables():
        came = expect.call(my_bits, counts)
        expect.numbers(came, shared_bits(counts), f"The bits of a table of shape {counts.shape}")
    for counts, bits in known:
        expect.numbers(
            expect.call(my_bits, counts), bits, "The bits of a table whose answer is known"
        )
    return (
        "It gives 0 bits where the rows all look alike, and 2 where each of four boxes has its own."
    )


def _wrong_bits(kind: str, counts: Numbers) -> float:
    p = counts / counts.sum()
    rows, columns = p.sum(1, keepdims=True), p.sum(0, keepdims=True)
    seen = p > 0
    parts = p[seen] * np.log2((p / (rows * columns))[seen])
    found = {
        "nats": parts.sum() * np.log(2),
        "joint": -(p[seen] * np.log2(p[seen])).sum(),
        "counts": (counts[seen] * np.log2((p / (rows * columns))[seen])).sum(),
        "unweighted": np.log2((p / (rows * columns))[seen]).sum(),
    }
    return float(found[kind])


SHARED_BITS = Exercise(
    slug="shared-bits",
    title="Measure what one number tells about the other",
    reference=shared_bits,
    check=_check_bits,
    inputs=_tables,
    mistakes=[
        Mistake(
            "These are nats. Bits need the logarithm to base 2, `np.log2`.",
            lambda counts: _wrong_bits("nats", counts),
        ),
        Mistake(
            "This says how uncertain the pair is (its entropy), not what one tells about the "
            "other. Divide by what the pair would be if the two were independent.",
            lambda counts: _wrong_bits("joint", counts),
        ),
        Mistake(
            "You weigh by counts, so that twice as many examples would give twice the bits: weigh "
            "by their share.",
            lambda counts: _wrong_bits("counts", counts),
        ),
        Mistake(
            "Every box counts alike here. Weigh each logarithm by how often the box occurs.",
            lambda counts: _wrong_bits("unweighted", counts),
        ),
        Mistake(
            "An empty box gave 0 times the logarithm of 0, which is not a number. Leave the empty "
            "boxes out: they add nothing.",
            lambda _counts: float("nan"),
        ),
    ],
    hints=[
        (
            "Divide the counts by their sum. What would a box be if rows and columns had nothing "
            "to do with each other?"
        ),
        (
            "That is the product of its row's share and its column's share: "
            "`sum(1, keepdims=True)` and `sum(0, keepdims=True)`."
        ),
        (
            "With `seen = together > 0`, return the sum of `together[seen] * "
            "np.log2(together[seen] / apart[seen])`."
        ),
    ],
    minutes=9,
    difficulty=3,
)


# --- whitened: a function ---


def whitened(vectors: Numbers) -> Any:  # noqa: ANN401 -- an array
    """Move vectors linearly so that their mean is 0 and their covariance the identity."""
    left, _, right = np.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
    return left @ right * len(vectors) ** 0.5


def _clouds() -> Iterator[tuple[Numbers]]:
    """Yield correlated vectors off the origin."""
    for count, width in ((300, 3), (400, 4)):
        rng = np.random.default_rng(width)
        yield (rng.standard_normal((count, width)) @ rng.standard_normal((width, width)) + 2,)


def _check_whitened(my_whitened: Callable[..., Any]) -> str:
    for (vectors,) in _clouds():
        came = expect.call(my_whitened, vectors)
        if not values.is_numeric(came) or values.array(came).shape != vectors.shape:
            raise NotYetError(
                f"The result should be an array of shape {vectors.shape}, and is "
                f"{values.describe(came)}."
            )
        white = values.array(came)
        expect.numbers(white.mean(0), np.zeros(vectors.shape[1]), "The mean")
        identity, within = np.eye(vectors.shape[1]), 2 / len(vectors)  # n or n - 1 in the middle
        expect.numbers(np.cov(white.T), identity, "The covariance", within)
        centred = vectors - vectors.mean(0)
        again = centred @ np.linalg.lstsq(centred, white, rcond=None)[0]
        expect.numbers(again, white, "What a linear map makes of the vectors", 1e-6)
    return "No direction is longer than another now, and none goes with another."


def _wrong_white(kind: str, vectors: Numbers) -> Numbers:
    centred = vectors - vectors.mean(0)
    left, sizes, right = np.linalg.svd(centred, full_matrices=False)
    made = {
        "columns": centred / centred.std(0),
        "one size": left @ right,
        "coloured": left * sizes @ right * sizes.mean(),
        "same": centred,
    }
    found: Numbers = made[kind]
    return found


WHITENED = Exercise(
    slug="whitened",
    title="Whiten vectors",
    reference=whitened,
    check=_check_whitened,
    inputs=_clouds,
    mistakes=[
        Mistake(
            "Each column has variance 1 now, but columns still go with each other. Whitening needs "
            "the whole covariance, not its diagonal.",
            lambda vectors: _wrong_white("columns", vectors),
        ),
        Mistake(
            "All directions are equally long, and too short: `left` has columns of length 1. "
            "Multiply by the square root of the number of vectors.",
            lambda vectors: _wrong_white("one size", vectors),
        ),
        Mistake(
            "The mean is gone and the rest is as it was. Leave the singular values out, so that "
            "every direction gets the same length.",
            lambda vectors: _wrong_white("same", vectors),
        ),
        Mistake(
            "Every vector is divided by its own length. That is not linear, and some directions "
            "still go with others.",
            lambda vectors: (
                (vectors - vectors.mean(0))
                / np.linalg.norm(vectors - vectors.mean(0), axis=1, keepdims=True)
            ),
        ),
    ],
    hints=[
        (
            "Subtract the mean. Then every direction in which the vectors spread has to get the "
            "same spread: `np.linalg.svd` finds those directions and their spreads."
        ),
        (
            "After `left, sizes, right = np.linalg.svd(centred, full_matrices=False)`, the vectors "
            "are `left * sizes @ right`. Leave the sizes out."
        ),
        "`return left @ right * len(vectors) ** 0.5`",
    ],
    minutes=8,
    difficulty=3,
)
