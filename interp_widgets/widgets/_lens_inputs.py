"""The forms that a lens comes in: a result of ours, one of TransformerLens, or several by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.results import LogitLens
from interp_widgets.results._arrays import float_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_ACCEPTED = (
    "a LogitLens, a LogitLensResult of TransformerLens, or a mapping of names to one of these"
)
_TOP, _FOLLOWED = 5, 64  # tokens of a place, and tokens to follow, of whole distributions
_TINY = 1e-38  # before a logarithm


def lenses(data: object, tokens: Sequence[str] | None, tokenizer: object) -> dict[str, LogitLens]:
    """Read one lens or several, by name.

    Args:
        data: what the view was given.
        tokens: text of each position, or None.
        tokenizer: what decodes the ids of a TransformerLens result, or None.

    Raises:
        TypeError: data of a kind that is not known.
        ValueError: no lens, two of one name, or lenses of different tokens or rows.
    """
    if isinstance(data, Mapping):
        found = {str(name): _lens(one, tokens, tokenizer) for name, one in data.items()}
    elif isinstance(data, list | tuple):
        several = [_lens(one, tokens, tokenizer) for one in data]
        found = {lens.name: lens for lens in several}
        if len(found) < len(several):
            raise ValueError(
                f"data: expected lenses of different names, got {[one.name for one in several]}. "
                "Pass a mapping of names to lenses."
            )
    else:
        lens = _lens(data, tokens, tokenizer)
        found = {lens.name: lens}
    _check_alike(found)
    return found


def _check_alike(found: dict[str, LogitLens]) -> None:
    if not found:
        raise ValueError("data: expected at least one lens, got none. Pass iw.logit_lens(trace).")
    (first, one), *others = found.items()
    for name, other in others:
        for field in ("tokens", "labels"):
            if getattr(other, field) != getattr(one, field):
                raise ValueError(
                    f"data: expected lenses of the same {field}, got {getattr(one, field)} in "
                    f"{first!r} and {getattr(other, field)} in {name!r}. Read one run with each."
                )


def _lens(data: Any, tokens: Sequence[str] | None, tokenizer: object) -> LogitLens:  # noqa: ANN401
    if isinstance(data, LogitLens):
        return data if tokens is None else replace(data, tokens=tuple(tokens))
    if hasattr(data, "readout") and hasattr(data, "labels"):
        return _from_library(data, tokens, tokenizer)
    if hasattr(data, "cache") and hasattr(data, "tokens"):
        raise TypeError(
            f"data: expected {_ACCEPTED}, got a Trace. Read it first: iw.logit_lens(trace)."
        )
    raise TypeError(
        f"data: expected {_ACCEPTED}, got {type(data).__name__}. "
        "Make one with iw.logit_lens(trace)."
    )


def _from_library(
    result: Any,  # noqa: ANN401
    tokens: Sequence[str] | None,
    tokenizer: object,
) -> LogitLens:
    """Read a LogitLensResult; `readout` and `labels` are all that is asked of it."""
    if tokens is None:
        raise ValueError(
            "tokens: expected the text of each position, got None: a LogitLensResult does not hold "
            "it. Pass tokens=model.to_str_tokens(prompt)."
        )
    if tokenizer is None or not hasattr(tokenizer, "decode"):
        raise ValueError(
            f"tokenizer: expected something with decode(ids), got {type(tokenizer).__name__}: a "
            "LogitLensResult names its tokens by id alone. Pass tokenizer=model.tokenizer."
        )
    readout = result.readout
    probs = _by_place(_probabilities(readout), result)
    fields: dict[str, Any] = _tops(readout, probs)
    shape = (*probs.shape[:2], -1)
    if readout.target_ids is not None:
        fields["target_ids"] = _whole(readout.target_ids)
        fields["target_ranks"] = _whole(readout.target_ranks).reshape(shape)
        fields["target_probs"] = probs
    needed = {*fields["top_ids"].ravel().tolist(), *np.ravel(fields.get("target_ids", ())).tolist()}
    return LogitLens(
        tokens=tuple(tokens),
        labels=tuple(result.labels),
        entropy=float_array("data", readout.entropy, _ACCEPTED).reshape(shape[:2]),
        words={int(token): str(tokenizer.decode([int(token)])) for token in needed},
        **fields,
    )


def _probabilities(readout: Any) -> NDArray[np.float32]:  # noqa: ANN401
    if getattr(readout, "per_row_targets", False):
        raise ValueError(
            "data: expected the same targets at every position, got one for each. Pass "
            "targets=[...] as a list of tokens."
        )
    values = float_array("data", readout.values, _ACCEPTED)
    if readout.return_type == "probs":
        return values
    if readout.return_type == "log_probs":
        found: NDArray[np.float32] = np.exp(values)
        return found
    if readout.selected_ids is None:
        powers = np.exp(values - values.max(-1, keepdims=True))
        shares: NDArray[np.float32] = powers / powers.sum(-1, keepdims=True)
        return shares
    raise ValueError(
        'data: expected probabilities, got the logits of some tokens. Pass return_type="probs" to '
        "transformer_lens' logit_lens."
    )


def _by_place(values: NDArray[np.float32], result: Any) -> NDArray[np.float32]:  # noqa: ANN401
    """Bring (layer, [batch], [pos], token) into (layer, pos, token)."""
    if result.has_batch_dim:
        if values.shape[1] != 1:
            raise ValueError(
                f"data: expected one prompt, got a batch of {values.shape[1]}. Pass batch_slice=0 "
                "to transformer_lens' logit_lens."
            )
        values = values[:, 0]
    return values[:, None] if values.ndim == 2 else values


def _tops(readout: Any, probs: NDArray[np.float32]) -> dict[str, Any]:  # noqa: ANN401
    """Find the most likely tokens of each place among those that were kept."""
    if readout.top_ids is not None:
        return {"top_ids": _whole(readout.top_ids).reshape(probs.shape), "top_probs": probs}
    order = np.argsort(-probs, axis=-1, kind="stable")[..., :_TOP]
    best = {"top_probs": np.take_along_axis(probs, order, -1)}
    if readout.selected_ids is None:
        return best | {"top_ids": order} | _whole_distributions(probs, order[..., 0])
    source = {"cells": "the most likely of the tokens that the lens was asked for"}
    return best | {"top_ids": _whole(readout.selected_ids)[order], "source": source}


def _whole_distributions(
    probs: NDArray[np.float32], best: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """Compare rows, and follow the tokens that are on top somewhere, where nothing was left out."""
    frequent = [token for token, _ in Counter(best.ravel().tolist()).most_common(_FOLLOWED)]
    own = np.broadcast_to(best[-1][None, :, None], (*best.shape, 1))
    output = np.take_along_axis(probs, own, -1)
    logs = np.log(np.maximum(probs, _TINY))
    ranks = [(probs > probs[..., token, None]).sum(-1) for token in frequent]
    return {
        "divergence": (probs[-1] * (logs[-1] - logs)).sum(-1).clip(min=0),
        "target_ids": np.array(frequent),
        "target_probs": probs[..., frequent],
        "target_ranks": np.stack(ranks, axis=-1),
        "output_probs": output[..., 0],
        "output_ranks": (probs > output).sum(-1),
    }


def _whole(ids: Any) -> NDArray[np.int64]:  # noqa: ANN401
    return np.asarray(ids.detach().cpu() if hasattr(ids, "detach") else ids, dtype=np.int64)
