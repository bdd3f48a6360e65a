"""Two views that follow each other in what is chosen, or in a part of it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import ipywidgets

from interp_widgets.widgets._base import View
from interp_widgets.widgets._selection import FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interp_widgets.widgets._selection import Selection


class Link:
    """Keep fields of two selections equal until it is undone; made by `link`.

    The browser does it by itself, so that views follow each other while the kernel is busy. For
    what Python chooses, Python does it too; for what the browser has chosen it must not, because
    its late answer would take back what the browser has moved on to.

    Attributes:
        selections: the two that are linked.
        fields: what of them is kept equal.
    """

    def __init__(self, one: Selection, other: Selection, fields: tuple[str, ...]) -> None:
        self.selections = (one, other)
        self.fields = fields
        self._wires: list[ipywidgets.Widget] = []
        for selection in self.selections:
            selection.links.append(self)
        self.resume(other)

    def __repr__(self) -> str:
        return f"Link({', '.join(self.fields)})"

    def unlink(self) -> None:
        """Let the two views go their own ways; what is chosen stays."""
        self.rest()
        for selection in self.selections:
            if self in selection.links:
                selection.links.remove(self)

    def rest(self) -> None:
        """Stop for as long as one of the two is closed."""
        if not self._wires:
            return
        for selection in self.selections:
            selection.unobserve(self._follow, "value")
        while self._wires:
            self._wires.pop().close()

    def resume(self, late: Selection) -> None:
        """Start once both are open; the one that came late takes what the other has chosen."""
        one, other = self.selections
        if self._wires or one.comm is None or other.comm is None:
            return
        early = other if late is one else one
        late.set(**{name: getattr(early.value, name) for name in self.fields})
        self._wires = [ipywidgets.jslink((one, name), (other, name)) for name in self.fields]
        for selection in self.selections:
            selection.observe(self._follow, "value")

    def _follow(self, change: Any) -> None:  # noqa: ANN401 -- a Bunch of traitlets
        one, other = self.selections
        changed = {
            name: getattr(change.new, name)
            for name in self.fields
            if getattr(change.new, name) != getattr(change.old, name)
            and name not in change.owner._property_lock  # noqa: SLF001 -- the browser has chosen it
        }
        if changed:
            (other if change.owner is one else one).set(**changed)


def link(a: View, b: View, fields: Sequence[str] | None = None) -> Link:
    """Let two views follow each other: what is chosen in one is chosen in the other.

    It needs no kernel once it is made, and an exported page keeps it. Views that are to share
    everything can be given one ``selection`` instead.

    Args:
        a: a view; what is chosen in it now is chosen in the other at once.
        b: another view.
        fields: what to keep equal, any of layer, head, pos, key, token_id and feature; None keeps
            all of them.

    Returns:
        The link; its ``unlink()`` undoes it.

    Raises:
        TypeError: something that is not a view, or fields that are no list of names.
        ValueError: views that share one selection already, or an unknown field.
    """
    for name, view in (("a", a), ("b", b)):
        if not isinstance(view, View):
            raise TypeError(
                f"{name}: expected a view such as AttentionView, got {type(view).__name__}. "
                "Pass the view itself."
            )
    if a.selection is b.selection:
        raise ValueError(
            "b: expected a view with a selection of its own, got one that shares the selection of "
            "a. They follow each other already."
        )
    return Link(a.selection, b.selection, FIELDS if fields is None else _checked(fields))


def _checked(fields: Sequence[str]) -> tuple[str, ...]:
    if isinstance(fields, str) or not all(isinstance(name, str) for name in fields):
        raise TypeError(
            f'fields: expected a list of names, got {fields!r}. Write fields=["layer", "head"].'
        )
    unknown = [name for name in fields if name not in FIELDS]
    if unknown or not fields:
        got = repr(unknown[0]) if unknown else "none"
        close = difflib.get_close_matches(unknown[0], FIELDS, n=1) if unknown else []
        cure = f"Did you mean {close[0]!r}?" if close else "None links all of them."
        raise ValueError(f"fields: expected one or more of {list(FIELDS)}, got {got}. {cure}")
    return tuple(dict.fromkeys(fields))
