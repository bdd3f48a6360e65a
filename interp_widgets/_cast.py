"""The models that come with the course, and what is known of each of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from typing import Final

from interp_widgets import data, text


@dataclass(frozen=True)
class Member:
    """Introduce a shipped model.

    Attributes:
        name: what `load_model` takes.
        known: what is known of its mechanism or of its data.
        notebooks: those that use it, by number or name.
    """

    name: str
    known: str
    notebooks: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """Count its weights, from the first bytes of their file."""
        with (data.root() / f"models/{self.name}/model.safetensors").open("rb") as stream:
            header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
        return sum(prod(entry["shape"]) for entry in header.values() if "shape" in entry)

    @property
    def kilobytes(self) -> float:
        """Measure all of its files, snapshots of its training included."""
        folder = f"models/{self.name}/"
        entries = data.manifest().items()
        return sum(entry["bytes"] for path, entry in entries if path.startswith(folder)) / 1000


MEMBERS: Final = (
    Member(
        "hand-induction",
        "two heads that continue a repetition; every weight written down",
        ("01",),
    ),
    Member("compiled-bracket-depth", "a program that counts open brackets; every edge known"),
    Member("compiled-frac-prev", "a program that averages over what came before; every edge known"),
    Member("compiled-reverse", "a program that turns a sequence around; every edge known"),
    Member("compiled-sort-unique", "a program that sorts digits; every edge known"),
    Member("induction-1l", "one layer trained on repetitions, which it cannot continue", ("01",)),
    Member("induction-2l", "two layers that learn suddenly to continue repetitions", ("01",)),
    Member("mod-add", "addition on a clock, learned by heart first and as a rule much later"),
    Member(
        "tiny-world",
        "the labels of every token and the least possible loss",
        ("00", "01", "02", "02b", "03", "gallery"),
    ),
    Member(
        "vision-shapes",
        "kind, direction, colour, size and place of every shape it sees",
        ("02b",),
    ),
)
_HEADS: Final = ("model", "weights", "size", "what is known", "notebooks")


@dataclass(frozen=True)
class Cast:
    """Show the shipped models as a table, in a notebook and as text.

    Attributes:
        members: the models, in the order in which they are met.
    """

    members: tuple[Member, ...]

    def rows(self) -> list[tuple[str, ...]]:
        """List name, number of weights, size, what is known, and notebooks, as text."""
        return [
            (
                member.name,
                f"{member.parameters:,}",
                f"{member.kilobytes:,.0f} kB",
                member.known,
                ", ".join(member.notebooks) or "\N{EN DASH}",
            )
            for member in self.members
        ]

    def __repr__(self) -> str:
        lines = [_HEADS, *self.rows()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col" style="text-align:left">{head}</th>' for head in _HEADS)
        rows = "".join(
            "<tr>"
            + "".join(f'<td style="text-align:left">{text.html(cell)}</td>' for cell in row)
            + "</tr>"
            for row in self.rows()
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def cast() -> Cast:
    """List the models that come with the course.

    Each is loaded by its name, without a network: `iw.load_model("hand-induction")`.

    Returns:
        A table with the name, the size, what is known, and the notebooks that use it.

    Raises:
        FileNotFoundError: there is no data on this machine.
    """
    return Cast(MEMBERS)
