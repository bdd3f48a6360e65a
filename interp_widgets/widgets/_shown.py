"""What the cells of a notebook show, taken out of its kernel for a page that has none."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from interp_widgets.widgets import _export, _life
from interp_widgets.widgets._base import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HIDDEN = "none"  # of the layout's display


def save(model_ids: Sequence[str], path: str | Path) -> None:
    """Write the views that stand in the widgets a notebook shows, in the order of its cells.

    Args:
        model_ids: of the widgets, as the notebook's outputs name them; one that is shown twice
            comes twice, one that is closed by now shows nothing but controls.
        path: gets JSON: what a page of the views is made of (null without any), and for each
            widget the numbers of its views, what its text boxes hold, and whether it has controls.
    """
    opened = {widget.model_id: widget for widget in _life.open_widgets()}
    views: list[View] = []
    shown = [_shown(opened.get(name), views) for name in model_ids]
    parts = asdict(_export.parts(views)) if views else None
    Path(path).write_text(json.dumps({"parts": parts, "widgets": shown}), "utf-8")


def _leaves(widget: ipywidgets.Widget | None) -> Iterator[ipywidgets.Widget]:
    """Give the widgets in a box, and in the boxes in it, that can be seen."""
    if widget is None or widget.layout.display == _HIDDEN:
        return
    if not isinstance(widget, ipywidgets.Box):
        yield widget
        return
    for child in widget.children:
        yield from _leaves(child)


def _shown(widget: ipywidgets.Widget | None, views: list[View]) -> dict[str, Any]:
    """Describe one widget; its views are added to those of the widgets before it."""
    leaves = list(_leaves(widget))
    own = [leaf for leaf in leaves if isinstance(leaf, View)]
    places = range(len(views), len(views) + len(own))
    views += own
    controls = [leaf for leaf in leaves if not isinstance(leaf, View)]
    texts = [leaf for leaf in controls if isinstance(leaf, ipywidgets.Text) and leaf.value]
    return {
        "views": list(places),
        "texts": [f"{leaf.description}: {leaf.value}" for leaf in texts],
        "controls": widget is None or bool(controls),
    }
