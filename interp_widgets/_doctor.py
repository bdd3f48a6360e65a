"""Say what is installed, what is missing and how to mend it.

Nothing heavy is imported: versions come from the installed metadata, so the answer takes a second
and also comes when PyTorch itself is broken.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from interp_widgets import _chromium, data
from interp_widgets.course import manual

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

CPU_TORCH = "pip install torch --index-url https://download.pytorch.org/whl/cpu"

_GROUPS = {
    "": "the widgets",
    "models": "running models",
    "notebooks": "the notebooks",
    "test": "the tests",
}
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HOME", "HF_HUB_CACHE")
_GIB = 2**30


@dataclass(frozen=True)
class Finding:
    """One thing the doctor looked at.

    Attributes:
        text: what was found, as one line.
        cure: how to mend it; empty when nothing is wrong.
        needed: whether the course cannot do without it.
        page: the help page that says more; empty when nothing is wrong.
    """

    text: str
    cure: str = ""
    needed: bool = True
    page: str = ""


def main() -> int:
    """Print every finding and return 1 if something the course needs is missing."""
    findings = [*examine()]
    for finding in findings:
        mark = "ok     " if not finding.cure else "MISSING" if finding.needed else "absent "
        print(mark, finding.text)
        if finding.cure:
            print("         ->", finding.cure)
        if finding.page:
            print("           ", manual.pointer(finding.page))
    print(f"\nOther things that go wrong, each with a page: {manual.pointer('...')}")
    print(manual.contents())
    return int(any(finding.cure and finding.needed for finding in findings))


def examine() -> Iterator[Finding]:
    """Look at everything the course depends on.

    Yields:
        One finding for each thing looked at, the most basic first.
    """
    yield _python()
    yield from _packages()
    yield _data()
    yield _browser()
    yield _offline()
    yield _memory()
    yield _disk()


def _python() -> Finding:
    text = f"Python {platform.python_version()} on {platform.platform(terse=True)}, {sys.prefix}"
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    if supported:
        return Finding(text)
    return Finding(text, "Install Python 3.11, 3.12 or 3.13.", needed=False, page="python")


def _packages() -> Iterator[Finding]:
    try:
        from packaging.requirements import Requirement

        declared = [Requirement(line) for line in metadata.requires("interp-widgets") or ()]
    except (ImportError, metadata.PackageNotFoundError) as error:
        yield Finding(
            f"interp-widgets is not fully installed ({error})",
            "In a clone: make lab. Elsewhere: pip install interp-widgets[course]",
            page="install",
        )
        return
    for group, purpose in _GROUPS.items():
        wanted = [
            requirement
            for requirement in declared
            if (not requirement.marker and not group)
            or (requirement.marker and group and requirement.marker.evaluate({"extra": group}))
        ]
        yield from _group(group, purpose, wanted)


def _group(group: str, purpose: str, wanted: list[Requirement]) -> Iterator[Finding]:
    """One line for the packages that are fine, and one for each that is not."""
    fine = []
    for requirement in wanted:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            version = "none"
        if version != "none" and requirement.specifier.contains(version, prereleases=True):
            fine.append(f"{requirement.name} {version}")
            continue
        exact = f"{requirement.name}{requirement.specifier}"
        yield Finding(
            f"{requirement.name}: needs {requirement.specifier or 'any version'}, has {version}",
            CPU_TORCH if requirement.name == "torch" else f"pip install '{exact}'",
            needed=group != "test",
            page="torch" if requirement.name == "torch" else "packages",
        )
    yield Finding(f"for {purpose}: {', '.join(fine) or 'nothing yet'}")


def _data() -> Finding:
    try:
        folder, files = data.root(), data.manifest()
    except (OSError, ValueError) as error:
        cure = "pip install interp-widgets[course]"
        return Finding(f"the shipped models: {error}", cure, page="data")
    broken = [
        name
        for name, entry in files.items()
        if not (folder / name).is_file() or (folder / name).stat().st_size != entry["bytes"]
    ]
    if broken:
        cure = "In a clone: git checkout -- data. Elsewhere: reinstall interp-widgets-data."
        text = f"the shipped models, missing or damaged: {', '.join(broken)}"
        return Finding(text, cure, page="data")
    return Finding(f"the shipped models: {len(files)} files in {folder}")


def _browser() -> Finding:
    cure = (
        "Only the tests and screenshots need one. Install Chromium or Chrome, or run "
        f"`playwright install chromium`, or set {_chromium.VARIABLE}."
    )
    try:
        found = _chromium.find_chromium()
    except FileNotFoundError as error:
        return Finding(str(error), cure, needed=False, page="browser")
    if found:
        return Finding(f"Chromium: {found}")
    return Finding("Chromium: none", cure, needed=False, page="browser")


def _offline() -> Finding:
    settings = [f"{name}={os.environ[name]}" for name in _OFFLINE if name in os.environ]
    return Finding(
        "Hugging Face settings: "
        + (", ".join(settings) or "none; the course's own models never ask the network")
    )


def _memory() -> Finding:
    """Memory this process may use: what is free, or a container's limit if that is less."""
    free = _read_kib("/proc/meminfo", "MemAvailable:")
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (text := limit.read_text().strip()).isdigit():
        free = min(free or int(text), int(text))
    if free is None:
        return Finding("memory: this system does not tell; a notebook needs up to 1.5 GB")
    text = f"memory: {free / _GIB:.1f} GB free"
    if free > 1.5 * _GIB:
        return Finding(text)
    cure = "A notebook needs up to 1.5 GB: close other programs."
    return Finding(text, cure, needed=False, page="memory")


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    text = f"disk: {free / _GIB:.0f} GB free here"
    if free > _GIB:
        return Finding(text)
    return Finding(text, "Free at least 1 GB.", needed=False, page="disk")


def _read_kib(path: str, key: str) -> int | None:
    if not Path(path).exists():
        return None
    for line in Path(path).read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    return None
