"""Grade an answer: run its check safely and turn whatever happens into a verdict."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from interp_widgets.course import faults, limits, manual, stubs, values
from interp_widgets.course.expect import NotStartedError, NotYetError
from interp_widgets.course.verdicts import Verdict

if TYPE_CHECKING:
    from traceback import FrameSummary

    from interp_widgets.course.exercises import Exercise

_SLOW = (
    "Your code was stopped because it took more than a few seconds. What it is tried on is small, "
    "so a moment should be enough: is there a loop that never ends?"
)
_NOT_THEIRS = (OSError, ImportError, MemoryError)  # the machine's fault, not the answer's


def grade(exercise: Exercise, answer: object, seconds: float = limits.SECONDS) -> Verdict:
    """Check an answer without ever failing, and without changing it.

    Args:
        exercise: what the answer is to.
        answer: whatever the learner handed in.
        seconds: the longest that the learner's code may run.

    Returns:
        The verdict.
    """
    if why := stubs.why_untouched(answer):
        return Verdict("not started", why)
    try:
        exercise.warm_up()
    except _NOT_THEIRS as error:
        return Verdict("unchecked", _said(error), manual.pointer("unchecked"))
    try:
        said = limits.run(partial(exercise.check, values.copied(answer)), seconds)
    except (Exception, SystemExit, limits.TimeUpError) as error:  # noqa: BLE001 -- anything may come
        verdict = _explain(exercise, answer, error)
        return replace(verdict, advice=_advise(exercise, answer, verdict, error, seconds))
    return Verdict("right", said or "")


def _explain(exercise: Exercise, answer: object, error: BaseException) -> Verdict:
    """Say what was wrong, and where, when the error came from the learner's own code."""
    if isinstance(error, NotStartedError):
        return Verdict("not started", str(error))
    if isinstance(error, NotYetError):
        return Verdict("not yet", str(error), table=error.table)
    lines = faults.own_lines(error, answer, exercise.check)
    if isinstance(error, limits.TimeUpError):
        return Verdict("not yet", _SLOW, code=faults.show_lines(lines))
    if lines:
        return _explain_own(error, lines)
    wanted, came = values.describe(exercise.answer()), values.describe(answer)
    return Verdict("not yet", f"This should be like {wanted}, and is {came}. {_said(error)}")


def _explain_own(error: BaseException, lines: list[FrameSummary]) -> Verdict:
    """Show an error that the learner's own lines led to; a blank among them is no error."""
    code = faults.show_lines(lines)
    if isinstance(error, NotImplementedError) and (lines[-1].line or "").startswith("raise"):
        return Verdict("not started", f"{lines[-1].name} is still to be written.")
    if "ellipsis" in str(error):
        return Verdict("not started", "a ... is still to be filled in.", code=code)
    return Verdict("not yet", f"Your code raised {_said(error)}", code=code)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _advise(
    exercise: Exercise, answer: object, verdict: Verdict, error: BaseException, seconds: float
) -> str:
    """Name the typical mistake in an answer, if it is one, or the page that helps."""
    if verdict.state == "not started":
        return ""
    if isinstance(error, limits.TimeUpError):
        return manual.pointer("stopped")
    try:
        known = limits.run(partial(exercise.diagnose, answer), seconds)
    except limits.TimeUpError:
        known = ""
    return known or (manual.pointer("errors") if verdict.code else "")
