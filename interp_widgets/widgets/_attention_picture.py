"""What is left of an AttentionView where no script runs: a picture, a chart, a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text, theme
from interp_widgets.widgets import _frame, _picture, _squares

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from interp_widgets.widgets._attention_wire import Wire

_LABEL_LIMIT = 14  # characters of a token beside a square
_FIGURE_SIDE = 256  # cells a side of a chart, which holds each as text
_CELL, _MARGIN = 26, 160  # pixels of a chart
_TOP = 5


@dataclass(frozen=True)
class Shown:
    """One head as it is on show.

    Attributes:
        wire: the data, and what of them goes to the browser.
        layer: place of the layer.
        head: place of the head.
        hide_first: whether the first token is left out.
    """

    wire: Wire
    layer: int
    head: int
    hide_first: bool

    @property
    def name(self) -> str:
        """Name the head by the model's own numbers."""
        run = self.wire.data.run
        return f"Layer {(run.layers or ())[self.layer]} head {(run.heads or ())[self.head]}"

    @property
    def what(self) -> str:
        """Say what the numbers are."""
        kind = "difference" if self.wire.data.signed else "attention weight"
        return f"{kind}, first token left out" if self.hide_first else kind

    def square(self) -> NDArray[np.float32]:
        """Give its values, (query, key)."""
        return self.wire.data.square(self.layer, self.head, hide_first=self.hide_first)

    def hidden(self) -> NDArray[np.bool_]:
        """Mark the (query, key) in which no value is shown."""
        hidden = self.wire.data.hidden(self.layer, hide_first=self.hide_first)
        if self.hide_first:  # rows that were too faint to be scaled up
            hidden |= ~self.square().any(axis=1, keepdims=True)
        return hidden

    def top(self) -> tuple[tuple[str, str, str], ...]:
        """List the largest values: from, to, and the number."""
        square, sign = self.square(), "+" if self.wire.data.signed else ""
        size = np.abs(square)
        least = np.sort(size.max(axis=1))[-_TOP:].min()  # as many values are at least as large
        places = np.flatnonzero((size > 0) & (size >= (least if len(size) >= _TOP else 0)))
        places = places[np.argsort(-size.ravel()[places], kind="stable")][:_TOP]
        queries, keys = self.wire.data.query_names(), self.wire.data.key_names()
        return tuple(
            (queries[query], keys[key], f"{square[query, key]:{sign}.3f}")
            for query, key in zip(*np.unravel_index(places, square.shape), strict=True)
        )

    def describe(self, title: str) -> str:
        """Say in a paragraph what is shown and where the largest values are."""
        data = self.wire.data
        layers, heads, queries, keys = data.shape
        over = f"{keys} tokens, {text.literal(''.join(data.run.tokens))}"
        if data.crossed:
            over = f"{queries} queries and {over}"
        kind = "differences from the other run" if data.signed else "weights"
        largest = f"{kind}, the first token left out," if self.hide_first else kind
        top = [f"{query} to {key} {value}" for query, key, value in self.top()]
        return (
            f"{title or 'Attention'}: {_count(layers, 'layer')} of {_count(heads, 'head')} over "
            f"{over}. {self.name} is enlarged; its largest {largest} are "
            f"{', '.join(top) or 'all 0'}."
        )

    def image(self, marked: tuple[int | None, int | None]) -> Image.Image:
        """Draw the thumbnails, where they are at hand, and the head.

        Args:
            marked: query and key to outline.
        """
        data = self.wire.data
        peak = data.peak
        one = _picture.matrix(
            self.square() / peak,
            _picture.Axis("from (query)", data.query_texts(_short)),
            _picture.Axis("to (key)", data.key_texts(_short)),
            marked,
            hidden=self.hidden(),
            diverging=data.signed,
        )
        low, high = (f"-{peak:.2g}", f"+{peak:.2g}") if data.signed else ("0", "1")
        legend = _picture.legend(self.what, low, high, diverging=data.signed)
        right = _picture.below([_picture.words(self.name), one, legend])
        if data.lazy:  # to draw every head would be to fetch every head
            return right
        left = _picture.below([_picture.words("Every head"), self._every_head()])
        return _picture.beside([left, right])

    def _every_head(self) -> Image.Image:
        data = self.wire.data
        squares = self.wire.overview_squares(hide_first=self.hide_first)
        kinds = {window: layer for layer, window in enumerate(data.run.windows or ())}
        masks = [data.hidden(layer, hide_first=self.hide_first) for layer in kinds.values()]
        hidden = np.all(masks, axis=0)
        return _picture.thumbnails(
            squares / data.peak,
            _picture.Axis("layer", [str(number) for number in data.run.layers or ()]),
            _picture.Axis("head", [str(number) for number in data.run.heads or ()]),
            (self.layer, self.head),
            hidden=~_squares.pool(~hidden, *squares.shape[2:]),
            diverging=data.signed,
        )

    def figure(self, title: str) -> Any:  # noqa: ANN401 -- plotly has no types
        """Draw the head as a plotly chart."""
        from plotly import graph_objects

        data = self.wire.data
        shape = _squares.bounded(data.shape[2:], _FIGURE_SIDE)
        values = _squares.pool(self.square(), *shape)
        values = np.where(_squares.pool(~self.hidden(), *shape), values, np.nan)
        rows, columns = map(_squares.starts, data.shape[2:], shape)
        template = theme.plotly_template()
        scales = template.layout.colorscale
        figure = graph_objects.Figure(
            graph_objects.Heatmap(
                z=values,
                x=[text.plotly(name) for name in np.array(data.key_names(), object)[columns]],
                y=[text.plotly(name) for name in np.array(data.query_names(), object)[rows]],
                zmin=-data.peak if data.signed else 0,
                zmax=data.peak,
                colorscale=scales.diverging if data.signed else scales.sequential,
                colorbar={"title": self.what},
                hovertemplate="from %{y}<br>to %{x}<br>%{z:.3f}<extra></extra>",
            )
        )
        note = "" if shape == data.shape[2:] else ", the largest of each block of tokens"
        figure.update_layout(
            template=template,
            title=text.plotly(f"{title or 'Attention'}: {self.name}{note}"),
            width=int(np.clip(shape[1] * _CELL, 300, 800)) + 2 * _MARGIN,
            height=int(np.clip(shape[0] * _CELL, 300, 800)) + _MARGIN,
            xaxis=_axis("to (key)", data.key_texts(_short), columns),
            yaxis=_axis("from (query)", data.query_texts(_short), rows) | {"autorange": "reversed"},
        )
        return figure

    def frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every value that can be seen, with the exact text of its tokens."""
        data = self.wire.data
        queries, keys = np.nonzero(~self.hidden())
        return _frame.frame(
            {
                "layer": (data.run.layers or ())[self.layer],
                "head": (data.run.heads or ())[self.head],
                "query": queries,
                "key": keys,
                "query_token": np.array(data.query_texts(), object)[queries],
                "key_token": np.array(data.key_texts(), object)[keys],
                "difference" if data.signed else "weight": self.square()[queries, keys],
            }
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _short(token: str) -> str:
    return text.visible(token, _LABEL_LIMIT)


def _axis(title: str, labels: list[str], shown: NDArray[np.intp]) -> dict[str, Any]:
    """Write the visible text of each token beside a chart; the hover says its exact text."""
    words = [text.plotly(labels[place]) for place in shown]
    places = list(range(len(words)))
    return {"title": title, "tickvals": places, "ticktext": words, "showgrid": False}
