"""The exact probability of a document, replayed through every template that could write it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from interp_widgets.worlds.grammar import BOS, Choice, Template, units


class _Replay:
    """One template replaying a given document: its next choice, and its joint probability."""

    def __init__(self, template: Template) -> None:
        self.joint = template.weight
        self._program = template.program({})
        self._literal: list[str] = []
        self._choice: Choice | None = None
        self._advance(lambda: next(self._program))

    def _advance(self, move: Callable[[], Choice | str]) -> None:
        try:
            step = move()
        except StopIteration:
            self._choice = Choice((BOS,))
            return
        if isinstance(step, str):
            self._literal = list(reversed(units(step)))
            self._choice = Choice((self._literal[-1],))
        else:
            self._choice = step

    def options(self) -> Iterator[tuple[str, float]]:
        """Return the next units and their probabilities under this template."""
        return self._choice.items() if self._choice else iter(())

    def feed(self, unit: str) -> bool:
        """Take the next unit; return whether this template could have written it."""
        choice = self._choice
        probability = choice.probability(unit) if choice else 0.0
        self.joint *= probability
        if probability == 0.0 or unit == BOS:
            return probability > 0.0
        if self._literal:
            self._literal.pop()
            if self._literal:
                self._choice = Choice((self._literal[-1],))
            else:
                self._advance(lambda: next(self._program))
        else:
            self._advance(lambda: self._program.send(unit))
        return True


def score(
    templates: Sequence[Template],
    written: Sequence[str],
    encode: Callable[[str], tuple[int, ...]],
) -> tuple[list[float], list[float]]:
    """Return the surprisal and the conditional entropy of every token of one document, in nats.

    Args:
        templates: Everything that could have written it, with prior weights.
        written: The document's units, without `<bos>`. The `<bos>` that ends it is scored too.
        encode: Token ids of one unit.

    Returns:
        Two lists as long as the document's tokens plus the closing `<bos>`: minus the log
        probability of each token given all before it, and the entropy of that distribution.

    Raises:
        ValueError: If no template can write the document.
    """
    alive = [_Replay(template) for template in templates]
    surprisals: list[float] = []
    entropies: list[float] = []
    for unit in [*written, BOS]:
        masses = _unit_masses(alive)
        for probability, entropy in _token_scores(masses, encode(unit), encode):
            surprisals.append(-math.log(probability))
            entropies.append(entropy)
        alive = [replay for replay in alive if replay.feed(unit)]
        if not alive:
            raise ValueError(
                f"written: expected a document of this world, got {unit!r} where none has it"
            )
    return surprisals, entropies


def _unit_masses(alive: Sequence[_Replay]) -> dict[str, float]:
    """Return the distribution of the next unit with the template summed out."""
    total = math.fsum(replay.joint for replay in alive)
    masses: dict[str, float] = {}
    for replay in alive:
        for unit, probability in replay.options():
            masses[unit] = masses.get(unit, 0.0) + replay.joint * probability / total
    return masses


def _token_scores(
    masses: Mapping[str, float], ids: tuple[int, ...], encode: Callable[[str], tuple[int, ...]]
) -> Iterator[tuple[float, float]]:
    """Yield probability of each token of one unit given those before, and the entropy there."""
    for depth, token in enumerate(ids):
        following: dict[int, float] = {}
        for unit, mass in masses.items():
            other = encode(unit)
            if len(other) > depth and other[:depth] == ids[:depth]:
                following[other[depth]] = following.get(other[depth], 0.0) + mass
        total = math.fsum(following.values())
        shares = [mass / total for mass in following.values()]
        entropy = -math.fsum(share * math.log(share) for share in shares)
        yield following.get(token, 0.0) / total or math.nan, entropy
