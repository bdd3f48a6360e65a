"""Quotes: brackets and quotation marks inside each other, always closed in order."""

from __future__ import annotations

from functools import cache

from interp_widgets.worlds.grammar import Choice, Factors, Program
from interp_widgets.worlds.tiny_families._patterns import Family, Pattern, fill
from interp_widgets.worlds.tiny_vocabulary import CHAT

_QUOTES = (
    "Note : {nested} .",
    "A page of the book : {nested} .",
    "Read this : {nested} .",
    "Read the page : {nested} .",
)

_OPENERS = {" (": ")", ' "': '"'}

_KIND = {" (": "bracket", ' "': "quote"}

_MAX_DEPTH, _LONGEST_NOTE = 4, 24


@cache
def _nested_step(stack: tuple[str, ...], *, may_close: bool, long: bool) -> Choice:
    """Return what may come next inside brackets and quotes."""
    if not stack:
        return Choice(tuple(_OPENERS))
    close = _OPENERS[stack[-1]]
    if long and may_close:
        return Choice((close,))
    openers = 0.2 if len(stack) < _MAX_DEPTH and not long else 0.0
    weights = {word: 0.55 / len(CHAT) for word in CHAT}
    weights |= {opener: openers / 2 for opener in _OPENERS if openers and may_close}
    weights |= {close: 0.25} if may_close else {}
    return Choice(list(weights), list(weights.values()))


def _quotes(text: str, _mode: str, _split: str, factors: Factors) -> Program:
    """Brackets and quotes inside each other, up to four deep, always closed in order."""

    def nested() -> Program:
        stack: tuple[str, ...] = ()
        length, may_close = 0, False
        while length == 0 or stack:
            unit = yield _nested_step(stack, may_close=may_close, long=length > _LONGEST_NOTE)
            length, may_close = length + 1, True
            if unit in _OPENERS:
                stack, may_close = (*stack, unit), False
            elif unit not in CHAT:
                stack = stack[:-1]
            factors.update(
                {"quote.depth": len(stack), "quote.type": _KIND[stack[-1]] if stack else "none"}
            )

    yield from fill(text, {"nested": nested})


QUOTES = Family("quotes", 8, (Pattern(_QUOTES, _quotes),))
