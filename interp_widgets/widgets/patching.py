"""PatchView: which places of a model carry the difference between two prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from interp_widgets.results import PatchSweep
from interp_widgets.widgets import _inputs
from interp_widgets.widgets._base import View
from interp_widgets.widgets._patch_data import EFFECTS, PatchData
from interp_widgets.widgets._patch_picture import Shown

if TYPE_CHECKING:
    from interp_widgets.widgets._frozen import Frozen
    from interp_widgets.widgets._selection import Selection

_OPTIONS = ("effect", "title", "selection", "max_bytes")


class PatchView(View, stem="patching"):
    """Show how much each part of a model carries of the difference between two prompts.

    A cell is one patched run: one activation, at that row and column, taken from the other
    prompt's run. Its colour says how far the metric moved. Point at a cell for the most likely
    tokens of the clean, the patched and the corrupted run side by side; a click or Enter keeps it
    in ``selection``, as ``layer`` and ``pos``, ``layer`` and ``head``, or all three.
    ``token_id`` is that of the clean prompt.

    Numbers travel exactly. Where they would take more than ``max_bytes``, fewer top tokens, then
    fewer tokens of the start are there, and the view says so.

    Args:
        data: a PatchSweep, as ``iw.patch_sweep(model, clean, corrupted, metric)`` gives it.
        effect: "normalised" shows which part of the gap between the two runs a patch closes, "raw"
            by how much it changes the metric. Without a gap there is only the change.
        title: heading of the view; None says "Patching".
        selection: the selection of another view, to share it; None makes one.
        max_bytes: of all numbers.

    Raises:
        TypeError: data that is no PatchSweep, or an unknown keyword.
        ValueError: an effect that is not one of the two.
    """

    metrics = traitlets.Bytes().tag(sync=True)
    top = traitlets.Bytes().tag(sync=True)
    top_probs = traitlets.Bytes().tag(sync=True)
    clean_top = traitlets.Bytes().tag(sync=True)
    clean_probs = traitlets.Bytes().tag(sync=True)
    corrupted_top = traitlets.Bytes().tag(sync=True)
    corrupted_probs = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    clean = traitlets.Float().tag(sync=True)
    corrupted = traitlets.Float().tag(sync=True)
    defined = traitlets.Bool().tag(sync=True)
    over = traitlets.List(traitlets.Unicode()).tag(sync=True)
    layers = traitlets.List(traitlets.Int()).tag(sync=True)
    heads = traitlets.List(traitlets.Int()).tag(sync=True)
    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    row_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    column_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    first = traitlets.Int(0).tag(sync=True)
    clean_prompt = traitlets.List(traitlets.Unicode()).tag(sync=True)
    corrupted_prompt = traitlets.List(traitlets.Unicode()).tag(sync=True)
    differing = traitlets.List(traitlets.Int()).tag(sync=True)
    token_ids = traitlets.List(traitlets.Int()).tag(sync=True)
    direction = traitlets.Unicode().tag(sync=True)
    patched = traitlets.Unicode().tag(sync=True)
    metric = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    read_at = traitlets.Unicode().tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    origin = traitlets.Unicode().tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)
    effect = traitlets.Unicode("normalised").tag(sync=True)

    def __init__(
        self,
        data: PatchSweep,
        *,
        effect: str = "normalised",
        title: str | None = None,
        selection: Selection | None = None,
        max_bytes: int = 8_000_000,
        **unknown: object,
    ) -> None:
        _inputs.refuse_unknown(unknown, _OPTIONS)
        _check_effect(effect)
        self._max_bytes = _inputs.positive("max_bytes", max_bytes)
        self._given = _checked(data)
        super().__init__(selection=selection, title=title)
        self.effect = effect

    def update(self, data: PatchSweep) -> None:
        """Swap the sweep in place; what is chosen stays chosen where it still exists.

        Args:
            data: another PatchSweep.

        Raises:
            TypeError: something else; the view stays as it was.
        """
        self._given = _checked(data)
        with self._new_data():
            pass

    @property
    def result(self) -> PatchSweep:
        """The sweep on show."""
        return self._given

    @property
    def figure(self) -> Any:  # noqa: ANN401 -- plotly has no types
        """Build the plotly twin of the cells on show."""
        return self._shown().figure(self.title)

    def to_frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every cell as a pandas table: the metric, its change, the part of the gap."""
        return self._shown().frame()

    def describe(self) -> str:
        """Say in a paragraph what was patched and which cells matter most."""
        return self._shown().describe(self.title)

    def source(self) -> dict[str, str]:
        """Say where the numbers come from, for a page that outlives the notebook."""
        return dict(self._given.source)

    def frozen(self) -> Frozen:
        """Draw the cells, and list those that matter most."""
        return self._shown().frozen()

    def _data(self) -> dict[str, Any]:
        return self._patch_data().traits()

    def _patch_data(self) -> PatchData:
        return PatchData(self._given, self._max_bytes)

    def _shown(self) -> Shown:
        return Shown(self._patch_data(), self.effect, self.selection.value)

    @traitlets.validate("effect")
    def _check_proposed(self, proposal: dict[str, Any]) -> str:
        _check_effect(proposal["value"])
        return str(proposal["value"])

    @traitlets.observe("effect")
    def _look_has_changed(self, _change: object) -> None:
        self._renew_picture()


def _checked(data: object) -> PatchSweep:
    if isinstance(data, PatchSweep):
        return data
    raise TypeError(
        f"data: expected a PatchSweep, got {type(data).__name__}. Make one with "
        "iw.patch_sweep(model, clean, corrupted, metric), or of an array: "
        "iw.PatchSweep(values, clean=..., corrupted=..., clean_tokens=..., corrupted_tokens=...)."
    )


def _check_effect(effect: object) -> None:
    if effect not in EFFECTS:
        raise ValueError(
            f"effect: expected one of {list(EFFECTS)}, got {effect!r}. "
            '"raw" shows the metric\'s own unit.'
        )
