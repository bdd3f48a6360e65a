"""A random GPT-2 whose sizes all differ, saved the way the Hub saves one."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

LAYERS, HEADS, WIDTH, CONTEXT = 2, 3, 24, 32
WORDS = "Mary and John went to the store. Anna gave a drink to Paul. "
BOS = "<bos>"


def write_gpt2(folder: Path, seed: int = 0) -> Path:
    """Save config.json, model.safetensors and a byte-level tokenizer.json; return the folder."""
    tokenizer = _tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = GPT2Config(
        n_layer=LAYERS,
        n_head=HEADS,
        n_embd=WIDTH,
        n_positions=CONTEXT,
        vocab_size=len(tokenizer),
        initializer_range=0.5,  # far from uniform attention
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.bos_token_id,
    )
    GPT2LMHeadModel(config).save_pretrained(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,  # more than the words give, so every one becomes a single token
        special_tokens=[BOS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator([WORDS] * 3, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=bpe, bos_token=BOS, eos_token=BOS)
