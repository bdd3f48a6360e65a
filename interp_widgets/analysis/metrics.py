"""Metrics: one number that says how a model answers a prompt."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from transformer_lens.model_bridge import TransformerBridge

from interp_widgets.analysis._vocabulary import token_id


@dataclass(frozen=True)
class LogitDifference:
    """Measure how much likelier a model thinks one token than another, in logits.

    Attributes:
        answer: vocabulary id of the token that counts for the prompt.
        other: vocabulary id of the token that counts against it.
        name: what is measured, in words.
        pos: which token's prediction is read.
        unit: of the difference.
    """

    answer: int
    other: int
    name: str
    pos: int = -1
    unit: str = "logits"

    def __call__(self, logits: Float[torch.Tensor, "1 pos vocabulary"]) -> Float[torch.Tensor, ""]:
        """Read the difference from the logits of a run."""
        return logits[0, self.pos, self.answer] - logits[0, self.pos, self.other]


def logit_difference(
    model: TransformerBridge, answer: str | int, other: str | int, *, pos: int = -1
) -> LogitDifference:
    """Make the metric of most patching experiments: the logit of one token minus another's.

    It is 0 where the model thinks both equally likely (Wang et al. 2022, "Interpretability in the
    Wild", measure indirect object identification so).

    Args:
        model: whose vocabulary the tokens are of.
        answer: the right token of the clean prompt, as text (" Mary") or vocabulary id.
        other: the right token of the corrupted prompt.
        pos: which token's prediction is read; -1 is the last.

    Returns:
        A metric for `patch_sweep`.

    Raises:
        ValueError: text that is not exactly one token, or an id that is not in the vocabulary.
    """
    ids = token_id(model, "answer", answer), token_id(model, "other", other)
    plus, minus = (model.tokenizer.decode([number]) for number in ids)
    return LogitDifference(*ids, name=f"logit of {plus!r} minus logit of {minus!r}", pos=pos)
