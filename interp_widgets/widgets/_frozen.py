"""The picture of a view that is left when its kernel is gone, or its code may not run."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakSet

from PIL import Image

from interp_widgets import text
from interp_widgets.widgets import _life, _picture

if TYPE_CHECKING:
    from ipywidgets import Widget

    from interp_widgets.widgets._base import View

_MIME = "application/vnd.jupyter.widget-view+json"
_BACK = (
    "This is a picture of the view. To bring the view itself back, run this cell again "
    "(with the kernel restarted: the cells above it first)."
)
# The class of the live view is on the page only while the view is. Where it is, the picture
# hides; where it is not, the picture stays and the failed widget after it hides. Outputs stand in
# boxes that JupyterLab and the notebook before it name differently.
_BOX = ":is(.jp-OutputArea-child,.output_area)"
_STYLE = """
html:has(.iw-live-{id}) .iw-frozen-{id},
html:has(.iw-live-{id}) {box}:has(.iw-frozen-{id}),
{box}:has(.iw-frozen-{id}) + {box}:not(:has(.iw-view)) {{
  display: none;
}}
"""
_QUIET = 0.5  # seconds without a change before a picture is drawn anew
_DPI = 72  # pixels of a screen that count as an inch
_COLOURS = 256  # of a picture; all that the edges of letters have would make it three times as big

_waiting: WeakSet[View] = WeakSet()  # views whose picture has yet to be drawn anew


@dataclass(frozen=True)
class Frozen:
    """What a frozen picture shows.

    Attributes:
        image: drawn on a light ground, because a saved picture cannot follow the theme.
        heads: what the columns of the table hold.
        rows: the top values, as text.
        caption: what the table is called.
    """

    image: Image.Image
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = "The largest weights"


def show(view: View, widget: Widget) -> None:
    """Show two outputs: a picture of the view that outlives the kernel, then the widget itself.

    A notebook prefers a widget to the HTML beside it, even when the widget is gone; so they
    cannot share one output. The style in the picture hides whichever is not wanted.

    Args:
        view: what the picture shows; it renews the picture when its data change.
        widget: the view, or what the view stands in.
    """
    from IPython.display import display

    _life.show(widget)
    place = f"iw-{view.view_id}"  # one for all cells that show it, so that all are renewed
    view.picture = display(bundle(view), raw=True, display_id=place)  # type: ignore[no-untyped-call]
    live = {
        _MIME: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id},
        "text/plain": "",  # where no widget can be shown, the picture has said it all
    }
    display(live, raw=True)  # type: ignore[no-untyped-call]


def renew(view: View) -> None:
    """Draw the picture of a view anew: at the end of the cell that runs, or when things are quiet.

    A picture takes longer to draw than whoever types or clicks should wait, and only the last of
    them is ever seen.
    """
    events = _life.events()
    if events is None:  # nobody would say when a cell ends
        view.draw_picture()
        return
    _waiting.add(view)
    view.redrawing.ask(_QUIET)
    if _draw_waiting not in events.callbacks["post_run_cell"]:
        events.register("post_run_cell", _draw_waiting)


def _draw_waiting(_result: object) -> None:
    while _waiting:
        view = _waiting.pop()
        if view.redrawing.cancel():
            view.draw_picture()


def bundle(view: View) -> dict[str, str]:
    """Make the output of the picture: HTML that needs no script, and for others image and text."""
    frozen = view.frozen()
    image = base64.b64encode(png(frozen.image)).decode()
    html = _html(view, frozen, image)
    return {"text/html": html, "image/png": image, "text/plain": view.describe()}


def png(image: Image.Image) -> bytes:
    """Encode a picture as PNG, to be shown at half its size in pixels."""
    few = image.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", dpi=(_picture.SCALE * _DPI, _picture.SCALE * _DPI))
    return buffer.getvalue()


def _html(view: View, frozen: Frozen, image: str) -> str:
    heads = "".join(f"<th>{text.html(head)}</th>" for head in frozen.heads)
    rows = "".join(
        "<tr>" + "".join(f"<td>{text.html(cell)}</td>" for cell in row) + "</tr>"
        for row in frozen.rows
    )
    style = _STYLE.format(id=view.view_id, box=_BOX)
    title = f"<p><strong>{text.html(view.title)}</strong></p>" if view.title else ""
    return (
        f'<style>{style}</style><div class="iw-frozen iw-frozen-{view.view_id}" '
        f'style="overflow-wrap: anywhere">{title}'
        f'<img src="data:image/png;base64,{image}" alt="{text.html(view.describe())}" '
        f'width="{frozen.image.width // _picture.SCALE}">'
        f"<details><summary>{text.html(frozen.caption)}</summary>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
        f"<p>{_BACK}</p></div>"
    )
