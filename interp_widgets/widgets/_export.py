"""One self-contained page out of a view: it opens offline, and nothing in it can be fetched.

The page's policy allows one script, by its hash, and no connection at all; so even text that
slipped through the escaping could not run. ``static/page.js`` plays the part of the notebook.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anywidget import AnyWidget

from interp_widgets import text

if TYPE_CHECKING:
    from interp_widgets.widgets._base import View

_PAGE = Path(__file__).parent / "static" / "page.js"
_ANSWER_BYTES = 500_000  # of exact numbers, deflated; the overview comes on top
_LEVEL = 9
_REPLACED = frozenset({"_esm", "_css", "_anywidget_id", "selection"})


def page(view: View) -> str:
    """Write a view as a page.

    Args:
        view: what to export, with its data and its selection as they are now.

    Returns:
        HTML with the data deflated inside. As many exact answers go along as fit in 0.5 MB,
        the one on show first; the readout says which precision it reads.
    """
    script = _script(view)
    policy = (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}'; "
        "style-src 'unsafe-inline'; img-src data:"
    )
    title = text.html(text.prose(view.title or type(view).__name__, 200))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{view._css}body{{margin:0}}"  # noqa: SLF001
        ".iw-page{min-height:100vh;border-radius:0}"
        ".iw-page h1{position:absolute;clip-path:inset(50%)}</style></head>"
        f'<body class="iw iw-page"><main><h1>{title}</h1><div id="view"></div></main>'
        f"<noscript><p>{text.html(view.describe())}</p></noscript>"
        f'<script type="application/json" id="data">{text.json_for_script(_data(view))}</script>'
        f'<script type="module">{script}</script></body></html>'
    )


def _script(view: View) -> str:
    body = view._esm.replace("export default ", "return ")  # noqa: SLF001
    script = f"const view = (() => {{\n{body}\n}})();\n{_PAGE.read_text('utf-8')}"
    for opener in ("</script", "<!--"):
        if opener in script.lower():
            raise ValueError(f"module: expected no {opener!r}, which would end the page's script.")
    return script


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _data(view: View) -> dict[str, Any]:
    view.wake()
    names = set(view.class_traits(sync=True)) - set(AnyWidget.class_traits()) - _REPLACED
    state = {name: getattr(view, name) for name in sorted(names)}
    buffers = {name: _pack(value) for name, value in state.items() if isinstance(value, bytes)}
    return {
        "state": {name: value for name, value in state.items() if name not in buffers},
        "buffers": buffers,
        "selection": vars(view.selection.value),
        "answers": _answers(view),
        "source": view.source(),
    }


def _answers(view: View) -> list[dict[str, Any]]:
    """Answer now what the browser could ask later, until the room for it is used up."""
    kept, room = [], _ANSWER_BYTES
    for request in view.export_requests():
        message, buffers = view.answer(request)
        packed = [_pack(buffer) for buffer in buffers]
        room -= sum(len(item) for item in packed)
        if room < 0:
            break
        kept.append({"request": request, "message": message, "buffers": packed})
    return kept


def _pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, _LEVEL)).decode()
