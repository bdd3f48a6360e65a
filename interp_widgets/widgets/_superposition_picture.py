"""What is left of a SuperpositionView where no script runs: a picture, a chart, a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from interp_widgets import text, theme
from interp_widgets.widgets import _frame, _picture
from interp_widgets.widgets._frozen import Frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.widgets._superposition_data import SuperpositionData

_SIDE = 300 * _picture.SCALE
_MOST = 40  # features of the picture's table
_TOP = 8  # features of the table
_COLOURS = theme.LIGHT
_CHART = (860, 440)  # pixels


@dataclass(frozen=True)
class Shown:
    """One instance as it is on show.

    Attributes:
        data: the family.
        place: of the instance, among those that are kept.
        feature: number of the chosen feature, or None.
    """

    data: SuperpositionData
    place: int
    feature: int | None

    @property
    def number(self) -> int:
        """Number of the instance in the family."""
        return int(self.data.instances[self.place])

    @property
    def marked(self) -> int | None:
        """Place of the chosen feature, if it is here."""
        features = self.data.features.tolist()
        return features.index(self.feature) if self.feature in features else None

    def vectors(self) -> NDArray[np.float32]:
        """Give the instance's vectors, (feature, hidden)."""
        vectors: NDArray[np.float32] = self.data.weights[self.place]
        return vectors

    def products(self) -> NDArray[np.float64]:
        """Multiply each vector with each, (feature, feature)."""
        vectors = self.vectors().astype(np.float64)
        products: NDArray[np.float64] = vectors @ vectors.T
        return products

    def rival(self, place: int) -> tuple[int, float] | None:
        """Find the feature that interferes most with one, and their product."""
        line = self.products()[place]
        line[place] = 0
        other = int(np.abs(line).argmax())
        return (int(self.data.features[other]), float(line[other])) if line[other] else None

    def describe(self, title: str) -> str:
        """Say in a paragraph how the features share the dimensions."""
        count, features, hidden = self.data.family.shape
        parts = self.data.family.dimensionality[self.number]
        lengths = self.data.family.lengths[self.number]
        per = self.data.family.features_per_dimension[self.number]
        family = f"{count} trained instances, " if count > 1 else ""
        return (
            f"{title or 'Superposition'}: {features} features in {hidden} hidden "
            f"dimension{'s' if hidden > 1 else ''}, {family}"
            f"{self.data.name(self.place)} on show: {per:.2f} features per dimension; vectors of "
            f"length {lengths.min():.2f} to {lengths.max():.2f}; each feature has "
            f"{parts.min():.2f} to {parts.max():.2f} of a dimension to itself."
        )

    def frozen(self) -> Frozen:
        """Draw the instance, and list the chosen feature and those with the longest vectors."""
        lengths = np.linalg.norm(self.vectors(), axis=-1)
        order = np.argsort(-lengths, kind="stable")[:_TOP].tolist()
        places = dict.fromkeys(([] if self.marked is None else [self.marked]) + order)
        rows = tuple(self._row(place, float(lengths[place])) for place in places)
        heads = ("feature", "length", "dimensionality", "interferes most with")
        return Frozen(self.image(), heads, rows, "The features with the longest vectors")

    def _row(self, place: int, length: float) -> tuple[str, ...]:
        rival = self.rival(place)
        said = "none" if rival is None else f"feature {rival[0]}, product {rival[1]:+.2f}"
        part = self.data.dimensionality[self.place, place]
        return (str(self.data.features[place]), f"{length:.2f}", f"{part:.2f}", said)

    def image(self) -> Image.Image:
        """Draw the vectors, where two numbers say them, beside the products."""
        labels = [str(number) for number in self.data.features[:_MOST]]
        few = slice(len(labels))
        marked = self.marked if self.marked is not None and self.marked < _MOST else None
        heat = _picture.matrix(
            self.products()[few, few] / self.data.peak,
            _picture.Axis("feature", labels),
            _picture.Axis("feature", labels),
            (marked, None),
            diverging=True,
        )
        planar = self.data.family.shape[2] <= 2
        parts = [_picture.below([_picture.words("Each feature's vector"), self._plane()])]
        shown = _picture.beside([*(parts if planar else []), heat])
        peak = f"{self.data.peak:.3g}"
        legend = _picture.legend(
            "product of two vectors (W-transpose-W)", f"-{peak}", f"+{peak}", diverging=True
        )
        said = _picture.words(self.data.name(self.place))
        return _picture.below([said, shown, legend])

    def _plane(self) -> Image.Image:
        """Draw each vector from the middle, with its number at the end."""
        image = Image.new("RGB", (_SIDE, _SIDE), _COLOURS.background)
        draw = ImageDraw.Draw(image)
        middle = _SIDE / 2
        unit = middle * 0.82 / max(1.0, self.data.peak**0.5)
        circle = (middle - unit, middle - unit, middle + unit, middle + unit)
        draw.ellipse(circle, outline=_COLOURS.line, width=_picture.SCALE)
        for place, vector in enumerate(self.vectors()):
            x, y = np.append(vector, 0.0)[:2] * (unit, -unit)
            own = place == self.marked
            colour = _COLOURS.accent if own else _COLOURS.text
            width = (2 if own else 1) * _picture.SCALE
            draw.line((middle, middle, middle + x, middle + y), colour, width)
            dot = 2 * _picture.SCALE
            draw.ellipse((middle + x - dot, middle + y - dot, middle + x + dot, middle + y + dot),
                         colour)  # fmt: skip
            label = _picture.words(str(self.data.features[place]), colour)
            reach = 1 + 11 * _picture.SCALE / max(float(np.hypot(x, y)), 1.0)
            at = (middle + x * reach - label.width / 2, middle + y * reach - label.height / 2)
            if place < _MOST and np.hypot(x, y) > 0.15 * unit:
                image.paste(label, (round(at[0]), round(at[1])))
        return image

    def figure(self, title: str) -> Any:  # noqa: ANN401 -- plotly has no types
        """Draw the vectors, where two numbers say them, and the products as plotly charts."""
        from plotly import graph_objects, subplots

        template = theme.plotly_template()
        planar = self.data.family.shape[2] <= 2
        numbers = self.data.features.tolist()
        columns = 2 if planar else 1
        figure = subplots.make_subplots(rows=1, cols=columns, horizontal_spacing=0.12)
        for number, vector in zip(numbers if planar else (), self.vectors(), strict=False):
            x, y = np.append(vector, 0.0)[:2].tolist()
            arrow = graph_objects.Scatter(
                x=[0, x], y=[0, y], mode="lines+markers", name=f"feature {number}",
                showlegend=False, marker={"size": [0, 7]},
            )  # fmt: skip
            figure.add_trace(arrow, row=1, col=1)
        heat = graph_objects.Heatmap(
            x=numbers, y=numbers, z=self.products(), zmin=-self.data.peak, zmax=self.data.peak,
            colorscale=template.layout.colorscale.diverging,
            colorbar={"title": "product"},
            hovertemplate="features %{y} and %{x}: %{z:.3f}<extra></extra>",
        )  # fmt: skip
        figure.add_trace(heat, row=1, col=columns)
        figure.update_yaxes(autorange="reversed", title="feature", row=1, col=columns)
        figure.update_xaxes(title="feature", row=1, col=columns)
        if planar:
            figure.update_yaxes(scaleanchor="x", title="hidden dimension 1", row=1, col=1)
            figure.update_xaxes(title="hidden dimension 0", row=1, col=1)
        heading = f"{title or 'Superposition'}, {self.data.name(self.place)}"
        width, height = _CHART
        return figure.update_layout(
            template=template, title=text.plotly(heading), width=width, height=height
        )

    def frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every feature of every instance that is kept."""
        data, family = self.data, self.data.family
        instance, feature = (places.ravel() for places in np.indices(data.weights.shape[:2]))
        number, own = data.instances[instance], data.features[feature]
        columns: dict[str, object] = {"instance": number}
        if family.densities is not None:
            columns["density"] = np.asarray(family.densities)[number]
        columns |= {"feature": own}
        if family.importance is not None:
            columns["importance"] = np.asarray(family.importance)[own]
        if family.shape[2] <= 2:
            for axis in range(family.shape[2]):
                columns[f"hidden_{axis}"] = data.weights[instance, feature, axis]
        return _frame.frame(
            columns
            | {
                "length": family.lengths[number, own],
                "dimensionality": data.dimensionality[instance, feature],
                "features_per_dimension": family.features_per_dimension[number],
            }
        )
