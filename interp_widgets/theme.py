"""The look that every widget, frozen picture and chart shares: one light and one dark scheme.

Colours for values get steadily darker (light scheme) or brighter (dark scheme), so they keep
their order in grey print and for colour-blind readers. Each palette is a few colours with
straight lines between them in sRGB, which CSS gradients, canvas and Pillow all draw alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVELS = 256

EITHER_INK = "#77797d"
"""Words that have to do on a light and on a dark ground: over 4 to 1 on each."""
_EITHER_LINE = "rgba(128,132,138,0.35)"
_NO_GROUND = "rgba(0,0,0,0)"

# Where each host says which scheme it shows; the media query serves plain pages.
_LIGHT_HOSTS = (
    '[data-jp-theme-light="true"] .iw',
    "body.vscode-light .iw",
    "body.vscode-high-contrast-light .iw",
    'html[theme="light"] .iw',
)
_DARK_HOSTS = (
    '[data-jp-theme-light="false"] .iw',
    "body.vscode-dark .iw",
    "body.vscode-high-contrast:not(.vscode-high-contrast-light) .iw",
    'html[theme="dark"] .iw',
)


@dataclass(frozen=True)
class Scheme:
    """Name every colour a view may use, as ``#rrggbb``.

    Attributes:
        background: behind everything.
        surface: behind controls and panels.
        text: words and numbers.
        muted: secondary words, still at least 4.5 to 1 on the background.
        line: borders and rules.
        accent: the one colour for what is pointed at or chosen; in no palette.
        masked: cells that cannot have a value, so that they never read as zero.
        sequential: from zero to the most.
        diverging: from the most negative through zero to the most positive.
    """

    background: str
    surface: str
    text: str
    muted: str
    line: str
    accent: str
    masked: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]


LIGHT = Scheme(
    background="#ffffff",
    surface="#f5f6f8",
    text="#1b2430",
    muted="#566171",
    line="#d3d9e0",
    accent="#c2410c",
    masked="#e9ebee",
    sequential=(
        *("#fbfaf4", "#d5e2c7", "#a1cda9", "#59b89d", "#0e9c9c"),
        *("#077b92", "#075b86", "#1a3978", "#241858"),
    ),
    diverging=(
        *("#003e91", "#1d6ac2", "#6999d6", "#adc7e9", "#f5f5f5"),
        *("#debdab", "#c28767", "#a2521b", "#732600"),
    ),
)
DARK = Scheme(
    background="#14171c",
    surface="#1d2128",
    text="#e6e9ee",
    muted="#a5afbc",
    line="#39414c",
    accent="#ff9f5a",
    masked="#2b3038",
    sequential=(
        *("#1e1d27", "#29334c", "#215071", "#0e7086", "#079090"),
        *("#2bb18f", "#81c98a", "#c3dd8e", "#fef1a1"),
    ),
    diverging=(
        *("#8bd6ff", "#5ca5e1", "#48769c", "#344a5d", "#222222"),
        *("#594231", "#936641", "#d28c50", "#ffbc7f"),
    ),
)


def ramp(stops: tuple[str, ...]) -> NDArray[np.uint8]:
    """Spread a palette's colours evenly over 256 levels.

    Args:
        stops: colours as ``#rrggbb``, at least two.

    Returns:
        (256, 3), red, green and blue from 0 to 255.
    """
    colours = np.array([_rgb(stop) for stop in stops], dtype=np.float64)
    places = np.linspace(0, len(stops) - 1, _LEVELS)
    knots = np.arange(len(stops))
    channels = [np.interp(places, knots, colours[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def css() -> str:
    """Write both schemes as CSS variables, switched by what the host says or the reader prefers."""
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f".iw{{{light}}}"
        f"@media (prefers-color-scheme:dark){{.iw{{{dark}}}}}"
        f"{','.join(_LIGHT_HOSTS)}{{{light}}}"
        f"{','.join(_DARK_HOSTS)}{{{dark}}}"
    )


def plotly_template(*, dark: bool | None = None) -> Any:  # noqa: ANN401 -- plotly has no types
    """Build the plotly template of a scheme; nothing is registered or made the default.

    Args:
        dark: whether the dark scheme is wanted; None makes charts without a ground of their own,
            in colours that can be read on a light and on a dark one. A chart cannot follow the
            notebook's theme.

    Returns:
        A ``plotly.graph_objects.layout.Template`` for ``figure.update_layout(template=...)``.
    """
    from plotly import graph_objects

    scheme = DARK if dark else LIGHT
    ground, ink, line = scheme.background, scheme.text, scheme.line
    if dark is None:
        ground, ink, line = _NO_GROUND, EITHER_INK, _EITHER_LINE
    axis = {"gridcolor": line, "linecolor": line, "zerolinecolor": line}
    layout = {
        "paper_bgcolor": ground,
        "plot_bgcolor": ground,
        "font": {"color": ink, "size": 13},
        "colorway": [scheme.sequential[5], scheme.accent, EITHER_INK, scheme.sequential[3]],
        "colorscale": {
            "sequential": _scale(scheme.sequential),
            "diverging": _scale(scheme.diverging),
        },
        "xaxis": axis,
        "yaxis": axis,
        "shapedefaults": {"line": {"color": ink}},
        "margin": {"l": 60, "r": 20, "t": 50, "b": 50},
    }
    return graph_objects.layout.Template(layout=layout)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _scale(stops: tuple[str, ...]) -> list[list[float | str]]:
    return [[place / (len(stops) - 1), stop] for place, stop in enumerate(stops)]


def _variables(scheme: Scheme) -> str:
    """Name the scheme's colours ``--iw-background`` and so on; a palette is a comma list."""
    return "".join(
        f"--iw-{name}:{value if isinstance(value, str) else ','.join(value)};"
        for name, value in vars(scheme).items()
    )
