"""What notebook 02b does with vision-shapes: train it anew, make pictures for it, walk along it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go
    import torch
    from numpy.typing import NDArray

    from interp_widgets.worlds.shapes_network import ShapesNetwork

    Numbers = NDArray[np.float64]

_KINDS = 8
_BATCH, _RATE, _DECAY = 64, 4e-3, 0.3  # of training, as the network that ships was trained
_ASCENT, _JITTER = 100, 2  # steps towards a picture, and by how many pixels it is moved about


def wrong_kinds(kinds: torch.Tensor, seed: int) -> torch.Tensor:
    """Draw for each image a kind that is not its own, (image,)."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    return (kinds + torch.randint(1, _KINDS, kinds.shape, generator=generator)) % _KINDS


def trained_on(
    images: torch.Tensor, kinds: torch.Tensor, seed: int, steps: int = 300
) -> ShapesNetwork:
    """Train a new network on images with the kinds that they are said to have."""
    import torch
    from torch.nn.functional import cross_entropy

    model = untrained(seed)
    adam = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        drawn = torch.randint(len(images), (_BATCH,), generator=generator)
        loss = cross_entropy(model(images[drawn]), kinds[drawn])
        adam.zero_grad()
        loss.backward()
        adam.step()
        schedule.step()
    return model.eval()


def untrained(seed: int) -> ShapesNetwork:
    """Make a network with random weights."""
    import torch

    from interp_widgets.worlds.shapes_network import SETTINGS, ShapesNetwork

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ShapesNetwork(SETTINGS).eval()


def share_right(model: ShapesNetwork, images: torch.Tensor, kinds: torch.Tensor) -> float:
    """Return the share of images whose likeliest kind is the one given."""
    import torch

    with torch.no_grad():  # in parts, which need less memory
        said = torch.cat([model(part).argmax(1) for part in images.split(250)])
    return float((said == kinds).float().mean())


def made_for(model: ShapesNetwork, hook: str, unit: int, seed: int = 0) -> torch.Tensor:
    """Change noise into an image that excites a unit, (channel, row, column), from 0 to 1.

    The steps follow the gradient of the unit's mean activation, less a penalty on differences of
    neighbouring pixels; before each the image is moved by up to two pixels (Olah et al. 2017,
    "Feature Visualization").
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    image = (0.5 + 0.15 * torch.randn(1, 3, 24, 24, generator=generator)).clamp(0, 1)
    adam = torch.optim.Adam([image.requires_grad_()], lr=0.05)
    for _ in range(_ASCENT):
        move = torch.randint(-_JITTER, _JITTER + 1, (2,), generator=generator).tolist()
        active = activations(model, hook, image.roll(move, (2, 3)))[0, unit].mean()
        rough = sum(image.diff(dim=axis).abs().mean() for axis in (2, 3))
        adam.zero_grad()
        (active.detach() * rough - active).backward()
        adam.step()
        with torch.no_grad():
            image.clamp_(0, 1)
    return image.detach()[0]


def activations(model: ShapesNetwork, hook: str, images: torch.Tensor) -> torch.Tensor:
    """Run the network and return what passes at a hook, (image, unit, row, column)."""
    kept: dict[str, torch.Tensor] = {}

    def keep(active: torch.Tensor, hook: object) -> None:  # noqa: ARG001 -- the name is TransformerLens'
        kept["active"] = active

    model.run_with_hooks(images, fwd_hooks=[(hook, keep)])
    return kept["active"]


def tiles(images: torch.Tensor, titles: Sequence[str], columns: int) -> go.Figure:
    """Show images, (image, channel, row, column), row by row with a title above each."""
    import plotly.express as px

    figure = px.imshow(
        images.permute(0, 2, 3, 1).numpy(),
        facet_col=0,
        facet_col_wrap=columns,
        facet_row_spacing=0.12,
        template=theme.plotly_template(),
    )
    for title in figure.layout.annotations:  # they do not stand in the order of the images
        title.text = titles[int(title.text.removeprefix("facet_col="))]
    figure.update_xaxes(visible=False).update_yaxes(visible=False)
    return figure.update_layout(height=40 + 190 * -(-len(images) // columns), margin_t=30)


def patches(images: torch.Tensor) -> Numbers:
    """Cut out the squares of 7 times 7 pixels that first-layer units see, (patch, number)."""
    from torch.nn.functional import unfold

    cut: Numbers = unfold(images, 7).permute(0, 2, 1).flatten(0, 1).numpy()
    return cut


def with_pattern(model: ShapesNetwork, unit: int, pattern: Numbers, size: float) -> ShapesNetwork:
    """Copy a network and add a pattern, (147,), to what one unit of its first layer looks for."""
    import torch

    other = deepcopy(model)
    with torch.no_grad():
        other.conv1.weight[unit] += size * torch.tensor(pattern).float().view(3, 7, 7)
    return other


def on_off(model: ShapesNetwork, images: torch.Tensor) -> torch.Tensor:
    """Say which units of the last layer are active, (image, unit)."""
    import torch

    with torch.no_grad():
        return activations(model, "hook_conv3", images).flatten(1) > 0


def path(start: torch.Tensor, end: torch.Tensor, steps: int = 32) -> torch.Tensor:
    """Return images on the straight way from one to another, (step, channel, row, column)."""
    import torch

    return start + (end - start) * torch.linspace(0, 1, steps)[:, None, None, None]


def switches(model: ShapesNetwork, start: torch.Tensor, end: torch.Tensor) -> float:
    """Count how often units of the last layer go on or off on the way, per distance."""
    states = on_off(model, path(start, end))
    return float((states[1:] != states[:-1]).sum() / (end - start).norm())
