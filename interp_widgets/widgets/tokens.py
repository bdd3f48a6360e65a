"""TokenView: text coloured by numbers that belong to its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from interp_widgets.results import TokenValues
from interp_widgets.widgets import _inputs
from interp_widgets.widgets._base import View
from interp_widgets.widgets._token_data import TokenData, token_data
from interp_widgets.widgets._token_picture import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interp_widgets.widgets._frozen import Frozen
    from interp_widgets.widgets._selection import Selection

_OPTIONS = ("channels", "signed", "scale", "channel", "title", "selection", "max_bytes")


class TokenView(View, stem="tokens"):
    """Colour text by losses, neurons, probe outputs, latents or any other numbers of its tokens.

    Point at a token to read its exact number and to see where it stands among all of them; a click
    or Enter keeps it in ``selection``: ``pos`` counts from the start of its row, ``feature`` is the
    number of the channel. Which row it is in is known to the view alone, as ``row``.

    Args:
        tokens: text of each token; for several rows of text, a list of such lists; or a
            TokenValues, which holds the numbers as well.
        values: (pos,) or (pos, channel), of numpy, torch or jax; for several rows, a list with one
            of these for each. NaN where a token has no value.
        channels: names of the channels, or the model's numbers of neurons or latents, which
            ``selection.feature`` then takes; None counts from 0.
        signed: whether colours run both ways from zero; None does so when any value is below it.
        scale: "shared" lets a colour stand for the same number in every row; "own" gives each row
            the whole range of colours.
        channel: the name or number of the channel to choose at first; None chooses none, so that
            the first is shown.
        title: heading of the view; None says "Tokens".
        selection: the selection of another view, to share it; None makes one.
        max_bytes: of the numbers; where they take more, the channels with the largest are kept.

    Raises:
        TypeError: tokens, values or an option of a kind that is not known, or an unknown keyword.
        ValueError: shapes or names that do not fit; infinite values.
    """

    numbers = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    lengths = traitlets.List(traitlets.Int()).tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    channels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    features = traitlets.List(traitlets.Int()).tag(sync=True)
    signed = traitlets.Bool().tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)
    scale = traitlets.Unicode("shared").tag(sync=True)
    row = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(  # noqa: PLR0913 -- every option has its name, for help() and for editors
        self,
        tokens: object,
        values: object = None,
        *,
        channels: Sequence[int] | Sequence[str] | None = None,
        signed: bool | None = None,
        scale: str = "shared",
        channel: int | str | None = None,
        title: str | None = None,
        selection: Selection | None = None,
        max_bytes: int = 8_000_000,
        **unknown: object,
    ) -> None:
        _inputs.refuse_unknown(unknown, _OPTIONS)
        if signed is not None:
            _inputs.check_switches(signed=signed)
        _check_scale(scale)
        self._given = _values(tokens, values, channels)
        self._wanted = signed
        self._max_bytes = _inputs.positive("max_bytes", max_bytes)
        feature = None if channel is None else self._feature(channel)
        self._made: TokenData | None = self._make(self._given)
        super().__init__(selection=selection, title=title)
        self.scale = scale
        if feature is not None:
            self.selection.set(feature=feature)

    def update(
        self,
        tokens: object,
        values: object = None,
        *,
        channels: Sequence[int] | Sequence[str] | None = None,
    ) -> None:
        """Swap the text and its numbers in place; what is chosen stays where it still exists.

        Args:
            tokens: as the view itself takes them.
            values: as the view itself takes them.
            channels: as the view itself takes them.

        Raises:
            TypeError: tokens or values of a kind that is not known.
            ValueError: shapes or names that do not fit; the view stays as it was.
        """
        given = _values(tokens, values, channels)
        self._made, self._given = self._make(given), given
        with self._new_data():
            if self.row >= len(self.lengths):
                self.row = 0

    @property
    def values(self) -> TokenValues:
        """The tokens and the numbers that the view was given."""
        return self._given

    @property
    def figure(self) -> Any:  # noqa: ANN401 -- plotly has no types
        """Build the plotly twin of the channel on show."""
        return self._shown().figure(self.title)

    def to_frame(self) -> Any:  # noqa: ANN401 -- pandas is not needed for the rest
        """List the values of the channel on show as a pandas table, with the exact tokens."""
        return self._shown().frame()

    def describe(self) -> str:
        """Say in a paragraph what the view shows and where its largest values are."""
        return self._shown().describe(self.title)

    def source(self) -> dict[str, str]:
        """Say nothing of where the numbers come from: plain arrays do not know."""
        return {}

    def frozen(self) -> Frozen:
        """Draw the text, and list the largest values."""
        return self._shown().frozen(self._tokens.place(self.row, self.selection.value.pos))

    def _data(self) -> dict[str, Any]:
        return self._tokens.traits()

    def _release(self) -> None:
        super()._release()
        self._made = None

    @property
    def _tokens(self) -> TokenData:
        if self._made is None:
            self._made = self._make(self._given)
        return self._made

    def _make(self, given: TokenValues) -> TokenData:
        return token_data(given, signed=self._wanted, max_bytes=self._max_bytes)

    def _shown(self) -> Shown:
        features, wanted = self._tokens.features, self.selection.value.feature
        channel = features.index(wanted) if wanted in features else 0
        return Shown(self._tokens, channel, own=self.scale == "own")

    def _feature(self, channel: int | str) -> int:
        """Find the number of a channel by its name."""
        known = self._given.features if self._given.channels is None else self._given.channels
        if channel not in known:
            more = "" if len(known) <= 5 else f" and {len(known) - 5} more"
            raise ValueError(
                f"channel: expected one of {list(known[:5])}{more}, got {channel!r}. "
                "Name it as channels does."
            )
        return self._given.features[list(known).index(channel)]

    @traitlets.validate("scale")
    def _check_scale(self, proposal: dict[str, Any]) -> str:
        _check_scale(proposal["value"])
        return str(proposal["value"])

    @traitlets.observe("scale", "row")
    def _look_has_changed(self, _change: object) -> None:
        self._renew_picture()


def _values(tokens: object, values: object, channels: object) -> TokenValues:
    if not isinstance(tokens, TokenValues):
        return TokenValues(tokens, values, channels)  # type: ignore[arg-type]
    if values is None and channels is None:
        return tokens
    raise TypeError(
        "values: expected none beside a TokenValues, which holds its own, got some. "
        "Leave values and channels out."
    )


def _check_scale(scale: object) -> None:
    if scale not in ("shared", "own"):
        raise ValueError(
            f'scale: expected "shared" or "own", got {scale!r}. "own" gives each row of text the '
            "whole range of colours."
        )
