"""PhaseDiagram: what became of two features that share one dimension, and the weights of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import ipywidgets
import numpy as np

from interp_widgets import text, theme
from interp_widgets.results import OUTCOMES, PhaseGrid
from interp_widgets.widgets import _frozen, _life, _picture
from interp_widgets.widgets._selection import Selection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.widgets._base import View

_SIGNS = ("1", "2", "±", "?")  # of the outcomes, so that colour is not all that tells them apart
_FILLS = (("#1d5fa8", "#ffffff"), ("#8a4b08", "#ffffff"), ("#f2d16b", "#1b2430"),
          ("#5b6472", "#ffffff"))  # fmt: skip
_CELL = {"width": "36px", "height": "30px", "margin": "0", "padding": "0"}
_PLAIN, _CHOSEN = "1px solid transparent", "3px solid #c2410c"
_ARROWS = ("#4d8fd6", "#c9751c")  # of the two features; both show on a light and a dark ground
_UNIT = 120  # CSS pixels for a weight of 1
_WIDE, _HIGH = 320, 104


class PhaseDiagram(_life.Lasting, ipywidgets.VBox):  # type: ignore[misc]
    """Show which features are held for each density and importance, and the weights of a cell.

    A click on a cell, or the two sliders by mouse or arrow keys, chooses it. ``selection.value``
    has the place of its density as ``pos`` and the place of its importance as ``key``.

    Args:
        grid: trained models of two features in one dimension.

    Raises:
        TypeError: something else than a grid.
    """

    def __init__(self, grid: PhaseGrid) -> None:
        if not isinstance(grid, PhaseGrid):
            raise TypeError(
                f"grid: expected a PhaseGrid, got {type(grid).__name__}. Make one with "
                "train_phase_grid(densities, importances)."
            )
        self.grid = grid
        self.selection = Selection()
        self.title, self.view_id = "Which of two features a model holds", uuid4().hex[:12]
        self.picture: Any = None  # the handle of its frozen output, once shown
        self.said, self.weights = ipywidgets.HTML(), ipywidgets.HTML()
        self._plain, self._chosen = (
            ipywidgets.Layout(**_CELL, border=border) for border in (_PLAIN, _CHOSEN)
        )
        self._styles = [_style(*fills) for fills in _FILLS]
        self._outcomes = grid.outcomes
        rows, columns = self._outcomes.shape
        self.cells = [[self._cell(row, column) for column in range(columns)] for row in range(rows)]
        self._marked = self.cells[0][0]
        self.density = _slider("Density", grid.densities)
        self.importance = _slider("Importance", grid.importances)
        for slider in (self.density, self.importance):
            slider.observe(lambda _change: self._from_sliders(), "value")
        self.selection.observe(lambda _change: self._follow(), "value")
        beside = ipywidgets.VBox([self.density, self.importance, self.said, self.weights])
        both = ipywidgets.HBox(
            [self._table(), beside], layout=ipywidgets.Layout(flex_flow="row wrap", grid_gap="16px")
        )
        super().__init__([_legend(), both])
        self.add_class("iw-view").add_class(f"iw-live-{self.view_id}")  # hides the frozen picture
        self._say(0, 0)

    def choose(self, density: int, importance: int) -> None:
        """Choose a cell.

        Args:
            density: place of its row.
            importance: place of its column.
        """
        self.selection.set(pos=density, key=importance)

    def describe(self) -> str:
        """Say in a sentence how many cells hold what."""
        counts = np.bincount(self._outcomes.ravel(), minlength=len(OUTCOMES))
        parts = [f"{name} in {count}" for name, count in zip(OUTCOMES, counts, strict=True)]
        return f"{self.title}: of {self._outcomes.size} cells, {', '.join(parts)}."

    def frozen(self) -> _frozen.Frozen:
        """Draw the diagram, and list what becomes of equally important features."""
        labels = [f"{density:.2g}" for density in self.grid.densities]
        image = _picture.matrix(
            self._outcomes / len(OUTCOMES),
            _picture.Axis("density", labels),
            _picture.Axis("importance", [f"{each:.2g}" for each in self.grid.importances]),
            (self.selection.value.pos, self.selection.value.key),
        )
        rows = tuple(
            (label, ", ".join(OUTCOMES[outcome] for outcome in np.unique(line)))
            for label, line in zip(labels, self._outcomes, strict=True)
        )
        return _frozen.Frozen(image, ("density", "held"), rows, "What is held at each density")

    def _ipython_display_(self, **_kwargs: object) -> None:
        _frozen.show(cast("View", self), self)

    def _from_sliders(self) -> None:
        self.choose(self.density.value, self.importance.value)

    def _follow(self) -> None:
        """Bring cells, sliders and weights in line with the chosen cell."""
        row, column = self.selection.value.pos, self.selection.value.key
        if row is None or column is None:
            return
        self._marked.layout = self._plain
        self._marked = self.cells[row][column]
        self._marked.layout = self._chosen
        self.density.value, self.importance.value = row, column
        self._say(row, column)

    def _say(self, row: int, column: int) -> None:
        first, second = (self.grid.weights[row, column].round(2) + 0.0).tolist()  # no -0
        outcome = OUTCOMES[self._outcomes[row, column]]
        self.said.value = (
            f'<div role="status"><b>{text.html(self._name(row, column))}: {outcome}.</b><br>'
            f"Weights {_signed(first)} and {_signed(second)}, "
            f"loss {self.grid.losses[row, column]:.3g}.</div>"
        )
        self.weights.value = _drawn(first, second)

    def _name(self, row: int, column: int) -> str:
        density, importance = self.grid.densities[row], self.grid.importances[column]
        return f"density {density:.2g}, importance {importance:.2g}"

    def _cell(self, row: int, column: int) -> ipywidgets.Button:
        outcome = self._outcomes[row, column]
        cell = ipywidgets.Button(
            description=_SIGNS[outcome],
            tooltip=f"{self._name(row, column)}: {OUTCOMES[outcome]}",
            layout=self._plain,
            style=self._styles[outcome],
        )
        cell.tabbable = False  # the sliders are what the keyboard reaches
        cell.on_click(lambda _cell: self.choose(row, column))
        return cell

    def _table(self) -> ipywidgets.VBox:
        """Lay the cells out, densities down and importances across."""
        rows = zip(self.grid.densities, self.cells, strict=True)
        lines = [[_label(f"{density:.2g}"), *cells] for density, cells in rows]
        foot = [_label("density"), *(_label(f"{each:.2g}") for each in self.grid.importances)]
        columns = f"64px repeat({len(foot) - 1}, 36px)"
        table = ipywidgets.GridBox(
            [child for line in [*lines, foot] for child in line],
            layout=ipywidgets.Layout(grid_template_columns=columns, grid_gap="1px"),
        )
        across = _label("importance of feature 2 (that of feature 1 is 1)")
        return ipywidgets.VBox([table, across])


def _style(fill: str, ink: str) -> ipywidgets.ButtonStyle:
    style = ipywidgets.ButtonStyle(button_color=fill)
    style.text_color = ink
    return style


def _slider(name: str, values: NDArray[Any]) -> ipywidgets.SelectionSlider:
    options = [(f"{value:.2g}", place) for place, value in enumerate(values)]
    return ipywidgets.SelectionSlider(options=options, description=name)


def _label(words: str) -> ipywidgets.HTML:
    small = f'<div style="font-size:11px;line-height:24px;text-align:center">{words}</div>'
    return ipywidgets.HTML(small)


def _legend() -> ipywidgets.HTML:
    parts = [
        f'<span style="background:{fill};color:{ink};padding:1px 7px;border-radius:3px">{sign}'
        f"</span> {name}"
        for sign, name, (fill, ink) in zip(_SIGNS, OUTCOMES, _FILLS, strict=True)
    ]
    return ipywidgets.HTML("Which features the model holds: &nbsp;" + " &nbsp; ".join(parts))


def _signed(weight: float) -> str:
    return f"{weight:+.2f}".replace("-", "\N{MINUS SIGN}")


def _drawn(*weights: float) -> str:
    """Draw the weights as arrows along the one hidden dimension."""
    middle, ink = _WIDE / 2, theme.EITHER_INK
    line = f'<line x1="0" x2="{_WIDE}" y1="78" y2="78" stroke="{ink}"/>'
    marks = "".join(
        f'<line x1="{x}" x2="{x}" y1="73" y2="83" stroke="{ink}"/>'
        f'<text x="{x}" y="97" text-anchor="middle" font-size="11" fill="{ink}">{at}</text>'
        for at, x in (("\N{MINUS SIGN}1", middle - _UNIT), ("0", middle), ("1", middle + _UNIT))
    )
    arrows = "".join(
        f'<line x1="{middle}" x2="{middle + weight * _UNIT:.1f}" y1="{y}" y2="{y}" '
        f'stroke="{colour}" stroke-width="7"/><text x="{middle + weight * _UNIT:.1f}" '
        f'y="{y - 8}" text-anchor="middle" font-size="12" '
        f'font-weight="bold" fill="{colour}">feature {number}</text>'
        for number, (weight, colour, y) in enumerate(
            zip(weights, _ARROWS, (27, 63), strict=True), start=1
        )
    )
    first, second = map(_signed, weights)
    said = f"Along the one hidden dimension: feature 1 at {first}, feature 2 at {second}"
    return (
        f'<svg role="img" aria-label="{said}" width="{_WIDE}" height="{_HIGH}">'
        f"{line}{marks}{arrows}</svg>"
    )
