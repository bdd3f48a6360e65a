"""The circuit of a network whose mechanism is known: which part hands something to which.

Every part of a transformer adds to one shared residual stream, so every part can read what any
earlier one wrote. A circuit names the few of these possible edges that carry something.

Parts are called "embed", "pos", "L0H1" (layer 0, head 1) and "mlp0". A head reads the stream three
times, as "L0H1.q", "L0H1.k" and "L0H1.v"; an MLP reads it as "mlp0", and the logits as "output".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OUTPUT = "output"
ARROW = " -> "
_HEAD = re.compile(r"L(\d+)H(\d+)(?:\.[qkv])?")
_MLP = re.compile(r"mlp(\d+)")


class Edge(NamedTuple):
    """Say that one part reads what another wrote, such as ``Edge("embed", "L0H1.v")``."""

    writer: str
    reader: str

    def __str__(self) -> str:
        return f"{self.writer}{ARROW}{self.reader}"

    @classmethod
    def parse(cls, text: str) -> Edge:
        """Read an edge as it is printed: "embed -> L0H1.v"."""
        writer, _, reader = text.partition("->")
        return cls(writer.strip(), reader.strip())


@dataclass(frozen=True)
class Circuit:
    """Hold the edges that carry a network's computation, and what each of them carries.

    Attributes:
        edges: what is carried, in words, by edge; in the order of the computation.
    """

    edges: Mapping[Edge, str]

    @property
    def nodes(self) -> tuple[str, ...]:
        """List the parts that do something, in the order of the computation."""
        parts = {part_of(end) for edge in self.edges for end in edge}
        return tuple(sorted(parts, key=depth))

    def __str__(self) -> str:
        width = max(len(str(edge)) for edge in self.edges)
        return "\n".join(f"{edge!s:{width}}  {what}" for edge, what in self.edges.items())

    def save(self, path: Path) -> None:
        """Write the circuit as JSON, a line for each edge."""
        content = {str(edge): what for edge, what in self.edges.items()}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Circuit:
        """Read a circuit that `save` wrote."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls({Edge.parse(edge): what for edge, what in content.items()})


def part_of(end: str) -> str:
    """Give the part that an end of an edge belongs to: "L0H1" for "L0H1.q"."""
    return end.partition(".")[0]


def depth(part: str) -> tuple[int, int]:
    """Place a part: its step in the computation, and its number among those of the same step.

    Args:
        part: a part or an end of an edge.

    Returns:
        (step, head): 0 for the embeddings, then attention and MLP of one layer after the other.

    Raises:
        ValueError: no such name.
    """
    if part in {"embed", "pos"}:
        return 0, int(part == "pos")
    if part == OUTPUT:
        return 10**9, 0
    if head := _HEAD.fullmatch(part):
        return 2 * int(head[1]) + 1, int(head[2])
    if mlp := _MLP.fullmatch(part):
        return 2 * int(mlp[1]) + 2, 0
    raise ValueError(
        f"part: expected 'embed', 'pos', 'output', a head such as 'L0H1' or an MLP such as 'mlp0', "
        f"got {part!r}."
    )


def possible_edges(layers: int, heads: int, *, mlps: bool) -> tuple[Edge, ...]:
    """List every edge that a transformer could use: each part to each later reader.

    Args:
        layers: how many there are.
        heads: how many each layer has.
        mlps: whether the layers have MLPs.

    Returns:
        The edges, in the order of the computation of their readers, then of their writers.
    """
    head_names = [f"L{layer}H{head}" for layer in range(layers) for head in range(heads)]
    mlp_names = [f"mlp{layer}" for layer in range(layers)] if mlps else []
    writers = sorted(["embed", "pos", *head_names, *mlp_names], key=depth)
    readers = [f"{head}.{slot}" for head in head_names for slot in "qkv"] + mlp_names
    readers = [*sorted(readers, key=depth), OUTPUT]
    return tuple(
        Edge(writer, reader)
        for reader in readers
        for writer in writers
        if depth(writer)[0] < depth(reader)[0]
    )


def in_order(edges: Iterable[Edge]) -> list[Edge]:
    """Sort edges by the order in which the computation reaches their readers."""
    return sorted(edges, key=lambda edge: (depth(edge.reader), edge.reader, depth(edge.writer)))
