"""Short pages for when something goes wrong: what causes it, and what to do."""

from __future__ import annotations

from importlib.resources import files

from interp_widgets.course import screen

_FOLDER = files("interp_widgets.course") / "help"


def pages() -> dict[str, str]:
    """Return the text of every page by its name."""
    return {
        page.name.removesuffix(".md"): page.read_text("utf-8")
        for page in sorted(_FOLDER.iterdir(), key=lambda page: page.name)
        if page.name.endswith(".md")
    }


def page(name: str) -> str:
    """Return one page.

    Args:
        name: as a message or the list of pages writes it.

    Raises:
        ValueError: there is no such page.
    """
    found = pages()
    if name not in found:
        raise ValueError(f"page: expected one of {', '.join(found)}, got {name!r}.")
    return found[name]


def contents() -> str:
    """List the pages with their titles."""
    return "\n".join(f"  {name:16} {_title(words)}" for name, words in pages().items())


def pointer(name: str) -> str:
    """Say how to read a page from where the learner is."""
    return f"More about this: {command(f'help {name}')}"


def command(arguments: str) -> str:
    """Write one of this package's commands as it works where the learner is."""
    return f"{'%run' if screen.has_buttons() else 'python'} -m interp_widgets {arguments}"


def _title(words: str) -> str:
    return words.splitlines()[0].removeprefix("# ")
