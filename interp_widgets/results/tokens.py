"""Numbers that belong to tokens: losses, neurons, probe outputs, latents."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets.results import _arrays, _checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_ROWS = "a list of token texts, or one such list for each row of text"


@dataclass(frozen=True, eq=False)
class TokenValues:
    """Hold one or many numbers for every token of one or several rows of text.

    A single row may be given without the list around it, and numbers without a channel axis.

    Attributes:
        tokens: (row,) of (pos,), decoded text of each token, leading space included.
        values: (row,) of (pos, channel), in whatever unit the channels have; NaN where a token
            has no value.
        channels: (channel,), the name of each channel, or the model's own number of each neuron
            or latent; None counts from 0.
    """

    tokens: Sequence[Sequence[str]]
    values: Sequence[NDArray[np.float32]]
    channels: Sequence[int] | Sequence[str] | None = None

    def __post_init__(self) -> None:
        tokens, single = _rows(self.tokens)
        given = [self.values] if single else _listed(self.values, len(tokens))
        label = "values" if single else "values[{}]"
        values = tuple(
            _numbers(label.format(row), one, len(texts))
            for row, (texts, one) in enumerate(zip(tokens, given, strict=True))
        )
        widths = [array.shape[1] for array in values]
        if len(set(widths)) > 1:
            raise ValueError(
                f"values: expected as many channels in every row, got {widths}. "
                "Put NaN where a row has no value."
            )
        channels = None if self.channels is None else _names(self.channels, values[0].shape)
        _checks.put(self, tokens=tokens, values=values, channels=channels)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Count the tokens of each row."""
        return tuple(map(len, self.tokens))

    @property
    def features(self) -> tuple[int, ...]:
        """Number the channels: by the model's own numbers where they are known, else from 0."""
        named = self.channels is None or isinstance(self.channels[0], str)
        return tuple(range(self.values[0].shape[1])) if named else tuple(self.channels)  # type: ignore[arg-type]


def _rows(tokens: object) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """Tell one row of text from several; say whether it was one."""
    if isinstance(tokens, str):
        raise TypeError(
            f"tokens: expected {_ROWS}, got a single str. Split it with the model's tokenizer."
        )
    _checks.check_listed("tokens", tokens)
    rows = list(tokens)  # type: ignore[call-overload]
    single = all(isinstance(entry, str) for entry in rows)
    if single:
        rows = [rows]
    if not all(isinstance(row, list | tuple) and row for row in rows):
        raise ValueError(
            f"tokens: expected {_ROWS}, each with at least one token, got {_brief(tokens)}. "
            "Leave empty rows out, and decode token ids with the model's tokenizer."
        )
    shape = (len(rows),)
    names = ["tokens"] if single else [f"tokens[{row}]" for row in range(len(rows))]
    texts = [
        _checks.token_texts(name, row, len(row), shape)
        for name, row in zip(names, rows, strict=True)
    ]
    return tuple(texts), single


def _listed(values: object, rows: int) -> list[object]:
    """Give the numbers of each row of text."""
    if not hasattr(values, "__len__") or isinstance(values, str):
        raise TypeError(
            f"values: expected a list of one array for each row of text, got {_brief(values)}. "
            "Write [values_of_row_0, values_of_row_1]."
        )
    given: list[object] = list(values)  # type: ignore[call-overload]
    if len(given) != rows:
        raise ValueError(
            f"values: expected one array for each of {rows} rows of text, got {len(given)}. "
            "Give them in the order of the rows."
        )
    return given


def _numbers(name: str, given: object, positions: int) -> NDArray[np.float32]:
    """Check the numbers of one row: (pos, channel)."""
    expected = f"shape ({positions},) or ({positions}, channel) for {positions} tokens"
    array = _arrays.float_array(name, given, expected)
    shape = array.shape
    if len(shape) not in {1, 2} or 0 in shape or shape[0] != positions:
        raise ValueError(
            f"{name}: expected {expected}, got {shape}. {_cure(name, shape, positions)}"
        )
    if np.isinf(array).any():
        raise ValueError(
            f"{name}: expected finite numbers, or NaN where a token has no value, got infinity at "
            f"token {int(np.argwhere(np.isinf(array))[0][0])}. Put NaN there, or clip it."
        )
    return _checks.kept(array.reshape(positions, -1))


def _cure(name: str, shape: tuple[int, ...], positions: int) -> str:
    if len(shape) > 1 and shape[:2] == (1, positions):
        return f"Take the batch axis off: pass {name}[0]."
    if len(shape) == 2 and shape[1] == positions:
        return f"Tokens come first, channels second: pass {name}.T."
    if shape[:1] == (positions - 1,):
        return "If the first token has no value, as in a loss, put NaN in front."
    if shape and shape[0] > positions and len(shape) < 3:
        return f"If the rest is padding, pass {name}[:{positions}]."
    return "Give one number, or one row of channels, for each token."


def _names(given: object, shape: tuple[int, ...]) -> tuple[int, ...] | tuple[str, ...]:
    _checks.check_listed("channels", given)
    names: list[object] = list(given)  # type: ignore[call-overload]
    if len(names) != shape[1]:
        raise ValueError(
            f"channels: expected {shape[1]} names to match values of shape {shape}, got "
            f"{len(names)}. Name every channel once."
        )
    texts = [name for name in names if isinstance(name, str)]
    if texts and len(texts) < len(names):
        raise TypeError(
            f"channels: expected all names or all numbers, got {_brief(names)}. Write numbers as "
            "text to mix them with names."
        )
    known = tuple(texts) if texts else tuple(_number(name) for name in names)
    if len(set(known)) < len(known):
        twice = next(name for name in known if known.count(name) > 1)
        raise ValueError(f"channels: expected different names, got {twice!r} twice. Rename one.")
    return known


def _number(name: object) -> int:
    try:
        number = index(name)  # type: ignore[arg-type]
    except TypeError as error:
        raise TypeError(
            f"channels: expected names or whole numbers from 0, got {_brief(name)}. Write it as "
            "text."
        ) from error
    if number < 0:
        raise ValueError(
            f"channels: expected numbers from 0, got {number}. Neurons and latents count from 0."
        )
    return number


def _brief(given: object) -> str:
    shown = repr(given)
    return f"{type(given).__name__} {shown[:60]}{'…' if len(shown) > 60 else ''}"
