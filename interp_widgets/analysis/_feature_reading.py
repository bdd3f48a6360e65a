"""Where the activation of a feature comes from, and which direction it writes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from transformer_lens.model_bridge import TransformerBridge

from interp_widgets._turns import turn
from interp_widgets.analysis._corpus import Corpus

_BATCH = 4096  # tokens that a model runs at once
_BLOCK = re.compile(r"blocks\.(\d+)\.")
_NEURONS = re.compile(r"blocks\.(\d+)\.mlp\.hook_post")

_Hooked = Float[torch.Tensor, "batch pos width"]
_Read = Callable[[_Hooked, Sequence[int]], Float[torch.Tensor, "batch pos some"]]


@dataclass(frozen=True, eq=False)
class Reader:
    """Read some features of a model.

    Attributes:
        kind: "neuron", "direction" or "latent".
        hook: the activation that they are read from.
        features: their numbers.
        directions: what each writes into the residual stream for one unit of its activation.
        read: gives what is at the hook, and places of features, as their activations.
    """

    kind: str
    hook: str
    features: Int[np.ndarray, " feature"]
    directions: Float[torch.Tensor, "feature d_model"]
    read: _Read

    def run(
        self, model: TransformerBridge, corpus: Corpus, places: Sequence[int]
    ) -> Float[np.ndarray, "token some"]:
        """Run all documents and keep the activations of some features."""
        kept = np.empty((len(corpus.ids), len(places)), dtype=np.float32)
        for documents, ids in corpus.batches(_BATCH):
            found = self.read(self._hooked(model, ids), places).float().numpy(force=True)
            for document, values in zip(documents, found, strict=True):
                kept[corpus.starts[document] : corpus.starts[document + 1]] = values
        return kept

    def _hooked(self, model: TransformerBridge, ids: Int[np.ndarray, "batch pos"]) -> _Hooked:
        block = _BLOCK.match(self.hook)
        stop = int(block[1]) + 1 if block else None
        with turn(model), torch.no_grad():
            _, cache = model.run_with_cache(
                torch.tensor(ids), names_filter=[self.hook], stop_at_layer=stop
            )
        if self.hook not in cache:
            raise ValueError(
                f"hook: expected an activation that the model computes, got {self.hook!r}, which "
                "did not fire. Pick another from list(model.hook_dict)."
            )
        found: torch.Tensor = cache[self.hook].float()
        if self.kind != "neuron" and found.shape[2:] != self.directions.shape[1:]:
            raise ValueError(
                f"hook: expected activations of {self.directions.shape[1]} numbers a token, as "
                f"the directions have, got {tuple(found.shape[2:])} at {self.hook!r}. "
                "Name a place of the residual stream."
            )
        return found


def reader(
    model: TransformerBridge,
    what: object,
    hook: str | None,
    features: Sequence[int] | np.ndarray | None,
) -> Reader:
    """Find out how to read neurons, directions or latents.

    Args:
        model: whose they are.
        what: name of a hook, directions, or an object with `encode` and `W_dec`.
        hook: where directions and latents are read.
        features: numbers of those that are wanted; None takes all.

    Raises:
        TypeError: something else, or a missing hook.
        ValueError: a hook or a feature that is not there, or directions of another width.
    """
    if isinstance(what, str | tuple):
        return _neurons(model, what, hook, features)
    place = _checked_hook(model, hook)
    if hasattr(what, "encode") and hasattr(what, "W_dec"):
        directions = _directions(model, what.W_dec, "what.W_dec")
        numbers = _numbers(features, len(directions))
        chosen = torch.tensor(numbers)

        def encode(hooked: _Hooked, places: Sequence[int]) -> torch.Tensor:
            with torch.no_grad():
                encoded: torch.Tensor = what.encode(hooked)
            return encoded[..., chosen[list(places)]]

        return Reader("latent", place, numbers, directions[chosen], encode)
    directions = _directions(model, what, "what")
    numbers = _numbers(features, len(directions))
    wanted = directions[torch.tensor(numbers)]
    return Reader(
        "direction", place, numbers, wanted, lambda hooked, places: hooked @ wanted[list(places)].T
    )


def _neurons(
    model: TransformerBridge,
    what: str | tuple[str, int],
    hook: str | None,
    features: Sequence[int] | np.ndarray | None,
) -> Reader:
    from transformer_lens.utilities.components_utils import get_act_name

    if hook is not None:
        raise TypeError(
            f"hook: expected None beside the name of a hook, got {hook!r}. Name it once."
        )
    name = what if isinstance(what, str) else get_act_name(*what)
    named = _NEURONS.fullmatch(name)
    if not named or name not in model.hook_dict:
        raise ValueError(
            f'what: expected the neurons of a layer, such as "blocks.0.mlp.hook_post" or '
            f'("post", 0), got {what!r}. For other places give directions (feature, d_model) and '
            "hook=."
        )
    directions = model.blocks[int(named[1])].mlp.W_out.detach().float()
    numbers = _numbers(features, len(directions))
    wanted = directions[torch.tensor(numbers)]
    return Reader(
        "neuron", name, numbers, wanted, lambda hooked, places: hooked[..., numbers[list(places)]]
    )


def _checked_hook(model: TransformerBridge, hook: str | None) -> str:
    if not isinstance(hook, str):
        raise TypeError(
            f"hook: expected the name of an activation for directions and latents, got {hook!r}. "
            'Say where they are read, such as hook="blocks.1.hook_resid_post".'
        )
    if hook not in model.hook_dict:
        raise ValueError(
            f"hook: expected the name of an activation, got {hook!r}, which the model does not "
            "have. Pick one from list(model.hook_dict)."
        )
    return hook


def _directions(
    model: TransformerBridge, given: object, name: str
) -> Float[torch.Tensor, "feature d_model"]:
    width = model.cfg.d_model
    try:
        made = torch.as_tensor(given).detach().to(model.W_U.device).float()
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(
            f"{name}: expected the name of a hook, directions of shape (feature, {width}), or an "
            f"object with encode and W_dec, got {type(given).__name__}. Pass one of these."
        ) from error
    if made.ndim != 2 or made.shape[1] != width or len(made) == 0 or not made.isfinite().all():
        raise ValueError(
            f"{name}: expected finite directions of shape (feature, {width}), got shape "
            f"{tuple(made.shape)}. A single direction is written direction[None]."
        )
    return made


def _numbers(
    features: Sequence[int] | np.ndarray | None, count: int
) -> Int[np.ndarray, " feature"]:
    if features is None:
        return np.arange(count)
    numbers = np.asarray(features)
    if numbers.dtype.kind not in "iu" or numbers.ndim != 1:
        raise TypeError(
            f"features: expected a list of whole numbers, got {features!r}. Write features=[3, 17]."
        )
    if not len(numbers) or len(set(numbers.tolist())) < len(numbers):
        raise ValueError(f"features: expected different numbers, got {features!r}.")
    if numbers.min() < 0 or numbers.max() >= count:
        raise ValueError(
            f"features: expected numbers from 0 to {count - 1}, got {numbers.min()} to "
            f"{numbers.max()}. Leave features out for all of them."
        )
    return numbers.astype(np.int64)
