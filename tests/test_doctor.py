"""The doctor names what is wrong, says how to mend it, and needs nothing heavy to do so."""

from __future__ import annotations

import json
import sys
from importlib import metadata

import pytest

from interp_widgets import _chromium, _doctor, data
from tests.test_imports import HEAVY, loaded_after


@pytest.fixture
def nothing_on_the_path(tmp_path, monkeypatch):
    """No Chromium anywhere: neither named, nor on the path, nor in Playwright's folder."""
    monkeypatch.delenv(_chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    commands = [name for name in _chromium._SYSTEM if not name.startswith("/")]
    monkeypatch.setattr(_chromium, "_SYSTEM", commands)
    return tmp_path


def program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def pretend_versions(monkeypatch, **versions):
    """Let the metadata report these versions; None stands for a package that is missing."""
    true_version = metadata.version

    def version(name):
        if name not in versions:
            return true_version(name)
        if versions[name] is None:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(_doctor.metadata, "version", version)


def report(capsys) -> tuple[int, str]:
    status = _doctor.main()
    return status, capsys.readouterr().out


def test_the_doctor_imports_nothing_heavy():
    code = "from interp_widgets import _doctor\nlist(_doctor.examine())"
    assert not loaded_after(code) & HEAVY


def test_a_complete_installation_has_nothing_to_mend(capsys):
    status, text = report(capsys)
    assert "MISSING" not in text
    assert status == 0
    assert f"torch {metadata.version('torch')}" in text


@pytest.mark.parametrize(
    ("versions", "found", "cure"),
    [
        ({"plotly": None}, "plotly: needs <8,>=5.24, has none", "pip install 'plotly<8,>=5.24'"),
        ({"transformer-lens": "3.9.0"}, "has 3.9.0", "pip install 'transformer-lens<5,>=4.3'"),
        ({"torch": None}, "torch: needs >=2.6, has none", _doctor.CPU_TORCH),
    ],
)
def test_a_missing_or_old_package_is_named_with_its_cure(
    monkeypatch, capsys, versions, found, cure
):
    pretend_versions(monkeypatch, **versions)
    status, text = report(capsys)
    assert found in text
    assert f"-> {cure}\n" in text
    assert status == 1


def test_a_package_that_only_tests_need_is_no_failure(monkeypatch, capsys):
    pretend_versions(monkeypatch, playwright=None)
    status, text = report(capsys)
    assert "absent  playwright" in text
    assert status == 0


def test_a_package_that_was_never_installed_is_told_how_to(monkeypatch, capsys):
    def requires(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(_doctor.metadata, "requires", requires)
    status, text = report(capsys)
    assert "interp-widgets is not fully installed" in text
    assert "make lab" in text
    assert status == 1


def test_a_truncated_model_file_is_named(monkeypatch, capsys, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "weights.safetensors").write_bytes(b"1234567")
    entry = {"bytes": 8, "sha256": "0" * 64, "licence": "MIT"}
    files = {"models/weights.safetensors": entry, "models/gone.json": entry}
    (tmp_path / "manifest.json").write_text(json.dumps({"version": 1, "files": files}))
    monkeypatch.setattr(data, "root", lambda: tmp_path)
    status, text = report(capsys)
    assert "missing or damaged: models/weights.safetensors, models/gone.json" in text
    assert status == 1


def test_chromium_is_looked_for_by_variable_then_system_then_playwright(
    nothing_on_the_path, monkeypatch
):
    assert _chromium.find_chromium() is None
    folder = nothing_on_the_path / "playwright" / "chromium-1234"
    playwrights = program(folder / "chrome-linux64" / "chrome")
    assert _chromium.find_chromium() == playwrights
    system = program(nothing_on_the_path / "bin" / "chromium-browser")
    assert _chromium.find_chromium() == system
    named = program(nothing_on_the_path / "elsewhere" / "my-chrome")
    monkeypatch.setenv(_chromium.VARIABLE, str(named))
    assert _chromium.find_chromium() == named


def test_a_variable_that_names_no_program_is_an_error_not_a_fallback(
    nothing_on_the_path, monkeypatch, capsys
):
    program(nothing_on_the_path / "bin" / "chromium")
    monkeypatch.setenv(_chromium.VARIABLE, "/nowhere/chrome")
    with pytest.raises(FileNotFoundError, match=r"INTERP_WIDGETS_CHROMIUM.*'/nowhere/chrome'"):
        _chromium.find_chromium()
    assert "absent  INTERP_WIDGETS_CHROMIUM" in report(capsys)[1]


def test_an_unsupported_python_is_pointed_out(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert "Install Python 3.11, 3.12 or 3.13." in report(capsys)[1]
