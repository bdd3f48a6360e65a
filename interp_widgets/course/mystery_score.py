"""How much somebody has found out about a sealed model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interp_widgets.course import screen
from interp_widgets.course.verdicts import State, Table, Verdict

_SAID = {True: "right", False: "not yet", None: "not started"}


@dataclass(frozen=True, repr=False)
class MysteryScore:
    """Hold for each question whether its answer is right, and if not, which measurement tells.

    Attributes:
        given: the answer to each question, as text; empty where there is none yet.
        right: whether it is right; None where there is none yet.
        advice: for a wrong answer, the measurement that would have told it from the right one.
        story: how the model works; it is shown when every answer is right.
    """

    given: Mapping[str, str]
    right: Mapping[str, bool | None]
    advice: Mapping[str, str]
    story: str = field(repr=False)

    @property
    def points(self) -> int:
        """Count the right answers."""
        return sum(right is True for right in self.right.values())

    @property
    def of(self) -> int:
        """Count the questions."""
        return len(self.right)

    @property
    def state(self) -> State:
        """Tell "not started", "not yet" and "right" apart."""
        if not any(self.given.values()):
            return "not started"
        return "right" if self.points == self.of else "not yet"

    def __repr__(self) -> str:
        return "\n".join([str(self._verdict()), *self._measurements()])

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, str]:
        html = self._verdict().html() + "".join(map(screen.paragraph, self._measurements()))
        return {"text/plain": repr(self), "text/html": html}

    def _verdict(self) -> Verdict:
        if self.state == "not started":
            return Verdict(self.state, "replace each ... by your answer and run the cell again.")
        rows = tuple(
            (slug, self.given[slug] or "...", _SAID[right]) for slug, right in self.right.items()
        )
        return Verdict(
            self.state,
            f"{self.points} of {self.of} answers are right.",
            advice=self.story if self.state == "right" else "",
            table=Table(("question", "your answer", ""), rows),
        )

    def _measurements(self) -> list[str]:
        return [f"{slug}: {advice}" for slug, advice in self.advice.items() if advice]
