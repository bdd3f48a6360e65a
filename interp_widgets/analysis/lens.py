"""Read every layer of a run as if the model stopped there: the logit lens."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import torch
from jaxtyping import Float, Int
from transformer_lens.tools.analysis import logit_readout

from interp_widgets._trace import Trace
from interp_widgets.results import LogitLens

FOLLOWED_MOST = 64
"""How many tokens are followed through the layers, unless more are asked for."""

_HELD_MOST = 4_000_000  # numbers held at once while whole distributions are compared
_Stack = Float[torch.Tensor, "layer pos d_model"]
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
    wanted = [_token_id(trace, target) for target in targets]
    stack, labels = _residual_stream(trace, translator)
    top = logit_readout(trace.model, stack, return_type="probs", top_k=_checked_top_k(trace, top_k))
    top_ids = _ids(top.top_ids)
    followed = _followed(wanted, top_ids[..., 0])
    each = logit_readout(trace.model, stack, return_type="probs", targets=followed)
    decode = trace.model.tokenizer.decode
    return LogitLens(
        tokens=trace.tokens,
        token_ids=trace.token_ids,
        labels=labels,
        top_ids=top_ids,
        top_probs=_numpy(top.values),
        entropy=_numpy(top.entropy),
        **_against_last(trace, stack),
        target_ids=np.array(followed),
        target_probs=_numpy(each.values),
        target_ranks=_ids(each.target_ranks),
        words={token: str(decode([token])) for token in {*followed, *top_ids.flat}},
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


def _against_last(trace: Trace, stack: _Stack) -> dict[str, Float[np.ndarray, "layer pos"]]:
    """Compare every row with the last, a few positions at a time.

    Returns:
        "divergence", KL(last row, row) in nats, and of the token that the last row puts on top
        "output_ranks" and "output_probs" in every row.
    """
    rows, positions, _ = stack.shape
    step = max(1, _HELD_MOST // (rows * trace.model.cfg.d_vocab))
    parts = []
    for start in range(0, positions, step):
        chunk = stack[:, start : start + step]
        logs = logit_readout(trace.model, chunk, return_type="log_probs").values
        own = logs.gather(-1, logs[-1:].argmax(-1, keepdim=True).expand(rows, -1, 1))
        divergence = (logs[-1].exp() * (logs[-1] - logs)).sum(-1)
        parts.append(torch.stack([divergence, (logs > own).sum(-1), own[..., 0].exp()]))
    divergence, ranks, probs = _numpy(torch.cat(parts, dim=2))
    return {
        "divergence": divergence.clip(min=0),  # rounding can go below
        "output_ranks": ranks,
        "output_probs": probs,
    }


def _followed(wanted: Sequence[int], best: Int[np.ndarray, "layer pos"]) -> list[int]:
    """List the tokens asked for, then those on top anywhere, the most frequent first."""
    frequent = [token for token, _ in Counter(best.ravel().tolist()).most_common()]
    room = max(FOLLOWED_MOST, len(wanted))
    return list(dict.fromkeys([*wanted, *frequent]))[:room]


def _token_id(trace: Trace, target: str | int) -> int:
    size = trace.model.cfg.d_vocab
    if isinstance(target, str):
        ids = trace.model.tokenizer.encode(target, add_special_tokens=False)
        if len(ids) == 1:
            return int(ids[0])
        pieces = [trace.model.tokenizer.decode(token) for token in ids]
        raise ValueError(
            f"targets: expected text that is one token, got {target!r}, which is {pieces}. "
            'A word inside a sentence begins with a space: " Mary".'
        )
    if not 0 <= target < size:
        raise ValueError(f"targets: expected ids from 0 to {size - 1}, got {target}.")
    return int(target)


def _checked_top_k(trace: Trace, top_k: int) -> int:
    size = trace.model.cfg.d_vocab
    if not 1 <= top_k <= size:
        raise ValueError(f"top_k: expected 1 to {size}, the size of the vocabulary, got {top_k}.")
    return top_k


def _numpy(values: torch.Tensor) -> Float[np.ndarray, "*shape"]:
    array: Float[np.ndarray, "*shape"] = values.float().numpy(force=True)
    return array


def _ids(tensor: torch.Tensor | None) -> Int[np.ndarray, "*shape"]:
    """Take whole numbers off the device; a readout leaves out only what was not asked for."""
    array: Int[np.ndarray, "*shape"] = cast("torch.Tensor", tensor).numpy(force=True)
    return array
