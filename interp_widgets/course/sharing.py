"""Carry progress elsewhere: to another computer, or to a teacher. It holds results only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from interp_widgets.course import catalogue, overview, records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interp_widgets.course.progress import Store


def show(store: Store) -> str:
    """Write how far a learner is in each notebook."""
    return f"{overview.course(catalogue.every().values(), store.read())}\nKept in {store.path}"


def export(store: Store, path: Path) -> str:
    """Write a copy of a learner's progress.

    Args:
        store: the learner's.
        path: the file to write; an existing one is not overwritten.

    Returns:
        What to do with it, as a sentence.

    Raises:
        FileExistsError: there is such a file already.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(store.read(), file, indent=1)
    except FileExistsError:
        raise FileExistsError(
            f"path: expected the name of a new file, got {path}, which exists. Choose another name."
        ) from None
    return f"Written to {path.resolve()}: results only, none of your code or text."


def restore(store: Store, path: Path) -> str:
    """Add what an exported file holds to a learner's progress.

    Args:
        store: the learner's.
        path: a file that `export` wrote.

    Returns:
        How far the learner is now.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no progress.
    """
    brought = _read(path)
    store.change(lambda known: known.update(records.merge(known, brought)))
    return show(store)


def classroom(paths: Sequence[Path]) -> str:
    """Write how far a class is.

    Args:
        paths: the file of each learner; the name of the file stands for the learner.

    Returns:
        A table with a line for each exercise.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file holds no progress.
    """
    learners = {str(path.with_suffix("")): _read(path) for path in paths}
    return overview.classroom(catalogue.every().values(), learners)


def _read(path: Path) -> records.Progress:
    try:
        return records.parse(path.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
