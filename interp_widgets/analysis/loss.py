"""How surprised a model was by each token it read."""

import numpy as np
import torch
from jaxtyping import Float
from transformer_lens.tools.analysis import logit_readout

from interp_widgets._trace import Trace
from interp_widgets._turns import turn


def token_loss(trace: Trace) -> Float[np.ndarray, " pos"]:
    """Compute the loss of a run at each token: how little the model expected it.

    Args:
        trace: a run that kept the last "resid_post", as runs do by default.

    Returns:
        Cross-entropy in nats, minus the log of the probability that the model gave the token
        before reading it; NaN for the first token, which nothing predicts.

    Raises:
        ValueError: a trace without the last "resid_post".
    """
    hook = f"blocks.{trace.model.cfg.n_layers - 1}.hook_resid_post"
    if hook not in trace.cache:
        raise ValueError(
            f"trace: expected a run that kept {hook!r}, got one that kept "
            f"{sorted(trace.cache.cache_dict)}. Run iw.trace(model, prompt) without hooks=."
        )
    loss = np.full(len(trace.tokens), np.nan)
    if len(trace.tokens) > 1:
        with turn(trace.model):
            read = logit_readout(
                trace.model,
                trace[hook][:-1],
                return_type="log_probs",
                targets=torch.tensor(trace.token_ids[1:]),
            )
        loss[1:] = -read.values[:, 0].float().numpy(force=True)
    return loss
