"""Tell an answer that was not started from one that is wrong."""

from __future__ import annotations

import dis
from collections.abc import Mapping
from types import FunctionType

_DOES_NOTHING = frozenset({"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"})
_SELECTABLE = ("layer", "head", "pos", "key", "feature")
_DEEP = 3  # levels of lists in lists that are searched for a blank


def why_untouched(answer: object) -> str:
    """Say in what way an answer is still what the notebook came with.

    Args:
        answer: whatever the learner handed in.

    Returns:
        The sentence for the learner; empty when there is something to check.
    """
    if answer is ...:
        return "replace the ... by your answer and run both cells again."
    if has_blank(answer):
        return "a ... is still to be filled in."
    if isinstance(answer, FunctionType) and _is_empty(answer):
        return f"write the body of {answer.__name__} and run both cells again."
    fields = [name for name in _SELECTABLE if hasattr(answer, name)]
    if fields and all(getattr(answer, name) is None for name in fields):
        return "nothing is selected. Click in the picture above, then run this cell again."
    return ""


def has_blank(value: object, depth: int = _DEEP) -> bool:
    """Whether a ``...`` is left in a value, or in a list, tuple or mapping of values."""
    if value is ... or depth == 0:
        return value is ...
    if isinstance(value, Mapping):
        value = list(value.values())
    return isinstance(value, list | tuple) and any(has_blank(item, depth - 1) for item in value)


def _is_empty(function: FunctionType) -> bool:
    """Whether a function only returns None, as a body of ``...`` does, with or without a text."""
    return all(
        instruction.opname in _DOES_NOTHING
        and ("CONST" not in instruction.opname or instruction.argval is None)
        for instruction in dis.get_instructions(function)
    )
