"""Exercises of notebook 03 on the toy model itself: its loss and its training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect, values
from interp_widgets.course.exercises import Exercise, Mistake

if TYPE_CHECKING:
    import torch

_SIZES = (7, 5, 2)  # batch, feature, hidden: all different, so that a swapped axis fails
_BATCHES = 4


# --- loss: blanks to fill in ---


def loss(
    x: torch.Tensor, weights: torch.Tensor, biases: torch.Tensor, importance: torch.Tensor
) -> torch.Tensor:
    """Measure how badly a toy model gives back its inputs."""
    squeezed = x @ weights
    read = (squeezed @ weights.T + biases).relu()
    return (importance * (read - x) ** 2).sum(1).mean()


def _model(seed: int) -> tuple[torch.Tensor, ...]:
    """Draw weights, biases and importance of a small model."""
    import torch

    _, features, hidden = _SIZES
    random = torch.Generator().manual_seed(seed)
    weights = torch.randn(features, hidden, generator=random) / 2
    biases = torch.randn(features, generator=random) / 4
    return weights, biases, 0.7 ** torch.arange(features)


def _inputs(seed: int, count: int) -> torch.Tensor:
    import torch

    random = torch.Generator().manual_seed(seed)
    x = torch.rand(count, *_SIZES[:2], generator=random)
    return x * (torch.rand(x.shape, generator=random) < 0.5)


def _loss_inputs() -> Iterator[tuple[object, ...]]:
    for seed in range(3):
        weights, biases, importance = _model(seed)
        yield _inputs(seed, 1)[0], weights, biases, importance


def _check_loss(my_loss: Callable[..., Any]) -> str:
    for arguments in _loss_inputs():
        x, weights, biases, importance = (values.array(each) for each in arguments)
        read = np.maximum(np.einsum("bf,fh,gh->bg", x, weights, weights) + biases, 0)
        expected = np.einsum("f,bf->b", importance, (read - x) ** 2).mean()
        expect.numbers(expect.call(my_loss, *arguments), expected, "The loss", 1e-5)
    return "It agrees with a calculation without PyTorch on three models."


LOSS = Exercise(
    slug="loss",
    title="Write the toy model and its loss",
    reference=loss,
    check=_check_loss,
    inputs=_loss_inputs,
    mistakes=[
        Mistake(
            "The ReLU is missing: what is read out below zero counts as zero.",
            lambda x, w, b, i: (i * (x @ w @ w.T + b - x) ** 2).sum(1).mean(),
        ),
        Mistake(
            "The mean goes over inputs and features here. Add up the features of an input, and "
            "take the mean over inputs only.",
            lambda x, w, b, i: (i * ((x @ w @ w.T + b).relu() - x) ** 2).mean(),
        ),
        Mistake(
            "The biases are not added before the ReLU.",
            lambda x, w, b, i: (i * ((x @ w @ w.T).relu() - x) ** 2).sum(1).mean(),  # noqa: ARG005
        ),
        Mistake(
            "Every feature's error counts alike here. Multiply it by the feature's importance.",
            lambda x, w, b, i: (((x @ w @ w.T + b).relu() - x) ** 2).sum(1).mean(),  # noqa: ARG005
        ),
        Mistake(
            "The importance is squared together with the error. It weighs the squared error.",
            lambda x, w, b, i: ((i * ((x @ w @ w.T + b).relu() - x)) ** 2).sum(1).mean(),
        ),
        Mistake(
            "The ReLU stands in the hidden dimensions. It belongs at the end, after the biases: "
            "what is squeezed may be negative.",
            lambda x, w, b, i: (i * ((x @ w).relu() @ w.T + b - x) ** 2).sum(1).mean(),
        ),
    ],
    hints=[
        "Three steps: from features to hidden dimensions, back to features, and then compare.",
        "`x @ weights` squeezes; `@ weights.T` reads out. Then come the biases, then `.relu()`.",
        (
            "`read = (squeezed @ weights.T + biases).relu()`, and the loss is "
            "`(importance * (read - x) ** 2).sum(1).mean()`."
        ),
    ],
    minutes=6,
    difficulty=1,
)


# --- train: from a signature ---


def train(
    weights: torch.Tensor, biases: torch.Tensor, batches: torch.Tensor, importance: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Take one step of Adam for each batch."""
    import torch

    weights, biases = weights.clone().requires_grad_(), biases.clone().requires_grad_()
    adam = torch.optim.Adam([weights, biases], lr=0.01)
    for x in batches:
        adam.zero_grad()
        loss(x, weights, biases, importance).backward()
        adam.step()
    return weights.detach(), biases.detach()


def _train_inputs() -> Iterator[tuple[torch.Tensor, ...]]:
    weights, biases, importance = _model(0)
    # PyTorch takes seconds to make its first optimiser; that is not the learner's time.
    train(weights, biases, _inputs(0, 1), importance)
    for seed in range(2):
        weights, biases, importance = _model(seed)
        yield weights, biases, _inputs(seed, _BATCHES), importance


def _library(
    weights: torch.Tensor, biases: torch.Tensor, batches: torch.Tensor, importance: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Take the same steps with the gradient that `train_toy_models` works out."""
    import torch

    from interp_widgets.analysis._toy_models import ToyModels

    lines = weights[None].clone(), biases[None].clone()
    models = ToyModels(*lines, torch.ones(1), importance[None], relu=True)
    adam = torch.optim.Adam(lines, lr=0.01)
    for x in batches:
        for line, slope in zip(lines, models.gradient(x.T[None]), strict=True):
            line.grad = slope
        adam.step()
    return lines[0][0], lines[1][0]


def _check_train(my_train: Callable[..., Any]) -> str:
    for arguments in _train_inputs():
        got = expect.call(my_train, *arguments)
        if not isinstance(got, tuple | list) or len(got) != 2:
            raise expect.NotYetError(
                f"This should return two things, weights and biases, and returns "
                f"{values.describe(got)}."
            )
        expected = _library(*arguments)
        for name, mine, wanted in zip(("weights", "biases"), got, expected, strict=True):
            what = f"What became of the {name} after {_BATCHES} batches"
            expect.numbers(mine, wanted, what, 2e-4)
    return f"After {_BATCHES} batches it is where the library's own gradient leads too."


def _taught(
    *,
    kind: str = "Adam",
    lr: float = 0.01,
    forget: bool = True,
    biased: bool = True,
    most: int = _BATCHES,
) -> Callable[..., Any]:
    """Make a training loop with something wrong in it."""

    def taught(w: Any, b: Any, batches: Any, importance: Any) -> Any:  # noqa: ANN401
        import torch

        w, b = w.clone().requires_grad_(), b.clone().requires_grad_()
        optimiser = getattr(torch.optim, kind)([w, b] if biased else [w], lr=lr)
        for x in batches[:most]:
            if forget:
                optimiser.zero_grad()
            loss(x, w, b, importance).backward()
            optimiser.step()
        return w.detach(), b.detach()

    return taught


TRAIN = Exercise(
    slug="train",
    title="Train a toy model",
    reference=train,
    check=_check_train,
    inputs=_train_inputs,
    mistakes=[
        Mistake(
            "Gradients of earlier batches pile up: call `zero_grad()` before each `backward()`.",
            _taught(forget=False),
        ),
        Mistake(
            "These are steps of plain gradient descent. Use `torch.optim.Adam`.",
            _taught(kind="SGD"),
        ),
        Mistake("The learning rate is Adam's usual 0.001. Take 0.01.", _taught(lr=0.001)),
        Mistake("The biases stay as they were. Give them to Adam too.", _taught(biased=False)),
        Mistake(
            "Nothing was learned: what is returned are the weights you were given.",
            _taught(most=0),
        ),
        Mistake(
            "It stopped after the first batch. Is the `return` inside the loop?", _taught(most=1)
        ),
    ],
    hints=[
        "Copies of both that ask for a gradient, an optimiser for both, and a loop over batches.",
        "In the loop: `adam.zero_grad()`, the loss of this batch, `.backward()`, `adam.step()`.",
        (
            "`weights = weights.clone().requires_grad_()`, the same for `biases`, "
            "`adam = torch.optim.Adam([weights, biases], lr=0.01)`; return both with `.detach()`."
        ),
    ],
    minutes=10,
    difficulty=2,
)
