"""The field's classic views, those of circuitsvis, offline and with tokens that cannot run.

circuitsvis writes its HTML so that a token which holds markup becomes markup, and before it shows
a view it asks the network whether it is there. Here only the name of the view and its numbers are
taken from that HTML, and drawn by circuitsvis' own code from the disk, in a frame that may reach
neither the network nor the notebook around it.
"""

from __future__ import annotations

import base64
import functools
import json
import re
import zlib
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from interp_widgets import text
from interp_widgets.widgets._export import script_hash

_STATIC = Path(__file__).parent / "static"
_CALL = re.compile(r'\brender\(\s*"[\w-]+",\s*(\w+),\s*')
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*", re.MULTILINE)  # a file that is not there
_STYLE = (
    "html{color-scheme:light;background:#fff}"  # its views know of no other ground
    "body{margin:8px 24px;font:14px/1.45 system-ui,sans-serif}"
)
_FRAME = "width:100%;height:420px;border:1px solid #9aa5b1;border-radius:8px;background:#fff"
_CURE = "Pass what a function of circuitsvis returned: iw.classic(colored_tokens(tokens, values))."


@dataclass(frozen=True)
class Classic:
    """A view of circuitsvis; the last line of a cell shows it.

    Attributes:
        view: its name in circuitsvis, such as "AttentionHeads".
        properties: what the view draws, with every text made harmless.
    """

    view: str
    properties: dict[str, Any] = field(repr=False)

    def describe(self) -> str:
        """Say what is shown, and what was changed so that it is safe to show."""
        return (
            f"{self.view} of circuitsvis {version('circuitsvis')}, drawn offline. It takes text "
            f"for markup; so that none of it can run, each < is shown as {text.LOOKALIKE}."
        )

    def to_html(self, path: str | Path | None = None) -> str:
        """Write the view as one page that opens offline.

        Args:
            path: where to write it; None writes nothing.

        Returns:
            The page.
        """
        page = self._page()
        if path is not None:
            Path(path).write_text(page, "utf-8")
        return page

    def _page(self) -> str:
        """Write what stands in the frame: one script by its hash, which brings in another."""
        data = {"view": self.view, "properties": self.properties, "code": _packed()}
        policy = (
            f"default-src 'none'; script-src {' '.join(script_hashes())}; "
            "style-src 'unsafe-inline'; img-src data:"
        )
        title = text.html(f"{self.view} of circuitsvis")
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            f"<title>{title}</title><style>{_STYLE}</style></head>"
            f'<body><main id="view"></main><noscript>{text.html(self.describe())}</noscript>'
            f'<script type="application/json" id="data">{text.json_for_script(data)}</script>'
            f'<script type="module">{_script("classic")}</script></body></html>'
        )

    def _repr_html_(self) -> str:
        return (
            f'<iframe class="iw-classic" sandbox="allow-scripts" style="{_FRAME}" '
            f'title="{text.html(self.view)}" srcdoc="{text.html(self._page())}"></iframe>'
            f"<p>{text.html(self.describe())} Without a picture above: run this cell again.</p>"
            f"<script>{_script('classicframe')}</script>"
        )


def classic(rendered: object) -> Classic:
    """Show a view of circuitsvis offline, safely, wherever a notebook can be shown.

    Args:
        rendered: what a function of circuitsvis returned, such as
            ``circuitsvis.attention.attention_heads(attention=..., tokens=...)``.

    Returns:
        The view; its ``to_html`` writes a page of its own.

    Raises:
        TypeError: something that circuitsvis has not made.
        ValueError: HTML that is not built as circuitsvis builds it, or numbers that are not finite.
    """
    html = getattr(rendered, "cdn_src", None)
    if not isinstance(html, str):
        raise TypeError(
            "rendered: expected a view of circuitsvis (RenderedHTML), got "
            f"{type(rendered).__name__}. {_CURE}"
        )
    call = _CALL.search(html)
    if call is None:
        raise ValueError(
            "rendered: expected a call of circuitsvis' render in its HTML, got "
            f"{text.literal(html, 60)}. {_CURE}"
        )
    properties, _ = json.JSONDecoder(parse_constant=_refuse).raw_decode(html, call.end())
    return Classic(call[1], _harmless(properties))


@functools.cache
def script_hashes() -> tuple[str, ...]:
    """List the hashes of all that a frame runs, for the policy of a page around it."""
    return tuple(
        script_hash(code) for code in (_script("classic"), _script("classicframe"), _bundle())
    )


def _refuse(constant: str) -> None:
    raise ValueError(
        f"rendered: expected finite numbers, got {constant}. Its views draw no such number: "
        "replace it before, for example with torch.nan_to_num(values)."
    )


def _harmless(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """Make every text in a JSON value harmless, at any depth."""
    if isinstance(value, str):
        return text.unmarked(value)
    if isinstance(value, list):
        return [_harmless(item) for item in value]
    return (
        {key: _harmless(item) for key, item in value.items()} if isinstance(value, dict) else value
    )


@functools.cache
def _script(name: str) -> str:
    return (_STATIC / f"{name}.js").read_text("utf-8")


@functools.cache
def _bundle() -> str:
    """Read circuitsvis' own code, as the package brings it."""
    spec = find_spec("circuitsvis")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "circuitsvis: expected the package, which draws these views, got none. Install it: "
            "pip install circuitsvis"
        )
    code = (Path(spec.origin).parent / "dist" / "cdn" / "iife.js").read_text("utf-8")
    return _SOURCE_MAP.sub("", code)


@functools.cache
def _packed() -> str:
    return base64.b64encode(zlib.compress(_bundle().encode(), 9)).decode()
