"""Ctrl-C, held back until the work in hand is whole."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def held_back() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C into an answer to ask for; let a second one act at once.

    Yields:
        A function that says whether Ctrl-C was pressed. Outside the main thread, where Python
        receives no signals, and where the process ignores Ctrl-C anyway, it is always False.
    """
    before = signal.getsignal(signal.SIGINT)
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or before is None or before == signal.SIG_IGN:
        yield lambda: False
        return
    pressed = threading.Event()

    def hold_back(_number: int, _frame: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hold_back)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
