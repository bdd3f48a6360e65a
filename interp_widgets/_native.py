"""Small networks without a Hugging Face architecture: TransformerLens builds them from numbers.

Such a model's folder looks like any other (config.json, model.safetensors, tokenizer.json), but its
config.json holds the settings of TransformerLens' own architecture. Where the mechanism is known,
circuit.json says which edges carry it, and the loaded model has it as `model.circuit`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor
    from transformer_lens.model_bridge import TransformerBridge

NATIVE: Final = "TransformerLensNative"
_UNKNOWN: Final = "<unknown>"


def architecture(folder: Path) -> str:
    """Read which architecture a model's folder names; "" where that is left to transformers."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return str(config.get("architecture", ""))


def save_native(
    folder: Path,
    config: Mapping[str, object],
    tensors: Mapping[str, Tensor | NDArray[np.float64]],
    vocabulary: Sequence[str],
    *,
    spaced: bool = False,
) -> None:
    """Write a network of TransformerLens' own architecture as a folder that `load_model` reads.

    Args:
        folder: where the files go; it exists.
        config: the settings of a `TransformerBridgeConfig`.
        tensors: the weights by the names of `NativeModel.state_dict()`. One that fp16 holds exactly
            is written as fp16.
        vocabulary: the text of each token; the first begins every sequence.
        spaced: whether white space sets the symbols of a prompt apart. Where it does not, a prompt
            is read one character at a time, and longer symbols are answers that no prompt holds.
    """
    import torch
    from safetensors.torch import save_file

    settings = {"architecture": NATIVE, **config}
    (folder / "config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    weights = {name: torch.as_tensor(values).float() for name, values in tensors.items()}
    save_file({name: _smallest(w) for name, w in weights.items()}, folder / "model.safetensors")
    _save_tokenizer(folder, vocabulary, spaced=spaced)


def _smallest(weights: Tensor) -> Tensor:
    half = weights.half()
    return (half if half.float().equal(weights) else weights).contiguous()


def _save_tokenizer(folder: Path, vocabulary: Sequence[str], *, spaced: bool) -> None:
    """Write a tokenizer with one token for each word, or for each character that is no space.

    A symbol that is not in the vocabulary gets an id that the network does not have.
    """
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers

    numbered = {symbol: token for token, symbol in enumerate([*vocabulary, _UNKNOWN])}
    tokenizer = Tokenizer(models.WordLevel(numbered, unk_token=_UNKNOWN))
    words = pre_tokenizers.WhitespaceSplit()
    characters = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.pre_tokenizer = words if spaced else pre_tokenizers.Sequence([words, characters])
    tokenizer.add_special_tokens([vocabulary[0]])
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": vocabulary[0],
        "unk_token": _UNKNOWN,
    }
    text = json.dumps(settings, indent=1) + "\n"
    (folder / "tokenizer_config.json").write_text(text, encoding="utf-8")


def boot_native(folder: Path, weights: Path | None = None) -> TransformerBridge:
    """Build the network of a folder and wrap it for hooks, in float32 on the CPU.

    Args:
        folder: with config.json, model.safetensors, the tokenizer and perhaps circuit.json.
        weights: another version of the weights; None takes model.safetensors.
    """
    import torch
    from safetensors.torch import load_file
    from transformer_lens.config import TransformerBridgeConfig
    from transformer_lens.model_bridge.sources import build_bridge_from_module
    from transformer_lens.model_bridge.sources.native import NativeModel
    from transformers import PreTrainedTokenizerFast

    from interp_widgets.worlds.circuits import Circuit

    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = TransformerBridgeConfig.from_dict(settings)
    with torch.random.fork_rng(devices=[]):  # the values that the weights replace are drawn
        network = NativeModel(config)
    network.load_state_dict(load_file(weights or folder / "model.safetensors"))  # in its float32
    model: TransformerBridge = build_bridge_from_module(
        network,
        architecture=NATIVE,
        tl_config=config,
        tokenizer=PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True),
    )
    # TransformerLens finds out with a letter, and takes the id of an unknown symbol for an end.
    model.cfg.tokenizer_appends_eos = False
    if (folder / "circuit.json").is_file():
        model.circuit = Circuit.load(folder / "circuit.json")
    return model
