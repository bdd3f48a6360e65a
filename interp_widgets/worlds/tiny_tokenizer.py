"""The tokenizer of tiny-world: byte-level BPE in which every word of the world is one token."""

from __future__ import annotations

import random

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from interp_widgets.worlds.grammar import BOS, write
from interp_widgets.worlds.tiny_mixture import mixture, vocabulary

VOCABULARY_SIZE = 2048


def _blank_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    # A name is the same token wherever it stands: also at the start, after a bracket or a quote.
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r'"(?=\w)'), '" '),
            normalizers.Replace(Regex(r"\((?=\w)"), "( "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True),
            pre_tokenizers.Split(Regex(r"Ġ?\d\d?"), "isolated"),
            pre_tokenizers.Split(Regex(r'Ġ?["().,:;?!]'), "isolated"),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train_tokenizer(documents: int = 20_000) -> Tokenizer:
    """Train the byte-level BPE tokenizer on the corpus.

    Args:
        documents: How many documents to count pairs on; every word is added often enough to
            become one token.

    Raises:
        ValueError: If a word of the world did not become a single token.
    """
    rng = random.Random("tiny-world tokenizer")
    made = mixture()
    chosen = rng.choices(made, [t.weight for t in made], k=documents)
    texts = ["".join(write(t, rng).units) for t in chosen]
    texts += [_before(word) + word for word in sorted(vocabulary())] * (documents // 100)
    tokenizer = _blank_tokenizer()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        special_tokens=[BOS],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    encoder = Encoder(tokenizer)
    split = sorted(word for word in vocabulary() if len(encoder(word)) > 1)
    if split:
        raise ValueError(f"vocabulary: expected one token a word, got several for {split[:10]}")
    return tokenizer


def _before(unit: str) -> str:
    """Return one token of text to put before a unit so that it is read as in mid-sentence."""
    return "" if unit.startswith(" ") else " 17" if unit.isdigit() else " the"


class Encoder:
    """Token ids of one unit, the same as in the middle of a text."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, tuple[int, ...]] = {BOS: tuple(tokenizer.encode(BOS).ids)}

    def __call__(self, unit: str) -> tuple[int, ...]:
        """Return the token ids of a unit or of `<bos>`."""
        if unit not in self._known:
            before = _before(unit)
            skip = 1 if before else 0
            self._known[unit] = tuple(self._tokenizer.encode(before + unit).ids[skip:])
        return self._known[unit]
