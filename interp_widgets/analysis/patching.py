"""Activation patching: swap one activation at a time between two runs and see what it carries."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Int
from transformer_lens.model_bridge import TransformerBridge
from transformer_lens.utilities.components_utils import get_act_name

from interp_widgets._trace import Trace, trace
from interp_widgets._turns import turn
from interp_widgets.analysis._patch_places import Place, patched_rows, swept_heads
from interp_widgets.analysis._vocabulary import token_words
from interp_widgets.results import PatchSweep
from interp_widgets.results.patching import DIRECTIONS, OVER


def patch_sweep(
    model: TransformerBridge,
    clean: str,
    corrupted: str,
    metric: Callable[[torch.Tensor], Any],
    *,
    over: Sequence[str] = ("layer", "pos"),
    activation: str | None = None,
    direction: str = "denoising",
    top_k: int = 5,
) -> PatchSweep:
    """Patch every place of a model in turn, and measure how much each carries by itself.

    Denoising puts one activation of the clean run into a run of the corrupted prompt and shows
    what is enough to bring the clean answer back; noising does the opposite and shows what the
    clean answer cannot do without (Heimersheim and Nanda 2024, "How to use and interpret
    activation patching"). The model runs once for each cell.

    Args:
        model: a model from `load_model`, or any TransformerBridge.
        clean: the prompt with the answer in question.
        corrupted: a prompt of as many tokens that changes the answer, and little else.
        metric: `(logits) -> number` on logits of shape (1, pos, vocabulary), such as
            `logit_difference` makes; its `name`, `unit` and `pos` are kept where it has them.
        over: what is swept: ("layer", "pos"), ("layer", "head") with all positions of a head at
            once, or ("head", "pos") with a row for each head of each layer.
        activation: what is patched, in TransformerLens' words; None takes "resid_pre" over layer
            and pos, and "z", the output of each head, otherwise. A head of "k" or "v" is one that
            several query heads may share.
        direction: "denoising" or "noising".
        top_k: how many of the most likely tokens of each run to keep.

    Returns:
        The metric and the most likely tokens of every patched run and of the two runs themselves.

    Raises:
        TypeError: a model or prompts of another kind, or a metric that gives no number.
        ValueError: prompts that differ in length or not at all, an activation that the model does
            not have or that has no heads, a metric that is not finite, or a `top_k` outside the
            vocabulary.
    """
    axes = _checked_axes(over, direction)
    kind = activation or ("z" if "head" in axes else "resid_pre")
    runs = [_traced(model, "clean", clean, kind), _traced(model, "corrupted", corrupted, kind)]
    _check_alike(*runs)
    read = _Reader(model, metric, top_k, len(runs[0].tokens))
    ends = [read(run.token_ids) for run in runs]
    base, donor = runs[::-1] if direction == "denoising" else runs
    rows = patched_rows(donor, axes, kind)
    cells = [[read(base.token_ids, _hook(donor, row.name, place)) for place in row.places]
             for row in rows]  # fmt: skip
    return PatchSweep(
        over=axes,
        layers=tuple(row.layer for row in rows),
        heads=swept_heads(axes, rows),
        direction=direction,
        activation=kind,
        metric=str(getattr(metric, "name", getattr(metric, "__name__", "metric"))),
        unit=str(getattr(metric, "unit", "")),
        position=read.pos,
        **_numbers(model, ends, cells),
        **_prompts(*runs, kind=kind),
        folded=bool(model._weights_processed),  # noqa: SLF001 - the only place that says it
    )


class _Reading(NamedTuple):
    """What a run says: the metric, and the most likely tokens with their probabilities."""

    value: float
    ids: np.ndarray
    probs: np.ndarray


class _Reader:
    """Run the model and read what the sweep keeps of the logits.

    TransformerLens' own sweeps keep the metric alone and show a progress bar that cannot be turned
    off; in a notebook that is a widget, which a restarted kernel leaves broken on the page. They
    would also hold the model's turn from the first cell to the last.
    """

    def __init__(
        self,
        model: TransformerBridge,
        metric: Callable[[torch.Tensor], Any],
        top_k: int,
        length: int,
    ) -> None:
        self.model, self.metric, self.top_k = model, metric, top_k
        size, pos = model.cfg.d_vocab, int(getattr(metric, "pos", -1))
        if not callable(metric):
            raise TypeError(
                f"metric: expected a function of the logits, got {type(metric).__name__}. Make one "
                'with iw.logit_difference(model, " Mary", " John").'
            )
        if not isinstance(top_k, int) or not 1 <= top_k <= size:
            raise ValueError(
                f"top_k: expected 1 to {size}, the size of the vocabulary, got {top_k!r}. "
                "Leave it out for 5."
            )
        if not -length <= pos < length:
            raise ValueError(
                f"metric: expected one that reads one of {length} tokens, got pos={pos}. "
                "Pass pos=-1 for the last."
            )
        self.pos = pos % length

    def __call__(
        self, token_ids: Int[np.ndarray, " pos"], *hooks: tuple[str, Callable[..., Any]]
    ) -> _Reading:
        ids = torch.tensor(token_ids, device=self.model.cfg.device)
        with turn(self.model), torch.no_grad():
            logits = self.model.run_with_hooks(ids[None], fwd_hooks=list(hooks))
            value = _number(self.metric(logits))
            best = logits[0, self.pos].float().softmax(-1).topk(self.top_k)
        return _Reading(value, best.indices.numpy(force=True), best.values.numpy(force=True))


def _number(given: object) -> float:
    shape = tuple(getattr(given, "shape", ()))
    try:
        value = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError, RuntimeError) as error:
        got = f"{type(given).__name__} of shape {shape}" if shape else type(given).__name__
        raise TypeError(
            f"metric: expected a function that gives one number, got one that gives {got}. "
            "Pick one position and token of the logits, which are (1, pos, vocabulary)."
        ) from error
    if not np.isfinite(value):
        raise ValueError(
            f"metric: expected a finite number, got {value}. Check it on the logits of one run."
        )
    return value


def _checked_axes(over: Sequence[str], direction: str) -> tuple[str, str]:
    axes = tuple(over) if isinstance(over, list) else over
    if axes not in OVER:
        raise ValueError(f"over: expected one of {list(OVER)}, got {over!r}. Pick one of them.")
    if direction not in DIRECTIONS:
        raise ValueError(
            f"direction: expected one of {list(DIRECTIONS)}, got {direction!r}. "
            "Denoising puts the clean run into the corrupted one."
        )
    return axes


def _traced(model: TransformerBridge, name: str, prompt: str, kind: str) -> Trace:
    """Run one of the prompts and keep what may be patched."""
    try:
        return trace(model, prompt, hooks=[kind])
    except (TypeError, ValueError) as error:
        words = str(error).replace("prompt:", f"{name}:", 1).replace("hooks:", "activation:", 1)
        raise type(error)(words) from error


def _check_alike(clean: Trace, corrupted: Trace) -> None:
    """Raise ValueError unless the prompts can be compared token by token, and differ."""
    here, there = len(clean.tokens), len(corrupted.tokens)
    if here != there:
        raise ValueError(
            f"corrupted: expected as many tokens as clean has, {here}, got {there}: "
            f"{list(clean.tokens)} and {list(corrupted.tokens)}. A patch goes from each token to "
            "the one at the same place: swap words for others of as many tokens."
        )
    if clean.tokens == corrupted.tokens:
        raise ValueError(
            f"corrupted: expected a prompt that differs from clean, got {list(clean.tokens)} "
            "twice. Change the word that the answer depends on."
        )


def _hook(donor: Trace, name: str, place: Place) -> tuple[str, Callable[..., torch.Tensor]]:
    """Make what puts one part of the donor's activation into the run of the base."""
    part = donor[name][place]

    def patch(activation: torch.Tensor, hook: object) -> torch.Tensor:  # noqa: ARG001
        patched = activation.clone()
        patched[0][place] = part
        return patched

    return name, patch


def _numbers(
    model: TransformerBridge, ends: list[_Reading], cells: list[list[_Reading]]
) -> dict[str, Any]:
    clean, corrupted = ends
    top_ids = np.array([[cell.ids for cell in row] for row in cells])
    needed = {*clean.ids.tolist(), *corrupted.ids.tolist(), *top_ids.ravel().tolist()}
    return {
        "values": np.array([[cell.value for cell in row] for row in cells]),
        "clean": clean.value,
        "corrupted": corrupted.value,
        "top_ids": top_ids,
        "top_probs": np.array([[cell.probs for cell in row] for row in cells]),
        "clean_top_ids": clean.ids,
        "clean_top_probs": clean.probs,
        "corrupted_top_ids": corrupted.ids,
        "corrupted_top_probs": corrupted.probs,
        "words": token_words(model, needed),
    }


def _prompts(clean: Trace, corrupted: Trace, *, kind: str) -> dict[str, Any]:
    source = dict(clean.source)
    source["clean_sha256"] = source.pop("prompt_sha256")
    source["corrupted_sha256"] = corrupted.source["prompt_sha256"]
    return {
        "clean_tokens": clean.tokens,
        "corrupted_tokens": corrupted.tokens,
        "clean_ids": clean.token_ids,
        "corrupted_ids": corrupted.token_ids,
        "source": {**source, "hook": get_act_name(kind, 0).replace("0", "*", 1)},
    }
