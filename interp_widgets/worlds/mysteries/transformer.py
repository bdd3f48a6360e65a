"""Sealed transformers of attention alone: which rule do they follow, and which heads carry it?

Every one has three layers of four heads and the same configuration. Drawn are the rule, the heads
that carry it, one that only looks the part, and sometimes one that takes over where the head that
writes the prediction is ablated (as backup heads do: Wang et al. 2022, "Interpretability in the
Wild").
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np

from interp_widgets._native import boot_native
from interp_widgets.worlds.mysteries import _stages
from interp_widgets.worlds.mysteries.algorithms import ALGORITHMS, LETTERS, random_sequences
from interp_widgets.worlds.mysteries.sealed import Answer, Question, Sealed

if TYPE_CHECKING:
    from transformer_lens.model_bridge import TransformerBridge

    from interp_widgets.worlds.mysteries._stages import Look, Place
    from interp_widgets.worlds.weights import Weights

_TASK = (
    "A transformer of three layers with four attention heads each, and no MLPs. It reads <bos> and "
    "up to 24 of the letters a to l, and at each position it predicts one symbol by a simple rule. "
    "`mystery.model` is the network, `mystery.inputs` are 200 random sequences (sequence, pos)."
)
_NONE = "none"
_EXPECTS = 'a head from "L0H0" to "L2H3"'
_LOOKS: Final[dict[str, Look]] = {
    "previous": _stages.look_back(1),
    "two-back": _stages.look_back(2),
    "first": _stages.look_at_first,
    "frequent": _stages.look_at_all,
    "induction": _stages.look_for_match,
    "successor": _stages.look_back(1),
}
"""Where a head looks that carries a rule alone, or, for induction, with a note of the symbol
before."""
_DECOYS = ("previous", "two-back", "first")


@dataclass(frozen=True)
class _Plan:
    """Say which head does what; None where there is no such head."""

    rule: str
    writer: Place
    helper: Place | None
    backup: Place | None
    decoy: Place
    decoy_look: str
    decoy_target: str
    composed: bool

    @property
    def noted(self) -> bool:
        """Whether the helper leaves a note of the symbol before."""
        before = self.rule in {"previous", "induction", "successor"} or self.composed
        return self.helper is not None and before


def make(rng: np.random.Generator) -> Sealed:
    """Draw a sealed transformer."""
    plan = _draw(rng)
    inputs = random_sequences(200, (1, int(rng.integers(2**31))))
    return Sealed(
        task=_TASK,
        model=_boot(_write(plan, rng)),
        inputs=inputs,
        questions=_questions(plan, inputs),
        story=_story(plan),
    )


def _draw(rng: np.random.Generator) -> _Plan:
    rule = str(rng.choice([*ALGORITHMS]))
    helped = rule == "induction" or rng.random() < 0.5
    backed = rng.random() < 0.4
    roles = ["helper"] * helped + ["writer"] + ["backup"] * backed
    layers = sorted(rng.choice(_stages.LAYERS, size=len(roles), replace=False).tolist())
    heads = {
        role: (layer, int(rng.integers(_stages.HEADS)))
        for role, layer in zip(roles, layers, strict=True)
    }
    composed = rule == "two-back" and helped and rng.random() < 0.5
    plan = _Plan(
        rule=rule,
        writer=heads["writer"],
        helper=heads.get("helper"),
        backup=heads.get("backup"),
        decoy=(0, 0),
        decoy_look=str(rng.choice(_DECOYS)),
        decoy_target=str(rng.choice(["dead", "flat"])),
        composed=composed,
    )
    return _with_decoy(plan, rng)


def _with_decoy(plan: _Plan, rng: np.random.Generator) -> _Plan:
    """Choose the decoy's head; where a note can be matched, it often is an induction head."""
    free = [head for head in _places() if head not in {plan.writer, plan.helper, plan.backup}]
    look = plan.decoy_look
    if plan.noted and plan.helper is not None and plan.helper[0] < 2 and rng.random() < 0.7:
        first = plan.helper[0]
        free = [head for head in free if head[0] > first]
        look = "induction"
    decoy = free[int(rng.integers(len(free)))]
    return _Plan(**{**vars(plan), "decoy": decoy, "decoy_look": look})


def _places() -> list[Place]:
    return list(product(range(_stages.LAYERS), range(_stages.HEADS)))


def _write(plan: _Plan, rng: np.random.Generator) -> Weights:
    weights = _stages.blank()
    _write_carriers(weights, plan, share=float(rng.uniform(0.1, 0.25)))
    _LOOKS[plan.decoy_look](weights, plan.decoy)
    _stages.copy(weights, plan.decoy, "symbol", plan.decoy_target)
    busy = {plan.writer, plan.helper, plan.backup, plan.decoy}
    for head in _places():
        if head not in busy:
            _stages.idle(weights, head, rng)
    _stages.turn(weights, rng)
    return weights


def _write_carriers(weights: Weights, plan: _Plan, share: float) -> None:
    """Write the heads that carry the rule, and the backup, which does as the writer does."""
    look, source = _LOOKS[plan.rule], "symbol"
    if plan.helper is not None:
        before = plan.rule == "induction" or plan.composed
        helping = _LOOKS["previous"] if before else look
        helping(weights, plan.helper)
        _stages.copy(weights, plan.helper, "symbol", "note")
        if plan.rule != "induction":
            look, source = _stages.look_back(int(plan.composed)), "note"
    for head in (plan.writer, plan.backup):
        if head is not None:
            look(weights, head)
            _stages.copy(weights, head, source, "next")
            if plan.rule == "successor":
                _stages.shift(weights, head)
            if plan.rule != "induction":
                _stages.rest(weights, head, share)
    if plan.backup is not None:
        _stages.stay_quiet(weights, plan.backup)


def _boot(weights: Weights) -> TransformerBridge:
    with TemporaryDirectory() as folder:
        weights.save(Path(folder))
        model = boot_native(Path(folder))
    model.cfg.model_name = "sealed"
    model.tokenizer.name_or_path = "sealed"
    bridge: TransformerBridge = model.eval()
    return bridge


def _name(head: Place | None) -> str:
    return _NONE if head is None else f"L{head[0]}H{head[1]}"


def _questions(plan: _Plan, inputs: np.ndarray) -> tuple[Question, ...]:
    heads: dict[Answer, str] = dict.fromkeys(map(_name, _places()), "")
    or_none: dict[Answer, str] = {**heads, _NONE: ""}
    return (
        Question(
            slug="algorithm",
            words="Which rule does it follow? It predicts ...",
            expects=f"one of {', '.join(ALGORITHMS)}",
            menu={name: rule.about for name, rule in ALGORITHMS.items()},
            answer=plan.rule,
            test="",
            tests=_counterexamples(plan.rule, inputs),
        ),
        Question(
            slug="writer",
            words="Which head writes the prediction?",
            expects=_EXPECTS,
            menu=heads,
            answer=_name(plan.writer),
            test=(
                "Attribute the logits to the heads: what {given} adds to the predicted symbol's "
                "logit, less what it adds to the mean of all logits. A pattern tells where a head "
                "looks, not what it writes."
            ),
        ),
        Question(
            slug="helper",
            words="Which other head does the writer need, because it reads what that one wrote?",
            expects=f'{_EXPECTS}, or "{_NONE}"',
            menu=or_none,
            answer=_name(plan.helper),
            test=(
                "Your answer was {given}. Set the output of each head to zero, one at a time, and "
                "see whether what the writer adds to the predicted symbol's logit stays."
            ),
        ),
        Question(
            slug="decoy",
            words=(
                "Which head looks the part, with a sharp and regular pattern, although nothing "
                "ever depends on what it writes?"
            ),
            expects=_EXPECTS,
            menu=heads,
            answer=_name(plan.decoy),
            test=(
                "Look at the pattern of {given}: is it sharp? Then set its output to zero, alone "
                "and together with the writer's. For a decoy neither changes the share of "
                "predictions that follow the rule."
            ),
        ),
        Question(
            slug="backup",
            words="Which head takes over when the writer's output is set to zero?",
            expects=f'{_EXPECTS}, or "{_NONE}"',
            menu=or_none,
            answer=_name(plan.backup),
            test=(
                "Your answer was {given}. Set the writer's output to zero and see whether the "
                "predictions stay; if they do, attribute the logits to the heads once more."
            ),
        ),
    )


def _counterexamples(rule: str, inputs: np.ndarray) -> dict[Answer, str]:
    """Show for every other rule a sequence on which it predicts something else than this one."""
    said = ALGORITHMS[rule].predict(inputs)
    shown: dict[Answer, str] = {}
    for name, other in ALGORITHMS.items():
        if name == rule:
            continue
        differs = (other.predict(inputs) != said) & (other.predict(inputs) >= 0) & (said >= 0)
        row, pos = np.argwhere(differs[:, 4:])[0] + [0, 4]
        letters = " ".join(LETTERS[token - 1] for token in inputs[row, 1 : pos + 1])
        predicted = LETTERS[other.predict(inputs)[row, pos] - 1]
        shown[name] = (
            f"Run the model on '{letters}'. By the rule '{name}' it would predict '{predicted}' "
            "at the last letter."
        )
    return shown


def _story(plan: _Plan) -> str:
    parts = [f"It predicts {ALGORITHMS[plan.rule].about}."]
    if plan.helper is not None:
        parts.append(f"{_name(plan.helper)} leaves a note for {_name(plan.writer)}.")
    parts.append(f"{_name(plan.writer)} writes the prediction.")
    if plan.backup is not None:
        parts.append(
            f"{_name(plan.backup)} looks at the start as long as the prediction is there, and "
            "writes it where it is not."
        )
    where = "where no one reads it" if plan.decoy_target == "dead" else "on every logit alike"
    parts.append(f"{_name(plan.decoy)} has the pattern of '{plan.decoy_look}' and writes {where}.")
    return " ".join(parts)
