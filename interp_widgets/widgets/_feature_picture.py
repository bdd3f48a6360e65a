"""What is left of a FeatureView where no script runs: pictures, a chart, tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw

from interp_widgets import text, theme
from interp_widgets.widgets import _chips, _frame, _picture
from interp_widgets.widgets._frozen import Frozen

if TYPE_CHECKING:
    from interp_widgets.results import FeatureDashboard

_WORD = 14  # characters of a token in a picture
_STRONGEST, _OTHERS = 5, 2  # examples of a band in a picture
_PUSHED = 5
_WIDE, _HIGH = 300 * _picture.SCALE, 60 * _picture.SCALE  # of the histogram
_COLOURS = theme.LIGHT


@dataclass(frozen=True)
class Shown:
    """One feature as it is on show.

    Attributes:
        given: all dashboards.
        place: which feature.
        example: place of the example with the kept token, or -1.
        pos: position in its document of the kept token, or None.
    """

    given: FeatureDashboard
    place: int
    example: int = -1
    pos: int | None = None

    @property
    def name(self) -> str:
        """Name the feature, with what kind it is."""
        given, number = self.given, int(self.given.features[self.place])
        called = "" if given.names is None else f" {text.prose(given.names[self.place])}"
        return f"{given.kind} {number}{called}"

    @property
    def signed(self) -> bool:
        """Whether what is below 0 has colours of its own."""
        return self.given.kind == "direction"

    @property
    def most(self) -> float:
        """Give the activation of the strongest colour."""
        given = self.given
        peak = float(given.peak[self.place])
        ends = given.edges[self.place]
        most = max(abs(peak), abs(float(ends[0]))) if self.signed else peak
        return most if most > 0 else 1.0

    def facts(self) -> str:
        """Say how often and how strongly it is active."""
        given = self.given
        return (
            f"active on {given.density[self.place]:.2%} of {given.tokens:,} tokens, "
            f"{given.peak[self.place]:.4g} at most"
        )

    def examples(self, band: int, most: int) -> list[int]:
        """Find the places of a band's examples that are there."""
        there = self.given.example_documents[self.place] >= 0
        found = np.flatnonzero((self.given.example_bands == band) & there)
        return [int(example) for example in found[:most]]

    def words(self, example: int) -> list[tuple[int, str, float]]:
        """Give of each token of an example its position, its text and its activation."""
        given = self.given
        ids = given.example_ids[self.place, example]
        values = given.example_values[self.place, example]
        start = int(given.example_starts[self.place, example])
        return [
            (start + slot, given.words[int(token)], float(value))
            for slot, (token, value) in enumerate(zip(ids, values, strict=True))
            if token >= 0
        ]

    def pushed(self, side: str, most: int) -> list[tuple[str, float]]:
        """Give the tokens whose logits it pushes "up" or "down", and how far."""
        given = self.given
        ids = getattr(given, f"{side}_ids")[self.place][:most].tolist()
        logits = getattr(given, f"{side}_logits")[self.place][:most].tolist()
        return [(given.words[token], logit) for token, logit in zip(ids, logits, strict=True)]

    def describe(self, title: str) -> str:
        """Say what the feature does."""
        said = [
            f"{side} {', '.join(text.literal(word) for word, _ in self.pushed(side, _PUSHED))}"
            for side in ("up", "down")
        ]
        best = self.examples(0, 1)
        words = "".join(word for _, word, _ in self.words(best[0])) if best else ""
        seen = f"Its strongest example is {text.literal(words)}. " if best else "It never fires. "
        number = len(self.given.features)
        return (
            f"{title or 'Features'}: dashboards of {number:,} {self.given.kind}s. On show is "
            f"{self.name}, {self.facts()}. {seen}It pushes {' and '.join(said)}."
        )

    def frozen(self) -> Frozen:
        """Draw histogram and examples, and list the logits that it pushes."""
        pairs = zip(self.pushed("up", 10), self.pushed("down", 10), strict=True)
        rows = tuple(
            (text.literal(up), f"{above:+.3f}", text.literal(down), f"{below:+.3f}")
            for (up, above), (down, below) in pairs
        )
        return Frozen(
            image=self.image(),
            heads=("logit up", "by", "logit down", "by"),
            rows=rows,
            caption="The logits it pushes",
        )

    def image(self) -> Image.Image:
        """Draw what the feature does."""
        parts = [_picture.words(f"{self.name}: {self.facts()}"), self._histogram(), self._made()]
        for band, name in enumerate(self.given.bands):
            ends = band in (0, len(self.given.bands) - 1)
            if rows := self.examples(band, _STRONGEST if ends else _OTHERS):
                parts.append(_picture.words(text.prose(name), _COLOURS.muted))
                parts.append(
                    _chips.chips([self._chips(row) for row in rows], diverging=self.signed)
                )
        high = f"{self.most:.4g}"
        low = f"-{high}" if self.signed else "0"
        parts.append(_picture.legend("activation", low, high, diverging=self.signed))
        for side in ("up", "down"):
            words = "  ".join(text.visible(word, _WORD) for word, _ in self.pushed(side, _PUSHED))
            parts.append(_picture.words(f"logits pushed {side}:  {words}"))
        return _picture.below([part for part in parts if part is not None])

    def _chips(self, example: int) -> list[_chips.Chip]:
        return [
            _chips.Chip(
                text.visible(word, _WORD),
                float(np.clip(value / self.most, -1 if self.signed else 0, 1)),
                marked=example == self.example and pos == self.pos,
            )
            for pos, word, value in self.words(example)
        ]

    def _histogram(self) -> Image.Image:
        """Draw how often each activation occurs; heights grow with the logarithm."""
        counts = np.log1p(self.given.counts[self.place])
        heights = np.ceil(counts / max(counts.max(), 1e-9) * _HIGH).astype(int)
        body = Image.new("RGB", (_WIDE, _HIGH), _COLOURS.background)
        pen = ImageDraw.Draw(body)
        step = _WIDE / len(heights)
        for bin_, height in enumerate(heights):
            if height:
                box = (bin_ * step, _HIGH - height, (bin_ + 1) * step - 1, _HIGH)
                pen.rectangle(box, fill=_COLOURS.muted)
        ends = self.given.edges[self.place]
        low, high = (_picture.words(f"{end:.4g}", _COLOURS.muted) for end in (ends[0], ends[-1]))
        axis = Image.new("RGB", (_WIDE, low.height), _COLOURS.background)
        axis.paste(low, (0, 0))
        axis.paste(high, (_WIDE - high.width, 0))
        return _picture.below([body, axis])

    def _made(self) -> Image.Image | None:
        """Draw the input that was made to excite the feature, if there is one."""
        made = self.given.optimised.get(int(self.given.features[self.place]))
        if made is None:
            return None
        caption = _picture.words(f"made to excite it: {made.activation:.4g}", _COLOURS.muted)
        if made.image is None:
            shares = np.clip(np.asarray(made.values) / self.most, -1 if self.signed else 0, 1)
            words = zip(made.tokens or (), shares, strict=True)
            row = [_chips.Chip(text.visible(word, _WORD), float(value)) for word, value in words]
            return _picture.below([caption, _chips.chips([row], diverging=self.signed)])
        pixels = Image.fromarray(np.rint(made.image * 255).astype(np.uint8)).convert("RGB")
        pixels.thumbnail((_WIDE, _WIDE))
        return _picture.below([caption, pixels])

    def figure(self, title: str) -> Any:  # noqa: ANN401 -- plotly has no types
        """Draw the histogram as a plotly chart."""
        from plotly import graph_objects

        edges = self.given.edges[self.place]
        figure = graph_objects.Figure(
            graph_objects.Bar(
                x=(edges[1:] + edges[:-1]) / 2,
                y=self.given.counts[self.place],
                width=np.diff(edges),
                hovertemplate="about %{x:.3g}: %{y} tokens<extra></extra>",
            )
        )
        figure.update_layout(
            template=theme.plotly_template(),
            title=text.plotly(f"{title or 'Features'}: {self.name}, {self.facts()}"),
            xaxis={"title": "activation"},
            yaxis={"title": "tokens", "type": "log"},
            bargap=0,
        )
        return figure

    def frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every token of every example, with its exact text and its activation."""
        given = self.given
        rows = [
            {
                "feature": int(given.features[self.place]),
                "band": given.bands[given.example_bands[example]],
                "example": example,
                "document": int(given.example_documents[self.place, example]),
                "pos": pos,
                "token": word,
                "activation": value,
                "in_question": pos - given.example_starts[self.place, example] == given.focus,
            }
            for example in range(len(given.example_bands))
            for pos, word, value in self.words(example)
        ]
        names = ("feature", "band", "example", "document", "pos", "token", "activation")
        columns = {name: [row[name] for row in rows] for name in (*names, "in_question")}
        columns["token"] = np.array(columns["token"], object)  # type: ignore[assignment]
        return _frame.frame(columns)
