"""What every view is made of: its code for the browser, its selection, its picture, its life.

A view is a subclass that names its files: ``class LensView(View, stem="lens")`` takes
``static/lens.js`` with what that imports, and the style sheets of the same names. It
declares its data as synced traits and answers the methods that raise NotImplementedError here.
A view outside this package says in which ``folder`` its own files are.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

import anywidget
import ipywidgets
import traitlets

from interp_widgets import text, theme
from interp_widgets.widgets import _export, _frozen, _life
from interp_widgets.widgets._join import bare_style, join_modules, module_names
from interp_widgets.widgets._later import Later
from interp_widgets.widgets._selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STATIC = Path(__file__).parent / "static"


class View(_life.Lasting, anywidget.AnyWidget):
    """Show data in the browser; the parts that no view should write again.

    Attributes:
        selection: what is chosen, shared with every view that was given the same object.
        rev: raised last in every change of the data, so that the browser draws it once.
    """

    selection = traitlets.Instance(Selection).tag(sync=True, **ipywidgets.widget_serialization)
    rev = traitlets.Int(0).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    view_id = traitlets.Unicode(read_only=True).tag(sync=True)

    _esm: ClassVar[str]
    _css: ClassVar[str]

    def __init_subclass__(
        cls,
        *,
        stem: str | None = None,
        folder: Path = _STATIC,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        if stem is not None:  # traitlets subclasses a view again for each instance, without one

            def find(name: str) -> Path:
                own = folder / name
                return own if own.exists() else _STATIC / name

            def read(name: str) -> str:
                return find(name).read_text("utf-8")

            sheets = [f"{name}.css" for name in module_names(stem, read)]
            styles = [read(sheet) for sheet in sheets if find(sheet).exists()]
            cls._esm = join_modules(stem, read)
            cls._css = theme.css() + bare_style("".join(styles))
        super().__init_subclass__(**kwargs)

    def __init__(self, *, selection: Selection | None, title: str | None) -> None:
        self.picture: Any = None  # the handle of its frozen output, once shown
        self.redrawing = Later(self.draw_picture)
        self._changing = threading.RLock()  # a picture is never drawn of half-changed data
        self._asleep = False  # whether the data was let go of
        chosen = Selection() if selection is None else selection
        if not isinstance(chosen, Selection):
            raise TypeError(
                f"selection: expected a Selection, got {type(chosen).__name__}. "
                "Pass the .selection of another view to share it."
            )
        if title is not None and not isinstance(title, str):
            raise TypeError(
                f"title: expected a str or None, got {type(title).__name__}. Write it as text."
            )
        super().__init__(selection=chosen, title=text.prose(title or ""), **self._data())
        self.on_msg(self._on_request)

    @traitlets.default("view_id")
    def _new_view_id(self) -> str:
        return uuid4().hex[:12]

    def describe(self) -> str:
        """Say in a paragraph what the view shows."""
        raise NotImplementedError

    @property
    def figure(self) -> Any:  # noqa: ANN401 -- plotly has no types
        """Build the plotly twin of what is on show, for a page or a paper of one's own."""
        raise NotImplementedError

    def to_frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List the numbers on show as a pandas table, with the exact text of each token."""
        raise NotImplementedError

    def frozen(self) -> _frozen.Frozen:
        """Give what the frozen picture shows when the view itself cannot be there."""
        raise NotImplementedError

    def source(self) -> dict[str, str]:
        """Say where the numbers come from, for a page that outlives the notebook."""
        raise NotImplementedError

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Answer one message of the browser with a message and its buffers.

        A view that sends all of its numbers at once is asked for nothing.
        """
        return dict(request), []

    def export_requests(self) -> Iterable[dict[str, Any]]:
        """List the messages whose answers an exported page must carry, most wanted first."""
        return ()

    def _data(self) -> dict[str, Any]:
        """Make the traits that hold the data out of what the view was given, whenever needed."""
        raise NotImplementedError

    @property
    def nbytes(self) -> int:
        """Bytes of numbers that the browser holds before it asks for more."""
        return sum(len(getattr(self, name)) for name in self._bytes_traits())

    def to_png(self, path: str | Path | None = None) -> bytes:
        """Draw the view as a picture on a light ground, as it stays behind without a kernel.

        Args:
            path: where to write it; None writes nothing.

        Returns:
            The picture as PNG.
        """
        drawn = _frozen.png(self.frozen().image)
        if path is not None:
            Path(path).write_bytes(drawn)
        return drawn

    def to_html(self, path: str | Path | None = None) -> str:
        """Write the view as one page that opens offline and stays interactive.

        Args:
            path: where to write it; None writes nothing.

        Returns:
            The page.
        """
        return _export.to_html(self, path)

    def open(self) -> None:
        """Make the view known to the browser, with its data and its selection."""
        self.wake()
        self.selection.join(self)
        self.selection.observe(self._renew_picture, "value")
        super().open()

    def close(self) -> None:
        """Take the view off the page; what it was given stays, what was made of it goes."""
        if self.comm is None:
            return
        super().close()
        self.redrawing.cancel()
        self.selection.unobserve(self._renew_picture, "value")
        self.selection.leave(self)
        self._release()
        self._asleep = True

    def wake(self) -> None:
        """Make the data of a closed view again, for whoever reads its traits."""
        if self._asleep:
            self._asleep = False
            self._refill()

    def _parts(self) -> Iterator[ipywidgets.Widget]:
        yield self.layout  # the selection is told by itself, because views share it

    def _release(self) -> None:
        """Let go of what `_refill` can make again."""
        for name in self._bytes_traits():
            setattr(self, name, b"")

    def _refill(self) -> None:
        """Make again what `_release` let go of."""
        for name, value in self._data().items():
            setattr(self, name, value)

    def _bytes_traits(self) -> list[str]:
        synced = self.traits(sync=True).items()
        return [name for name, trait in synced if isinstance(trait, traitlets.Bytes)]

    @contextmanager
    def _new_data(self) -> Iterator[None]:
        """Send what `_data` makes now, and what else is changed meanwhile, as one message."""
        with self._changing, self.hold_sync():
            self._refill()
            yield
            self.rev += 1
        self._renew_picture()

    def draw_picture(self) -> None:
        """Draw the frozen picture anew, in every cell that shows the view."""
        with self._changing:
            self.picture.update(_frozen.bundle(self), raw=True)

    def _renew_picture(self, _change: object = None) -> None:
        if self.picture is not None:
            _frozen.renew(self)

    def _on_request(self, _view: View, request: dict[str, Any], _buffers: list[bytes]) -> None:
        message, buffers = self.answer(request)
        self.send(message, buffers)

    def _ipython_display_(self, **_kwargs: object) -> None:
        _frozen.show(self, self)
