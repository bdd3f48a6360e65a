"""What the repository may hold, and what no file of it may say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support import ROOT, tracked_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TOP_LEVEL = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "data",
    "environment.yml",
    "interp_widgets",
    "notebooks",
    "pyproject.toml",
    "requirements.lock",
    "tests",
}

RUN_BY_READERS = ("interp_widgets", "notebooks", "data")

# Where (a start of the path), what (the brackets keep a pattern from finding itself), and why not.
FORBIDDEN = (
    ("", r"\.\./share[d]|(?<![\w.~)}])/wor[k]/|/far[m]/", "a folder of somebody's machine"),
    ("", r"py[p]i\.org|pythonh[o]sted|registry\.np[m]js|deb\.deb[i]an\.org", "a registry's host"),
    ("", r"unpk[g]\.com|jsdeliv[r]|cdnj[s]\.|cdn\.plot\.l[y]", "a content network"),
    (
        RUN_BY_READERS,
        r"weights_only *= *Fals[e]|trust_remote_code *= *Tru[e]",
        "runs code from a model file",
    ),
    (
        RUN_BY_READERS,
        r"import pickl[e]|pickle\.loa[d]|allow_pickle *= *Tru[e]",
        "runs code from a data file",
    ),
    (
        "interp_widgets",
        r"innerHTM[L]|insertAdjacentHTM[L]|document\.writ[e]",
        "text becomes markup",
    ),
    ("tests", r"time\.slee[p]|wait_for_timeou[t]", "waits for a time, not for a condition"),
    ("tests", r"mark\.ski[p]|pytest\.ski[p]|importorski[p]|mark\.xfai[l]", "passes by not running"),
)


def misplaced(paths: Iterable[Path], root: Path) -> set[str]:
    """Top-level entries that are neither listed nor dotfiles."""
    top = {path.relative_to(root).parts[0] for path in paths}
    return {name for name in top if name not in TOP_LEVEL and not name.startswith(".")}


def forbidden_text(paths: Iterable[Path], root: Path) -> list[str]:
    """Lines that hold something no file may hold."""
    found = []
    for path in paths:
        name = path.relative_to(root).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # weights and pictures
        found += [
            f"{name}:{text[: hit.start()].count(chr(10)) + 1}: {hit[0]}: {reason}"
            for start, pattern, reason in FORBIDDEN
            if name.startswith(start)
            for hit in re.finditer(pattern, text)
        ]
    return found


def without_brackets(text: str) -> str:
    return re.sub(r"[\[\]]", "", text)


def test_the_top_level_holds_only_what_the_layout_names():
    assert not misplaced(tracked_files(), ROOT)


def test_no_file_holds_a_forbidden_text():
    assert not forbidden_text(tracked_files(), ROOT)


def test_a_stray_file_is_reported(tmp_path):
    paths = [tmp_path / "notes.txt", tmp_path / ".ci" / "run", tmp_path / "data" / "x"]
    assert misplaced(paths, tmp_path) == {"notes.txt"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "see ../sha[red]/x"),
        ("tests/a.py", "open('/wo[rk]/main')"),
        ("requirements.lock", "--index-url https://py[pi].org/simple"),
        ("data/make.py", "torch.load(f, weights_only=[F]alse)"),
        ("data/make.py", "np.load(f, allow_pickle=[T]rue)"),
        ("interp_widgets/widgets/static/a.js", "node.inner[HTML] = token"),
        ("tests/a.py", "time.[sleep](1)"),
        ("tests/a.py", "@pytest.mark.[skip]"),
    ],
)
def test_a_forbidden_text_is_reported_with_its_line(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"first line\n{without_brackets(text)}\n")
    (line,) = forbidden_text([path], tmp_path)
    assert line.startswith(f"{name}:2: ")


def test_a_learners_folder_may_be_named(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(without_brackets("your copies are in work/ and $(CURDIR)/wo[rk]/00.ipynb"))
    assert not forbidden_text([path], tmp_path)
