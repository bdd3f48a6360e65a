"""What features of a model react to: neurons, directions and latents, one dashboard of them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import _checks
from interp_widgets.results._arrays import float_array
from interp_widgets.results.optimised import OptimisedInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = ("neuron", "direction", "latent")

Read = Callable[[str], tuple[Sequence[str], Any]]
"""Run a text: its tokens, and activations of shape (pos, feature)."""


@dataclass(frozen=True, eq=False)
class FeatureDashboard:
    """Hold what each of several features of a model does on a corpus, and what it writes.

    An example is a window of tokens around the one token that put it into its band. Every feature
    has the same number of places for examples; a place without one has the document -1.

    Attributes:
        features: (feature,), the model's number of each, which ``selection.feature`` takes.
        kind: "neuron", "direction" or "latent"; a direction may be as telling below 0 as above.
        counts: (feature, bin), on how many tokens the activation was in each bin.
        edges: (feature, bin + 1), ends of the bins, in units of the activation.
        density: (feature,), share of the tokens on which the activation is above 0.
        peak: (feature,), largest activation on any token.
        bands: (band,), what the examples of each band have in common, best first; the last ones
            are drawn from all tokens, whatever their activation.
        example_bands: (example,), number of the band of each place for an example.
        example_ids: (feature, example, window), vocabulary ids; -1 beyond the document's ends.
        example_values: (feature, example, window), activations; NaN beyond the ends, and on tokens
            that do not count.
        example_documents: (feature, example), number of the document, or -1 for no example.
        example_starts: (feature, example), position in its document of the window's first place,
            which is below 0 where the window begins before the document does.
        focus: place in the window of the token that put the example into its band.
        up_ids: (feature, k), vocabulary ids whose logits the feature's direction raises most.
        up_logits: (feature, k), by how much, for one unit of activation and before the final norm
            divides by its scale, compared with the mean of the vocabulary.
        down_ids: (feature, k), vocabulary ids whose logits it lowers most.
        down_logits: (feature, k), by how much; the most first.
        near: (feature, n), numbers of the features with the most similar directions, best first.
        near_cosines: (feature, n), cosine of the angle between the two directions.
        words: decoded text of every vocabulary id above.
        documents: how many documents there were.
        names: (feature,), what each is called, or None.
        optimised: by number of the feature, an input made to excite it; may be empty.
        read: runs any text and gives its tokens and activations (pos, feature); None where the
            model has not come along.
        source: where the numbers come from (model, hook, corpus hash, versions), as text.
        folded: whether the model's weights were folded before the run.
    """

    features: NDArray[np.int64]
    kind: str
    counts: NDArray[np.int64]
    edges: NDArray[np.float32]
    density: NDArray[np.float32]
    peak: NDArray[np.float32]
    bands: tuple[str, ...]
    example_bands: NDArray[np.int64]
    example_ids: NDArray[np.int64]
    example_values: NDArray[np.float32]
    example_documents: NDArray[np.int64]
    example_starts: NDArray[np.int64]
    focus: int
    up_ids: NDArray[np.int64]
    up_logits: NDArray[np.float32]
    down_ids: NDArray[np.int64]
    down_logits: NDArray[np.float32]
    near: NDArray[np.int64]
    near_cosines: NDArray[np.float32]
    words: Mapping[int, str]
    documents: int
    names: tuple[str, ...] | None = None
    optimised: Mapping[int, OptimisedInput] = field(default_factory=dict)
    read: Read | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    folded: bool = False

    def __post_init__(self) -> None:
        self._check_kind()
        self._check_shapes()
        self._check_examples()
        self._check_words()
        _checks.put(self, source=_checks.read_only(self.source))

    @property
    def tokens(self) -> int:
        """Count the tokens of the corpus that count."""
        return int(self.counts[0].sum())

    def place(self, feature: int | None) -> int | None:
        """Find a feature by the model's number of it; None where it is not there."""
        found = np.flatnonzero(self.features == feature)
        return int(found[0]) if len(found) else None

    def _check_kind(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind: expected one of {KINDS}, got {self.kind!r}. Pick one of them.")
        if self.read is not None and not callable(self.read):
            raise TypeError(
                f"read: expected a function that takes a text or None, got "
                f"{type(self.read).__name__}. Leave it out if there is no model at hand."
            )

    def _check_shapes(self) -> None:
        features = _whole("features", self.features)
        if features.ndim != 1 or len(features) == 0 or len(set(features.tolist())) < len(features):
            raise ValueError(
                f"features: expected different numbers, one for each feature, got shape "
                f"{features.shape} with {len(set(features.ravel().tolist()))} different ones. "
                "Name every feature once."
            )
        given: dict[str, Any] = {"features": _checks.frozen(features)}
        sizes: dict[str, int] = {"feature": len(features)}
        for name, axes in _AXES.items():
            array = (_whole if name in _WHOLE else _real)(name, getattr(self, name))
            _check_axes(name, array.shape, axes, sizes)
            given[name] = _checks.frozen(array)
        if self.names is not None:
            shape = (sizes["feature"],)
            given["names"] = _checks.token_texts("names", self.names, len(features), shape)
        _checks.put(self, **given, bands=tuple(map(str, self.bands)))

    def _check_examples(self) -> None:
        if not 0 <= self.focus < self.example_ids.shape[2]:
            raise ValueError(
                f"focus: expected a place in the window of {self.example_ids.shape[2]} tokens, got "
                f"{self.focus}. Places count from 0."
            )
        if (self.example_bands < 0).any() or (self.example_bands >= len(self.bands)).any():
            raise ValueError(
                f"example_bands: expected numbers below {len(self.bands)}, as there are bands, got "
                f"{self.example_bands.tolist()}. Name every band in bands."
            )
        if strangers := set(self.near.ravel().tolist()) - set(self.features.tolist()):
            raise ValueError(
                f"near: expected numbers out of features, got {sorted(strangers)[:5]}. Compare the "
                "features with each other only."
            )
        optimised = dict(self.optimised)
        for number, made in optimised.items():
            if self.place(number) is None or not isinstance(made, OptimisedInput):
                raise ValueError(
                    "optimised: expected an OptimisedInput for features of this dashboard, got "
                    f"{type(made).__name__} for {number!r}. Name a number out of features."
                )
        _checks.put(self, optimised=MappingProxyType(optimised))

    def _check_words(self) -> None:
        needed = {int(number) for name in _IDS for number in np.unique(getattr(self, name))} - {-1}
        if missing := needed - set(self.words):
            raise ValueError(
                f"words: expected the text of every id, got none for {sorted(missing)[:5]}. "
                "Decode each id with the model's tokenizer."
            )
        words = {number: str(self.words[number]) for number in sorted(needed)}
        _checks.put(self, words=MappingProxyType(words))


_IDS = ("example_ids", "up_ids", "down_ids")
_AXES = {
    "counts": ("feature", "bin"),
    "edges": ("feature", "bin + 1"),
    "density": ("feature",),
    "peak": ("feature",),
    "example_bands": ("example",),
    "example_ids": ("feature", "example", "window"),
    "example_values": ("feature", "example", "window"),
    "example_documents": ("feature", "example"),
    "example_starts": ("feature", "example"),
    "up_ids": ("feature", "k"),
    "up_logits": ("feature", "k"),
    "down_ids": ("feature", "k"),
    "down_logits": ("feature", "k"),
    "near": ("feature", "n"),
    "near_cosines": ("feature", "n"),
}
_MAY_LACK = "example_values"
_WHOLE = {"counts", "example_bands", "example_documents", "example_starts", "near", *_IDS}


def _whole(name: str, given: object) -> NDArray[np.int64]:
    array = np.asarray(given)
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"{name}: expected whole numbers, got {array.dtype}. Pass an array of integers."
        )
    return np.array(array, dtype=np.int64)


def _real(name: str, given: object) -> NDArray[np.float32]:
    array = np.array(float_array(name, given, "numbers"), dtype=np.float32)
    if np.isinf(array).any() or (name != _MAY_LACK and np.isnan(array).any()):
        raise ValueError(
            f"{name}: expected finite numbers, got infinity or NaN. Check the run that they come "
            "from."
        )
    return array


def _check_axes(
    name: str, shape: tuple[int, ...], axes: tuple[str, ...], sizes: dict[str, int]
) -> None:
    """Hold each axis to the size that it has in the fields before."""
    if "bin + 1" in axes:
        sizes.setdefault("bin + 1", sizes["bin"] + 1)
    if len(shape) == len(axes):
        for axis, size in zip(axes, shape, strict=True):
            sizes.setdefault(axis, size)
    expected = tuple(sizes.get(axis, axis) for axis in axes)
    if shape != expected:
        raise ValueError(
            f"{name}: expected shape ({', '.join(axes)}), here {expected}, got {shape}. "
            "Give one entry for each."
        )
