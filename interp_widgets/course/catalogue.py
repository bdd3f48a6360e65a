"""Find a lesson by the name of its notebook."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from interp_widgets.course import lessons

if TYPE_CHECKING:
    from interp_widgets.course.lesson import Lesson


def lesson(stem: str) -> Lesson:
    """Open the lesson of a notebook: its checks, hints, predictions, quizzes and progress.

    Args:
        stem: name of the notebook, such as "00_start_here".

    Returns:
        The lesson.

    Raises:
        ValueError: no notebook of that name has exercises.
    """
    found = every()
    if stem not in found:
        raise ValueError(f"lesson: expected one of {', '.join(found)}, got {stem!r}.")
    return found[stem]


@cache
def every() -> dict[str, Lesson]:
    """Return each lesson of the course by its stem, in order."""
    names = [module.name for module in pkgutil.iter_modules(lessons.__path__)]
    modules = [import_module(f"{lessons.__name__}.{n}") for n in names if not n.startswith("_")]
    found = {module.LESSON.stem: module.LESSON for module in modules}
    return dict(sorted(found.items()))
