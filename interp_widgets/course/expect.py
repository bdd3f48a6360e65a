"""What a check says when something is not as it should be, and the usual ways to find that out.

A check is a function of the answer. It returns a sentence for a right answer, or None, and raises
`NotYetError` for a wrong one. It states properties: any answer that has them is right.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import values
from interp_widgets.course.stubs import has_blank
from interp_widgets.course.verdicts import Table

if TYPE_CHECKING:
    from collections.abc import Callable

_SMALL = 6  # rows and columns that are shown whole
_DIFFERENT = 5  # places that are shown of something larger
_CALLED = {"pos": "token", "key": "key token"}  # fields of a selection in a learner's words


class NotYetError(Exception):
    """The answer is wrong, and the message says in what way.

    Args:
        message: sentences for the learner.
        table: what was expected and what came.
    """

    def __init__(self, message: str, table: Table | None = None) -> None:
        super().__init__(message)
        self.table = table


class NotStartedError(Exception):
    """Something that the answer needs is still missing, and the message says what."""


def call(function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 -- any answer
    """Call the learner's function, on copies, and see that it returns something.

    Args:
        function: the answer.
        *arguments: what it is called with.

    Returns:
        What it returned.

    Raises:
        NotYetError: it is no function, changes what it is given, or returns nothing.
        NotStartedError: it returns a blank.
    """
    if not callable(function):
        raise NotYetError(
            f"This should be a function, and is {values.describe(function)}. Hand in the function "
            "itself, by its name and without brackets."
        )
    given = values.copied(arguments)
    result = function(*given)
    for name, before, after in zip(_names(function, given), arguments, given, strict=True):
        if not values.same(before, after):
            raise NotYetError(
                f"Your function changes {name}, which belongs to whoever called it. Make a new "
                "array instead of writing into the one you were given."
            )
    if result is None:
        raise NotYetError("Your function returns nothing (None). Is a `return` missing?")
    if has_blank(result):
        raise NotStartedError("a ... is still to be filled in.")
    return result


def numbers(got: object, expected: object, what: str = "The result", within: float = 1e-4) -> None:
    """See that numbers are what they should be, and show them side by side if they are not.

    Args:
        got: what came: a number, list, array or tensor.
        expected: what should have come.
        what: its name at the start of a sentence.
        within: the largest difference that is forgiven.

    Raises:
        NotYetError: no numbers, another shape, or other numbers.
    """
    wanted = values.array(expected)
    if not values.is_numeric(got):
        raise NotYetError(f"{what} should be {_kind(wanted)}, and is {values.describe(got)}.")
    try:
        came = values.array(got)
    except ValueError:
        raise NotYetError(f"The rows of {what[0].lower()}{what[1:]} differ in length.") from None
    if came.shape != wanted.shape:
        raise NotYetError(f"{what} should be {_kind(wanted)}, and is {_kind(came)}.")
    wrong = ~np.isclose(came, wanted, rtol=0, atol=within, equal_nan=True)
    if wrong.any():
        raise NotYetError(f"{what} is not what it should be.", _compare(came, wanted, wrong))


def selected(answer: object, *fields: str) -> tuple[int, ...]:
    """Read what a selection in a view has to name.

    Args:
        answer: `view.selection.value`, or anything else with those attributes.
        *fields: such as "layer" and "head".

    Returns:
        One number for each field.

    Raises:
        NotStartedError: one of them is not chosen.
        NotYetError: the answer is no selection.
    """
    missing = [field for field in fields if not hasattr(answer, field)]
    if missing:
        raise NotYetError(
            f"This should be a selection in a view, and is {values.describe(answer)}. Hand in "
            "`view.selection.value`, with the name of your view."
        )
    if open_fields := [field for field in fields if getattr(answer, field) is None]:
        missing_one = _CALLED.get(open_fields[-1], open_fields[-1])
        raise NotStartedError(
            f"no {missing_one} is selected. Click in the picture above, then run this cell again."
        )
    return tuple(int(getattr(answer, field)) for field in fields)


def _names(function: Callable[..., Any], arguments: tuple[object, ...]) -> list[str]:
    try:
        names = [f"`{name}`" for name in inspect.signature(function).parameters]
    except (TypeError, ValueError):
        names = []
    unnamed = [f"argument {number + 1}" for number in range(len(arguments))]
    return (names + unnamed[len(names) :])[: len(arguments)]


def _kind(numbers: np.ndarray[Any, Any]) -> str:
    return f"an array of shape {numbers.shape}" if numbers.ndim else "a single number"


def _compare(
    came: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], wrong: np.ndarray[Any, Any]
) -> Table:
    """Put what was expected and what came side by side: a small thing whole, else the worst."""
    if wanted.ndim == 0:
        rows = (("expected", _short(wanted.item())), ("yours", _short(came.item())))
        return Table(("", ""), rows)
    if wanted.ndim == 1 and len(wanted) <= _SMALL:
        whole = (("expected", *map(_short, wanted)), ("yours", *map(_short, came)))
        return Table(("place", *map(str, range(len(wanted)))), whole)
    off = np.where(wrong, np.abs(np.nan_to_num(came - wanted, nan=np.inf)), -1)
    worst = np.argsort(off, axis=None)[::-1][: min(_DIFFERENT, int(wrong.sum()))]
    places = [np.unravel_index(flat, wanted.shape) for flat in worst]
    return Table(
        ("place", "expected", "yours"),
        tuple(
            (str([int(i) for i in place]), _short(wanted[place].item()), _short(came[place].item()))
            for place in places
        ),
    )


def _short(number: float) -> str:
    return f"{number:.4g}"
