"""Fixtures for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from interp_widgets import _chromium
from tests.support import NO_CHROMIUM, ROOT, running_lab

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The program file of a Chromium. Without one a test fails: it never passes by skipping."""
    found = _chromium.find_chromium()
    if found is None:
        pytest.fail(NO_CHROMIUM)
    return found


@pytest.fixture
def start_lab(tmp_path):
    """Run the learner's JupyterLab on a folder: `with start_lab(work) as lab: ...`."""

    def start(work: Path, *arguments: str):
        return running_lab(work, tmp_path / "jupyter", *arguments)

    return start
