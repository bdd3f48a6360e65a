"""What is left of a LogitLensView where no script runs: a picture, a chart, a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text, theme
from interp_widgets.widgets import _frame, _picture
from interp_widgets.widgets._frozen import Frozen
from interp_widgets.widgets._lens_data import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from interp_widgets.widgets._lens_data import LensData

_WIDE, _HIGH = 62 * _picture.SCALE, 22 * _picture.SCALE  # a cell of the picture
_MOST = 14  # columns of the picture
_WORD, _LABEL = 8, 14  # characters of a word in a cell, and beside the grid
_CELL, _MARGIN = 62, 160  # pixels of a chart
_INK = {True: "#000000", False: "#ffffff"}  # on a pale and on a strong colour


@dataclass(frozen=True)
class Shown:
    """One lens as it is on show.

    Attributes:
        data: the lenses.
        lens: number of the one on show.
        colour: what the cells are coloured by.
        target: vocabulary id of the token that is followed; None follows what the output says.
        layer: the model's number of the chosen layer, or None.
        pos: the chosen position, or None.
    """

    data: LensData
    lens: int
    colour: str
    target: int | None
    layer: int | None = None
    pos: int | None = None

    @property
    def row(self) -> int:
        """Place of the row in question: the output's unless another is chosen."""
        last = len(self.data.rows) - 1
        found = [at for at, row in enumerate(self.data.rows) if row.layer == self.layer]
        return max(found, default=last)

    @property
    def column(self) -> int:
        """Place of the token in question: the last unless another is chosen."""
        last = len(self.data.tokens) - 1
        column = last if self.pos is None else self.pos - self.data.first
        return column if 0 <= column <= last else last

    @property
    def slot(self) -> int:
        """Place of the followed token among the ranks."""
        return 0 if self.target is None else 1 + self.data.targets.index(self.target)

    def ranks(self) -> NDArray[np.float64]:
        """Give (row, pos), 1 the most likely; NaN where it is not known."""
        ranks = self.data.ranks[self.lens, ..., self.slot]
        return np.where(ranks == UNKNOWN, np.nan, ranks + 1.0)

    def values(self) -> tuple[NDArray[np.float64], float, float, str]:
        """Give (row, pos) of what is coloured, the ends of its scale and what it is called."""
        data = self.data
        if self.colour == "rank":
            most = 10 ** np.ceil(np.log10(max(data.ranks.max() + 1, 10)))
            return 1 - np.log10(self.ranks()) / np.log10(most), most, 1, "rank of the target (log)"
        if self.colour == "probability":
            return data.top_probs[self.lens, ..., 0].astype(float), 0, 1, "probability"
        if self.colour == "entropy":
            most = float(data.entropy.max()) or 1.0
            return data.entropy[self.lens] / most, 0, most, "entropy, nats"
        most = float(np.nanmax(data.divergence)) or 1.0
        levels = np.log1p(data.divergence[self.lens]) / np.log1p(most)
        return levels, 0, most, "divergence from the output, nats (log)"

    def word(self, token: int) -> str:
        """Quote the text of a vocabulary id."""
        return text.literal(self.data.words[token])

    def followed(self, column: int) -> str:
        """Quote the token that is followed at a position."""
        own = self.data.top_ids[self.lens, -1, column, 0]
        return self.word(int(own) if self.target is None else self.target)

    def place(self, column: int) -> str:
        """Name a position."""
        return f"{text.literal(self.data.tokens[column])} (token {self.data.first + column})"

    def describe(self, title: str) -> str:
        """Say what the lens shows, and what each row says at one token."""
        tops = self.data.top_ids[self.lens, :, self.column, 0]
        probs = self.data.top_probs[self.lens, :, self.column, 0]
        said = ", ".join(
            f"{row.name} {self.word(token)} {prob:.2f}"
            for row, token, prob in zip(self.data.rows, tops.tolist(), probs, strict=True)
        )
        return (
            f"{title or 'Logit lens'}: what the model would predict next if it stopped at one of "
            f"{len(tops)} places, after each of {len(self.data.tokens)} tokens, "
            f"{text.literal(''.join(self.data.tokens))}. After {self.place(self.column)} the most "
            f"likely next token is {said}."
        )

    def frozen(self) -> Frozen:
        """Draw the grid around the token in question, and list what each row says there."""
        tops = self.data.top_ids[self.lens, :, self.column, 0].tolist()
        probs = self.data.top_probs[self.lens, :, self.column, 0]
        ranks = self.ranks()[:, self.column]
        rows = tuple(
            (row.name, self.word(token), f"{prob:.3f}", "" if np.isnan(rank) else f"{rank:.0f}")
            for row, token, prob, rank in zip(self.data.rows, tops, probs, ranks, strict=True)
        )
        return Frozen(
            image=self.image(),
            heads=("read", "most likely next", "probability", f"rank of {self.followed(-1)}")
            if self.target is not None
            else ("read", "most likely next", "probability", "rank of the output's token"),
            rows=rows,
            caption=f"What each layer says after {self.place(self.column)}",
        )

    def image(self) -> Image.Image:
        """Draw as much of the grid as stays legible, with the token of each cell in it."""
        start = int(np.clip(self.column - _MOST // 2, 0, max(0, len(self.data.tokens) - _MOST)))
        columns = range(start, min(start + _MOST, len(self.data.tokens)))
        values, low, high, caption = self.values()
        values = values[:, columns.start : columns.stop]
        hidden = np.isnan(values)
        size = (_HIGH * len(values), _WIDE * len(columns))
        body = _picture.heat(np.nan_to_num(values), size, hidden=hidden)
        for row, column in np.ndindex(values.shape):
            token = int(self.data.top_ids[self.lens, row, columns[column], 0])
            _write(body, text.visible(self.data.words[token], _WORD), row, column)
        left, top = (self.column - start) * _WIDE, self.row * _HIGH
        _picture.outline(body, (left, top, left + _WIDE - 1, top + _HIGH - 1))
        labels = [text.visible(self.data.tokens[column], _LABEL) for column in columns]
        down = _picture.Axis("stop after", [row.label for row in self.data.rows])
        across = _picture.Axis("the text, token by token", labels)
        legend = _picture.legend(caption, f"{low:.3g}", f"{high:.3g}")
        said = "Each cell: the token that the model would predict next"
        if len(columns) < len(self.data.tokens):
            said += f" (tokens {columns.start} to {columns.stop - 1} of {len(self.data.tokens)})"
        grid = _picture.framed(body, down, across)
        return _picture.below([_picture.words(said), grid, legend])

    def figure(self, title: str) -> Any:  # noqa: ANN401 -- plotly has no types
        """Draw the grid as a plotly chart."""
        from plotly import graph_objects

        values, low, high, caption = self.values()
        tops = self.data.top_ids[self.lens, ..., 0]
        words = [[text.plotly(text.visible(self.data.words[one], _WORD)) for one in line]
                 for line in tops.tolist()]  # fmt: skip
        template = theme.plotly_template()
        heat = graph_objects.Heatmap(
            z=values,
            text=words,
            texttemplate="%{text}",
            customdata=self.data.top_probs[self.lens, ..., 0],
            zmin=0,
            zmax=1,
            colorscale=template.layout.colorscale.sequential,
            colorbar={
                "title": caption,
                "tickvals": [0, 1],
                "ticktext": [f"{low:.3g}", f"{high:.3g}"],
            },
            hovertemplate="%{text}, probability %{customdata:.3f}<extra></extra>",
        )
        figure = graph_objects.Figure(heat)
        rows, columns = values.shape
        tokens = [text.plotly(text.visible(token, _LABEL)) for token in self.data.tokens]
        figure.update_layout(
            template=template,
            title=text.plotly(title or "Logit lens"),
            width=columns * _CELL + _MARGIN,
            height=rows * 30 + _MARGIN,
            xaxis={"title": "the text, token by token"} | _ticks(tokens),
            yaxis={"title": "stop after", "autorange": "reversed"}
            | _ticks([row.label for row in self.data.rows]),
        )
        return figure

    def frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every cell, with the exact text of its tokens."""
        data = self.data
        row, column = (places.ravel() for places in np.indices(data.entropy.shape[1:]))
        tops = data.top_ids[self.lens, ..., 0].ravel()
        own = data.top_ids[self.lens, -1, :, 0][column]
        targets = own if self.target is None else np.full_like(own, self.target)
        return _frame.frame(
            {
                "read": np.array([one.name for one in data.rows], object)[row],
                "layer": np.array([one.layer for one in data.rows])[row],
                "pos": data.first + column,
                "token": np.array(data.tokens, object)[column],
                "top": [data.words[token] for token in tops.tolist()],
                "probability": data.top_probs[self.lens, ..., 0].ravel(),
                "entropy": data.entropy[self.lens].ravel(),
                "divergence": data.divergence[self.lens].ravel(),
                "target": [data.words[token] for token in targets.tolist()],
                "target_rank": self.ranks().ravel(),
                "target_probability": data.probs[self.lens, ..., self.slot].ravel(),
            }
        )


def _write(body: Image.Image, word: str, row: int, column: int) -> None:
    """Write a word into a cell, on the cell's own colour."""
    left, top = column * _WIDE, row * _HIGH
    red, green, blue = body.getpixel((left + 1, top + 1))  # type: ignore[misc]
    pale = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 117  # where black and white read alike
    drawn = _picture.words(word, _INK[pale], f"#{red:02x}{green:02x}{blue:02x}")
    drawn = drawn.crop((0, 0, min(drawn.width, _WIDE - 4), drawn.height))
    body.paste(drawn, (left + (_WIDE - drawn.width) // 2, top + (_HIGH - drawn.height) // 2))


def _ticks(labels: list[str]) -> dict[str, Any]:
    return {"tickvals": list(range(len(labels))), "ticktext": labels}
