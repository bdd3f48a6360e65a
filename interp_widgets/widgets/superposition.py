"""SuperpositionView: how features share the few dimensions of a small model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from interp_widgets.results import Superposition
from interp_widgets.widgets import _inputs
from interp_widgets.widgets._base import View
from interp_widgets.widgets._superposition_data import SuperpositionData
from interp_widgets.widgets._superposition_picture import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interp_widgets.widgets._frozen import Frozen
    from interp_widgets.widgets._selection import Selection

_OPTIONS = ("densities", "importance", "losses", "instance", "title", "selection", "max_bytes")


class SuperpositionView(View, stem="superposition"):
    """Show the feature vectors of toy models, from dense features to rare ones.

    Vectors of two hidden dimensions are drawn as arrows; beside them stands the product of each
    vector with each (W-transpose-W), and below which part of a dimension each feature has to
    itself. A slider goes through the instances. A click or Enter on a feature keeps it in
    ``selection.feature``; which instance is on show the view alone knows, as ``instance``.

    Args:
        data: a Superposition, or an array of numpy, torch or jax: (instance, feature, hidden), or
            (feature, hidden) for a single instance.
        densities: (instance,), the probability that a feature is active in each instance: one
            minus its sparsity. None numbers the instances.
        importance: (feature,), the weight of each feature in the loss.
        losses: (instance,), the loss of each instance after training.
        instance: place of the instance to show first.
        title: heading of the view; None says "Superposition".
        selection: the selection of another view, to share it; None makes one.
        max_bytes: of all numbers; where they take more, instances in between, then the features of
            the shortest vectors are left out, and the view says so.

    Raises:
        TypeError: data or an option of a kind that is not known, or an unknown keyword.
        ValueError: shapes that do not fit, densities outside (0, 1], numbers that are not finite.
    """

    weights = traitlets.Bytes().tag(sync=True)
    dimensionality = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    per_dimension = traitlets.List(traitlets.Float()).tag(sync=True)
    densities = traitlets.List(traitlets.Float()).tag(sync=True)
    losses = traitlets.List(traitlets.Float()).tag(sync=True)
    importance = traitlets.List(traitlets.Float()).tag(sync=True)
    features = traitlets.List(traitlets.Int()).tag(sync=True)
    instances = traitlets.List(traitlets.Unicode()).tag(sync=True)
    peak = traitlets.Float(1.0).tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)
    origin = traitlets.Unicode().tag(sync=True)
    instance = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(
        self,
        data: object,
        densities: Sequence[float] | None = None,
        *,
        importance: Sequence[float] | None = None,
        losses: Sequence[float] | None = None,
        instance: int = 0,
        title: str | None = None,
        selection: Selection | None = None,
        max_bytes: int = 8_000_000,
        **unknown: object,
    ) -> None:
        _inputs.refuse_unknown(unknown, _OPTIONS)
        self._max_bytes = _inputs.positive("max_bytes", max_bytes)
        self._given = _family(data, densities=densities, importance=importance, losses=losses)
        _inputs.check_numbers(instance=instance)
        super().__init__(selection=selection, title=title)
        self.instance = instance

    def update(
        self,
        data: object,
        densities: Sequence[float] | None = None,
        *,
        importance: Sequence[float] | None = None,
        losses: Sequence[float] | None = None,
    ) -> None:
        """Swap the instances in place; what is chosen stays chosen where it still exists.

        Args:
            data: as the view itself takes it.
            densities: as the view itself takes them.
            importance: as the view itself takes it.
            losses: as the view itself takes them.

        Raises:
            TypeError: data of a kind that is not known.
            ValueError: shapes that do not fit; the view stays as it was.
        """
        self._given = _family(data, densities=densities, importance=importance, losses=losses)
        with self._new_data():
            self.instance = min(self.instance, len(self.instances) - 1)

    @property
    def result(self) -> Superposition:
        """The family of instances that the view was given."""
        return self._given

    @property
    def figure(self) -> Any:  # noqa: ANN401 -- plotly has no types
        """Build the plotly twin of the instance on show."""
        return self._shown().figure(self.title)

    def to_frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List every feature of every instance as a pandas table."""
        return self._shown().frame()

    def describe(self) -> str:
        """Say in a paragraph what the view shows of the instance in question."""
        return self._shown().describe(self.title)

    def source(self) -> dict[str, str]:
        """Say where the numbers come from, for a page that outlives the notebook."""
        return dict(self._given.source)

    def frozen(self) -> Frozen:
        """Draw the instance on show, and list its features."""
        return self._shown().frozen()

    def _data(self) -> dict[str, Any]:
        return self._kept().traits()

    def _kept(self) -> SuperpositionData:
        return SuperpositionData(self._given, self._max_bytes)

    def _shown(self) -> Shown:
        return Shown(self._kept(), self.instance, self.selection.value.feature)

    @traitlets.validate("instance")
    def _check_instance(self, proposal: dict[str, Any]) -> int:
        count = len(self._kept().instances)
        if not 0 <= proposal["value"] < count:
            raise ValueError(
                f"instance: expected a number from 0 to {count - 1}, got {proposal['value']}. "
                "Instances count from 0, as they were given."
            )
        return int(proposal["value"])

    @traitlets.observe("instance")
    def _look_has_changed(self, _change: object) -> None:
        self._renew_picture()


def _family(data: object, **options: object) -> Superposition:
    given = {name: value for name, value in options.items() if value is not None}
    if not isinstance(data, Superposition):
        return Superposition(data, **given)  # type: ignore[arg-type]
    if given:
        raise TypeError(
            f"{next(iter(given))}: expected none beside a Superposition, which holds its own, got "
            "some. Leave it out."
        )
    return data
