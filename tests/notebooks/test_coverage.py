"""Each row of the coverage table names a cell and a test that exist.

`notebooks/coverage.csv` says which part of the review is shown where: the entry is a letter for the
part of the review and a number (C8 is superposition), the cell is a tag in the notebook, and the
test, `file::name` below `tests/`, asserts what the cell claims.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter

import jupytext
import pytest

from tests.support import ROOT

COLUMNS = ["entry", "notebook", "cell", "test"]
ENTRY = re.compile(r"[A-Z]\d+")


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def tags_of(path):
    cells = jupytext.read(path).cells
    return {tag for cell in cells for tag in cell.metadata.get("tags", [])}


def functions_of(path):
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {each.name for each in body if isinstance(each, ast.FunctionDef)}


def dead_rows(root):
    """Rows that point at something which is not there, or that stand twice."""
    found = []
    rows = rows_of(root / "notebooks" / "coverage.csv")
    for row in rows:
        said = ",".join(row.values())
        notebook = root / "notebooks" / f"{row['notebook']}.py"
        file, _, name = row["test"].partition("::")
        test = root / "tests" / file
        if not ENTRY.fullmatch(row["entry"]):
            found.append(f"{said}: an entry is a letter and a number, such as C8")
        if not notebook.is_file():
            found.append(f"{said}: no such notebook")
        elif row["cell"] not in tags_of(notebook):
            found.append(f"{said}: no cell with this tag")
        if not test.is_file():
            found.append(f"{said}: no such file of tests")
        elif not name.startswith("test_") or name not in functions_of(test):
            found.append(f"{said}: no such test")
    counts = Counter(",".join(row.values()) for row in rows)
    return found + [f"{said}: twice" for said, count in counts.items() if count > 1]


def test_every_row_points_at_a_cell_and_a_test_that_exist():
    assert not dead_rows(ROOT)


GOOD = "C8,03_toy,densities,notebooks/test_03_toy.py::test_densities"


@pytest.fixture
def course(tmp_path):
    """A course of one notebook with one tagged cell and one test."""
    for folder in ("notebooks", "tests/notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "notebooks/03_toy.py").write_text('# %% tags=["densities"]\nx = 1\n')
    (tmp_path / "tests/notebooks/test_03_toy.py").write_text("def test_densities(): ...\n")

    def write(*rows):
        (tmp_path / "notebooks/coverage.csv").write_text("\n".join([",".join(COLUMNS), *rows]))
        return tmp_path

    return write


def test_a_row_that_points_at_what_exists_is_not_reported(course):
    assert not dead_rows(course(GOOD))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("C8", "superposition", "an entry is a letter and a number"),
        ("03_toy,", "04_toy,", "no such notebook"),
        (",densities,", ",pentagon,", "no cell with this tag"),
        ("test_03_toy.py", "test_04_toy.py", "no such file of tests"),
        ("::test_densities", "::test_pentagon", "no such test"),
        ("::test_densities", "", "no such test"),
    ],
)
def test_a_row_that_points_nowhere_is_reported(course, old, new, says):
    (fault,) = dead_rows(course(GOOD.replace(old, new)))
    assert says in fault


def test_a_row_that_stands_twice_is_reported(course):
    assert dead_rows(course(GOOD, GOOD)) == [f"{GOOD}: twice"]


def test_other_columns_are_refused(course):
    root = course(GOOD)
    (root / "notebooks/coverage.csv").write_text("entry,notebook,test\n")
    with pytest.raises(AssertionError):
        dead_rows(root)
