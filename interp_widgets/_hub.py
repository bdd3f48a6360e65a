"""Fetch a model's folder from the Hugging Face Hub, and say plainly when that cannot be done."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# The models the course names, each at the version its text was written for.
_PINNED: Final = {"gpt2": "607a30d783dfa663caf39e06633721c8d4cfcd7e"}

_PATIENCE: Final = 10.0  # seconds

_WANTED: Final = ["*.json", "*.safetensors", "*.model", "*.txt"]  # no pickles, no code
_UNWANTED: Final = ["*/*", "consolidated*"]  # other formats, and a second copy of the weights


def download(name: str, revision: str | None, known: str) -> tuple[Path, str]:
    """Bring the files of a Hub model onto this machine, unless its cache has them.

    Args:
        name: the model's id on the Hub.
        revision: branch, tag or commit; None is the pinned commit, else the main branch.
        known: a phrase for the error messages that says what a model can be named by.

    Returns:
        The folder, and the commit it holds.

    Raises:
        ValueError: the Hub has no such model or revision.
        PermissionError: the model's authors ask for an agreement first.
        OSError: the Hub is out of reach and the cache has no copy.
    """
    from huggingface_hub import errors, snapshot_download

    wanted = revision or _PINNED.get(name)
    try:
        folder = snapshot_download(
            name,
            revision=wanted,
            allow_patterns=_WANTED,
            ignore_patterns=_UNWANTED,
            local_files_only=not _within_reach(name, wanted),
        )
    except errors.GatedRepoError as error:
        raise PermissionError(
            f"name_or_path: expected a model open to you, got {name!r}, whose authors ask for an "
            "agreement. Accept it on the model's page and set HF_TOKEN, or use 'tiny-world'."
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ValueError(
            f"revision: expected a branch, tag or commit of {name!r}, got {revision!r}. "
            "Look it up on the model's page, or leave it out."
        ) from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise ValueError(
            f"name_or_path: expected {known}, got {name!r}, which is none of them."
        ) from error
    except Exception as error:  # every way to fail half-way has an exception of its own
        raise OSError(
            f"name_or_path: expected a model on this machine, or a network that reaches the "
            f"Hugging Face Hub, got {name!r} and neither. Use 'tiny-world', which needs none, "
            f"or give the path of a folder. (The Hub client said: {error})"
        ) from error
    return Path(folder), Path(folder).name


def _within_reach(name: str, revision: str | None) -> bool:
    """Ask the Hub once, because a download would retry for half a minute before it gave up."""
    from huggingface_hub import errors, model_info

    try:
        model_info(name, revision=revision, timeout=_PATIENCE)
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.HFValidationError):
        raise
    except Exception:  # noqa: BLE001 - no network, a proxy, a server in trouble: look in the cache
        return False
    return True
