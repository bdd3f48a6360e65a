"""Notebook 02b, pictures: change an image a little, and find what no image contains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect, values
from interp_widgets.course.exercises import Exercise, Mistake
from interp_widgets.course.expect import NotYetError

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


# --- nudged: a function with a blank ---


def nudged(
    model: torch.nn.Module, images: torch.Tensor, targets: torch.Tensor, size: float
) -> torch.Tensor:
    """Change every pixel by the same small amount, so that the targets get likelier."""
    import torch
    from torch.nn.functional import cross_entropy

    images = images.clone().requires_grad_()
    loss = cross_entropy(model(images), targets)
    (slope,) = torch.autograd.grad(loss, images)
    return (images - size * slope.sign()).clamp(0, 1).detach()


def _readers() -> Iterator[tuple[object, ...]]:
    """Yield small networks with images, some of whose pixels are black or white already."""
    import torch

    for seed, shape in enumerate([(3, 1, 2, 4), (2, 3, 2, 2)]):
        generator = torch.Generator().manual_seed(seed)
        images = (2 * torch.rand(shape, generator=generator) - 0.5).clamp(0, 1)
        weights = torch.randn((images[0].numel(), 3), generator=generator)
        layer = torch.nn.Linear(*weights.shape)
        layer.load_state_dict({"weight": weights.T, "bias": torch.zeros(3)})
        model = torch.nn.Sequential(torch.nn.Flatten(), layer)
        targets = model(images).argmin(1)  # what the network thinks least likely
        yield model, images, targets, 0.1


def _check_nudged(my_nudged: Callable[..., Any]) -> str:
    for model, images, targets, size in _readers():
        came = expect.call(my_nudged, model, images, targets, size)
        expected = nudged(model, images, targets, size)  # type: ignore[arg-type]
        expect.numbers(came, expected, "The changed images")
    return "Every pixel moves by the same amount towards the target and stays between 0 and 1."


def _wrong_nudge(kind: str) -> Callable[..., torch.Tensor]:
    def wrong(
        model: torch.nn.Module, images: torch.Tensor, targets: torch.Tensor, size: float
    ) -> torch.Tensor:
        import torch
        from torch.nn.functional import cross_entropy

        images = images.clone().requires_grad_()
        logits = model(images)
        aim = logits.argmax(1) if kind == "own" else targets
        (slope,) = torch.autograd.grad(cross_entropy(logits, aim), images)
        step = size * (slope if kind == "slope" else slope.sign())
        moved = images + step if kind in {"away", "own"} else images - step
        return (moved if kind == "outside" else moved.clamp(0, 1)).detach()

    return wrong


NUDGED = Exercise(
    slug="nudged",
    title="Nudge images towards another answer",
    reference=nudged,
    check=_check_nudged,
    inputs=_readers,
    mistakes=[
        Mistake(
            "You go up the slope, and the loss of the target grows. Subtract.",
            _wrong_nudge("away"),
        ),
        Mistake(
            "Pixels move by as much as their slope. So that all move by the same small amount, "
            "take its sign: `slope.sign()`.",
            _wrong_nudge("slope"),
        ),
        Mistake(
            "Some pixels have left the range from 0 to 1, and are no colours any more: "
            "`.clamp(0, 1)`.",
            _wrong_nudge("outside"),
        ),
        Mistake(
            "This leads away from what the network answers now. Aim at the targets that you were "
            "given.",
            _wrong_nudge("own"),
        ),
    ],
    hints=[
        "`slope` says in which direction each pixel raises the loss. Which change lowers it?",
        "`slope.sign()` is 1 or -1 for each pixel. Mind that a pixel is a number from 0 to 1.",
        "`return (images - size * slope.sign()).clamp(0, 1).detach()`",
    ],
    minutes=7,
    difficulty=2,
)


# --- unseen: a function ---


def unseen(patches: Numbers) -> Any:  # noqa: ANN401 -- an array
    """Find the direction, of length 1, along which patches differ least."""
    return np.linalg.svd(patches - patches.mean(0), full_matrices=False)[2][-1]


def _patches() -> Iterator[tuple[Numbers]]:
    """Yield patches off the origin that hardly differ along one direction."""
    for count, width in ((40, 5), (60, 6)):
        rng = np.random.default_rng(width)
        turn = np.linalg.qr(rng.standard_normal((width, width)))[0]
        spread = np.linspace(3, 1, width) * np.append(np.ones(width - 1), 0.05)
        cloud = rng.standard_normal((count, width)) * spread
        yield ((cloud + 4 * np.eye(width)[-1]) @ turn,)


def _check_unseen(my_unseen: Callable[..., Any]) -> str:
    for (patches,) in _patches():
        came = expect.call(my_unseen, patches)
        if not values.is_numeric(came) or values.array(came).shape != patches.shape[1:]:
            raise NotYetError(
                f"The result should be one direction, an array of shape {patches.shape[1:]}, and "
                f"is {values.describe(came)}."
            )
        direction = values.array(came)
        expect.numbers(np.linalg.norm(direction), 1.0, "The length of the direction")
        least = (patches @ unseen(patches)).std()
        expect.numbers((patches @ direction).std(), least, "How much the patches differ along it")
    return "Along it the patches differ less than along any other direction."


UNSEEN = Exercise(
    slug="unseen",
    title="Find what no image contains",
    reference=unseen,
    check=_check_unseen,
    inputs=_patches,
    mistakes=[
        Mistake(
            "Along this direction the patches differ most. The singular values come in falling "
            "order: take the last row.",
            lambda p: np.linalg.svd(p - p.mean(0), full_matrices=False)[2][0],
        ),
        Mistake(
            "The mean is still in the patches, and it hides the direction that you look for: "
            "subtract it before `svd`.",
            lambda p: np.linalg.svd(p, full_matrices=False)[2][-1],
        ),
        Mistake(
            "This is a column. The directions are the rows of what `svd` gives third.",
            lambda p: np.linalg.svd(p - p.mean(0), full_matrices=False)[2][:, -1],
        ),
        Mistake(
            "This is one of the numbers of which a patch consists, the one that varies least. The "
            "direction may run across all of them.",
            lambda p: np.eye(p.shape[1])[p.std(0).argmin()],
        ),
    ],
    hints=[
        "Which directions do patches spread along, and how far? `np.linalg.svd` answers both.",
        (
            "Subtract the mean first. The third thing that `svd` returns holds the directions as "
            "rows, those of the largest spread first."
        ),
        "`return np.linalg.svd(patches - patches.mean(0), full_matrices=False)[2][-1]`",
    ],
    minutes=8,
    difficulty=3,
)
