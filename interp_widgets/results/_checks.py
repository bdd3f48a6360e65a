"""What every result checks when it is made, with one wording for each fault."""

from __future__ import annotations

from collections.abc import Collection
from operator import index
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


def put(record: object, **fields: object) -> None:
    """Normalise fields of a frozen record; only its ``__post_init__`` may."""
    for name, value in fields.items():
        object.__setattr__(record, name, value)


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Make an array read-only."""
    array.flags.writeable = False
    return array


def kept(data: object) -> NDArray[np.float32]:
    """Copy numbers as read-only float32, unless they already are an array nobody can write to."""
    if (
        isinstance(data, np.ndarray)
        and data.dtype == np.float32
        and data.flags.owndata
        and not data.flags.writeable
    ):
        return data
    return frozen(np.array(data, dtype=np.float32))


def read_only(facts: Mapping[str, str]) -> Mapping[str, str]:
    """Copy a mapping so that nobody can change it."""
    return MappingProxyType(dict(facts))


def check_listed(name: str, given: object) -> None:
    """Raise TypeError for a field that has no entries to count."""
    if isinstance(given, str) or not isinstance(given, Collection):
        raise TypeError(
            f"{name}: expected one entry for each, got {type(given).__name__} {given!r}. "
            "Write a list."
        )


def check_length(name: str, got: tuple[int, ...], length: int, shape: tuple[int, ...]) -> None:
    """Raise ValueError when a field has not one entry for each position of its axis."""
    if got != (length,):
        raise ValueError(
            f"{name}: expected shape ({length},) to match weights of shape {shape}, got {got}. "
            f"Give one entry of {name} for each."
        )


def token_texts(
    name: str, tokens: Sequence[str], length: int, shape: tuple[int, ...]
) -> tuple[str, ...]:
    """Check the text of each token along an axis.

    Args:
        name: of the field, for the messages.
        tokens: (pos,), decoded text.
        length: of the axis.
        shape: of the numbers, for the messages.

    Raises:
        TypeError: one single text, or tokens that are no text.
        ValueError: more or fewer tokens than positions.
    """
    if isinstance(tokens, str):
        raise TypeError(
            f"{name}: expected a sequence of strings, one per position, got a single str. "
            "Split it with the model's tokenizer first."
        )
    check_listed(name, tokens)
    for position, token in enumerate(tokens):
        if not isinstance(token, str):
            raise TypeError(
                f"{name}: expected strings, got {type(token).__name__} at position {position}. "
                "Decode token ids with the model's tokenizer first."
            )
    check_length(name, (len(tokens),), length, shape)
    return tuple(tokens)


def token_numbers(
    token_ids: Sequence[int] | NDArray[np.int64] | None, length: int, shape: tuple[int, ...]
) -> NDArray[np.int64] | None:
    """Check vocabulary ids along an axis; None stays None."""
    if token_ids is None:
        return None
    ids = np.array(token_ids, dtype=np.int64)
    check_length("token_ids", ids.shape, length, shape)
    return frozen(ids)


def numbers(
    name: str, given: Sequence[int] | None, length: int, shape: tuple[int, ...]
) -> tuple[int, ...]:
    """Check the model's own numbers along an axis; None counts from 0."""
    if given is None:
        return tuple(range(length))
    check_listed(name, given)
    check_length(name, (len(given),), length, shape)
    result = tuple(int(number) for number in given)
    if len(set(result)) != length:
        raise ValueError(f"{name}: expected different numbers, got {result}. Name each one once.")
    return result


def positions(name: str, wanted: Sequence[int] | None, have: tuple[int, ...]) -> list[int]:
    """Find where the wanted numbers stand in an axis; None takes all.

    Raises:
        TypeError: something that is no list of whole numbers.
        ValueError: a number that is not there, or an empty choice.
    """
    if wanted is None:
        return list(range(len(have)))
    try:
        chosen = [index(number) for number in wanted]
    except TypeError as error:
        raise TypeError(
            f"{name}: expected whole numbers from {list(have)}, got {wanted!r}."
        ) from error
    missing = [number for number in chosen if number not in have]
    if missing or not chosen:
        got = f"{missing}, which the data does not have" if missing else "an empty list"
        raise ValueError(f"{name}: expected numbers from {list(have)}, got {got}.")
    return [have.index(number) for number in chosen]
