"""Load a small language model that can be looked into: shipped, from a folder, or from the Hub.

Every model is loaded the same way: weights only from safetensors (pickled weights can run code), no
code from the model's folder, attention computed in the open so that its pattern can be recorded,
float32 on the CPU. Weights are left as they are: TransformerLens' compatibility mode, which folds
them and so changes lens and attribution numbers, is never switched on here.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from interp_widgets import data
from interp_widgets._cast import MEMBERS
from interp_widgets._hub import download
from interp_widgets._native import NATIVE, architecture, boot_native

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from transformer_lens.model_bridge import TransformerBridge
    from transformers import PreTrainedModel

SHIPPED: Final = tuple(member.name for member in MEMBERS)

_PICKLED: Final = {".bin", ".pt", ".pth", ".ckpt", ".pkl"}
_LIKE_A_PATH: Final = (".", "/", "~", "\\")


def load_model(
    name_or_path: str | os.PathLike[str], *, revision: str | None = None
) -> TransformerBridge:
    """Load a language model, ready to be traced.

    A shipped model or a folder needs no network, and none is tried.

    Args:
        name_or_path: a shipped model ("tiny-world"), a folder in Hugging Face layout, or the id of
            a model on the Hugging Face Hub ("gpt2"). A shipped name wins over a folder of the same
            name; write "./tiny-world" for the folder.
        revision: which version of the weights. None is the finished model; a shipped model also
            has snapshots of its training ("step-700") and other seeds, and a Hub model has the
            branches, tags and commits of its repository.

    Returns:
        The model, in evaluation mode; `model.cfg.model_name` says which one it is. Where the
        mechanism is known, `model.circuit` holds the edges that carry it. "vision-shapes" reads
        images: it is a torch module with TransformerLens' hooks, but no TransformerBridge.

    Raises:
        TypeError: an argument of the wrong kind.
        ValueError: an unknown model or revision, weights that are damaged, incomplete or pickled, a
            model that needs its own code, or one that TransformerLens does not support.
        FileNotFoundError: a folder or a shipped file that does not exist.
        OSError: a Hub model that is neither on this machine nor within reach.
    """
    name = _checked(name_or_path, revision)
    if name in SHIPPED:
        return _load_shipped(name, revision)
    found = _existing(name)
    if found or name.startswith(_LIKE_A_PATH) or not isinstance(name_or_path, str):
        return _load_local(name, found, revision)
    if meant := get_close_matches(name, SHIPPED, n=1, cutoff=0.8):
        raise ValueError(
            f"name_or_path: expected {_known()}, got {name!r}. Did you mean {meant[0]!r}?"
        )
    snapshot, commit = download(name, revision, _known())
    return _boot(snapshot, f"{name}@{commit}")


def _checked(name_or_path: object, revision: object) -> str:
    if not isinstance(name_or_path, (str, os.PathLike)):
        raise TypeError(f"name_or_path: expected {_known()}, got {type(name_or_path).__name__}.")
    if revision is not None and not isinstance(revision, str):
        raise TypeError(
            f"revision: expected a str or None, got {type(revision).__name__}. "
            'Write it as text, such as "step-700".'
        )
    name = os.fspath(name_or_path)
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise ValueError(f"name_or_path: expected {_known()}, got {name!r}.")
    return name


def _known() -> str:
    shipped = ", ".join(repr(name) for name in SHIPPED)
    return (
        f"a shipped model ({shipped}), the path of a folder in Hugging Face layout "
        '("./my-model"), or the id of a model on the Hugging Face Hub ("gpt2")'
    )


def _load_shipped(name: str, revision: str | None) -> TransformerBridge:
    folder = data.file(f"models/{name}/config.json").parent
    listed = [path for path in data.manifest() if path.startswith(f"models/{name}/")]
    revisions = {Path(path).stem: path for path in listed if "/revisions/" in path}
    if revision is not None and revision not in revisions:
        raise ValueError(
            f"revision: expected None or one of {sorted(revisions)} for {name!r}, got {revision!r}."
        )
    for path in set(listed) - set(revisions.values()):
        data.file(path)
    if revision is None:
        return _boot(folder, name)
    return _boot(folder, f"{name}@{revision}", data.file(revisions[revision]))


def _existing(name: str) -> Path | None:
    try:
        path = Path(name).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError):  # longer than a path can be; the home of a user unknown here
        return None


def _load_local(name: str, folder: Path | None, revision: str | None) -> TransformerBridge:
    if folder is None or not folder.is_dir():
        got = "a file" if folder else "nothing there"
        raise FileNotFoundError(
            f"name_or_path: expected {_known()}, got the path {name!r} with {got}."
        )
    if revision is not None:
        raise ValueError(
            f"revision: expected None for the folder {name!r}, which holds one version, "
            f"got {revision!r}. Give the folder of the version you want."
        )
    return _boot(folder, folder.resolve().name)


def _boot(folder: Path, label: str, weights: Path | None = None) -> TransformerBridge:
    """Load the weights in `folder`, or `weights` for its architecture, and wrap them for hooks."""
    _check_layout(folder)
    try:
        boots = {NATIVE: boot_native, "ShapesNetwork": _boot_shapes}
        boot: Callable[..., Any] = boots.get(architecture(folder), _boot_transformers)
        model: TransformerBridge = boot(folder, weights)
    except Exception as error:  # the loaders below raise anything from KeyError to RuntimeError
        raise ValueError(
            f"name_or_path: expected a causal language model that TransformerLens can wrap, got "
            f"{folder}, which fails to load: {error}"
        ) from error
    # What reads images has no tokenizer; transformers makes an empty one out of no files.
    if hasattr(model, "tokenizer") and not model.tokenizer.vocab_size:
        raise ValueError(
            f"name_or_path: expected a tokenizer in {folder}, got none. "
            "Save it there with `tokenizer.save_pretrained(folder)`."
        )
    model.cfg.model_name = label
    return model.eval()


def _boot_transformers(folder: Path, weights: Path | None) -> TransformerBridge:
    from transformer_lens.model_bridge import TransformerBridge

    with _no_progress_bar():
        network = _read_weights(folder)
        if weights is not None:
            _replace_weights(network, weights)
        model: TransformerBridge = TransformerBridge.boot_transformers(
            str(folder), hf_model=network, trust_remote_code=False
        )
    return model


def _boot_shapes(folder: Path, weights: Path | None) -> Any:  # noqa: ANN401 -- not a bridge
    from interp_widgets.worlds.shapes_network import boot_shapes

    return boot_shapes(folder, weights)


def _check_layout(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise FileNotFoundError(
            f"name_or_path: expected config.json in {folder}, got none. "
            "Save the model there with `model.save_pretrained(folder)`."
        )
    if any(folder.glob("*.safetensors")):
        return
    pickled = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLED)
    got = f"only pickled weights {pickled}" if pickled else "no weights"
    raise ValueError(
        f"name_or_path: expected *.safetensors in {folder}, got {got}. Unpickling can run any "
        "code, so it is refused; where you trust the file, convert it once with `transformers`: "
        "`AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder)`."
    )


def _read_weights(folder: Path) -> PreTrainedModel:
    import torch
    from transformers import AutoModelForCausalLM

    loaded: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=torch.float32,
        attn_implementation="eager",  # the others keep no pattern to record
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
        output_loading_info=True,
    )
    network: PreTrainedModel = loaded[0]
    if missing := sorted(loaded[1]["missing_keys"]):  # transformers would fill them at random
        raise ValueError(f"the weights of {missing} are missing from its safetensors.")
    return network


def _replace_weights(network: PreTrainedModel, weights: Path) -> None:
    """Load another version of the weights in place, cast to the network's float32."""
    from safetensors.torch import load_file

    tensors = load_file(weights)
    missing, unknown = network.load_state_dict(tensors, strict=False)
    tied = network.all_tied_weights_keys  # stored once, under the other name
    if different := sorted({*missing, *unknown} - {*tied}):
        raise ValueError(
            f"{weights.name} does not fit the architecture: {different} are missing or unknown."
        )


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Silence the bar of transformers: a small model loads before a reader could see it move."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
