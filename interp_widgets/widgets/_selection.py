"""What a person has chosen in a view: the one object that views, cells and checks share."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import ipywidgets
import traitlets

from interp_widgets.widgets import _inputs

if TYPE_CHECKING:
    from interp_widgets.widgets._link import Link


@dataclass(frozen=True)
class SelectionValue:
    """Hold one moment of a selection; None means that nothing is chosen there.

    Attributes:
        layer: the model's number of the layer.
        head: the model's number of the head.
        pos: position of the token, counted from 0; in attention, of the query.
        key: position of the token that is looked at, counted from 0.
        token_id: vocabulary id of the token at ``pos``, where the view knows it.
        feature: number of the neuron or latent.
    """

    layer: int | None = None
    head: int | None = None
    pos: int | None = None
    key: int | None = None
    token_id: int | None = None
    feature: int | None = None


FIELDS = tuple(field.name for field in fields(SelectionValue))


def _field() -> Any:  # noqa: ANN401 -- a trait
    return traitlets.Int(None, allow_none=True, min=0).tag(sync=True)


class Selection(ipywidgets.Widget):  # type: ignore[misc]
    """Share what is chosen between Python and every view that was given this object.

    The front end knows it as a bare widget model, which needs no JavaScript of its own: two views
    with the same selection follow each other even while the kernel is busy. A click or Enter in a
    view sets it, and so does ``selection.set(layer=2, head=1)``.

    Observe ``value`` to hear of each choice once:
    ``selection.observe(lambda change: print(change.new), "value")``.
    """

    layer = _field()
    head = _field()
    pos = _field()
    key = _field()
    token_id = _field()
    feature = _field()
    value = traitlets.Instance(SelectionValue, args=(), read_only=True)

    def __init__(self, **chosen: int | None) -> None:
        _inputs.refuse_unknown(chosen, FIELDS)
        self.links: list[Link] = []
        self._users: WeakSet[ipywidgets.Widget] = WeakSet()
        super().__init__(**chosen)
        self._take_snapshot()

    def set(self, **chosen: int | None) -> None:
        """Choose several fields at once, so that observers hear of it once.

        Args:
            **chosen: any of layer, head, pos, key, token_id, feature; None clears a field.

        Raises:
            TypeError: an unknown field.
        """
        _inputs.refuse_unknown(chosen, FIELDS)
        with self.hold_sync(), self.hold_trait_notifications():
            for name, number in chosen.items():
                setattr(self, name, number)

    def clear(self) -> None:
        """Choose nothing."""
        self.set(**asdict(SelectionValue()))

    def open(self) -> None:
        """Make it known to the browser, with the links that were waiting for it."""
        if self.comm is None:
            super().open()
            for link in self.links:
                link.resume(self)

    def close(self) -> None:
        """Take it away from the browser; what is chosen stays, and its links wait."""
        if self.comm is None:
            return
        super().close()
        for link in self.links:
            link.rest()

    def join(self, user: ipywidgets.Widget) -> None:
        """Stay open for a view that is on the page."""
        self._users.add(user)
        self.open()

    def leave(self, user: ipywidgets.Widget) -> None:
        """Close when the last view that was on the page is gone; what is chosen stays."""
        self._users.discard(user)
        if not self._users:
            self.close()

    @traitlets.observe(*FIELDS)
    def _on_field(self, _change: object) -> None:
        self._take_snapshot()

    def _take_snapshot(self) -> None:
        now = SelectionValue(**{name: getattr(self, name) for name in FIELDS})
        if now != self.value:
            self.set_trait("value", now)
