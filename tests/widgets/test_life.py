"""What a cell showed is closed once the cell has run again; what is shown again reopens."""

from __future__ import annotations

import IPython.display
import ipywidgets
import numpy as np
import pytest
from IPython.core.events import EventManager, available_events

from interp_widgets.widgets import _life
from interp_widgets.widgets._selection import Selection
from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.prompt import PromptBox
from tests.widgets.samples import pattern


class Shell:
    """Stands in for the kernel: it runs functions as cells."""

    def __init__(self):
        self.events = EventManager(self, available_events)
        self.runs = 0
        self.parent = {}

    def get_parent(self):
        return self.parent

    def run(self, cell, code, **metadata):
        self.runs += 1
        named = {"cellId": cell} if cell else {}
        self.parent = {"header": {"msg_id": f"run {self.runs}"}, "metadata": named | metadata}
        result = code()
        self.events.trigger("post_run_cell", None)
        return result


@pytest.fixture
def shell(monkeypatch):
    made = Shell()
    monkeypatch.setattr(IPython, "get_ipython", lambda: made)
    monkeypatch.setattr(IPython.display, "display", lambda *_args, **_rest: None)
    return made


@pytest.fixture
def opened():
    """Every widget that this test has opened and not closed."""
    before = set(map(id, _life.open_widgets()))
    return lambda: [one for one in _life.open_widgets() if id(one) not in before]


def shown(widget):
    widget._ipython_display_()
    return widget


def view(**options):
    return AttentionView(pattern(), **options)


def prompt_box():
    return PromptBox(lambda prompt: pattern(prompt.split()), view(), examples=["a b", "c d e"])


@pytest.mark.parametrize("make", [view, prompt_box])
def test_a_cell_that_runs_again_and_again_leaves_open_what_it_shows_now(shell, opened, make):
    kept = [shell.run("one", lambda: shown(make()))]  # as IPython keeps every result
    first = len(opened())
    kept += [shell.run("one", lambda: shown(make())) for _ in range(20)]
    assert len(opened()) == first
    assert kept[-1] in opened()


def test_what_another_cell_shows_too_stays_until_that_one_has_run_again(shell):
    both = shell.run("one", lambda: shown(view()))
    shell.run("two", lambda: shown(both))
    shell.run("one", lambda: shown(view()))
    assert both.comm is not None
    shell.run("two", lambda: None)
    assert both.comm is None


def test_what_its_cell_shows_again_stays_as_it_is(shell):
    same = view()
    for _ in range(3):
        shell.run("one", lambda: shown(same))
        assert same.comm is not None
    comm = same.comm
    shell.run("one", lambda: shown(same))
    assert same.comm is comm


def test_what_stands_in_a_box_of_the_readers_own_stays(shell):
    boxed = shell.run("one", lambda: shown(view()))
    box = ipywidgets.HBox([boxed])
    shell.run("one", lambda: shown(view()))
    assert boxed.comm is not None
    box.close()


def test_nothing_is_closed_where_the_host_does_not_name_its_cells(shell):
    views = [shell.run(None, lambda: shown(view())) for _ in range(3)]
    assert all(one.comm is not None for one in views)


def test_without_a_shell_a_view_is_shown_all_the_same(shell, monkeypatch):
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    assert shown(view()).comm is not None


def test_a_shared_selection_is_closed_with_the_last_view_that_has_it():
    selection = Selection(layer=1)
    one, other = view(selection=selection), view(selection=selection)
    one.close()
    assert selection.comm is not None
    other.close()
    assert selection.comm is None
    assert selection.value.layer == 1
    assert view(selection=selection).selection.comm is not None


def test_a_closed_view_holds_no_numbers_for_the_browser_and_draws_no_pictures():
    closed, renewed = view(), []
    closed.picture = type("Handle", (), {"update": lambda *_a, **_k: renewed.append(1)})()
    closed.close()
    closed.selection.set(layer=1)
    assert (closed.nbytes, renewed) == (0, [])


def test_a_closed_view_that_is_shown_again_opens_with_its_numbers_and_its_choice(shell):
    again = shell.run("one", lambda: shown(view()))
    again.selection.set(layer=1, head=2)
    before = (again.overview, again.describe())
    shell.run("one", lambda: None)
    assert again.comm is None
    shell.run("two", lambda: shown(again))
    assert again.comm is not None
    assert again.selection.comm is not None
    assert again.layout.comm is not None
    assert (again.overview, again.describe()) == before


def test_a_closed_view_can_still_be_exported():
    closed = view()
    page = closed.to_html().replace(closed.view_id, "")
    closed.close()
    assert closed.to_html().replace(closed.view_id, "") == page


def test_a_closed_prompt_box_runs_no_prompt_and_one_that_is_shown_again_does(shell):
    box = shell.run("one", lambda: shown(prompt_box()))
    box._debounce = 60
    box.prompt.value = "never run"
    shell.run("one", lambda: None)
    assert box.wait(20)  # its timer is gone, and would have run for longer
    assert box.prompt.comm is None
    shell.run("one", lambda: shown(box))
    box._debounce = 0
    box.prompt.value = "run after all"
    assert box.wait(20)
    assert box._view.pattern.tokens == ("run", "after", "all")
    assert all(child.comm is not None for child in box.children)


def test_the_view_of_a_closed_prompt_box_stays_where_a_cell_shows_it_by_itself(shell):
    box = shell.run("one", lambda: shown(prompt_box()))
    shell.run("two", lambda: shown(box._view))
    shell.run("one", lambda: None)
    assert box.comm is None
    assert box._view.comm is not None
    assert np.size(box._view.overview)
