"""Inputs of toy models: rare features, drawn once for all instances and never all zero."""

from typing import Literal

import torch
from jaxtyping import Bool, Float

Pairs = Literal["independent", "correlated", "anti-correlated"]

_Inputs = Float[torch.Tensor, "instance feature batch"]


def where_positive(margin: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Keep the values where the margin is above zero, in one pass; a mask takes several."""
    kept: torch.Tensor = torch.ops.aten.threshold_backward(values, margin, 0)
    return kept


class ToyInputs:
    """Draw inputs whose features are active with a given probability, uniform from 0 to 1 if so.

    All instances get the same random numbers and differ only in which of them count as active, so
    that they can be compared, and one draw serves all. Inputs without any active feature, nearly
    all where features are rare, are left out: a model's output for them needs no sample. `seen` is
    the probability of the others.

    Args:
        features: of each input.
        densities: (instance,), the probability that a feature is active.
        pairs: which features are active together: each on its own; 0 with 1, 2 with 3 and so on
            ("correlated"); or at most one of each such pair ("anti-correlated").
        seed: of the random numbers.
    """

    def __init__(
        self, features: int, densities: Float[torch.Tensor, " instance"], pairs: Pairs, seed: int
    ) -> None:
        self._features, self._densities, self._pairs, self._seed = features, densities, pairs, seed
        self._groups = features if pairs == "independent" else features // 2
        self._active = 2 * densities if pairs == "anti-correlated" else densities
        self._random = torch.Generator().manual_seed(seed)
        self.seen = 1 - (1 - self._active) ** self._groups

    def part(self, of: slice) -> "ToyInputs":
        """Give some of the instances the same random numbers, from the first one on."""
        return ToyInputs(self._features, self._densities[of], self._pairs, self._seed)

    def draw(self, batch: int) -> _Inputs:
        """Draw inputs with at least one active feature, the same numbers for all instances.

        The batch is the last axis: it is long where features are few, so all loops over it are.
        """
        values, ranks, least = self._numbers(batch)
        # The least rank of an input is below the density, or it would have no active feature.
        floor = 1 - (1 - least * self.seen[:, None]) ** (1 / self._groups)
        bound = (self._active[:, None] - floor) / (1 - floor)
        return where_positive(bound[:, None] - ranks, values)

    def _numbers(
        self, batch: int
    ) -> tuple[
        Float[torch.Tensor, "feature batch"],
        Float[torch.Tensor, "feature batch"],
        Float[torch.Tensor, " batch"],
    ]:
        """Draw values, ranks that decide what is active, and what the least rank comes from."""
        values = torch.rand(self._features, batch, generator=self._random)
        ranks = torch.rand(self._groups, batch, generator=self._random)
        first = torch.randint(self._groups, (1, batch), generator=self._random)
        ranks.scatter_(0, first, -1.0)  # the one of the least rank is active at any density
        if self._pairs != "independent":
            ranks = ranks.repeat_interleave(2, dim=0)
        if self._pairs == "anti-correlated":
            values *= self._one_of_each(batch)
        return values, ranks, torch.rand(batch, generator=self._random)

    def _one_of_each(self, batch: int) -> Bool[torch.Tensor, "feature batch"]:
        first = torch.rand(self._groups, batch, generator=self._random) < 1 / 2
        return torch.stack([first, ~first], dim=1).flatten(0, 1)
