"""What an AttentionView tells the browser: its traits, and the answers to its questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text
from interp_widgets.widgets import _squares
from interp_widgets.widgets._squares import Steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from interp_widgets.widgets._attention_data import AttentionData

_TOKEN_LIMIT = 40  # characters of a token on the page
_FACT_LIMIT = 80  # characters of a model's or a hook's name
_FOCUS_SIDES = (2048, 1536, 1024, 768, 512, 384, 256, 192, *_squares.SIDES)
_THUMBNAIL_SIDE = 64  # cells a side of a thumbnail that comes by message
_THUMBNAIL_BYTES = 1_000_000  # in one message
_PATIENCE = 0.05  # seconds that one message may keep the kernel from others


@dataclass(frozen=True)
class Wire:
    """Send the data within a budget of bytes.

    Attributes:
        data: what is sent.
        max_bytes: of the overview, and of the one head that is enlarged.
    """

    data: AttentionData
    max_bytes: int
    _counts: dict[tuple[int, bool], int] = field(default_factory=dict, repr=False)

    @property
    def packing(self) -> str:
        """Leave out what causal attention masks."""
        return "tril" if self.data.causal else "full"

    @property
    def streamed(self) -> bool:
        """Whether thumbnails come by message, because not all can be made or sent at once."""
        return self._within_budget() is None

    @property
    def thumb(self) -> tuple[int, int]:
        """Rows and columns of a thumbnail."""
        return self._within_budget() or self._size_by_message()

    def traits(self) -> dict[str, Any]:
        """Give every trait that holds data."""
        return {
            "shape": list(self.data.shape),
            "thumb": list(self.thumb),
            "overview": b"" if self.streamed else self._overview(),
            "dtype": self._steps(8).dtype,
            "scale": self._steps(8).scale,
            "peak": self.data.peak,
            "packing": self.packing,
            "streamed": self.streamed,
            "windows": list(self.data.run.windows or ()),
            "notice": self._notice(),
            **_labels(self.data),
        }

    def orders(self) -> list[dict[str, Any]]:
        """Give every score of all heads, once all were looked at; nothing is fetched for it."""
        if not self.data.lazy:
            for index in self.data.orders.missing:
                self._square(index)
        return [] if self.data.orders.missing else self.data.orders.lists()

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Answer a request for one head or for thumbnails; one for what is not there with nothing.

        Args:
            request: as `requests` lists them.
        """
        kind = request.get("type")
        index: Any = request.get("first" if kind == "thumbnails" else "index")
        if index not in range(self._total):
            return {}, []
        if kind == "thumbnails":
            return self._thumbnails(index, hide_first=bool(request.get("hide_first")))
        return self._focus(index)

    def requests(self, layer: int, head: int, *, hide_first: bool) -> Iterator[dict[str, Any]]:
        """List what a page without a kernel needs answers to, most wanted first.

        Args:
            layer: place of the layer on show.
            head: place of the head on show.
            hide_first: whether the first token is left out now; data that is fetched is not
                fetched once more to leave it out when nobody asked for that.
        """
        shown = layer * self.data.shape[1] + head
        yield {"type": "focus", "index": shown}
        for without in (hide_first,) if self.data.lazy else (False, True):
            first = 0
            while (without or self.streamed) and first < self._total:
                yield {"type": "thumbnails", "first": first, "hide_first": without}
                first += self._counts.get((first, without), 1)
        for index in range(self._total):
            if index != shown:
                yield {"type": "focus", "index": index}

    @property
    def _total(self) -> int:
        return self.data.shape[0] * self.data.shape[1]

    def _square(self, index: int, *, hide_first: bool = False) -> NDArray[np.float32]:
        return self.data.square(*divmod(index, self.data.shape[1]), hide_first=hide_first)

    def _focus(self, index: int) -> tuple[dict[str, Any], list[bytes]]:
        """Send one head as exactly as the budget allows; nothing when that is no better."""
        size, steps = self.data.shape[2:], self._steps(16)
        if _squares.cells(*size, self.packing) * steps.itemsize <= self.max_bytes:
            return self._sent([self._square(index)], size, steps)
        sides = (max(size), *_FOCUS_SIDES)
        chosen = _squares.side_within(size, 1, self.packing, self.max_bytes, sides)
        if chosen is None or (chosen == self.thumb and not self.streamed):
            return {}, []
        return self._sent([self._square(index)], chosen, self._steps(8))

    def _thumbnails(self, first: int, *, hide_first: bool) -> tuple[dict[str, Any], list[bytes]]:
        """Send thumbnails from one head on; of fetched data as many as can be had in a moment."""
        size = self._size_by_message()
        most = max(1, _THUMBNAIL_BYTES // _squares.cells(*size, self.packing))
        until = perf_counter() + _PATIENCE
        made: list[NDArray[np.float32]] = []
        for index in range(first, min(first + most, self._total)):
            if made and self.data.lazy and perf_counter() > until:
                break
            made.append(_squares.pool(self._square(index, hide_first=hide_first), *size))
        self._counts[first, hide_first] = len(made)
        peak = max(float(np.abs(square).max()) for square in made) or 1.0
        steps = Steps(self._steps(8).dtype, peak if self.data.signed else 1.0)
        details, buffers = self._sent(made, size, steps)
        return {"count": len(made), **details}, buffers

    def overview_squares(self, *, hide_first: bool) -> NDArray[np.float32]:
        """Give (layer, head, row, column) of the thumbnails, for a picture of all of them."""
        size = self.thumb
        pooled = [
            _squares.pool(square, *size) for square in self.data.squares(hide_first=hide_first)
        ]
        return np.stack(pooled).reshape(*self.data.shape[:2], *size)

    def _overview(self) -> bytes:
        steps, size = self._steps(8), self.thumb
        pooled = (_squares.pool(square, *size) for square in self.data.squares())
        return b"".join(_squares.pack(steps.quantise(square), self.packing) for square in pooled)

    def _sent(
        self, squares: list[NDArray[np.float32]], size: tuple[int, int], steps: Steps
    ) -> tuple[dict[str, Any], list[bytes]]:
        details = {
            "dtype": steps.dtype,
            "scale": steps.scale,
            "packing": self.packing,
            "rows": size[0],
            "columns": size[1],
        }
        packed = (
            _squares.pack(steps.quantise(_squares.pool(square, *size)), self.packing)
            for square in squares
        )
        return details, [b"".join(packed)]

    def _steps(self, bits: int) -> Steps:
        return Steps(f"{'int' if self.data.signed else 'uint'}{bits}", self.data.peak)

    def _within_budget(self) -> tuple[int, int] | None:
        if self.data.lazy:
            return None
        size, room = self.data.shape[2:], self.max_bytes
        return _squares.side_within(size, self._total, self.packing, room)

    def _size_by_message(self) -> tuple[int, int]:
        return _squares.bounded(self.data.shape[2:], _THUMBNAIL_SIDE)

    def _notice(self) -> str:
        """Say in a sentence what was reduced, or that there is nothing to see."""
        if self.data.equal:
            return "The two runs are equal everywhere."
        size, thumb = self.data.shape[2:], self.thumb
        if size == thumb:
            return ""
        even = all(whole % part == 0 for whole, part in zip(size, thumb, strict=True))
        block = " x ".join(str(-(-whole // part)) for whole, part in zip(size, thumb, strict=True))
        largest = "difference" if self.data.signed else "weight"
        return (
            f"Thumbnails show the largest {largest} of each block of "
            f"{'' if even else 'up to '}{block} tokens."
        )


def _labels(data: AttentionData) -> dict[str, Any]:
    run = data.run
    return {
        "layers": list(run.layers or ()),
        "heads": list(run.heads or ()),
        "tokens": data.key_texts(_visible),
        "names": data.key_names(),
        "token_ids": [] if run.token_ids is None else run.token_ids.tolist(),
        "queries": data.query_texts(_visible) if data.crossed else [],
        "query_names": data.query_names() if data.crossed else [],
        "origin": _origin(data),
        "hook": text.prose(run.source.get("hook", ""), _FACT_LIMIT),
    }


def _visible(token: str) -> str:
    return text.visible(token, _TOKEN_LIMIT)


def _origin(data: AttentionData) -> str:
    """Say in one line where the numbers and the tokens come from; the source has the rest."""
    source = data.run.source
    facts = [text.prose(source["model"], _FACT_LIMIT)] if "model" in source else []
    if data.other is not None:
        model = text.prose(data.other.source.get("model", "another run"), _FACT_LIMIT)
        same = facts == [model]
        facts = [f"{model}, two runs" if same else f"{' '.join(facts) or 'one run'} minus {model}"]
    if source.get("tokens") == "positions":
        facts.append("no tokens were given, so these are positions")
    elif source.get("queries") == "positions":
        facts.append("no queries were given, so these are positions")
    return " · ".join(facts)
