"""What is remembered of a learner: results only, never code or text.

Progress is a plain JSON object, so that a teacher's script can read it:
``{"version": 1, "lessons": {"00_start_here": {"checks": {"induction-head": {...}}, ...}}}``.
"""

from __future__ import annotations

import json
import math
from typing import Any

VERSION = 1
Progress = dict[str, Any]

# For each kind of record its fields, and what a field is before anything has happened.
_EMPTY: dict[str, dict[str, Any]] = {
    "checks": {"passed": False, "tries": 0, "hints": 0, "solution": False},
    "predictions": {"value": None, "right": False, "revealed": False},
    "quizzes": {"right": 0, "of": 0, "tries": 0},
}


class NewerVersionError(ValueError):
    """The progress was written by a newer version of the course, which is to be left alone."""


def empty() -> Progress:
    """Return the progress of somebody who has not begun."""
    return {"version": VERSION, "lessons": {}}


def entry(progress: Progress, stem: str, kind: str, slug: str) -> dict[str, Any]:
    """Find the record of one exercise, prediction or quiz; make it if there is none.

    Args:
        progress: of a learner; changed where the record is new.
        stem: of the lesson.
        kind: "checks", "predictions" or "quizzes".
        slug: of the exercise, prediction or quiz.

    Returns:
        The record itself, to be read or changed.
    """
    found: dict[str, Any] = (
        progress["lessons"]
        .setdefault(stem, {})
        .setdefault(kind, {})
        .setdefault(slug, dict(_EMPTY[kind]))
    )
    return found


def parse(text: str) -> Progress:
    """Read progress, and refuse anything that is not exactly that.

    Raises:
        NewerVersionError: a later version of the course wrote it.
        ValueError: it is damaged, or something else altogether.
    """
    content = json.loads(text)
    try:
        if content["version"] > VERSION:
            raise NewerVersionError(
                f"expected progress of version {VERSION}, got {content['version']!r}. "
                "Update the course."
            )
        checked = empty()
        for stem, kinds in content["lessons"].items():
            for kind, records in kinds.items():
                for slug, record in records.items():
                    entry(checked, stem, kind, slug).update(_record(kind, record))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"expected a learner's progress, got {error!r} in it.") from error
    return checked


def merge(one: Progress, other: Progress) -> Progress:
    """Put two records of the same learner together, for example of two computers.

    Args:
        one: whose predictions count where both have one.
        other: the other.

    Returns:
        The best of both: what was passed in either is passed, and no number gets smaller.
    """
    merged = parse(json.dumps(one))
    for stem, kinds in other["lessons"].items():
        for kind, records in kinds.items():
            for slug, record in records.items():
                mine = entry(merged, stem, kind, slug)
                if kind == "predictions" and mine["value"] is not None:
                    continue
                mine.update({name: _larger(mine[name], record[name]) for name in mine})
    return merged


def _record(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """Return the known fields of a record, each of its own type."""
    checked = {}
    for name, default in _EMPTY[kind].items():
        value = record[name]
        allowed = (int, float, type(None)) if default is None else (type(default),)
        sound = type(value) in allowed and (value is None or (value >= 0 or default is None))
        if not sound or (isinstance(value, float) and not math.isfinite(value)):
            raise TypeError(f"{name}={value!r}")
        checked[name] = value
    return checked


def _larger(one: Any, other: Any) -> Any:  # noqa: ANN401 -- a number, a truth, or None
    return other if one is None else one if other is None else max(one, other)
