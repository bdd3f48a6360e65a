"""Find a Chromium, for tests and pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "INTERP_WIDGETS_CHROMIUM"

_SYSTEM = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
_PLAYWRIGHT_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


def find_chromium() -> Path | None:
    """Find a Chromium: the one the environment names, the system's, or Playwright's own.

    Returns:
        Its program file, or `None` when there is none.

    Raises:
        FileNotFoundError: the environment variable names something that is not a program.
    """
    if named := os.environ.get(VARIABLE):
        if program := shutil.which(named):
            return Path(program)
        raise FileNotFoundError(
            f"{VARIABLE}: expected the path of a Chromium, got {named!r}, which is not a program. "
            "Correct the variable, or unset it to search in the usual places."
        )
    system = (Path(program) for name in _SYSTEM if (program := shutil.which(name)))
    return next(system, None) or next(_playwrights(), None)


def _playwrights() -> Iterator[Path]:
    """Playwright's own builds, the newest first."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    for folder in (named,) if named else _PLAYWRIGHT_FOLDERS:
        for pattern in _PLAYWRIGHT_PROGRAMS:
            yield from sorted(Path(folder).expanduser().glob(pattern), reverse=True)
