"""How good a circuit is that somebody found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CircuitScore:
    """Hold three scores of a set of edges, from 0 to 1, and say what is wrong with each.

    Attributes:
        faithfulness: share of sequences that the edges alone answer as the whole model does.
        completeness: share of the true circuit's edges that are among them.
        minimality: share of them that belong to the true circuit.
        faithful, complete, minimal: what is right or wrong, in words.
        missing: edges of the true circuit that are not among them, as text.
        extra: those that do not belong to it, as text.
    """

    faithfulness: float
    completeness: float
    minimality: float
    faithful: str
    complete: str
    minimal: str
    missing: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def perfect(self) -> bool:
        """Say whether the edges are exactly the true circuit."""
        return not self.missing and not self.extra

    def __str__(self) -> str:
        return (
            f"faithfulness {self.faithfulness:.3f}  {self.faithful}\n"
            f"completeness {self.completeness:.3f}  {self.complete}\n"
            f"minimality   {self.minimality:.3f}  {self.minimal}"
        )
