"""A random GPT-2 whose sizes all differ, saved the way the Hub saves one."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from interp_widgets import data

LAYERS, HEADS, WIDTH, CONTEXT = 2, 3, 24, 32
WORDS = "Mary and John went to the store. Anna gave a drink to Paul. "
BOS = "<bos>"
PROMPT = "Mary and John went to the store."


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


def ship_tiny_world(root: Path) -> Path:
    """Lay the model out as the shipped tiny-world, with one earlier version of its weights.

    Returns its folder; the earlier version, in full, is in `root / "early"`.
    """
    folder = write_gpt2(root / "models" / "tiny-world")
    early = load_file(write_gpt2(root / "early", seed=1) / "model.safetensors")
    (folder / "revisions").mkdir()
    half = {name: tensor.half() for name, tensor in early.items()}
    save_file(half, folder / "revisions" / "step-700.safetensors")
    list_files(root)
    return folder


def list_files(root: Path) -> None:
    """Write the manifest of what is under `root / "models"` at this moment."""
    files = {}
    for path in (root / "models").rglob("*.*"):
        size, digest = data.measure(path)
        relative = path.relative_to(root).as_posix()
        files[relative] = {"bytes": size, "sha256": digest, "licence": "MIT"}
    (root / "manifest.json").write_text(json.dumps({"version": 1, "files": files}))


def logits(model) -> torch.Tensor:
    with torch.no_grad():
        return model(model.to_tokens(PROMPT))
