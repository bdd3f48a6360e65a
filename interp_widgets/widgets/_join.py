"""Join the ES modules of a view into one, without a build step.

A widget carries its code as one text. On the disk each module is one concept and can be imported
by a plain page or checked by tsc; here they are put behind one another in the order of need.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_IMPORT = re.compile(r'import \{[^}]*\} from "\./(\w+)\.js";\n')
_ANY_IMPORT = re.compile(r"^import\b.*", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
_COMMENT = re.compile(r"^ */\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)


def join_modules(stem: str, read: Callable[[str], str]) -> str:
    """Join a module behind everything it imports.

    Args:
        stem: name of the view's module, without its ending.
        read: gives the text of a file by its name. A module opens with its imports, each of the
            form ``import { names } from "./sibling.js";``, and imports nothing else.

    Returns:
        One module with a single export, the view's default one, and without doc comments,
        because every instance of the view carries it.

    Raises:
        ValueError: a module imports in another way, or anything that is not beside it.
    """
    joined: dict[str, str] = {}
    _join(stem, read, joined)
    return "".join(joined.values())


def _join(stem: str, read: Callable[[str], str], joined: dict[str, str]) -> None:
    """Add a module, after those that it needs and that are not there yet."""
    text = read(f"{stem}.js")
    while needed := _IMPORT.match(text):
        text = text[needed.end() :]
        if needed[1] not in joined:
            _join(needed[1], read, joined)
    if left := _ANY_IMPORT.search(text):
        raise ValueError(
            f'{stem}.js: expected imports of the form import {{ a }} from "./sibling.js"; at the '
            f"top, got {left[0]!r}. Import siblings only, before anything else."
        )
    joined[stem] = _COMMENT.sub("", _EXPORT.sub("", text))
