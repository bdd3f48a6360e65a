"""What a model of tiny-world can do, measured on combinations it was never trained on.

Nothing about a model is worth explaining before it is known to behave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import cast

import numpy as np
import torch
from torch import Tensor

from interp_widgets.worlds.grammar import Question
from interp_widgets.worlds.tiny_families import COMBINATION
from interp_widgets.worlds.tiny_world import ScoredDocument, World

Logits = Callable[[Tensor], Tensor]
"""From token ids (batch, pos) to logits (batch, pos, vocabulary)."""


def _figure(meaning: str) -> float:
    """Declare a figure with the words that tables and docs give it."""
    return cast(float, field(metadata={"meaning": meaning}))


@dataclass(frozen=True)
class Behaviour:
    """How a model does on held-out combinations; every figure's metadata says what it means."""

    giving: float = _figure("giving: the receiver is likelier than the giver")
    giving_logit_difference: float = _figure("giving: mean logit of receiver minus giver")
    facts: float = _figure("facts: the likeliest token is the person's city or job")
    claims: float = _figure("claims: the likeliest token is the right verdict")
    agreement: float = _figure("agreement past one or two attractors: the likelier number is right")
    mood: float = _figure("mood: the likeliest token is a consequence that fits")
    list_ratio: float = _figure("lists: loss when said again over loss when first said")
    loss: float = _figure("loss on fresh documents, nats a token")
    entropy: float = _figure("entropy of the same tokens, nats a token")
    excess: float = _figure("loss minus the generator's surprisal, nats a token")


def measure(logits: Logits, world: World, *, count: int = 1000, seed: int = 1) -> Behaviour:
    """Measure every behaviour on `count` held-out questions each, and the loss on fresh text."""
    giving = answer_margins(logits, world, world.questions("giving.standard", count, seed))
    facts = [
        q for kind in ("fact.city", "fact.job") for q in world.questions(kind, count // 2, seed)
    ]
    agreement = [q for n in "12" for q in world.questions(f"agreement.{n}", count // 2, seed)]
    fresh = map(world.score, world.documents(2 * count, seed))
    loss, surprisal, entropy = losses(logits, fresh)
    return Behaviour(
        giving=float(np.mean(giving > 0)),
        giving_logit_difference=float(giving.mean()),
        facts=share_right(logits, world, facts),
        claims=share_right(logits, world, world.questions("claim", count, seed)),
        agreement=float(np.mean(answer_margins(logits, world, agreement) > 0)),
        mood=share_right(logits, world, world.questions("mood", count, seed)),
        list_ratio=list_ratio(logits, world, count // 4, seed),
        loss=loss,
        entropy=entropy,
        excess=loss - surprisal,
    )


def as_dict(behaviour: Behaviour) -> dict[str, float]:
    """Return the figures rounded to four places, for a model's README and records."""
    return {name: round(value, 4) for name, value in asdict(behaviour).items()}


def answer_margins(logits: Logits, world: World, questions: Sequence[Question]) -> np.ndarray:
    """Return, for each question, the best right answer's logit minus the best wrong one's.

    Returns:
        (question) logits; above zero where the model prefers a right answer.
    """
    margins = []
    for question, last in zip(questions, _last_logits(logits, world, questions), strict=True):
        right, wrong = (_first_ids(world, units) for units in (question.answers, question.wrong))
        margins.append(float(last[right].max() - last[wrong].max()))
    return np.array(margins)


def share_right(logits: Logits, world: World, questions: Sequence[Question]) -> float:
    """Return how often the likeliest of all tokens is a right answer.

    Args:
        logits: (batch, pos) ids to (batch, pos, vocabulary) logits.
        world: whose tokenizer is used.
        questions: what is asked.
    """
    right = [
        int(last.argmax()) in _first_ids(world, question.answers)
        for question, last in zip(questions, _last_logits(logits, world, questions), strict=True)
    ]
    return float(np.mean(right))


def list_ratio(logits: Logits, world: World, count: int, seed: int) -> float:
    """Return the loss on the second saying of held-out word lists over that on the first."""
    documents = world.documents(_DOCUMENTS_PER_LIST * count, seed, COMBINATION)
    lists = (
        d
        for d in documents
        if d.factors[0]["family"] == "lists" and _WORDS in str(d.factors[0]["template"])
    )
    scored = (world.score(d, COMBINATION) for d in islice(lists, count))
    sums: dict[object, list[float]] = {1: [0.0, 0], 2: [0.0, 0]}
    for ids, loss, document in _token_losses(logits, scored):
        for position in range(1, len(ids) - 1):
            labels = document.factors[position]
            if labels.get("list.pass") in sums and "list.index" in labels:
                said = sums[labels["list.pass"]]
                said[0], said[1] = said[0] + float(loss[position - 1]), said[1] + 1
    first, second = (total / number for total, number in sums.values())
    return second / first


def losses(logits: Logits, documents: Iterator[ScoredDocument]) -> tuple[float, float, float]:
    """Return mean loss, mean surprisal under the generator and mean entropy, in nats per token."""
    scored = [(loss, d.surprisal, d.entropy) for _, loss, d in _token_losses(logits, documents)]
    loss, surprisal, entropy = (
        np.concatenate(column).mean() for column in zip(*scored, strict=True)
    )
    return float(loss), float(surprisal), float(entropy)


@torch.no_grad()
def _token_losses(
    logits: Logits, documents: Iterator[ScoredDocument]
) -> Iterator[tuple[np.ndarray, np.ndarray, ScoredDocument]]:
    """Yield each document's token ids and the model's loss on every token after the first."""
    for batch in _by_length(documents):
        ids = torch.from_numpy(np.stack([document.token_ids for document in batch]))
        log_probs = logits(ids)[:, :-1].log_softmax(-1)
        loss = -log_probs.gather(-1, ids[:, 1:, None])[..., 0].numpy()
        for row, document in enumerate(batch):
            yield document.token_ids, loss[row], document


def _by_length(documents: Iterator[ScoredDocument]) -> Iterator[list[ScoredDocument]]:
    """Group documents of equal length, so that none needs padding."""
    groups: dict[int, list[ScoredDocument]] = {}
    for document in documents:
        groups.setdefault(len(document.token_ids), []).append(document)
    for group in groups.values():
        for start in range(0, len(group), _BATCH):
            yield group[start : start + _BATCH]


_BATCH = 64
_WORDS, _DOCUMENTS_PER_LIST = "[words", 100


@torch.no_grad()
def _last_logits(logits: Logits, world: World, questions: Sequence[Question]) -> list[Tensor]:
    """Return the logits (vocabulary) at the end of each prompt, prompts of one length together."""
    encoded = [world.tokenizer.encode(question.prompt).ids for question in questions]
    found: dict[int, Tensor] = {}
    for length in sorted({len(ids) for ids in encoded}):
        rows = [row for row, ids in enumerate(encoded) if len(ids) == length]
        for start in range(0, len(rows), _BATCH):
            chunk = rows[start : start + _BATCH]
            last = logits(torch.tensor([encoded[row] for row in chunk]))[:, -1]
            found.update(zip(chunk, last, strict=True))
    return [found[row] for row in range(len(questions))]


def _first_ids(world: World, units: Sequence[str]) -> list[int]:
    return [world.encode(unit)[0] for unit in units]
