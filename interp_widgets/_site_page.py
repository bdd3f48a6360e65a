"""Write a notebook that has run as a page; `_site.py` says where its views come from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interp_widgets import text, theme
from interp_widgets.widgets._export import script_hash
from interp_widgets.widgets._join import bare_style
from interp_widgets.widgets.classic import script_hashes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbformat import NotebookNode

CHARTS = "plotly.min.js"  # beside the pages, for those that have a chart

_STATIC = Path(__file__).parent / "widgets" / "static"
_WIDGET = "application/vnd.jupyter.widget-view+json"
_CHART = "application/vnd.plotly.v1+json"
_FROZEN = 'class="iw-frozen '
_CLASSIC = '<iframe class="iw-classic" '
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)\.(?:ipynb|md)(#[^)\s]*)?\)")
_ABOUT = (
    "This page is a notebook after Run All. Its pictures are alive: point at them, click, use the "
    "arrow keys. Buttons, checks and text boxes work in the notebook itself: <code>make lab</code>."
)
_BACK = '<a href="index.html">All notebooks</a>'
_ELSEWHERE = "Buttons and text boxes of this cell work in the notebook."
_WELCOME = (
    "The notebooks of the course as pages, with their pictures alive. Nothing is fetched from the "
    "network. To change code, type prompts and have your answers checked, open the notebooks: "
    "<code>make lab</code>."
)


@dataclass(frozen=True)
class Page:
    """A page, and whether it needs the code for charts beside it."""

    html: str
    has_charts: bool


@dataclass(frozen=True)
class Entry:
    """A line of the start page: the stem of a notebook, its title and what it is about."""

    stem: str
    title: str
    about: str


def notebook(ran: NotebookNode, shown: dict[str, Any], title: str) -> Page:
    """Write a notebook as a page.

    Args:
        ran: the notebook with its outputs; they are replaced by what a page can show.
        shown: of `widgets/_shown.py`; empty when it shows no widget.
        title: for the browser's tab.
    """
    charts: list[Any] = []
    widgets = iter(shown.get("widgets", ()))
    for cell in ran.cells:
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(r"](\1.html\2)", cell.source)
        elif "outputs" in cell:
            cell.outputs = _without_kernel(cell.outputs, widgets, charts)
    parts = shown.get("parts") or {"style": "", "script": "", "data": {}}
    about = f'<p class="iw-hint">{_ABOUT}</p>' if shown else ""
    body = f"<nav>{_BACK}</nav><main>{about}{_body(ran)}</main>"
    scripts = [parts["script"]] if parts["script"] else []
    scripts += [_read("charts.js")] if charts else []
    data = {"data": parts["data"], "charts": charts}
    return Page(_page(title, body, parts["style"], scripts, data), has_charts=bool(charts))


def start(entries: Sequence[Entry]) -> str:
    """Write the start page, with a line for each notebook."""
    lines = "".join(
        f'<li><a href="{text.html(entry.stem)}.html">{text.html(entry.title or entry.stem)}</a>'
        f"<br>{text.html(entry.about)}</li>"
        for entry in entries
    )
    title = "Mechanistic interpretability, in Jupyter"
    main = f"<main><h1>{title}</h1><p>{_WELCOME}</p><ul>{lines}</ul></main>"
    glossary = '<nav><a href="glossary.html">Glossary</a></nav>'
    return _page(title, main + glossary, "", [], {})


def _without_kernel(outputs: list[Any], widgets: Iterator[Any], charts: list[Any]) -> list[Any]:
    """Put a place for views and charts where the outputs had what needs a notebook around it."""
    from nbformat.v4 import new_output

    kept: list[Any] = []
    for output in outputs:
        data = output.get("data", {})
        if _WIDGET in data:
            found = next(widgets)
            if found["views"] and kept and _is_frozen(kept[-1]):
                kept.pop()  # the picture that stands in for a view where it cannot be
            kept.append(new_output("display_data", {"text/html": _place(found)}))
        elif _CHART in data:
            place = f'<div class="iw-plot" id="chart-{len(charts)}"></div>'
            charts.append(data[_CHART])
            kept.append(new_output("display_data", {"text/html": place}))
        else:
            kept.append(output)
    return kept


def _is_frozen(output: Any) -> bool:  # noqa: ANN401 -- an output of nbformat
    return _FROZEN in output.get("data", {}).get("text/html", "")


def _place(found: dict[str, Any]) -> str:
    lines = [f"<p>{text.html(line)}</p>" for line in found["texts"]]
    places = [f'<div id="view-{number}"></div>' for number in found["views"]]
    note = [f'<p class="iw-hint">{_ELSEWHERE}</p>'] if found["controls"] else []
    return "".join([*lines, *places, *note])


def _body(ran: NotebookNode) -> str:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        anchor_link_text="",
    )
    html: str = exporter.from_notebook_node(ran)[0]
    return html


def _page(title: str, body: str, style: str, scripts: list[str], data: dict[str, Any]) -> str:
    allowed = [script_hash(script) for script in scripts]
    allowed += script_hashes() if _CLASSIC in body else []
    charts = bool(data.get("charts"))
    allowed += ["'self'", "file:"] if charts else []
    policy = (
        f"default-src 'none'; script-src {' '.join(allowed) or chr(39) + 'none' + chr(39)}; "
        "style-src 'unsafe-inline'; img-src data: blob:"
    )
    style = f"{theme.css()}{style}{bare_style(_read('base.css') + _read('site.css'))}"
    stored = "".join(
        f'<script type="application/json" id="{name}">{text.json_for_script(value)}</script>'
        for name, value in data.items()
        if value
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text.html(title)}</title><style>{style}</style></head>"
        f'<body class="iw iw-site">{body}{stored}'
        + (f'<script src="{CHARTS}"></script>' if charts else "")
        + "".join(f'<script type="module">{script}</script>' for script in scripts)
        + "</body></html>"
    )


def _read(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")
