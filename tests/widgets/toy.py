"""The smallest view there can be: what a new view has to say, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import traitlets

from interp_widgets import text
from interp_widgets.widgets import _picture
from interp_widgets.widgets._base import View
from interp_widgets.widgets._frame import frame
from interp_widgets.widgets._frozen import Frozen


class ToyView(View, stem="toy", folder=Path(__file__).parent):
    """Show one number for each token."""

    values = traitlets.Bytes().tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, values, words, *, title=None, selection=None):
        self.numbers, self.words = np.asarray(values, "<f4"), list(words)
        super().__init__(title=title, selection=selection)

    def update(self, values, words):
        self.numbers, self.words = np.asarray(values, "<f4"), list(words)
        with self._new_data():
            pass

    def _data(self):
        shown = [text.visible(word) for word in self.words]
        return {"values": self.numbers.tobytes(), "tokens": shown}

    def describe(self):
        return f"{len(self.words)} numbers, the largest {self.numbers.max():.3f}."

    @property
    def figure(self):
        return go.Figure(go.Bar(x=[text.plotly(token) for token in self.tokens], y=self.numbers))

    def to_frame(self):
        return frame({"token": self.words, "value": self.numbers})

    def frozen(self):
        chosen = self.selection.value.pos
        columns = _picture.Axis("token", self.tokens)
        image = _picture.matrix(
            self.numbers[None], _picture.Axis("", [""]), columns, (None, chosen)
        )
        rows = [
            (text.literal(w), f"{v:.3f}") for w, v in zip(self.words, self.numbers, strict=True)
        ]
        return Frozen(image=image, heads=("token", "value"), rows=tuple(rows))

    def source(self):
        return {"model": "none"}

    def answer(self, request):
        return request, []

    def export_requests(self):
        return []
