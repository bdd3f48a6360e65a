"""The small worlds of notebook 02, in which the features are known because we put them there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.worlds.tiny_vocabulary import CITIES, NOUNS
from interp_widgets.worlds.tiny_vocabulary import DAYS as DAY_WORDS

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from transformer_lens.model_bridge import TransformerBridge

    from interp_widgets.results import FeatureDashboard, TokenFactors

    Numbers = NDArray[np.float64]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COUNTS = (-3, -2, -1, 1, 2, 3)
ANGLES = range(91)  # degrees
_WIDTH, _UNITS, _STEPS = 16, 48, 800


@dataclass(frozen=True, eq=False)
class Planted:
    """Activations in which one direction carries a feature and another is merely loud.

    Attributes:
        activations: (example, width).
        labels: (example,), whether the feature is there.
        feature: (width,), the direction that carries it, of length 1.
        loud: (width,), the direction of the largest differences, of length 1.
    """

    activations: Numbers
    labels: NDArray[np.bool_]
    feature: Numbers
    loud: Numbers


def planted(seed: int, examples: int = 400, width: int = 32) -> Planted:
    """Draw examples half of which have a feature, under noise and a louder difference."""
    rng = np.random.default_rng(seed)
    feature, loud = np.linalg.qr(rng.standard_normal((width, 2)))[0].T
    labels = rng.random(examples) < 0.5
    loudness = 4 * rng.standard_normal(examples)
    noise = 0.5 * rng.standard_normal((examples, width))
    made = 2.0 * labels[:, None] * feature + loudness[:, None] * loud + noise
    return Planted(made, labels, feature, loud)


def turned_codes(vectors: Numbers) -> Numbers:
    """Turn feature vectors in the plane of two units by 0 to 90 degrees.

    Args:
        vectors: (feature, 2).

    Returns:
        (angle, feature, 2), one code for each degree.
    """
    angles = np.radians(ANGLES)
    cos, sin = np.cos(angles), np.sin(angles)
    turns = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], 1)
    codes: Numbers = vectors @ turns
    return codes


@dataclass(frozen=True, eq=False)
class Units:
    """Units that each read one direction of the residual stream, for `iw.feature_dashboard`.

    Attributes:
        W_dec: (feature, d_model), the directions.
        mean: (d_model,), of the activations; a unit is active beyond it.
    """

    W_dec: torch.Tensor
    mean: torch.Tensor

    def encode(self, activations: torch.Tensor) -> torch.Tensor:
        """Return how far activations reach beyond their mean along each direction, at least 0."""
        active: torch.Tensor = ((activations - self.mean) @ self.W_dec.T).relu()
        return active


def units(directions: Numbers, activations: Numbers) -> Units:
    """Make units of directions, (feature, d_model), each of which is at most 1 on activations."""
    import torch

    mean = activations.mean(0)
    largest = ((activations - mean) @ directions.T).max(0)
    return Units(torch.tensor(directions / largest[:, None]).float(), torch.tensor(mean).float())


def strongest_kinds(dashboard: FeatureDashboard, text: TokenFactors) -> list[list[str]]:
    """List the kind of sentence of each of the strongest examples of every unit."""
    strongest = np.flatnonzero(dashboard.example_bands == 0)
    documents = dashboard.example_documents[:, strongest]
    places = dashboard.example_starts[:, strongest] + dashboard.focus
    kinds: list[list[str]] = text.values["family"][documents, places].tolist()
    return kinds


def nouns_between(text: TokenFactors) -> NDArray[np.bool_]:
    """Tell which tokens, (row, pos), are nouns between a subject and its verb."""
    nouns = [word for pair in NOUNS for word in pair]
    return text.known("attractor.number") & np.isin(np.array(text.tokens), nouns)


def days_and_cities(model: TransformerBridge) -> tuple[list[str], Numbers]:
    """Give the tokens of a text, and for each whether it is a day and whether it is a city."""
    words = [str(token) for token in model.to_str_tokens(_TEXT)]
    return words, np.array([[word in DAY_WORDS, word in CITIES] for word in words], dtype=float)


_TEXT = (
    "Today is Monday so tomorrow is Tuesday. Paris is in France. If today is Sunday then "
    "yesterday was Saturday. Grace Ellis lives in Lima. The road to Oslo goes through Norway."
)


@dataclass(frozen=True, eq=False)
class DayNetwork:
    """A network that counts days, and the answers that it was trained on.

    Attributes:
        embeddings: (day, width), what stands for each day.
        layers: the weights and the bias that read a day and a count, and the weights that answer.
        right: (day, count), number of the right day.
    """

    embeddings: Numbers
    layers: tuple[Numbers, Numbers, Numbers]
    right: NDArray[np.int64]

    def answer(self, embeddings: Numbers) -> NDArray[np.int64]:
        """Answer every question, (day, count), with these embeddings in the place of its own."""
        into, bias, out = self.layers
        read = (embeddings @ into[:_WIDTH])[:, None] + into[_WIDTH:] + bias
        found: NDArray[np.int64] = (np.maximum(read, 0) @ out).argmax(-1)
        return found

    def shift(self, embeddings: Numbers, days: int) -> float:
        """Return the share of questions whose answer is so many days later than the right one."""
        return float((self.answer(embeddings) == (self.right + days) % 7).mean())


def day_network(seed: int, *, jumbled: bool = False) -> DayNetwork:
    """Train a network to say which day is so many days before or after another.

    People are vague, so the days around the right one are right too, but less often.

    Args:
        seed: of the weights.
        jumbled: gives each count an order of the days of its own, so that there is no week.
    """
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        parts = [torch.randn(shape) / _WIDTH**0.5 for shape in _SHAPES]
    parts = [part.requires_grad_() for part in parts]
    right = _right_days(jumbled=jumbled)
    targets = torch.tensor(_vague(right), dtype=torch.float32)
    optimiser = torch.optim.AdamW(parts, lr=0.01, weight_decay=3.0)
    for _ in range(_STEPS):
        days, into, bias, out = parts
        logits = ((days @ into[:_WIDTH])[:, None] + into[_WIDTH:] + bias).relu() @ out
        loss = -(targets * logits.log_softmax(-1)).sum(-1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    embeddings, *layers = [part.detach().double().numpy() for part in parts]
    return DayNetwork(embeddings, (layers[0], layers[1], layers[2]), right)


_SHAPES = ((7, _WIDTH), (_WIDTH + len(COUNTS), _UNITS), (_UNITS,), (_UNITS, 7))


def _right_days(*, jumbled: bool) -> NDArray[np.int64]:
    """Say which day is right, (day, count)."""
    days = np.arange(7)
    if not jumbled:
        later: NDArray[np.int64] = (days[:, None] + np.array(COUNTS)) % 7
        return later
    rng = np.random.default_rng(0)
    return np.stack([rng.permutation(days) for _ in COUNTS], -1)


def _vague(right: NDArray[np.int64]) -> Numbers:
    """Turn right days into how often each day is said, (day, count, answer)."""
    steps = np.arange(7)
    near = np.exp(-(np.minimum(steps, 7 - steps) ** 2) / 2)
    said: Numbers = (near / near.sum())[(steps - right[..., None]) % 7]
    return said


def circle_plane(points: Numbers) -> tuple[Numbers, float]:
    """Find the plane in which points spread most, turned so that the first three go leftwards.

    Args:
        points: (point, width).

    Returns:
        (2, width), two directions at a right angle, and the share of all variance in their plane.
    """
    centred = points - points.mean(0)
    _, spread, directions = np.linalg.svd(centred, full_matrices=False)
    plane = directions[:2]
    first, second = (centred[1:3] - centred[:2]) @ plane.T
    if first[0] * second[1] < first[1] * second[0]:
        plane = plane[::-1]
    return plane, float((spread[:2] ** 2).sum() / (spread**2).sum())


def week_order(points: Any) -> str:  # noqa: ANN401 -- any numbers
    """List the days in the order in which they stand around the middle of their plane."""
    plane, _ = circle_plane(points)
    x, y = ((points - points.mean(0)) @ plane.T).T
    order = np.argsort(np.arctan2(y, x))
    start = int(np.flatnonzero(order == 0)[0])
    return " ".join(DAYS[day] for day in np.roll(order, -start))
