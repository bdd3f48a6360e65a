"""What a patching sweep finds: how far each part of a model carries a difference of two prompts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets.results import _arrays, _checks, _predictions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

OVER = (("layer", "pos"), ("layer", "head"), ("head", "pos"))
DIRECTIONS = ("denoising", "noising")
_ROUNDING = 1e-5  # a gap smaller than this part of the two metrics is rounding, not a gap
_TOPS = (
    *("top_ids", "top_probs", "clean_top_ids"),
    *("clean_top_probs", "corrupted_top_ids", "corrupted_top_probs"),
)


@dataclass(frozen=True, eq=False)
class PatchSweep:
    """Hold the metric of a model after each of many patches, one activation swapped at a time.

    Denoising runs the corrupted prompt and puts in one activation of the clean run; noising runs
    the clean prompt and puts in one of the corrupted run. The run that is patched is the base, the
    other the donor. A cell that matters moves the metric from the base's towards the donor's.

    Attributes:
        values: (row, column), the metric of each patched run, in `unit`.
        clean: the metric of the clean run.
        corrupted: the metric of the corrupted run.
        clean_tokens: (pos,), decoded text of the clean prompt, leading space included.
        corrupted_tokens: (pos,), decoded text of the corrupted prompt, as many tokens.
        over: what rows and columns are: ("layer", "pos"), ("layer", "head") or ("head", "pos"),
            where a row is one head of one layer.
        layers: (row,), the model's own number of each row's layer; None counts from 0.
        heads: the model's own number of each head: (column,) over layer and head, where None
            counts from 0; (row,) over head and pos; None over layer and pos.
        direction: "denoising" or "noising".
        activation: what was patched, in TransformerLens' words ("resid_pre", "z").
        metric: name of the metric.
        unit: of the metric, or "".
        position: which token's prediction the metric and the top tokens are of.
        top_ids: (row, column, k), vocabulary ids of the most likely next tokens of each patched
            run, best first; this and the other five fields of top tokens are None together.
        top_probs: (row, column, k), their probability.
        clean_top_ids: (k,), the same of the clean run.
        clean_top_probs: (k,), their probability.
        corrupted_top_ids: (k,), the same of the corrupted run.
        corrupted_top_probs: (k,), their probability.
        words: decoded text of every vocabulary id among the top tokens.
        clean_ids: (pos,), vocabulary ids of the clean prompt, or None.
        corrupted_ids: (pos,), vocabulary ids of the corrupted prompt, or None.
        source: where the numbers come from (model, prompt hashes, versions), as text.
        folded: whether the model's weights were folded before the runs.
    """

    values: NDArray[np.float32]
    clean: float
    corrupted: float
    clean_tokens: tuple[str, ...]
    corrupted_tokens: tuple[str, ...]
    over: tuple[str, str] = ("layer", "pos")
    layers: tuple[int, ...] | None = None
    heads: tuple[int, ...] | None = None
    direction: str = "denoising"
    activation: str = "resid_pre"
    metric: str = "metric"
    unit: str = ""
    position: int = -1
    top_ids: NDArray[np.int64] | None = None
    top_probs: NDArray[np.float32] | None = None
    clean_top_ids: NDArray[np.int64] | None = None
    clean_top_probs: NDArray[np.float32] | None = None
    corrupted_top_ids: NDArray[np.int64] | None = None
    corrupted_top_probs: NDArray[np.float32] | None = None
    words: Mapping[int, str] = field(default_factory=dict)
    clean_ids: NDArray[np.int64] | None = None
    corrupted_ids: NDArray[np.int64] | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    folded: bool = False

    def __post_init__(self) -> None:
        over = tuple(self.over) if isinstance(self.over, list) else self.over
        _check_choice("over", over, OVER)
        _check_choice("direction", self.direction, DIRECTIONS)
        values = _values(self.values, over)
        _checks.put(
            self,
            over=over,
            values=values,
            clean=_metric("clean", self.clean),
            corrupted=_metric("corrupted", self.corrupted),
            source=_checks.read_only(self.source),
        )
        self._check_tokens(values.shape)
        self._check_places(values.shape)
        self._check_tops(values.shape)

    @property
    def base(self) -> float:
        """Metric of the run that is patched."""
        return self.corrupted if self.direction == "denoising" else self.clean

    @property
    def donor(self) -> float:
        """Metric of the run that the patches come from."""
        return self.clean if self.direction == "denoising" else self.corrupted

    @property
    def defined(self) -> bool:
        """Whether the two runs differ in the metric, so that there is a gap to take parts of."""
        largest = max(abs(self.base), abs(self.donor))
        return abs(self.donor - self.base) > _ROUNDING * largest

    @cached_property
    def change(self) -> NDArray[np.float64]:
        """How far each patch moves the metric: (row, column), in the metric's unit."""
        return _checks.frozen(self.values.astype(np.float64) - self.base)

    @cached_property
    def effect(self) -> NDArray[np.float64]:
        """Which part of the gap between the two runs each patch closes: (row, column).

        0 leaves the base as it was, 1 reaches the donor's metric, and below 0 moves away from it.
        NaN everywhere when the two runs do not differ in the metric.
        """
        gap = self.donor - self.base if self.defined else np.nan
        return _checks.frozen(self.change / gap)

    def _check_tokens(self, shape: tuple[int, ...]) -> None:
        _checks.check_listed("clean_tokens", self.clean_tokens)
        length = shape[1] if self.over[1] == "pos" else len(self.clean_tokens)
        texts = {
            name: _checks.token_texts(name, getattr(self, name), length, shape)
            for name in ("clean_tokens", "corrupted_tokens")
        }
        if not length or not -length <= self.position < length:
            raise ValueError(
                f"position: expected the number of one of {length} tokens, got {self.position}. "
                "Pass -1 for the last."
            )
        _checks.put(
            self,
            **texts,
            position=int(self.position) % length,
            clean_ids=_checks.token_numbers(self.clean_ids, length, shape),
            corrupted_ids=_checks.token_numbers(self.corrupted_ids, length, shape),
        )

    def _check_places(self, shape: tuple[int, ...]) -> None:
        """Check the numbers of layers and heads; over head and pos they come in pairs."""
        rows, columns = shape
        if self.over != ("head", "pos"):
            of_columns = self.over[1] == "head"
            if self.heads is not None and not of_columns:
                raise ValueError(
                    f"heads: expected None over {self.over}, got {self.heads}. Leave it out."
                )
            heads = _checks.numbers("heads", self.heads, columns, shape) if of_columns else None
            layers = _checks.numbers("layers", self.layers, rows, shape)
            _checks.put(self, layers=layers, heads=heads)
            return
        for name in ("layers", "heads"):
            _checks.check_listed(name, getattr(self, name))
            _checks.check_length(name, (len(getattr(self, name)),), rows, shape)
            _checks.put(self, **{name: tuple(int(number) for number in getattr(self, name))})
        pairs = list(zip(self.layers or (), self.heads or (), strict=True))
        if len(set(pairs)) < rows:
            raise ValueError(
                f"heads: expected different pairs of layer and head, got {pairs}. Name each once."
            )

    def _check_tops(self, shape: tuple[int, ...]) -> None:
        given = [name for name in _TOPS if getattr(self, name) is not None]
        if not given:
            _checks.put(self, words=_predictions.words(self.words, ()))
            return
        if len(given) < len(_TOPS):
            missing = sorted(set(_TOPS) - set(given))
            raise ValueError(
                f"{missing[0]}: expected all fields of top tokens or none, got no {missing}. "
                "Give them as well, or leave all six out."
            )
        kept = np.asarray(self.top_ids).shape[-1:]
        needed: list[int] = []
        for run, places in (("", shape), ("clean_", ()), ("corrupted_", ())):
            axes = f"{kept} top tokens for values of shape {shape}"
            ids_name, probs_name = f"{run}top_ids", f"{run}top_probs"
            ids = _predictions.whole(ids_name, getattr(self, ids_name), (*places, *kept), axes)
            probs = _predictions.shares(
                probs_name, getattr(self, probs_name), (*places, *kept), axes
            )
            _checks.put(self, **{ids_name: ids, probs_name: probs})
            needed += ids.ravel().tolist()
        _checks.put(self, words=_predictions.words(self.words, needed))


def _check_choice(name: str, given: object, known: tuple[object, ...]) -> None:
    if given not in known:
        raise ValueError(f"{name}: expected one of {list(known)}, got {given!r}. Pick one of them.")


def _values(given: object, over: tuple[str, str]) -> NDArray[np.float32]:
    expected = f"shape ({', '.join(over)}) with at least one of each"
    values = _arrays.float_array("values", given, expected)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(
            f"values: expected {expected}, got {values.shape}. Put {over[0]} first, {over[1]} last."
        )
    if not np.isfinite(values).all():
        raise ValueError(
            f"values: expected finite numbers, got {int((~np.isfinite(values)).sum())} NaN or "
            "infinite. Check the metric on the patched runs."
        )
    return _checks.kept(values)


def _metric(name: str, given: object) -> float:
    try:
        number = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name}: expected the metric of that run as one number, got {type(given).__name__}. "
            "Call the metric on the logits of the run."
        ) from error
    if not np.isfinite(number):
        raise ValueError(f"{name}: expected a finite number, got {number}. Check the metric.")
    return number
