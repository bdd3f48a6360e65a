"""What a check says of an answer, as plain text and as a small piece of a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from interp_widgets import text, theme
from interp_widgets.course import screen

State = Literal["right", "not yet", "not started", "unchecked"]

_COLOURS: dict[State, str] = {
    "right": theme.LIGHT.sequential[4],
    "not yet": "#c2610c",
    "not started": theme.EITHER_INK,
    "unchecked": "#c2610c",
}
_OPENINGS: dict[State, str] = {
    "right": "Right.",
    "not yet": "Not yet.",
    "not started": "Not started:",
    "unchecked": "Could not be checked:",
}


@dataclass(frozen=True)
class Table:
    """What was expected beside what came.

    Attributes:
        heads: one for each column.
        rows: (row, column) as text.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        lines = [self.heads, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  " + "  ".join(_aligned(line, widths)).rstrip() for line in lines)

    def html(self) -> str:
        """Write it as an HTML table."""
        heads = _cells('th scope="col"', "th", self.heads)
        rows = "".join(f"<tr>{_cells('td', 'td', row)}</tr>" for row in self.rows)
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(opening: str, closing: str, line: tuple[str, ...]) -> str:
    """Write a row as HTML: words left, the columns after them right."""
    sides = ["left", *["right"] * (len(line) - 1)]
    return "".join(
        f'<{opening} style="text-align:{side}">{screen.words(cell)}</{closing}>'
        for side, cell in zip(sides, line, strict=True)
    )


def _aligned(line: tuple[str, ...], widths: list[int]) -> list[str]:
    """Words stand left, the columns after them right."""
    first, *others = zip(line, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]


@dataclass(frozen=True)
class Verdict:
    """Say whether an answer is right, and what would help.

    Attributes:
        state: "right", "not yet", "not started", or "unchecked" when the fault is not the answer's.
        message: sentences for the person who answered.
        advice: what a person who makes this mistake has usually overlooked; often empty.
        code: the lines of the learner's own code that matter, with their numbers; often empty.
        table: what was expected and what came, where that teaches more than words.
    """

    state: State
    message: str
    advice: str = ""
    code: str = ""
    table: Table | None = None

    @property
    def passed(self) -> bool:
        """Whether the answer is right."""
        return self.state == "right"

    def __str__(self) -> str:
        said = f"{_OPENINGS[self.state]} {self.message}"
        code = "\n".join(f"    {line}" for line in self.code.splitlines())
        table = "" if self.table is None else str(self.table)
        return "\n".join(part for part in (said, code, table, self.advice) if part)

    def html(self) -> str:
        """Write it as HTML that holds no script and reads on a light and on a dark ground."""
        parts = [
            f"<p><strong>{_OPENINGS[self.state]}</strong> {screen.words(self.message)}</p>",
            f"<pre>{text.html(self.code)}</pre>" if self.code else "",
            "" if self.table is None else self.table.html(),
            f"<p>{screen.words(self.advice)}</p>" if self.advice else "",
        ]
        style = f"border-left:4px solid {_COLOURS[self.state]};padding-left:12px;max-width:48em"
        return f'<div role="status" style="{style}">{"".join(parts)}</div>'

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}
