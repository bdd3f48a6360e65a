"""The first cell of a notebook: is everything here?"""

from __future__ import annotations

import platform
from importlib.metadata import version

from interp_widgets import _doctor, data
from interp_widgets.course import manual


def check() -> None:
    """Print what the notebooks run on, and for everything that is missing how to mend it.

    It changes nothing, fetches nothing and takes about a second.
    """
    for line in report():
        print(line)


def report() -> list[str]:
    """Return what `check` prints."""
    missing = [f for f in _doctor.examine() if f.needed and f.cure]
    if missing:
        lines = [
            f"{f.text}\n    to mend it: {f.cure}\n    {manual.pointer(f.page)}" for f in missing
        ]
        return ["Something is missing:", *lines]
    used = ", ".join(f"{name} {version(name)}" for name in ("torch", "transformer-lens"))
    return [
        f"Python {platform.python_version()}, {used}: everything is here.",
        f"Models on this computer: {', '.join(_models())}. Nothing is fetched from the network.",
    ]


def _models() -> list[str]:
    return sorted({path.split("/")[1] for path in data.manifest() if path.startswith("models/")})
