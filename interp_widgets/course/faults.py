"""Show an error in a learner's code as theirs: what went wrong, and in which of their lines."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path
from traceback import FrameSummary

_PACKAGE = str(Path(__file__).resolve().parent.parent)
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib")})
_SHOWN = 4  # lines of a learner's own that are shown of a long chain of calls


def own_lines(error: BaseException, answer: object, check: object) -> list[FrameSummary]:
    """List the lines of the learner's own code that an error passed through, outermost first.

    Args:
        error: as it was caught.
        answer: what was checked; where it is a function, its file is the learner's.
        check: the function that checked it; its file is not.
    """
    theirs, ours = _file(answer), _file(check)
    return [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == theirs or (frame.filename != ours and _is_own(frame.filename))
    ]


def show_lines(lines: list[FrameSummary]) -> str:
    """Write lines of code with the function and the number that a learner sees in the cell."""
    return "\n".join(
        f"{frame.name}, line {frame.lineno}:  {frame.line}" for frame in lines[-_SHOWN:]
    )


def _is_own(filename: str) -> bool:
    return not filename.startswith((_PACKAGE, "<frozen", *_LIBRARIES))


def _file(function: object) -> str:
    code = getattr(function, "__code__", None)
    return "" if code is None else str(code.co_filename)
