"""A burst of asking costs once, and nothing is done that was called off."""

from __future__ import annotations

import threading

from interp_widgets.widgets._later import Later

PATIENCE = 20


def counted():
    done = []
    return Later(lambda: done.append(threading.current_thread())), done


def test_a_burst_of_asking_acts_once_and_in_another_thread():
    later, done = counted()
    for _ in range(5):
        later.ask(0.05)
    assert later.wait(PATIENCE)
    assert len(done) == 1
    assert done[0] is not threading.current_thread()


def test_what_is_called_off_is_not_done():
    later, done = counted()
    later.ask(PATIENCE)
    assert later.cancel()
    assert later.wait(PATIENCE)
    assert done == []
    assert not later.cancel()


def test_nothing_is_waited_for_before_anything_was_asked():
    later, _ = counted()
    assert later.wait(0)
    assert not later.cancel()
