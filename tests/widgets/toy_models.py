"""Toy models of superposition, trained in seconds, all instances at once.

After Elhage et al. 2022, "Toy Models of Superposition": x is squeezed by W, read out again by its
transpose with a bias and a ReLU, and each feature's error weighs by its importance.
"""

from __future__ import annotations

import torch

from interp_widgets.results import Superposition


def train(densities, features, hidden, *, importance=None, steps=600, batch=256, seed=0):
    """Train one instance for each density."""
    generator = torch.Generator().manual_seed(seed)
    count = len(densities)
    density = torch.tensor(densities)[:, None, None]
    weight = torch.ones(features) if importance is None else torch.tensor(importance)
    vectors = torch.randn(count, features, hidden, generator=generator).mul_(0.3).requires_grad_()
    bias = torch.zeros(count, 1, features, requires_grad=True)
    optimiser = torch.optim.Adam([vectors, bias], lr=1e-2)
    for _ in range(steps):
        active = torch.rand(count, batch, features, generator=generator) < density
        x = torch.rand(count, batch, features, generator=generator) * active
        out = torch.relu(x @ vectors @ vectors.mT + bias)
        losses = ((out - x) ** 2 * weight).mean((1, 2))
        optimiser.zero_grad()
        (losses / density[:, 0, 0]).sum().backward()  # of one size, however rare the features are
        optimiser.step()
    return Superposition(
        vectors.detach(),
        densities=densities,
        importance=importance,
        losses=losses.detach(),
        source={"model": "toy model", "seed": str(seed)},
    )
