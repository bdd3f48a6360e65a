"""FeatureView: what neurons, directions and latents react to, and what they write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from interp_widgets import text
from interp_widgets.results import FeatureDashboard
from interp_widgets.widgets import _inputs, _numbers
from interp_widgets.widgets._base import View
from interp_widgets.widgets._feature_picture import Shown
from interp_widgets.widgets._feature_wire import FeatureData, feature_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interp_widgets.widgets._frozen import Frozen
    from interp_widgets.widgets._selection import Selection

_OPTIONS = ("title", "selection", "max_bytes")
_WORD_LIMIT = 40  # characters of a token on the page
_READ_MOST = 2000  # tokens of a text of one's own that are shown


class FeatureView(View, stem="features"):
    """Show what features react to: how often, on which tokens, and what they push the output to.

    A list of the features can be sorted, and searched by number, name, or a token of their examples
    or logits. Of the one that is open there are a histogram, examples from the strongest to random
    ones, the logits that its direction pushes up and down, and the features most similar to it.
    Point at a token to see where its activation stands; a click or Enter keeps it in ``selection``:
    ``feature`` is the number of the open feature, ``pos`` the token's place in its document.

    While the model is at hand, a text of one's own can be read. An exported page has no model.

    Args:
        dashboard: a FeatureDashboard, as ``iw.feature_dashboard(model, what, corpus)`` gives it.
        title: heading of the view; None says "Features".
        selection: the selection of another view, to share it; None makes one.
        max_bytes: of all numbers that are sent at once. Where the examples take more, those of the
            features further down are sent when they are opened.

    Raises:
        TypeError: something else than a FeatureDashboard, or an unknown keyword.
        ValueError: a max_bytes below 1.
    """

    features = traitlets.Bytes().tag(sync=True)
    densities = traitlets.Bytes().tag(sync=True)
    peaks = traitlets.Bytes().tag(sync=True)
    ends = traitlets.Bytes().tag(sync=True)
    pushed = traitlets.Bytes().tag(sync=True)
    pushes = traitlets.Bytes().tag(sync=True)
    near = traitlets.Bytes().tag(sync=True)
    cosines = traitlets.Bytes().tag(sync=True)
    tops = traitlets.Bytes().tag(sync=True)
    ids = traitlets.Bytes().tag(sync=True)
    values = traitlets.Bytes().tag(sync=True)
    documents = traitlets.Bytes().tag(sync=True)
    starts = traitlets.Bytes().tag(sync=True)
    counts = traitlets.Bytes().tag(sync=True)
    pictures = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    kind = traitlets.Unicode().tag(sync=True)
    bands = traitlets.List(traitlets.Unicode()).tag(sync=True)
    example_bands = traitlets.List(traitlets.Int()).tag(sync=True)
    centre = traitlets.Int().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    word_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    word_ids = traitlets.List(traitlets.Int()).tag(sync=True)
    made = traitlets.List(traitlets.Dict()).tag(sync=True)
    readable = traitlets.Bool().tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)
    origin = traitlets.Unicode().tag(sync=True)
    example = traitlets.Int(-1, min=-1).tag(sync=True)

    def __init__(
        self,
        dashboard: FeatureDashboard,
        *,
        title: str | None = None,
        selection: Selection | None = None,
        max_bytes: int = 8_000_000,
        **unknown: object,
    ) -> None:
        _inputs.refuse_unknown(unknown, _OPTIONS)
        self._max_bytes = _inputs.positive("max_bytes", max_bytes)
        self._shown_data = feature_data(_checked(dashboard), self._max_bytes)
        super().__init__(selection=selection, title=title)

    def update(self, dashboard: FeatureDashboard) -> None:
        """Swap the dashboards in place; the open feature stays open where it still exists.

        Args:
            dashboard: as the view itself takes it.

        Raises:
            TypeError: something else; the view stays as it was.
        """
        self._shown_data = feature_data(_checked(dashboard), self._max_bytes)
        with self._new_data():
            self.example = -1
        self.selection.set(pos=None, key=None, token_id=None)

    @property
    def dashboard(self) -> FeatureDashboard:
        """What the view was given."""
        return self._shown_data.given

    @property
    def figure(self) -> Any:  # noqa: ANN401 -- plotly has no types
        """Build the plotly twin of the open feature's histogram."""
        return self._shown().figure(self.title)

    def to_frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List the examples of the open feature as a pandas table, with the exact tokens."""
        return self._shown().frame()

    def describe(self) -> str:
        """Say in a paragraph what the open feature does."""
        return self._shown().describe(self.title)

    def source(self) -> dict[str, str]:
        """Say where the numbers come from, for a page that outlives the notebook."""
        return dict(self.dashboard.source)

    def frozen(self) -> Frozen:
        """Draw the open feature's histogram and examples, and list the logits that it pushes."""
        return self._shown().frozen()

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Give the examples of a feature that were not sent, or read a text with it."""
        data: FeatureData = self._shown_data
        place = data.place(request["feature"])
        if request["type"] == "feature":
            return dict(request), data.record(place)
        try:
            tokens, values = self._read(request["text"])
        except Exception as error:  # noqa: BLE001 -- whatever stopped it is told to the person
            said = text.prose(str(error) or type(error).__name__)
            return request | {"error": said}, []
        shown = {
            "tokens": [text.visible(token, _WORD_LIMIT) for token in tokens],
            "names": [text.literal(token) for token in tokens],
        }
        return request | shown, [_numbers.floats(values[:, place])]

    def export_requests(self) -> Iterable[dict[str, Any]]:
        """List what the browser would ask for when features are opened, the open one first."""
        data: FeatureData = self._shown_data
        opened = data.place(self.selection.value.feature)
        for place in dict.fromkeys([opened, *range(data.held, data.kept)]):
            if place >= data.held:
                yield {"type": "feature", "feature": int(data.given.features[place])}

    def _read(self, words: str) -> tuple[list[str], np.ndarray]:
        if self.dashboard.read is None:
            raise ValueError("this view was made without a model.")
        tokens, values = self.dashboard.read(words)
        array = np.asarray(values, dtype=np.float32)
        if array.shape != (len(tokens), len(self.dashboard.features)):
            raise ValueError(
                f"read: expected activations of shape ({len(tokens)}, "
                f"{len(self.dashboard.features)}), got {array.shape}."
            )
        return list(tokens)[:_READ_MOST], array[:_READ_MOST]

    def _data(self) -> dict[str, Any]:
        return self._shown_data.traits()

    def _shown(self) -> Shown:
        chosen = self.selection.value
        place = self._shown_data.place(chosen.feature)
        return Shown(self.dashboard, place, self.example, chosen.pos)

    @traitlets.observe("example")
    def _look_has_changed(self, _change: object) -> None:
        self._renew_picture()


def _checked(dashboard: object) -> FeatureDashboard:
    if not isinstance(dashboard, FeatureDashboard):
        raise TypeError(
            f"dashboard: expected a FeatureDashboard, got {type(dashboard).__name__}. "
            "Make one with iw.feature_dashboard(model, what, corpus)."
        )
    return dashboard
