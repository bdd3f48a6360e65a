"""The life of what cells show: closed when its cell has run again, reopened when shown again.

IPython keeps every result of every cell, and ipywidgets every widget that is open. So whoever
runs a cell again and again would fill the memory with views that stand nowhere on the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import ipywidgets

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_CELL = ""  # a place that cannot be run again, such as a host that does not number its cells

# For each widget the cells that show it, each with the run of the cell that did so last.
_places: WeakKeyDictionary[ipywidgets.Widget, dict[str, str]] = WeakKeyDictionary()


class Lasting(ipywidgets.Widget):  # type: ignore[misc]
    """Be closed and reopened as a whole, with everything that only this widget holds.

    What is closed costs the browser nothing and the kernel little. It can still be asked, and
    showing it opens it again.
    """

    def close(self) -> None:
        """Take it off the page, and let go of what it can make again."""
        if self.comm is None:
            return
        super().close()
        self.__dict__.pop("_ipython_display_", None)  # ipywidgets 7 would never show it again
        for part in self._parts():
            close(part)

    def open(self) -> None:
        """Make it known to the browser, after what it refers to."""
        for part in self._parts():
            reopen(part)
        super().open()

    def _parts(self) -> Iterator[ipywidgets.Widget]:
        """Give the widgets that live and die with this one."""
        return _held(self)


def close(widget: ipywidgets.Widget) -> None:
    """Close a widget with what it holds, unless a cell shows it by itself.

    Args:
        widget: any widget; one that is not ours is closed with its layout, style and children.
    """
    if _places.get(widget):
        return
    widget.close()
    if not isinstance(widget, Lasting):
        for part in _held(widget):
            close(part)


def reopen(widget: ipywidgets.Widget) -> None:
    """Open a widget, if it is closed, after what it holds."""
    if not isinstance(widget, Lasting):
        for part in _held(widget):
            reopen(part)
    widget.open()


def show(widget: ipywidgets.Widget) -> None:
    """Note that the running cell shows a widget; one that was closed is opened.

    Once the cell has run again without showing it, and no other cell shows it, it is closed.
    A host that does not say which cell runs never has anything closed.
    """
    reopen(widget)
    cell, run = _running()
    _places.setdefault(widget, {})[cell] = run
    happenings = events()
    if happenings is not None and _after_cell not in happenings.callbacks["post_run_cell"]:
        happenings.register("post_run_cell", _after_cell)


def events() -> Any:  # noqa: ANN401 -- IPython's own, or None
    """Give what tells of the end of a cell; None outside of a notebook."""
    return getattr(_shell(), "events", None)


def _after_cell(_result: object) -> None:
    """Close what only earlier runs of this cell have shown."""
    cell, run = _running()
    for widget, places in list(_places.items()):
        if cell != _NO_CELL and places.get(cell, run) != run:
            del places[cell]
            if not places and not _stands_in_a_box(widget):
                close(widget)


def _running() -> tuple[str, str]:
    """Give the cell that runs and the number of its run, as the front end has named them."""
    parent: dict[str, Any] = getattr(_shell(), "get_parent", dict)()
    cell = parent.get("metadata", {}).get("cellId")
    return (cell, parent["header"]["msg_id"]) if isinstance(cell, str) else (_NO_CELL, "")


def _shell() -> object:
    from IPython import get_ipython

    return get_ipython()


def _stands_in_a_box(widget: ipywidgets.Widget) -> bool:
    return any(widget in getattr(other, "children", ()) for other in open_widgets())


def open_widgets() -> list[ipywidgets.Widget]:
    """List every open widget; ipywidgets 8 keeps the list where 7 does not."""
    from ipywidgets.widgets import widget

    opened = widget._instances if hasattr(widget, "_instances") else widget.Widget.widgets  # noqa: SLF001
    return list(opened.values())


def _held(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Give the widgets in a widget's traits: its layout, its style, its children."""
    for value in widget.trait_values(sync=True).values():
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, ipywidgets.Widget):
                yield one
