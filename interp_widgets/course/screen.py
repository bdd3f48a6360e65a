"""Show a learner something: in a notebook with buttons, elsewhere as plain text."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING
from uuid import uuid4

from interp_widgets import text

if TYPE_CHECKING:
    from ipywidgets import DOMWidget

_shown: dict[str, DOMWidget] = {}  # what stands in each place now

_CODE = re.compile(r"`([^`]+)`")
_MIME = "application/vnd.jupyter.widget-view+json"
# Buttons need a kernel. Where they are on the page, the sentence that does without them hides;
# where they are not, it stays, and the empty place of the buttons after it hides.
_STYLE = """
html:has(.iw-live-{id}) .iw-without-{id},
.jp-OutputArea-child:has(.iw-without-{id}) + .jp-OutputArea-child:not(:has(.iw-live-{id})) {{
  display: none;
}}
"""


def has_buttons() -> bool:
    """Whether this is a notebook's kernel, so that buttons can reach it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


def show(
    plain: str,
    html: str = "",
    widget: DOMWidget | None = None,
    without: str = "",
    place: str = "",
) -> None:
    """Show one thing.

    Args:
        plain: as text.
        html: the same as HTML; empty writes the text as it is.
        widget: what to press, where that works.
        without: how to do the same where buttons do not work.
        place: what the widget belongs to; an older one that belongs to it is closed.
    """
    if not has_buttons():
        print("\n".join(part for part in (plain, without) if part))
        return
    from IPython.display import display

    html = html or paragraph(plain)
    if widget is None:
        display({"text/plain": plain, "text/html": html}, raw=True)  # type: ignore[no-untyped-call]
        return
    if place in _shown:
        _close(_shown.pop(place))
    _shown[place] = widget
    identity = uuid4().hex[:12]
    widget.add_class(f"iw-live-{identity}")
    style = f"<style>{_STYLE.format(id=identity)}</style>"
    saved = f'{style}{html}<div class="iw-without-{identity}">{paragraph(without)}</div>'
    plain = "\n".join(part for part in (plain, without) if part)
    display({"text/plain": plain, "text/html": saved}, raw=True)  # type: ignore[no-untyped-call]
    live = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    display({_MIME: live, "text/plain": ""}, raw=True)  # type: ignore[no-untyped-call]


def words(sentence: str) -> str:
    """Write text as HTML in which `names in backticks` stand out as code."""
    return _CODE.sub(r"<code>\1</code>", text.html(sentence))


def paragraph(sentence: str) -> str:
    """Write text as a paragraph of HTML; its line ends stay."""
    return f'<p style="max-width:48em;white-space:pre-wrap">{words(sentence)}</p>'


def code(lines: str) -> str:
    """Write lines of code as HTML."""
    return f"<pre>{text.html(lines)}</pre>"


def _close(widget: DOMWidget) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()
