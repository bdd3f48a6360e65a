"""Run a learner's code for a few seconds at most, in whatever thread the check runs in."""

from __future__ import annotations

import ctypes
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
SECONDS = 5.0
_GRACE = 2.0  # seconds that code is given to stop before it is said that it does not

_DOES_NOT_STOP = (
    "Your code has been running for {seconds:.0f} s and could not be stopped: it is inside a "
    "library, waits for something, or catches every error in a loop. Press the square (Interrupt) "
    "in the toolbar. If that does not help, restart the kernel."
)


class TimeUpError(BaseException):
    """The time is up. No `Exception`, so that a learner's `except Exception` lets it through."""


def run(
    function: Callable[[], T],
    seconds: float = SECONDS,
    grace: float = _GRACE,
    warn: Callable[[str], None] = print,
) -> T:
    """Run a function, and stop it after some seconds by raising `TimeUpError` in it.

    The error is raised between two steps of Python, which works in any thread and on any system. A
    call that stays inside a library is stopped when it returns; a person is told so meanwhile.

    Args:
        function: what to run.
        seconds: time after which it is stopped.
        grace: seconds after that until `warn` is told that it goes on all the same.
        warn: takes a sentence for the person who waits.

    Returns:
        What the function returns.

    Raises:
        TimeUpError: the function was stopped.
    """
    watch = _Watch(seconds, grace, warn)
    try:
        watch.thread.start()
        return function()
    finally:
        try:
            watch.finish()
        except TimeUpError:  # it arrived only now; it comes once
            watch.finish()
            raise


class _Watch:
    """Wait beside the code that is running, and stop it when its time is up."""

    def __init__(self, seconds: float, grace: float, warn: Callable[[str], None]) -> None:
        self._seconds, self._grace, self._warn = seconds, grace, warn
        self._over = threading.Event()
        self._raising = threading.RLock()  # may be asked for twice, if the error arrives in between
        self._watched = threading.get_ident()
        self.thread = threading.Thread(target=self._stop, daemon=True)

    def finish(self) -> None:
        """Let the code go: from now on nothing is raised in it."""
        with self._raising:
            self._over.set()
            _raise_in(self._watched, None)  # in case it was raised but has not arrived yet

    def _stop(self) -> None:
        if self._over.wait(self._seconds):
            return
        with self._raising:
            if not self._over.is_set():
                _raise_in(self._watched, TimeUpError)
        if not self._over.wait(self._grace):
            self._warn(_DOES_NOT_STOP.format(seconds=self._seconds + self._grace))


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    raised = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
