"""What is left of a PatchView where no script runs: a picture, a chart, a table, a paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text, theme
from interp_widgets.widgets import _frame, _picture
from interp_widgets.widgets._frozen import Frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from interp_widgets.widgets._patch_data import PatchData
    from interp_widgets.widgets._selection import SelectionValue

_TOP = 5
_MOST = 40  # columns of the picture
_CELL, _ROW, _MARGIN = 34, 30, 190  # pixels of a chart


@dataclass(frozen=True)
class Shown:
    """A sweep as it is on show.

    Attributes:
        data: the sweep.
        effect: "normalised" or "raw".
        chosen: what the selection says.
    """

    data: PatchData
    effect: str
    chosen: SelectionValue

    @property
    def normalised(self) -> bool:
        """Whether parts of the gap are shown; without a gap there are none."""
        return self.effect == "normalised" and self.data.sweep.defined

    def values(self) -> NDArray[np.float64]:
        """Give what the colours stand for, (row, column)."""
        sweep = self.data.sweep
        values = sweep.effect if self.normalised else sweep.change
        shown: NDArray[np.float64] = values[:, self.data.first :]
        return shown

    @property
    def peak(self) -> float:
        """The end of the colour scale: all of the gap, or more where a cell goes further."""
        most = float(np.abs(self.values()).max())
        return max(1.0, most) if self.normalised else most or 1.0

    @property
    def caption(self) -> str:
        """Say what the colours stand for."""
        data = self.data
        if not self.normalised:
            return f"change of the metric{', in' if data.unit else ''}{data.unit}"
        aim = "clean" if data.sweep.direction == "denoising" else "corrupted"
        return f"part of the gap to the {aim} run"

    def order(self) -> list[tuple[int, int]]:
        """List rows and columns of the cells, the farthest from 0 first."""
        values = self.values()
        strongest = np.argsort(-np.abs(values), axis=None, kind="stable")[:_TOP].tolist()
        return [divmod(place, values.shape[1]) for place in strongest]

    def marked(self) -> tuple[int, int]:
        """Find the cell in question: the chosen one, else the strongest."""
        sweep, chosen = self.data.sweep, self.chosen
        row, column = self.order()[0]
        layers, heads = list(sweep.layers or ()), list(sweep.heads or ())
        if sweep.over == ("head", "pos"):
            pairs = list(zip(layers, heads, strict=True))
            wanted = (chosen.layer, chosen.head)
            row = pairs.index(wanted) if wanted in pairs else row
        elif chosen.layer in layers:
            row = layers.index(chosen.layer)
        if sweep.over[1] == "head":
            column = heads.index(chosen.head) if chosen.head in heads else column
        elif chosen.pos is not None and 0 <= chosen.pos - self.data.first < self.values().shape[1]:
            column = chosen.pos - self.data.first
        return row, column

    def place(self, row: int, column: int) -> str:
        """Name a cell."""
        return f"{self.data.row_names()[row]}, {self.data.column_names()[column]}"

    def number(self, row: int, column: int) -> str:
        """Write what the colour of a cell stands for."""
        return f"{self.values()[row, column]:+.3g}"

    def describe(self, title: str) -> str:
        """Say in a paragraph what was patched and which cells matter most."""
        data, sweep = self.data, self.data.sweep
        base, donor = ("corrupted", "clean")[:: 1 if sweep.direction == "denoising" else -1]
        top = "; ".join(f"{self.place(*cell)} {self.number(*cell)}" for cell in self.order()[:3])
        rows, columns = data.values.shape
        return (
            f"{title or 'Patching'}: {data.patched} of the {donor} run, put into a run of the "
            f"{base} prompt, {rows} x {columns} places ({' x '.join(sweep.over)}) one at a time. "
            f"Clean prompt {text.literal(''.join(sweep.clean_tokens))}, corrupted prompt "
            f"{text.literal(''.join(sweep.corrupted_tokens))}. {data.metric} {data.read_at()}: "
            f"{sweep.clean:.3g}{data.unit} clean, {sweep.corrupted:.3g}{data.unit} corrupted. "
            f"Farthest from 0, as {self.caption}: {top}."
        )

    def frozen(self) -> Frozen:
        """Draw the cells around the one in question, and list those that matter most."""
        cells = dict.fromkeys([self.marked(), *self.order()])
        values = self.data.values
        rows = tuple(
            (*self.place(*cell).split(", ", 1), self.number(*cell), f"{values[cell]:.3g}")
            for cell in cells
        )
        heads = (self.data.sweep.over[0], self.data.sweep.over[1], self.caption, "metric")
        return Frozen(self.image(), heads, rows, "The cells that matter most")

    def image(self) -> Image.Image:
        """Draw as many columns as stay legible, with the scale under them."""
        values, labels = self.values(), self.data.columns()
        row, column = self.marked()
        start = int(np.clip(column - _MOST // 2, 0, max(0, values.shape[1] - _MOST)))
        part = slice(start, start + _MOST)
        down, across = self.titles()
        grid = _picture.matrix(
            values[:, part] / self.peak,
            _picture.Axis(down, self.data.rows()),
            _picture.Axis(across, [text.prose(label, 24) for label in labels[part]]),
            (row, column - start),
            diverging=True,
        )
        ends = (f"-{self.peak:.3g}", f"+{self.peak:.3g}")
        legend = _picture.legend(self.caption, *ends, diverging=True)
        said = [_picture.words(f"Patched: {self.data.patched}")]
        if values.shape[1] > _MOST:
            last = self.data.first + min(part.stop, values.shape[1]) - 1
            said.append(_picture.words(f"Tokens {self.data.first + start} to {last}"))
        return _picture.below([*said, grid, legend])

    def titles(self) -> tuple[str, str]:
        """Name the axes."""
        over = self.data.sweep.over
        down = "layer and head" if over[0] == "head" else "layer"
        if over[1] == "head":
            return down, "head"
        differs = " (clean/corrupted where they differ)" if self.data.differing else ""
        return down, f"token{differs}"

    def figure(self, title: str) -> Any:  # noqa: ANN401 -- plotly has no types
        """Draw the cells as a plotly chart."""
        from plotly import graph_objects

        values, (down, across) = self.values(), self.titles()
        template = theme.plotly_template()
        heat = graph_objects.Heatmap(
            z=values,
            customdata=self.data.values,
            zmin=-self.peak,
            zmax=self.peak,
            colorscale=template.layout.colorscale.diverging,
            colorbar={"title": text.plotly(self.caption)},
            hovertemplate="%{y}, %{x}: %{z:.3g}, metric %{customdata:.3g}<extra></extra>",
        )
        rows, columns = values.shape
        return graph_objects.Figure(heat).update_layout(
            template=template,
            title=text.plotly(title or "Patching"),
            width=columns * _CELL + _MARGIN,
            height=rows * _ROW + _MARGIN,
            xaxis={"title": across} | _ticks(self.data.columns()),
            yaxis={"title": down, "autorange": "reversed"} | _ticks(self.data.rows()),
        )

    def frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every cell with its metric and both effects."""
        sweep, first = self.data.sweep, self.data.first
        row, column = (places.ravel() for places in np.indices(self.data.values.shape))
        columns: dict[str, object] = {"layer": np.array(sweep.layers)[row]}
        if sweep.over != ("layer", "pos"):
            columns["head"] = np.array(sweep.heads)[row if sweep.over[0] == "head" else column]
        if sweep.over[1] == "pos":
            columns["pos"] = first + column
            for name in ("clean", "corrupted"):
                tokens = np.array(getattr(sweep, f"{name}_tokens"), object)
                columns[f"{name}_token"] = tokens[first + column]
        return _frame.frame(
            columns
            | {
                "metric": self.data.values.ravel(),
                "change": sweep.change[:, first:].ravel(),
                "effect": sweep.effect[:, first:].ravel(),
            }
            | self._top_column(row, column)
        )

    def _top_column(self, row: NDArray[Any], column: NDArray[Any]) -> dict[str, object]:
        sweep = self.data.sweep
        if sweep.top_ids is None:
            return {}
        best = sweep.top_ids[row, self.data.first + column, 0].tolist()
        return {"top": [sweep.words[token] for token in best]}


def _ticks(labels: list[str]) -> dict[str, Any]:
    shown = [text.plotly(label) for label in labels]
    return {"tickvals": list(range(len(labels))), "ticktext": shown}
