"""Turn tokens into text a person can see, and escape text for the places it is shown in.

Everything that shows a token goes through here. A token comes from a data set, a model or a
stranger's prompt, so it may hold markup, characters without width, or halves of characters.
"""

from __future__ import annotations

import html as _html
import json
import unicodedata
from typing import Any

LITERAL_LIMIT = 300  # characters of a token that a tooltip or a screen reader is given

LOOKALIKE = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"  # of `<`, for what reads markup

_EMPTY = "\N{EMPTY SET}"
_OPEN, _CLOSE = "\N{MATHEMATICAL LEFT ANGLE BRACKET}", "\N{MATHEMATICAL RIGHT ANGLE BRACKET}"
_PIECE = "\N{REPLACEMENT CHARACTER}"
_MARKS = {
    " ": "\N{MIDDLE DOT}",
    "\n": "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}",
    "\t": "\N{RIGHTWARDS ARROW TO BAR}",
    # What a decoder writes for bytes that are no character by themselves, as in half an emoji.
    _PIECE: f"{_OPEN}piece{_CLOSE}",
}
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_LOOKS_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_COMBINING = frozenset({"Mc", "Me", "Mn"})


def visible(token: str, limit: int | None = None) -> str:
    """Return the token as text in which every character can be seen.

    Spaces, newlines and tabs become marks; control, direction, zero-width and unassigned
    characters and lone surrogates become their code point; accents with nothing to sit on get a
    dotted circle; a piece of a character says so. Special tokens such as ``<bos>`` stay as they
    are written.

    Args:
        token: one token, or any text.
        limit: the longest result in characters, the middle of a longer one left out; None keeps
            all of it.
    """
    if not token:
        return _EMPTY
    shortened = _shorten(token, limit)
    shown = "".join(_visible_character(character) for character in shortened)
    if unicodedata.category(shown[0]) in _COMBINING:
        shown = "\N{DOTTED CIRCLE}" + shown
    return _shorten(shown, limit)


def prose(line: str, limit: int | None = None) -> str:
    """Return text to be read as words: like `visible`, but its spaces stay spaces.

    Args:
        line: a title, a name or a sentence.
        limit: the longest result in characters; None keeps all of it.
    """
    return _shorten(" ".join(visible(word) if word else "" for word in line.split(" ")), limit)


def literal(token: str, limit: int = LITERAL_LIMIT) -> str:
    r"""Return the token as quoted text that names its exact characters, as Python writes them.

    Args:
        token: one token, or any text.
        limit: the longest token written in full; of a longer one the middle is left out and the
            number of characters added.
    """
    note = " (holds a piece of a character)" if _PIECE in token else ""
    if len(token) <= limit:
        return repr(str(token)) + note  # numpy's own strings would name their class
    return f"{_shorten(token, limit)!r} ({len(token)} characters)"


def encodable(text: str) -> str:
    """Return text that can be sent to a browser: half a character becomes its code point."""
    return "".join(
        _visible_character(character) if unicodedata.category(character) == "Cs" else character
        for character in text
    )


def unmarked(line: str, limit: int = LITERAL_LIMIT) -> str:
    """Return text for a program that takes it for markup, with a look-alike for each ``<``.

    Spaces, tabs and line ends stay, because such a program has its own way with them; what cannot
    be seen becomes its code point.

    Args:
        line: one token, or any text.
        limit: the longest result in characters, the middle of a longer one left out.
    """
    shown = (c if c in _MARKS else _visible_character(c) for c in _shorten(line, limit))
    return _shorten("".join(shown), limit).replace("<", LOOKALIKE)


def html(text: str) -> str:
    """Escape text for the inside of an HTML element or a quoted attribute."""
    return _html.escape(encodable(text), quote=True)


def json_for_script(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    r"""Write a value as JSON that cannot end, or be read as, the script element around it.

    The result is pure ASCII, so lone surrogates and the two line separators that JavaScript
    treats as line ends are escaped by JSON itself; every ``<`` is escaped here.
    """
    compact = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return compact.replace("<", "\\u003c")


def plotly(text: str) -> str:
    """Escape text for a plotly title, label or hover, which read some markup and some TeX."""
    escaped = _html.escape(encodable(text), quote=False)
    return escaped.replace("$", "&#36;")


def _visible_character(character: str) -> str:
    if character in _MARKS:
        return _MARKS[character]
    if unicodedata.category(character) in _UNSEEN or character in _LOOKS_BLANK:
        return f"{_OPEN}U+{ord(character):04X}{_CLOSE}"
    return character


def _shorten(text: str, limit: int | None) -> str:
    if limit is None or len(text) <= limit:
        return text
    tail = (limit - 1) // 3
    head = limit - 1 - tail
    return text[:head] + "\N{HORIZONTAL ELLIPSIS}" + text[len(text) - tail :]
