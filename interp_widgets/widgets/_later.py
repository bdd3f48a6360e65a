"""What is done once nobody has asked for it for a while, so that a burst of asking costs once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Later:
    """Do one thing a while after it was last asked for, in a thread of its own.

    Args:
        act: what is done.
    """

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def ask(self, seconds: float) -> None:
        """Do it when so many seconds have gone by without being asked again."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(seconds, self._act)
            self._timer.daemon = True
            self._timer.start()

    def cancel(self) -> bool:
        """Do not do it after all; return whether it was still to come."""
        with self._lock:
            waiting = self._timer is not None and not self._timer.finished.is_set()
            if self._timer is not None:
                self._timer.cancel()
        return waiting

    def wait(self, timeout: float) -> bool:
        """Wait until what was last asked for is done; return whether it was in time.

        Args:
            timeout: seconds to wait at most.
        """
        timer = self._timer
        if timer is None:
            return True
        timer.join(timeout)
        return not timer.is_alive()
