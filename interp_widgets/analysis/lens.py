"""Read every layer of a run as if the model stopped there: the logit lens."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from transformer_lens.tools.analysis import logit_readout

from interp_widgets._trace import Trace
from interp_widgets._turns import turn
from interp_widgets.analysis._vocabulary import token_id, token_words
from interp_widgets.results import LogitLens

FOLLOWED_MOST = 64
"""How many tokens are followed through the layers, unless more are asked for."""

_HELD_MOST = 4_000_000  # numbers held at once while whole distributions are compared
_Stack = Float[torch.Tensor, "layer pos d_model"]
_LogProbs = Float[torch.Tensor, "layer pos vocabulary"]
_Translator = Callable[[torch.Tensor, int], torch.Tensor]


def logit_lens(
    trace: Trace,
    *,
    top_k: int = 5,
    targets: Sequence[str | int] = (),
    translator: _Translator | None = None,
    name: str | None = None,
) -> LogitLens:
    """Read the residual stream before every layer, and after the last, as a prediction.

    It shows what the model would predict if it stopped there (nostalgebraist 2020, "interpreting
    GPT: the logit lens"): each row goes through the model's own final norm and unembedding, so the
    last row is the model's prediction. Probabilities do not depend on whether the weights were
    folded; a translator does, because it was fitted to one residual stream.

    Whole distributions are made for a few positions at a time and never kept.

    Args:
        trace: a run that kept "resid_pre" and the last "resid_post", as runs do by default.
        top_k: how many of the most likely tokens to keep in each place.
        targets: tokens to follow through the layers, as text or vocabulary ids. The tokens that
            are most likely somewhere are followed as well, the most frequent first, as long as
            there are fewer than `FOLLOWED_MOST`.
        translator: `(resid, row) -> resid`, applied to each row before the readout, as a tuned lens
            does (Belrose et al. 2023); None reads the residual stream as it is.
        name: of the lens; None says "logit lens", or "translated lens" with a translator.

    Returns:
        Probabilities, ranks and entropies, and how far each row is from the last.

    Raises:
        ValueError: a trace without the residual stream, a `top_k` outside the vocabulary, or a
            target that is not exactly one token of it.
    """
    wanted = [token_id(trace.model, "targets", target) for target in targets]
    stack, labels = _residual_stream(trace, translator)
    kept = _checked_top_k(trace, top_k)
    predictions = _predictions(trace, stack)
    read = _joined(_read(logs, kept) for logs in predictions())
    followed = _followed(wanted, read["top_ids"][..., 0])
    aimed = torch.tensor(followed, device=stack.device)
    of_targets = _joined(_read_targets(logs, aimed) for logs in predictions())
    return LogitLens(
        tokens=trace.tokens,
        token_ids=trace.token_ids,
        labels=labels,
        **read,
        **of_targets,
        target_ids=np.array(followed),
        words=token_words(trace.model, {*followed, *read["top_ids"].ravel().tolist()}),
        translated=translator is not None,
        name=name or ("translated lens" if translator else "logit lens"),
        source={**trace.source, "hook": "blocks.*.hook_resid_pre, last hook_resid_post"},
        folded=bool(trace.model._weights_processed),  # noqa: SLF001 - the only place that says it
    )


def _residual_stream(
    trace: Trace, translator: _Translator | None
) -> tuple[_Stack, tuple[str, ...]]:
    try:
        stack, labels = trace.cache.accumulated_resid(return_labels=True)
    except KeyError as missing:
        raise ValueError(
            f'trace: expected a run that kept "resid_pre" and the last "resid_post", got one '
            f"without {missing}. Run iw.trace(model, prompt) without hooks=."
        ) from missing
    if translator is not None:
        with torch.no_grad():
            stack = torch.stack([translator(resid, row) for row, resid in enumerate(stack)])
    return stack, tuple(labels)


def _predictions(trace: Trace, stack: _Stack) -> Callable[[], Iterable[_LogProbs]]:
    """Return what gives the predictions of all rows, a few positions at a time, once a call."""
    rows, positions, _ = stack.shape
    step = max(1, _HELD_MOST // (rows * trace.model.cfg.d_vocab))

    def parts() -> Iterator[_LogProbs]:
        for start in range(0, positions, step):
            chunk = stack[:, start : start + step]
            with turn(trace.model):
                read = logit_readout(
                    trace.model, chunk, return_type="log_probs", chunk_size=rows * step
                )
            yield read.values

    if step < positions:
        return parts
    whole = list(parts())  # a short text fits at once, and is read out once
    return lambda: whole


def _read(logs: _LogProbs, top_k: int) -> dict[str, torch.Tensor]:
    """Read what is most likely and how sure it is, and compare every row with the last."""
    probs, top = logs.exp(), logs.topk(top_k)
    own = logs.gather(-1, logs[-1:].argmax(-1, keepdim=True).expand(len(logs), -1, 1))
    divergence = (probs[-1] * (logs[-1] - logs)).sum(-1)
    return {
        "top_ids": top.indices,
        "top_probs": top.values.exp(),
        "entropy": -(probs * logs).sum(-1),
        "divergence": divergence.clip(min=0),  # rounding can go below
        "output_ranks": (logs > own).sum(-1),
        "output_probs": own[..., 0].exp(),
    }


def _read_targets(
    logs: _LogProbs, targets: Int[torch.Tensor, " target"]
) -> dict[str, torch.Tensor]:
    """Read probability and rank of some tokens; sorted once, a row ranks any number of them."""
    aimed = logs[..., targets]
    less_likely = torch.searchsorted(logs.sort().values, aimed, right=True)
    return {"target_probs": aimed.exp(), "target_ranks": logs.shape[-1] - less_likely}


def _joined(parts: Iterable[Mapping[str, torch.Tensor]]) -> dict[str, Any]:
    """Put the positions behind one another and take the numbers off the device."""
    listed = list(parts)
    joined = {name: torch.cat([part[name] for part in listed], dim=1) for name in listed[0]}
    return {name: values.numpy(force=True) for name, values in joined.items()}


def _followed(wanted: Sequence[int], best: Int[np.ndarray, "layer pos"]) -> list[int]:
    """List the tokens asked for, then those on top anywhere, the most frequent first."""
    frequent = [token for token, _ in Counter(best.ravel().tolist()).most_common()]
    room = max(FOLLOWED_MOST, len(wanted))
    return list(dict.fromkeys([*wanted, *frequent]))[:room]


def _checked_top_k(trace: Trace, top_k: int) -> int:
    size = trace.model.cfg.d_vocab
    if not 1 <= top_k <= size:
        raise ValueError(f"top_k: expected 1 to {size}, the size of the vocabulary, got {top_k}.")
    return top_k
