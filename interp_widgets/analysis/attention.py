"""Read the attention pattern out of a trace, and score heads by the job their pattern suggests."""

import numpy as np

from interp_widgets._head_scores import (
    duplicate_token_score,
    first_token_score,
    induction_score,
    previous_token_score,
)
from interp_widgets._trace import Trace
from interp_widgets.results import AttentionPattern

__all__ = [
    "attention_pattern",
    "duplicate_token_score",
    "first_token_score",
    "induction_score",
    "previous_token_score",
]

_HOOK = "blocks.{}.attn.hook_pattern"


def attention_pattern(trace: Trace) -> AttentionPattern:
    """Collect the attention of every layer and head of one run.

    Args:
        trace: a run that kept "pattern".

    Returns:
        The pattern of every layer that has one, with the model's own layer numbers.

    Raises:
        ValueError: the trace kept no pattern.
    """
    layers = [
        layer for layer in range(trace.model.cfg.n_layers) if _HOOK.format(layer) in trace.cache
    ]
    if not layers:
        raise ValueError(
            'trace: expected a run that kept "pattern", got one that kept '
            f'{sorted(trace.cache.cache_dict)}. Run iw.trace(model, prompt, hooks=["pattern"]).'
        )
    weights = [trace[_HOOK.format(layer)].float().numpy(force=True) for layer in layers]
    return AttentionPattern(
        weights=np.stack(weights),
        tokens=trace.tokens,
        token_ids=trace.token_ids,
        layers=tuple(layers),
        source={**trace.source, "hook": _HOOK.format("*")},
        folded=bool(trace.model._weights_processed),  # noqa: SLF001 - the only place that says it
    )
