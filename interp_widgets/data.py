"""Find the course's data files and refuse any whose bytes are not the ones that were shipped.

The data come as a second distribution, or with a checkout of the repository. Either way a manifest
lists the size, the hash and the licence of each file, and no file is used before it is checked.
"""

from __future__ import annotations

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypedDict

_DISTRIBUTION: Final = "interp_widgets_data"
_MANIFEST: Final = "manifest.json"
_VERSION: Final = 1
_NOT_DATA: Final = frozenset({"README.md", "make.py"})
_CURE: Final = (
    'Install the data with `pip install "interp-widgets[course]"`, or work in a full checkout.'
)


class Entry(TypedDict):
    """Describe one shipped file.

    Attributes:
        bytes: size of the file.
        sha256: hash of its content, 64 hexadecimal digits.
        licence: short name of its licence.
    """

    bytes: int
    sha256: str
    licence: str


def root() -> Path:
    """Find the folder that holds the manifest: the installed data, else the checkout's.

    Returns:
        The folder; it contains `manifest.json`.

    Raises:
        FileNotFoundError: there is no data on this machine.
    """
    places = [*_installed(), Path(__file__).parent.parent / "data"]
    for place in places:
        if (place / _MANIFEST).is_file():
            return place
    looked = " nor ".join(str(place) for place in places)
    raise FileNotFoundError(f"course data: expected {_MANIFEST} in {looked}, got none. {_CURE}")


def manifest() -> dict[str, Entry]:
    """Read the list of shipped files.

    Returns:
        What is known of each file, by its path inside `root()` with forward slashes.

    Raises:
        FileNotFoundError: there is no data on this machine.
        ValueError: the manifest is damaged, or newer than this package.
    """
    path = root() / _MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version, files = content["version"], content["files"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path}: expected a manifest with version and files, got {error!r}. {_CURE}"
        ) from error
    if version != _VERSION:
        raise ValueError(
            f"{path}: expected version {_VERSION}, got {version!r}. "
            "Install the same version of interp-widgets and interp-widgets-data."
        )
    entries: dict[str, Entry] = files
    return entries


def file(relative: str) -> Path:
    """Find one shipped file and check its bytes before anything reads it.

    Args:
        relative: path inside `root()`, with forward slashes, as the manifest writes it.

    Returns:
        The path of a file whose size and hash are those of the manifest.

    Raises:
        FileNotFoundError: the manifest does not list the file, or the file is missing.
        ValueError: the file is truncated or changed.
    """
    entries = manifest()
    if relative not in entries:
        raise FileNotFoundError(
            f"relative: expected one of {sorted(entries)}, got {relative!r}. {_CURE}"
        )
    path, entry = root() / relative, entries[relative]
    if not path.is_file():
        raise FileNotFoundError(f"{relative}: expected a file in {root()}, got none. {_CURE}")
    size, digest = measure(path)
    if (size, digest) != (entry["bytes"], entry["sha256"]):
        raise ValueError(
            f"{relative}: expected {entry['bytes']} bytes with sha256 {entry['sha256'][:12]}, got "
            f"{size} bytes with {digest[:12]}. The file is damaged or was changed: reinstall "
            "interp-widgets-data, or restore it with `git checkout -- data`."
        )
    return path


def measure(path: Path) -> tuple[int, str]:
    """Measure what the manifest records of a file.

    Args:
        path: the file to read.

    Returns:
        Its size in bytes and its sha256 as 64 hexadecimal digits.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return path.stat().st_size, digest


def record(folder: str, licence: str) -> None:
    """Write what the manifest says of a folder of the checkout anew, from the files in it.

    Args:
        folder: path inside `root()`, for example "models/tiny-world".
        licence: short name of the files' licence.
    """
    kept = {name: entry for name, entry in manifest().items() if not name.startswith(f"{folder}/")}
    for path in sorted((root() / folder).rglob("*")):
        if path.is_file() and path.name not in _NOT_DATA:
            size, digest = measure(path)
            name = path.relative_to(root()).as_posix()
            kept[name] = {"bytes": size, "sha256": digest, "licence": licence}
    content = {"version": _VERSION, "files": dict(sorted(kept.items()))}
    (root() / _MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _installed() -> list[Path]:
    spec = find_spec(_DISTRIBUTION)
    return [] if spec is None else [Path(p) for p in spec.submodule_search_locations or ()]
