"""A help page that a message points at exists, and every page can be found."""

from __future__ import annotations

import re

import pytest

from interp_widgets import __main__ as commands
from interp_widgets import _doctor
from interp_widgets.course import environment, manual, screen
from tests.support import ROOT

PAGES = manual.pages()
WORDS = 200


def pointed_at(text):
    """Names of pages that a piece of our code points at."""
    found = set()
    for line in text.splitlines():
        if "pointer(" in line or "page=" in line:
            found |= set(re.findall(r'(?:pointer\(|page=|else )[f"\']*([a-z][a-z-]+)["\']', line))
    return found


def linked(text):
    """Names of pages that a page mentions."""
    return set(re.findall(r"[Pp]age\s+`([a-z-]+)`", text))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_cause_and_cure_in_few_words(name):
    text = PAGES[name]
    title, cause, cure = re.fullmatch(
        r"# (.+)\n\n## Cause\n\n(.+)\n\n## Cure\n\n(.+)\n", text, re.DOTALL
    ).groups()
    assert "\n" not in title
    assert cause
    assert cure.startswith("- ")
    assert len(text.split()) <= WORDS


def test_there_are_enough_pages_and_no_two_have_the_same_title():
    titles = {text.splitlines()[0] for text in PAGES.values()}
    assert len(titles) == len(PAGES) >= 20


def test_every_page_that_code_points_at_exists():
    found = {
        name
        for path in (ROOT / "interp_widgets").rglob("*.py")
        for name in pointed_at(path.read_text())
    }
    assert {"stopped", "unchecked", "errors", "progress", "memory", "torch"} <= found
    assert found <= set(PAGES)


def test_every_page_that_a_page_mentions_exists():
    mentioned = {name for text in PAGES.values() for name in linked(text)}
    assert {"memory", "data"} <= mentioned
    assert mentioned <= set(PAGES)


def test_a_page_that_is_missing_would_be_noticed():
    assert pointed_at('x = manual.pointer("no-such-page")') == {"no-such-page"}
    assert pointed_at('return Finding(text, page="gone")') == {"gone"}
    assert pointed_at('page="one" if a else "two",') == {"one", "two"}
    assert linked("see the page `gone-too`.") == {"gone-too"}


def test_the_doctor_names_every_page(capsys):
    _doctor.main()
    said = capsys.readouterr().out
    for name, text in PAGES.items():
        assert f"  {name} " in said
        assert text.splitlines()[0].removeprefix("# ") in said


def test_what_is_missing_points_at_its_page(monkeypatch, capsys):
    ill = _doctor.Finding("torch: needs >=2.6, has none", "pip install torch", page="torch")
    monkeypatch.setattr(_doctor, "examine", lambda: iter([ill]))
    _doctor.main()
    environment.check()
    assert capsys.readouterr().out.count("python -m interp_widgets help torch") == 2


def test_every_finding_with_a_cure_has_a_page():
    source = (ROOT / "interp_widgets" / "_doctor.py").read_text()
    cured = re.findall(r"Finding\([^()]*cure[^()]*\)", source)
    assert cured
    assert all("page=" in call for call in cured)


def test_the_command_lists_the_pages_and_prints_one(capsys):
    assert commands.main(["help"]) == 0
    assert set(PAGES) <= set(capsys.readouterr().out.split())
    assert commands.main(["help", "memory"]) == 0
    assert capsys.readouterr().out.strip() == PAGES["memory"].strip()


def test_a_page_that_does_not_exist_is_refused_with_those_that_do(capsys):
    with pytest.raises(SystemExit):
        commands.main(["help", "nonsense"])
    assert "page: expected one of binder, browser" in capsys.readouterr().err


def test_a_notebook_is_told_the_command_that_works_there(monkeypatch):
    assert manual.pointer("memory").endswith(": python -m interp_widgets help memory")
    monkeypatch.setattr(screen, "has_buttons", lambda: True)
    assert manual.pointer("memory").endswith(": %run -m interp_widgets help memory")
