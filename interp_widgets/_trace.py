"""Run a model once on a prompt and keep the activations that were asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from interp_widgets._turns import turn

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from transformer_lens import ActivationCache
    from transformer_lens.model_bridge import TransformerBridge

_VERSIONED = ("transformer-lens", "transformers", "torch")


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """Hold one run of a model: its tokens and the activations that were kept.

    `trace["pattern", 0]` answers as TransformerLens' cache does, without a batch axis.

    Attributes:
        tokens: (pos,), decoded text of each token, leading space included.
        token_ids: (pos,), vocabulary ids.
        cache: the kept activations, without gradients and without a batch axis.
        model: the model that ran.
        source: where the numbers come from (model, prompt hash, versions), as text.
    """

    tokens: tuple[str, ...]
    token_ids: NDArray[np.int64]
    cache: ActivationCache
    model: TransformerBridge
    source: Mapping[str, str]

    def __getitem__(self, key: str | tuple[Any, ...]) -> torch.Tensor:
        try:
            activation: torch.Tensor = self.cache[key]
        except KeyError:
            raise KeyError(
                f"key: expected one of {sorted(self.cache.cache_dict)}, got {key!r}. "
                "Ask for it with iw.trace(model, prompt, hooks=[...])."
            ) from None
        return activation

    def __repr__(self) -> str:
        return f"Trace({self.source['model']!r}, {len(self.tokens)} tokens)"


def trace(model: TransformerBridge, prompt: str, *, hooks: Sequence[str] | None = None) -> Trace:
    """Run a model once on a prompt and keep named activations.

    Args:
        model: a model from `load_model`, or any TransformerBridge.
        prompt: the text to read. The beginning-of-text token is put in front, unless the prompt
            already starts with it.
        hooks: which activations to keep. A short name ("z", "mlp_out") is kept in every layer, a
            full name ("blocks.0.attn.hook_z", "ln_final.hook_scale") once. None keeps the attention
            pattern and the residual stream before every layer and after the last.

    Returns:
        The tokens and the activations, detached from the graph.

    Raises:
        TypeError: a model that is not a TransformerBridge, a prompt that is not a str, or `hooks`
            that are not a sequence of names.
        ValueError: an empty prompt, one longer than the context, a model in training mode or
            without attention weights, or a hook that the model does not have or does not fire.
    """
    check_model(model)
    token_ids = encode(model, prompt)
    names = _default_hooks(model) if hooks is None else _expand(model, hooks)
    return Trace(
        tokens=tuple(str(token) for token in model.to_str_tokens(token_ids)),
        token_ids=token_ids.numpy(force=True),
        cache=_run(model, token_ids, names),
        model=model,
        source=_source(model, prompt),
    )


def check_model(model: TransformerBridge) -> None:
    """Raise TypeError or ValueError for what is no model, or one that is being trained."""
    from transformer_lens.model_bridge import TransformerBridge

    if not isinstance(model, TransformerBridge):
        raise TypeError(
            f"model: expected a TransformerBridge, got {type(model).__name__}. "
            'Load one with iw.load_model("tiny-world").'
        )
    if model.training:
        raise ValueError(
            "model: expected evaluation mode, got training mode, where dropout blurs every "
            "activation. Call model.eval() first."
        )


def encode(model: TransformerBridge, prompt: str) -> torch.Tensor:
    """Turn the prompt into ids of shape (pos,), none cut off."""
    if not isinstance(prompt, str):
        raise TypeError(
            f"prompt: expected a str, got {type(prompt).__name__}. Trace one prompt at a time."
        )
    if not prompt:
        raise ValueError('prompt: expected some text, got "". Give at least one word.')
    try:
        prompt.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"prompt: expected text that can be written as UTF-8, got half of a surrogate pair at "
            f"position {error.start}. Remove that character."
        ) from error
    begins = bool(model.tokenizer.bos_token) and prompt.startswith(model.tokenizer.bos_token)
    ids: torch.Tensor = model.to_tokens(
        prompt, prepend_bos=False if begins else None, truncate=False
    )[0]
    if len(ids) > model.cfg.n_ctx:
        raise ValueError(
            f"prompt: expected at most {model.cfg.n_ctx} tokens, the context of "
            f"{model.cfg.model_name!r}, got {len(ids)}. Shorten the prompt."
        )
    _check_known(model, prompt, ids)
    return ids


def _check_known(model: TransformerBridge, prompt: str, ids: torch.Tensor) -> None:
    size, tokenizer = model.cfg.d_vocab, model.tokenizer
    if len(ids) and int(ids.max()) < size:
        return
    unknown = tokenizer.unk_token_id
    if unknown in ids.tolist():  # a network of a few symbols has no entry for any other
        known = tokenizer.convert_ids_to_tokens(range(size))
        read = tokenizer(prompt, return_offsets_mapping=True, add_special_tokens=False)
        start, end = read["offset_mapping"][read["input_ids"].index(unknown)]
        raise ValueError(
            f"prompt: expected symbols that {model.cfg.model_name!r} knows ({' '.join(known)}), "
            f"got {prompt[start:end]!r}. Leave it out."
        )
    raise ValueError(
        f"prompt: expected one token or more of the {size} the model knows, got "
        f"ids {ids.tolist()}. Check that the tokenizer belongs to the model."
    )


def _default_hooks(model: TransformerBridge) -> list[str]:
    last = model.cfg.n_layers - 1
    names = [*_expand(model, ["pattern"]), *_expand(model, ["resid_pre"])]
    return [*names, f"blocks.{last}.hook_resid_post"]


def _expand(model: TransformerBridge, hooks: Iterable[str]) -> list[str]:
    """Turn short names into the names of hooks that the model has."""
    from transformer_lens.utilities.components_utils import get_act_name

    if isinstance(hooks, str) or not isinstance(hooks, Iterable):
        raise TypeError(
            f"hooks: expected a list of names, got {hooks!r}. Write a single one as [{hooks!r}]."
        )
    names: list[str] = []
    known = model.hook_dict  # made anew for whoever asks
    for hook in hooks:
        if not isinstance(hook, str):
            raise TypeError(f'hooks: expected names such as "z", got {hook!r} in the list.')
        layers = (get_act_name(hook, layer) for layer in range(model.cfg.n_layers))
        found = [name for name in (hook, f"hook_{hook}", *layers) if name in known]
        if not found:
            raise ValueError(_no_such_hook(hook))
        names += found
    return list(dict.fromkeys(names))


def _no_such_hook(hook: str) -> str:
    if hook == "pattern":
        return (
            "model: expected a model with attention weights, got one without an attention pattern "
            'in any layer. Ask for what it has, such as hooks=["resid_pre"].'
        )
    return (
        f"hooks: expected names of activations, got {hook!r}, which the model does not have. "
        "Pick one from list(model.hook_dict)."
    )


def _run(model: TransformerBridge, ids: torch.Tensor, names: list[str]) -> ActivationCache:
    import torch

    with turn(model), torch.no_grad():
        _, cache = model.run_with_cache(ids[None], names_filter=names, remove_batch_dim=True)
    if silent := [name for name in names if name not in cache]:
        raise ValueError(
            f"hooks: expected activations from {silent}, got none: the model has these hooks but "
            'did not fire them. An attention pattern needs attn_implementation="eager"; results '
            "per head need model.set_use_attn_result(True)."
        )
    kept: ActivationCache = cache
    return kept


def _source(model: TransformerBridge, prompt: str) -> Mapping[str, str]:
    digest = hashlib.sha256(prompt.encode()).hexdigest()
    return MappingProxyType(
        {"model": str(model.cfg.model_name), "prompt_sha256": digest, **versions()}
    )


@cache
def versions() -> dict[str, str]:
    from interp_widgets import __version__

    return {"interp-widgets": __version__, **{name: version(name) for name in _VERSIONED}}
