"""One self-contained page out of views: it opens offline, and nothing in it can be fetched.

The page's policy allows one script, by its hash, and no connection at all; so even text that
slipped through the escaping could not run. ``static/page.js`` plays the part of the notebook.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anywidget import AnyWidget

from interp_widgets import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interp_widgets.widgets._base import View
    from interp_widgets.widgets._selection import Selection

_PAGE = Path(__file__).parent / "static" / "page.js"
_ANSWER_BYTES = 500_000  # of exact numbers for each view, deflated; the overview comes on top
_LEVEL = 9
_TITLE_LIMIT = 200
_REPLACED = frozenset({"_esm", "_css", "_anywidget_id", "selection"})
_STYLE = (
    "body{margin:0}.iw-page{min-height:100vh;border-radius:0}"
    ".iw-page main>section+section{margin-top:20px}"
    ".iw-page :is(h1,h2){position:absolute;clip-path:inset(50%)}"
)


@dataclass(frozen=True)
class Parts:
    """What a page needs to show views, the first in its element ``view-0``, and so on.

    Attributes:
        style: for the head.
        script: a module, for the end of the body.
        data: JSON for the element ``data``, which the script reads.
    """

    style: str
    script: str
    data: dict[str, Any]


def parts(views: Sequence[View]) -> Parts:
    """Take views apart into what a page is made of; the code of each class comes once."""
    codes = list(dict.fromkeys(view._esm for view in views))  # noqa: SLF001
    styles = dict.fromkeys(view._css for view in views)  # noqa: SLF001
    return Parts("".join(styles), _script(codes), _data(list(views), codes))


def script_hash(script: str) -> str:
    """Write the source that lets a page's policy allow a script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def to_html(views: View | Sequence[View], path: str | Path | None = None) -> str:
    """Write views as one page that opens offline and stays interactive.

    Views that share a selection, or are linked, still follow each other there.

    Args:
        views: one view, or several in the order they are to stand in.
        path: where to write it; None writes nothing.

    Returns:
        HTML with the data deflated inside. The exact numbers of what is on show go along, and
        of the rest as many as fit in 0.5 MB for each view; the view says which precision it reads.

    Raises:
        TypeError: something that is not a view.
        ValueError: no view at all.
    """
    page = _page(_checked(views))
    if path is not None:
        Path(path).write_text(page, "utf-8")
    return page


def _checked(views: View | Sequence[View]) -> list[View]:
    from interp_widgets.widgets._base import View

    given: Sequence[object] = views if isinstance(views, list | tuple) else [views]
    several = [view for view in given if isinstance(view, View)]
    if len(several) < len(given):
        kinds = ", ".join(type(view).__name__ for view in given)
        raise TypeError(
            "views: expected a view such as AttentionView or a list of views, got "
            f"{kinds}. Pass the views themselves."
        )
    if not several:
        raise ValueError("views: expected at least one view, got an empty list. Pass a view.")
    return several


def _page(views: list[View]) -> str:
    made = parts(views)
    policy = (
        f"default-src 'none'; script-src {script_hash(made.script)}; "
        "style-src 'unsafe-inline'; img-src data:"
    )
    titles = [text.html(text.prose(v.title or type(v).__name__, _TITLE_LIMIT)) for v in views]
    title = " · ".join(titles)
    described = "".join(f"<p>{text.html(view.describe())}</p>" for view in views)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{made.style}{_STYLE}</style></head>"
        f'<body class="iw iw-page"><main><h1>{title}</h1>{_places(titles)}</main>'
        f"<noscript>{described}</noscript>"
        f'<script type="application/json" id="data">'
        f"{text.json_for_script(made.data)}</script>"
        f'<script type="module">{made.script}</script></body></html>'
    )


def _places(titles: list[str]) -> str:
    """Make a place for each view; where there are several, each has a heading."""
    heads = [f"<h2>{title}</h2>" for title in titles] if len(titles) > 1 else [""]
    return "".join(
        f'<section>{head}<div id="view-{place}"></div></section>'
        for place, head in enumerate(heads)
    )


def _script(codes: list[str]) -> str:
    bodies = [code.replace("export default ", "return ") for code in codes]
    made = ",".join(f"(()=>{{{body}}})()" for body in bodies)
    script = f"const codes=[{made}];\n{_PAGE.read_text('utf-8')}"
    for opener in ("</script", "<!--"):
        if opener in script.lower():
            raise ValueError(f"module: expected no {opener!r}, which would end the page's script.")
    return script


def _data(views: list[View], codes: list[str]) -> dict[str, Any]:
    selections = list(dict.fromkeys(view.selection for view in views))
    return {
        "views": [
            _state(view)
            | {
                "code": codes.index(view._esm),  # noqa: SLF001
                "selection": selections.index(view.selection),
            }
            for view in views
        ],
        "selections": [vars(selection.value) for selection in selections],
        "links": _links(selections),
    }


def _links(selections: list[Selection]) -> list[dict[str, Any]]:
    """List the links whose both ends are on the page, by the places of their selections."""
    links = dict.fromkeys(link for selection in selections for link in selection.links)
    return [
        {"ends": [selections.index(end) for end in link.selections], "fields": link.fields}
        for link in links
        if all(end in selections for end in link.selections)
    ]


def _state(view: View) -> dict[str, Any]:
    view.wake()
    names = set(view.class_traits(sync=True)) - set(AnyWidget.class_traits()) - _REPLACED
    state = {name: getattr(view, name) for name in sorted(names)}
    buffers = {name: _pack(value) for name, value in state.items() if isinstance(value, bytes)}
    return {
        "state": {name: value for name, value in state.items() if name not in buffers},
        "buffers": buffers,
        "answers": _answers(view),
        "source": view.source(),
    }


def _answers(view: View) -> list[dict[str, Any]]:
    """Answer now what the browser could ask later: the first request, and what has room.

    Requests of a type of which one had no room are not tried again, because to make an answer
    takes time and those of a type are much alike.
    """
    kept: list[dict[str, Any]] = []
    room, too_large = _ANSWER_BYTES, set()
    for request in view.export_requests():
        if request["type"] in too_large:
            continue
        message, buffers = view.answer(request)
        packed = [_pack(buffer) for buffer in buffers]
        size = sum(len(item) for item in packed)
        if size > room and kept:
            too_large.add(request["type"])
            continue
        room -= size
        kept.append({"request": request, "message": message, "buffers": packed})
    return kept


def _pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, _LEVEL)).decode()
