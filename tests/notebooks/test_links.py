"""Links between notebooks, the glossary and the pages around them lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import jupytext
import pytest

from interp_widgets import _lab
from tests.support import ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")
NOTEBOOKS = ROOT / "notebooks"
PAGES = sorted([*NOTEBOOKS.glob("*.py"), *NOTEBOOKS.glob("*.md")])


def text_of(path):
    if path.suffix == ".md":
        return path.read_text()
    cells = jupytext.read(path).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def anchors(text):
    """What a heading can be linked by, as GitHub and JupyterLab make it."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(path):
    """Links of a page to a file that is not there, or to a heading that the file does not have."""
    found = []
    for link in LINK.findall(text_of(path)):
        if re.match(r"[a-z]+:", link):
            continue  # another site
        name, _, heading = link.partition("#")
        target = path.parent / name if name else path
        if not target.is_file():
            found.append(f"{path.name}: {link}: no such file")
        elif heading and heading.lower() not in anchors(text_of(target)):
            found.append(f"{path.name}: {link}: no such heading")
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    assert not dead_links(path)


def test_dead_links_are_found(tmp_path):
    (tmp_path / "glossary.md").write_text("# Glossary\n\n### token\n\nA piece of text.\n")
    (tmp_path / "page.md").write_text(
        "[a](glossary.md) [b](glossary.md#token) [c](glossary.md#head) [d](gone.ipynb) "
        "[e](https://example.org/gone) [f](#missing)"
    )
    assert dead_links(tmp_path / "page.md") == [
        "page.md: glossary.md#head: no such heading",
        "page.md: gone.ipynb: no such file",
        "page.md: #missing: no such heading",
    ]


def test_a_learners_copy_finds_the_glossary(tmp_path):
    _lab.copy_notebooks(NOTEBOOKS, tmp_path)
    assert (tmp_path / "glossary.md").read_bytes() == (NOTEBOOKS / "glossary.md").read_bytes()


ENTRIES = re.findall(
    r"^### (.+)\n((?:.+\n)+)", (NOTEBOOKS / "glossary.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize(("term", "said"), ENTRIES, ids=[term for term, _ in ENTRIES])
def test_a_term_has_one_sentence_and_one_notebook(term, said):
    sentence, arrow, where = " ".join(said.split()).partition(" → ")
    assert arrow
    assert sentence.endswith((".", "]."))
    assert sentence.count(". ") == 0
    assert len(sentence.split()) <= 40
    (link,) = LINK.findall(where)
    assert Path(link).suffix == ".ipynb"


def test_terms_stand_in_order_and_once():
    text = (NOTEBOOKS / "glossary.md").read_text()
    terms = [term for term, _ in ENTRIES]
    assert len(terms) == len(set(terms)) == text.count("### ")
    for section in text.split("\n## ")[1:]:
        here = re.findall(r"^### (.+)$", section, re.MULTILINE)
        assert here == sorted(here)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.py")), ids=lambda path: path.stem)
def test_a_notebook_links_to_the_glossary(path):
    assert "](glossary.md#" in text_of(path)


@pytest.mark.parametrize(("term", "said"), ENTRIES, ids=[term for term, _ in ENTRIES])
def test_a_term_is_used_in_the_notebook_that_it_names(term, said):
    (link,) = LINK.findall(said)
    notebook = jupytext.read((NOTEBOOKS / link).with_suffix(".py"))
    used = " ".join(" ".join(cell.source for cell in notebook.cells).split()).lower()
    assert re.search(rf"\b{term.lower()}s?\b", used)
