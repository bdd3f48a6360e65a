"""The networks of notebook 01, each loaded once, and what is read to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from interp_widgets.worlds.hand_induction import (
    CIRCUIT,
    INDUCTION,
    hand_induction,
    repeated_segments,
)

if TYPE_CHECKING:
    import torch
    from transformer_lens.model_bridge import TransformerBridge

LETTERS = "adcbeadcbe"
"""What hand-induction reads: a segment of five letters, said twice."""
RECEIVES = "When Mary and John went to the store, John gave a drink to"
GIVES = RECEIVES.replace("John gave", "Mary gave")
"""Two sentences for tiny-world: Mary receives in the one and gives in the other."""
SUSPECTS = (1, 0), (1, 3)
"""(layer, head) of the two heads of `suspects` whose patterns are alike; the first says nothing."""


def network(name: str) -> TransformerBridge:
    """Give a shipped model, loaded once for all checks, without the hooks of an earlier answer."""
    model = _loaded(name)
    model.reset_hooks()
    return model


def folded() -> TransformerBridge:
    """Give tiny-world with its weights folded, loaded once, without hooks."""
    model = _loaded("tiny-world", fold=True)
    model.reset_hooks()
    return model


@cache
def _loaded(name: str, *, fold: bool = False) -> TransformerBridge:
    from interp_widgets.models import load_model

    model = load_model(name)
    if fold:
        model.enable_compatibility_mode()
    return model


def letters() -> tuple[TransformerBridge, torch.Tensor]:
    """Give hand-induction and what it reads, (1, pos)."""
    model = network("hand-induction")
    return model, model.to_tokens(LETTERS)


def segments(
    count: int = 2, length: int = 9, seed: int = 0, name: str = "induction-2l"
) -> tuple[TransformerBridge, torch.Tensor]:
    """Give a trained network and random segments said twice, (sequence, pos)."""
    import torch

    return network(name), torch.from_numpy(repeated_segments(count, length, seed))


def suspects() -> TransformerBridge:
    """Make a network with two heads that look alike, of which only one says anything.

    It is `hand-induction` with its induction head in another place. The second of the `SUSPECTS`
    does what that head did. The first has the same pattern and writes just as much, but into
    columns of the stream that nothing reads.

    Returns:
        The network.
    """
    from interp_widgets.models import load_model

    weights = hand_induction()
    spaces, silent, speaking = weights.spaces, *SUSPECTS
    for matrix in (weights.W_Q, weights.W_K, weights.W_V, weights.W_O, weights.b_Q):
        matrix[silent] = matrix[speaking] = matrix[INDUCTION]
        matrix[INDUCTION] = 0
    written = weights.W_O[silent]
    written[:, spaces["before"]] = written[:, spaces["next"]]
    written[:, spaces["next"]] = 0
    with TemporaryDirectory() as folder:
        weights.save(Path(folder), CIRCUIT)
        model = load_model(folder)
    model.cfg.model_name = "two suspects"
    return model
