"""tiny-world: a synthetic English in which every label and every probability is known.

A language model trained on it is small enough for a laptop and still has something inside: it must
learn 160 people by heart, copy names, agree with subjects, negate moods, repeat lists, close
brackets and count days. The generator knows the labels behind every token (*factors*) and the exact
distribution of the next token, so the loss of a model has a known floor.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from tokenizers import Tokenizer

from interp_widgets import data
from interp_widgets.worlds.grammar import BOS, Document, Question, Template, document, write
from interp_widgets.worlds.scoring import score
from interp_widgets.worlds.tiny_families import COMBINATION, TRAIN
from interp_widgets.worlds.tiny_mixture import mixture, vocabulary
from interp_widgets.worlds.tiny_tokenizer import Encoder

__all__ = ["CONTEXT", "PROMPTS", "ScoredDocument", "World"]

CONTEXT = 128
PROMPTS = (
    "When Mary and John went to the store, John gave a drink to",
    "Grace Ellis lives in",
    "The key near the cabinets and the boxes",
    "One grey morning Adam was not happy but Rosa was glad. Rain fell on the park. Then Adam",
    "List: river coin Paris lamp doctor; river coin Paris lamp",
    "Count two days after Monday and you reach",
    "The war lasted from the year 1732 to the year 17",
)


@dataclass(frozen=True)
class ScoredDocument:
    """One document with, for every token after `<bos>`, what the generator knows about it.

    The last token is the `<bos>` of the document that follows.
    """

    text: str
    token_ids: np.ndarray
    """(token) including the opening and the closing `<bos>`"""
    surprisal: np.ndarray
    """(token - 1) nats, minus the log probability of each token given all before it"""
    entropy: np.ndarray
    """(token - 1) nats, exact entropy of the next token given all before it"""
    factors: tuple[dict[str, object], ...]
    """(token) labels in force at each token"""


class World:
    """tiny-world read through a tokenizer: documents, training windows, questions and labels."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Keep the tokenizer that turns units into token ids."""
        self.tokenizer = tokenizer
        self.encode = Encoder(tokenizer)

    @classmethod
    def shipped(cls) -> World:
        """Return the world read through the tokenizer of the shipped model."""
        return cls(Tokenizer.from_file(str(data.file("models/tiny-world/tokenizer.json"))))

    def windows(
        self,
        count: int,
        length: int,
        seed: Sequence[int],
        emphasis: Mapping[str, float],
        often: Mapping[str, float] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return training windows of whole documents, back to back, each window from `<bos>`.

        Args:
            count: Number of windows.
            length: Tokens per window; the last document is cut there.
            seed: Integers that fix the result, for example the run's seed and the step.
            emphasis: Weight of the tokens that answer a question, by the first part of its kind;
                all other tokens weigh 1.
            often: How many times as often as usual documents of a family come, by its name, such as
                "claims"; None leaves all as they are.

        Returns:
            Token ids (window, pos), int64, and their weights (window, pos), float32.

        Raises:
            ValueError: An unknown family in `often`.
        """
        rng = random.Random("/".join(map(str, seed)))
        made, cumulative = _cumulative_mixture(TRAIN, tuple((often or {}).items()))
        ids = np.empty((count, length), dtype=np.int64)
        weights = np.ones((count, length), dtype=np.float32)
        for row in range(count):
            window: list[int] = []
            while len(window) < length:
                window.extend(self.encode(BOS))
                written = write(rng.choices(made, cum_weights=cumulative)[0], rng)
                for index, unit in enumerate(written.units):
                    weight = emphasis.get(written.asked.get(index, "").partition(".")[0], 1.0)
                    weights[row, len(window) : length] = weight
                    window.extend(self.encode(unit))
                    weights[row, len(window) : length] = 1.0
            ids[row] = window[:length]
        return ids, weights

    def documents(self, count: int, seed: int, split: str = TRAIN) -> Iterator[Document]:
        """Yield documents with the factors of every unit and the questions they pose."""
        rng = random.Random(f"{split}/{seed}")
        made, cumulative = _cumulative_mixture(split)
        for template in rng.choices(made, cum_weights=cumulative, k=count):
            yield document(template, rng)

    def score(self, made: Document, split: str = TRAIN) -> ScoredDocument:
        """Return a document of a split with surprisal, entropy and factors of every token."""
        surprisal, entropy = score(mixture(split), made.units, self.encode)
        ids, factors = [*self.encode(BOS)], [dict[str, object]()]
        for unit, labels in zip(made.units, made.factors, strict=True):
            ids += self.encode(unit)
            factors += [labels] * len(self.encode(unit))
        return ScoredDocument(
            made.text,
            np.array([*ids, *self.encode(BOS)]),
            np.array(surprisal),
            np.array(entropy),
            (*factors, {}),
        )

    def questions(
        self, kind: str, count: int, seed: int, split: str = COMBINATION
    ) -> list[Question]:
        """Return questions whose kind starts with `kind`, from held-out combinations by default.

        Args:
            kind: For example `"giving.standard"`, `"fact.city"`, `"claim"`, `"agreement"`.
            count: How many.
            seed: Fixes the sample.
            split: `"train"`, `"combination"` or `"template"`.

        Raises:
            ValueError: If no document of the split asks such a question.
        """
        rng = random.Random(f"{kind}/{split}/{seed}")
        able = _templates_asking(kind, split)
        found: list[Question] = []
        while len(found) < count:
            template = rng.choices(able, [t.weight for t in able])[0]
            found += [q for q in document(template, rng).questions if q.kind.startswith(kind)]
        return found[:count]

    def unknown_words(self, text: str) -> list[str]:
        """Return the words of a text that this world never writes, in order."""
        known = {unit.strip() for unit in vocabulary()}
        plain = text.replace(BOS, " ")
        pieces = self.tokenizer.pre_tokenizer.pre_tokenize_str(plain)
        spans = [plain[start:end].strip() for _, (start, end) in pieces]
        return list(dict.fromkeys(word for word in spans if word and word not in known))


@cache
def _cumulative_mixture(
    split: str, often: tuple[tuple[str, float], ...] = ()
) -> tuple[tuple[Template, ...], list[float]]:
    made, times = mixture(split), dict(often)
    families = {t.family for t in made}
    if unknown := sorted(times.keys() - families):
        raise ValueError(f"often: expected families among {sorted(families)}, got {unknown}.")
    return made, list(np.cumsum([t.weight * times.get(t.family, 1.0) for t in made]))


@cache
def _templates_asking(kind: str, split: str) -> tuple[Template, ...]:
    """Return the templates of a split that ask a kind of question."""
    rng = random.Random("tiny-world questions")
    able = tuple(
        t for t in mixture(split)
        if any(q.kind.startswith(kind) for q in document(t, rng).questions)
    )  # fmt: skip
    if not able:
        asked = Counter(q.kind for t in mixture(split) for q in document(t, rng).questions)
        msg = f"kind: expected one of {sorted(asked)}, got {kind!r}"
        raise ValueError(msg)
    return able
