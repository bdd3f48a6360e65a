"""Progress as a small picture: for one notebook, for the course, and for a class."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from interp_widgets import text
from interp_widgets.course import records
from interp_widgets.course.mystery import SLUG
from interp_widgets.course.verdicts import Table
from interp_widgets.worlds.mysteries import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from interp_widgets.course.lesson import Lesson
    from interp_widgets.course.records import Progress

_DONE, _TODO = "\N{BLACK SQUARE}", "\N{WHITE SQUARE}"
_NO = "\N{EN DASH}"


def lesson(lesson: Lesson, progress: Progress) -> tuple[str, str]:
    """Show every exercise and quiz of one notebook, and how well its figures were predicted.

    Returns:
        It as text and as HTML.
    """
    checks = [(e, _entry(lesson, progress, "checks", e.slug)) for e in lesson.exercises]
    rows = [
        (e.title, _state(known), str(known["tries"] or _NO), str(known["hints"] or _NO))
        for e, known in checks
    ]
    scored = [(quiz.slug, quiz.title) for quiz in lesson.quizzes]
    if lesson.stem in FAMILIES:
        scored.append((SLUG, "Mystery model"))
    for slug, title in scored:
        known = _entry(lesson, progress, "quizzes", slug)
        score = f"{known['right']} of {known['of']}" if known["tries"] else "not started"
        rows.append((title, score, str(known["tries"] or _NO), _NO))
    done = [known["passed"] for _, known in checks]
    heading = f"{_bar(done)}  {sum(done)} of {len(done)} exercises passed"
    return _shown(heading, Table(("", "result", "tries", "hints"), tuple(rows)))


def predictions(lesson: Lesson, progress: Progress) -> tuple[str, str]:
    """Show what was predicted of a notebook's figures, beside what came.

    An answer that was not shown yet stays hidden.

    Returns:
        It as text and as HTML.
    """
    rows, right = [], []
    for prediction in lesson.predictions:
        known = _entry(lesson, progress, "predictions", prediction.slug)
        if known["value"] is None or not known["revealed"]:
            rows.append(
                (prediction.question, "not yet" if known["value"] is None else "hidden", _NO)
            )
            continue
        right.append(known["right"])
        rows.append((prediction.question, prediction.show(known["value"]), prediction.came()))
    heading = f"{_bar(right)}  {sum(right)} of {len(right)} predictions came true"
    heading = heading if right else "No prediction has been compared with its answer yet."
    return _shown(heading, Table(("question", "you predicted", "it came"), tuple(rows)))


def course(lessons: Iterable[Lesson], progress: Progress) -> str:
    """Show one line for each notebook, as text."""
    lines = []
    for each in lessons:
        done = [_entry(each, progress, "checks", e.slug)["passed"] for e in each.exercises]
        lines.append(f"{each.stem:24} {_bar(done)}  {sum(done)} of {len(done)} exercises passed")
    return "\n".join(lines)


def classroom(lessons: Iterable[Lesson], learners: Mapping[str, Progress]) -> str:
    """Show a teacher how far everybody is, exercise by exercise, as text.

    Args:
        lessons: of the course.
        learners: progress by a name for each learner.
    """
    heads = ("exercise", "passed", "trying", "not started", "median tries", "saw solution")
    rows = [
        (f"{each.stem} {exercise.slug}", *_counts(each, exercise.slug, learners.values()))
        for each in lessons
        for exercise in each.exercises
    ]
    names = ", ".join(sorted(learners))
    return f"{len(learners)} learners: {names}\n{Table(heads, tuple(rows))}"


def _counts(lesson: Lesson, slug: str, learners: Iterable[Progress]) -> tuple[str, ...]:
    known = [_entry(lesson, progress, "checks", slug) for progress in learners]
    passed = sum(entry["passed"] for entry in known)
    begun = [entry["tries"] for entry in known if entry["tries"]]
    return (
        str(passed),
        str(len(begun) - passed),
        str(len(known) - len(begun)),
        f"{median(begun):g}" if begun else _NO,
        str(sum(entry["solution"] for entry in known)),
    )


def _entry(lesson: Lesson, progress: Progress, kind: str, slug: str) -> dict[str, Any]:
    return records.entry(progress, lesson.stem, kind, slug)


def _state(entry: dict[str, Any]) -> str:
    if entry["passed"]:
        return "passed"
    return "not yet" if entry["tries"] else "not started"


def _bar(done: list[bool]) -> str:
    return "".join(_DONE if each else _TODO for each in sorted(done, reverse=True))


def _shown(heading: str, table: Table) -> tuple[str, str]:
    return f"{heading}\n{table}", f"<p>{text.html(heading)}</p>{table.html()}"
