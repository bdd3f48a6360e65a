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
_NAME = re.compile(r"^(?:export )?(?:const|let|class|function) (\w+)", re.MULTILINE)
_DOC = re.compile(r"/\*\*.*?\*/ ?", re.DOTALL)
_NOTE = re.compile(r"(?:^|[ \t])// .*", re.MULTILINE)
_SPACE = re.compile(r"^\s+|[ \t]+$", re.MULTILINE)
_TEXT = re.compile(r'("(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)')
_BREAK = re.compile(r"(?<!\w)\n(?!export)|\n(?!export|\w)")
_STYLE_NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)
_STYLE_LOOSE = re.compile(r"\s*([{};])\s*|\s+")
_LOOSE = re.compile(r"(?<!default) *([=<>(){}\[\],;:?&|*/%!]) *")


def join_modules(stem: str, read: Callable[[str], str]) -> str:
    """Join a module behind everything it imports.

    Args:
        stem: name of the view's module, without its ending.
        read: gives the text of a file by its name. A module opens with its imports, each of the
            form ``import { names } from "./sibling.js";``, and imports nothing else.

    Returns:
        One module with a single export, the view's default one, and without comments and
        spaces that nobody needs, because every instance of the view carries it. So every
        statement ends with its semicolon, and no text may run over several lines, hold what
        looks like a comment, or stand in backticks within backticks.

    Raises:
        ValueError: a module imports in another way, or anything that is not beside it; or two of
            them give one name to different things.
    """
    texts = {name: read(f"{name}.js") for name in module_names(stem, read)}
    _check_names({name: _NAME.findall(text) for name, text in texts.items()})
    return "".join(_bare(_EXPORT.sub("", _split(name, text)[1])) for name, text in texts.items())


def module_names(stem: str, read: Callable[[str], str]) -> list[str]:
    """List a module and all that it imports, each behind what it needs itself.

    Args:
        stem: name of the view's module, without its ending.
        read: gives the text of a file by its name.
    """
    found: dict[str, None] = {}

    def add(name: str) -> None:
        needed, _ = _split(name, read(f"{name}.js"))
        for sibling in needed:
            if sibling not in found:
                add(sibling)
        found[name] = None

    add(stem)
    return list(found)


def _check_names(named: dict[str, list[str]]) -> None:
    """Raise ValueError when two modules would share a name once they are one."""
    owners: dict[str, str] = {}
    for stem, names in named.items():
        for name in names:
            if name in owners:
                raise ValueError(
                    f"{stem}.js: expected names of its own, got {name!r}, which {owners[name]}.js "
                    "has too. Joined, the two are one module: rename one."
                )
            owners[name] = stem


def bare_style(text: str) -> str:
    """Leave out of a style sheet its comments and the spaces that nobody needs.

    Args:
        text: a style sheet that holds no text in quotes with a run of spaces or a brace.
    """
    return _STYLE_LOOSE.sub(lambda found: found[1] or " ", _STYLE_NOTE.sub("", text))


def _split(name: str, text: str) -> tuple[list[str], str]:
    """Part a module into what it imports, at its top, and the rest."""
    needed = []
    while found := _IMPORT.match(text):
        needed.append(found[1])
        text = text[found.end() :]
    if left := _ANY_IMPORT.search(text):
        raise ValueError(
            f'{name}.js: expected imports of the form import {{ a }} from "./sibling.js"; at the '
            f"top, got {left[0]!r}. Import siblings only, before anything else."
        )
    return needed, text


def _bare(text: str) -> str:
    """Leave out comments, indentation and the spaces beside punctuation, but not of texts."""
    for waste in (_DOC, _NOTE, _SPACE):
        text = waste.sub("", text)
    parts = _TEXT.split(text.strip())  # every other part is a text in quotes
    parts[::2] = [_BREAK.sub("", _LOOSE.sub(r"\1", part)) for part in parts[::2]]
    return "".join(parts) + "\n"
