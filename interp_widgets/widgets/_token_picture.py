"""What is left of a TokenView where no script runs: a picture, a chart, a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text, theme
from interp_widgets.widgets import _chips, _frame, _picture
from interp_widgets.widgets._frozen import Frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from interp_widgets.widgets._token_data import TokenData

_TOP = 5
_LABEL_LIMIT = 14  # characters of a token in a chart
_PICTURE_TOKENS, _CHART_TOKENS = 400, 960  # pictures and charts of more are no longer read
_LINE_TOKENS = 12  # of a chart
_CELL, _ROW, _MARGIN = 74, 34, 190  # pixels of a chart


@dataclass(frozen=True)
class Shown:
    """One channel as it is on show.

    Attributes:
        data: the tokens and their numbers.
        channel: place of the channel.
        own: whether each row of text has its own scale.
    """

    data: TokenData
    channel: int
    own: bool

    @property
    def name(self) -> str:
        """Name the channel."""
        channels = self.data.channels
        if not channels:
            return "value"
        name = channels[self.channel]
        return f"channel {name}" if name.isdigit() else name

    def values(self) -> NDArray[np.float32]:
        """Give the numbers of the channel, (pos,), all rows behind one another."""
        values: NDArray[np.float32] = self.data.values[self.channel]
        return values

    def shares(self) -> NDArray[np.float32]:
        """Give the numbers as parts of their scale, from 0 or -1 to 1."""
        shares: NDArray[np.float32] = self.values() / self.data.peaks(self.channel, own=self.own)
        return shares

    def top(self) -> list[int]:
        """Find the tokens of the largest values, of either sign."""
        sizes = np.abs(self.values())
        order = np.argsort(-np.nan_to_num(sizes, nan=-1), kind="stable")
        return [int(place) for place in order[:_TOP] if not np.isnan(sizes[place])]

    def number(self, place: int) -> str:
        """Write the value of a token."""
        return f"{self.values()[place]:{'+' if self.data.signed else ''}.4g}"

    def describe(self, title: str) -> str:
        """Say in a paragraph what is shown and where the largest values are."""
        data, names = self.data, self.data.names()
        rows = f"{len(data.lengths)} rows of text, " if len(data.lengths) > 1 else ""
        top = ", ".join(f"{names[place]} {self.number(place)}" for place in self.top())
        channels = f" in {len(data.channels)} channels" if len(data.channels) > 1 else ""
        return (
            f"{title or 'Tokens'}: {rows}{len(data.tokens)} tokens, "
            f"{text.literal(''.join(data.tokens))}, coloured by their values{channels}. "
            f"The largest of {self.name}: {top or 'no token has a value'}."
        )

    def frozen(self, marked: int | None) -> Frozen:
        """Draw the text, and list the largest values.

        Args:
            marked: the token to outline; None outlines none.
        """
        names = self.data.names()
        rows = tuple((names[place], self.number(place)) for place in self.top())
        return Frozen(
            image=self.image(marked),
            heads=("token", self.name),
            rows=rows,
            caption="The largest values",
        )

    def image(self, marked: int | None) -> Image.Image:
        """Draw the text on its colours, with the scale under it."""
        data, count = self.data, min(len(self.data.tokens), _PICTURE_TOKENS)
        shares, rows = self.shares(), data.rows()
        chips: list[list[_chips.Chip]] = [[] for _ in range(rows[count - 1] + 1)]
        for place in range(count):
            words = text.visible(data.tokens[place], _LABEL_LIMIT)
            chips[rows[place]].append(
                _chips.Chip(words, float(shares[place]), marked=place == marked)
            )
        parts = [_picture.words(self.name), _chips.chips(chips, diverging=data.signed)]
        if count < len(data.tokens):
            parts.append(_picture.words(f"The first {count} of {len(data.tokens)} tokens."))
        return _picture.below([*parts, self._legend()])

    def _legend(self) -> Image.Image:
        peak = float(self.data.peaks(self.channel, own=False)[0])
        high = "largest of the row" if self.own else f"{peak:.4g}"
        low, high = (f"-{high}", f"+{high}") if self.data.signed else ("0", high)
        return _picture.legend(self.name, low, high, diverging=self.data.signed)

    def figure(self, title: str) -> Any:  # noqa: ANN401 -- plotly has no types
        """Draw the text as a plotly chart whose cells hold the tokens."""
        from plotly import graph_objects

        values, words, hovers, lines = self._grid()
        template = theme.plotly_template()
        scales = template.layout.colorscale
        peak = 1 if self.own else float(self.data.peaks(self.channel, own=False)[0])
        figure = graph_objects.Figure(
            graph_objects.Heatmap(
                z=values,
                text=words,
                texttemplate="%{text}",
                customdata=hovers,
                hovertemplate="%{customdata}<extra></extra>",
                zmin=-peak if self.data.signed else 0,
                zmax=peak,
                colorscale=scales.diverging if self.data.signed else scales.sequential,
                colorbar={"title": text.plotly(self.name + (", part of row" if self.own else ""))},
            )
        )
        first = "" if len(self.data.tokens) <= _CHART_TOKENS else f", first {_CHART_TOKENS} tokens"
        figure.update_layout(
            template=template,
            title=text.plotly(f"{title or 'Tokens'}: {self.name}{first}"),
            width=len(values[0]) * _CELL + _MARGIN,
            height=len(values) * _ROW + _MARGIN,
            xaxis={"visible": False},
            yaxis={
                "autorange": "reversed",
                "tickvals": list(range(len(lines))),
                "ticktext": lines,
            },
        )
        return figure

    def _grid(self) -> tuple[list[list[float | None]], list[list[str]], list[list[str]], list[str]]:
        """Break the text into lines: of each cell its value, its word and its hover."""
        data, shown = self.data, self.shares() if self.own else self.values()
        names = [text.plotly(f"{n}: {self.number(i)}") for i, n in enumerate(data.names())]
        words = [text.plotly(text.visible(token, _LABEL_LIMIT)) for token in data.tokens]
        rows, positions = data.rows(), data.positions()
        count = min(len(data.tokens), _CHART_TOKENS)
        starts = [place for place in range(count) if positions[place] % _LINE_TOKENS == 0]
        ends = [*starts[1:], count]
        width = max(end - start for start, end in zip(starts, ends, strict=True))
        z, texts, hovers = [], [], []
        for start, end in zip(starts, ends, strict=True):
            blank = [""] * (width - (end - start))
            z.append([_or_none(shown[place]) for place in range(start, end)] + [None] * len(blank))
            texts.append(words[start:end] + blank)
            hovers.append(names[start:end] + blank)
        several = len(data.lengths) > 1
        lines = [
            (f"row {rows[start]}, " if several else "") + f"token {positions[start]}"
            for start in starts
        ]
        return z, texts, hovers, lines

    def frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every token with its exact text and its value."""
        data = self.data
        return _frame.frame(
            {
                "row": data.rows(),
                "pos": data.positions(),
                "token": np.array(data.tokens, object),
                "channel": data.channels[self.channel] if data.channels else "value",
                "value": self.values(),
            }
        )


def _or_none(value: np.floating) -> float | None:
    return None if np.isnan(value) else float(value)
