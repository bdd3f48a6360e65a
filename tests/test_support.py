"""Browser tests never pass because there was no browser."""

from __future__ import annotations

import subprocess
import sys

import pytest

from interp_widgets import _chromium
from tests import support


@pytest.fixture
def installers(monkeypatch):
    """Nothing is installed: what would have been run is only written down."""
    ran = []

    def run(command, **options):
        ran.append([str(word) for word in command])
        return subprocess.CompletedProcess(command, returncode=1)

    monkeypatch.setattr(support.subprocess, "run", run)
    return ran


def test_without_a_browser_the_tests_stop_and_say_how_to_get_one(installers, monkeypatch):
    monkeypatch.setattr(_chromium, "find_chromium", lambda: None)
    monkeypatch.setattr(support.os, "geteuid", lambda: 0)
    monkeypatch.setattr(support.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(SystemExit, match=r"INTERP_WIDGETS_CHROMIUM"):
        support.ensure_chromium()
    assert [" ".join(words[-2:]) for words in installers] == [
        "install chromium",
        "apt-get update",
        "--yes chromium",
    ]


def test_only_an_administrator_installs_system_packages(installers, monkeypatch):
    monkeypatch.setattr(_chromium, "find_chromium", lambda: None)
    monkeypatch.setattr(support.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        support.ensure_chromium()
    assert [words[0] for words in installers] == [sys.executable]


def test_a_browser_that_does_not_start_is_not_accepted(installers, monkeypatch, tmp_path):
    monkeypatch.setattr(_chromium, "find_chromium", lambda: tmp_path / "broken")
    monkeypatch.setattr(support.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        support.ensure_chromium()
    assert [str(tmp_path / "broken"), "--version"] in installers
