"""Train many toy models of superposition at once, on two processor cores."""

from types import MappingProxyType
from typing import Any, cast, get_args

import numpy as np
import torch
from jaxtyping import Float

from interp_widgets._trace import versions
from interp_widgets.analysis._toy_inputs import Pairs, ToyInputs
from interp_widgets.results import Superposition

_JUDGED = 32_768  # fresh inputs that decide the loss of each instance
_PART = 2_000_000  # numbers of the inputs that are judged at once

_Weights = Float[torch.Tensor, "instance feature hidden"]
_Lines = Float[torch.Tensor, "instance feature"]
_Inputs = Float[torch.Tensor, "instance batch feature"]


def train_toy_models(  # noqa: PLR0913 -- every option has its name, for help() and for editors
    features: int,
    hidden: int,
    densities: Any,  # noqa: ANN401 -- any list of numbers
    *,
    importance: Any = None,  # noqa: ANN401 -- as densities, or a table
    relu: bool = True,
    pairs: str = "independent",
    restarts: int = 1,
    steps: int = 1000,
    batch: int = 256,
    lr: float = 0.03,
    seed: int = 0,
) -> Superposition:
    """Train one toy model for each density: squeeze features into few dimensions and read them out.

    Each model is ReLU(x W W' + b) for inputs x whose features are rarely active, trained to give
    back x (Elhage et al. 2022, "Toy Models of Superposition"). The loss of an input is the sum over
    features of importance times squared error. All instances see the same random numbers, the
    gradient is written out by hand, and the learning rate falls to zero along a cosine.

    Args:
        features: n, how many features an input has.
        hidden: m, how many hidden dimensions they have to share, at most as many as features.
        densities: (instance,), the probability that a feature is active, above 0 and up to 1; its
            value is then uniform from 0 to 1.
        importance: (feature,) or (instance, feature), weights in the loss; None is 1 for all.
        relu: False leaves the ReLU out: the linear control, which finds principal components.
        pairs: "independent" features; or features 0 and 1, 2 and 3 and so on as pairs that are
            active together ("correlated"), or of which at most one is ("anti-correlated").
        restarts: how many starting points each instance gets; the best one is kept.
        steps: of training.
        batch: inputs at each step, none of them all zero.
        lr: learning rate at the start.
        seed: of the starting points and the inputs.

    Returns:
        The trained instances. Their losses were measured on 32,768 fresh inputs with at least one
        active feature, and hold for inputs of the given density. `importance` is there if all
        instances share it.

    Raises:
        TypeError: a count that is no whole number.
        ValueError: more hidden dimensions than features, densities that are no probabilities,
            importance that is negative or not finite, pairs of a kind that is not known.
    """
    _check_counts(hidden=hidden, restarts=restarts, steps=steps, batch=batch)
    _check_sizes(features, hidden, pairs)
    active = _densities(densities, pairs)
    given = _importance(importance, len(active), features)
    if not (np.isfinite(lr) and lr > 0):
        raise ValueError(f"lr: expected a number above 0, got {lr!r}. Write 0.03.")
    inputs = ToyInputs(features, active.repeat(restarts), cast("Pairs", pairs), seed)
    weight = given.repeat(restarts, 1) if len(given) > 1 else given
    model = _Models(inputs.seen, weight, hidden, seed, relu=relu)
    model.train(inputs, steps, batch, lr)
    losses = model.judge(inputs).view(restarts, -1)
    best = losses.argmin(0) * len(active) + torch.arange(len(active))
    return Superposition(
        weights=model.weights[best].numpy(),
        biases=model.biases[best].numpy(),
        densities=active.numpy(),
        importance=given[0].numpy() if len(given) == 1 else None,
        losses=losses.flatten()[best].numpy(),
        source=MappingProxyType(
            {
                "model": f"toy model with {'ReLU' if relu else 'linear'} output, {pairs} features",
                "training": f"{steps} steps of {batch} inputs, seed {seed}, best of {restarts}",
                "torch": versions()["torch"],
            }
        ),
    )


class _Models:
    """Many models side by side, the instance axis first, with a gradient written out by hand."""

    def __init__(
        self,
        seen: Float[torch.Tensor, " instance"],
        importance: Float[torch.Tensor, "_ feature"],
        hidden: int,
        seed: int,
        *,
        relu: bool,
    ) -> None:
        shape = (len(seen), importance.shape[1], hidden)
        start = torch.Generator().manual_seed(seed)
        self.weights: _Weights = torch.randn(shape, generator=start) / shape[1] ** 0.5
        self.biases: _Lines = torch.zeros(shape[:2])
        self._seen, self._importance, self._relu = seen[:, None], importance, relu

    def train(self, inputs: ToyInputs, steps: int, batch: int, lr: float) -> None:
        adam = torch.optim.Adam([self.weights, self.biases], lr=lr, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
        for _ in range(steps):
            self.weights.grad, self.biases.grad = self.gradient(inputs.draw(batch))
            adam.step()
            schedule.step()

    def gradient(self, x: _Inputs) -> tuple[_Weights, _Lines]:
        """Differentiate the loss of inputs that are not all zero, and of those that are.

        The loss is divided by the probability of the former, so that rare features are learned from
        gradients of one size.
        """
        squeezed = x @ self.weights
        read = torch.baddbmm(self.biases[:, None], squeezed, self.weights.mT)
        error = read.sub(x)
        at_zero = (1 / self._seen - 1) * self.biases
        if self._relu:
            error *= read > 0
            at_zero = at_zero.clamp(min=0)
        error *= (2 / x.shape[1]) * self._importance[:, None]
        back = error @ self.weights
        weights = torch.baddbmm(error.mT @ squeezed, x.mT, back)
        return weights, error.sum(1) + 2 * self._importance * at_zero

    def judge(self, inputs: ToyInputs) -> Float[torch.Tensor, " instance"]:
        """Measure the loss on fresh inputs, a few at a time."""
        count, features, _ = self.weights.shape
        size = max(1, min(_JUDGED, _PART // (count * features)))
        rounds = -(-_JUDGED // size)
        total = sum(self._error(inputs.draw(size)) for _ in range(rounds)) / rounds
        quiet = (self._importance * self._out(self.biases) ** 2).sum(1)
        seen = self._seen[:, 0]
        return seen * total + (1 - seen) * quiet

    def _error(self, x: _Inputs) -> Float[torch.Tensor, " instance"]:
        read = self._out(torch.baddbmm(self.biases[:, None], x @ self.weights, self.weights.mT))
        return (self._importance[:, None] * (read - x) ** 2).sum(2).mean(1)

    def _out(self, read: torch.Tensor) -> torch.Tensor:
        return read.clamp(min=0) if self._relu else read


def _check_counts(**counts: int) -> None:
    for name, count in counts.items():
        if not isinstance(count, int | np.integer) or isinstance(count, bool):
            raise TypeError(f"{name}: expected a whole number, got {count!r}.")
        if count < 1:
            raise ValueError(f"{name}: expected at least 1, got {count}.")


def _check_sizes(features: int, hidden: int, pairs: str) -> None:
    _check_counts(features=features)
    if hidden > features:
        raise ValueError(
            f"hidden: expected at most as many dimensions as the {features} features, got "
            f"{hidden}. With more, no feature has to share; did you swap the two?"
        )
    if pairs not in get_args(Pairs):
        raise ValueError(f"pairs: expected one of {', '.join(get_args(Pairs))}, got {pairs!r}.")
    if pairs != "independent" and features % 2:
        raise ValueError(f"features: expected an even number to make pairs, got {features}.")


def _densities(given: Any, pairs: str) -> Float[torch.Tensor, " instance"]:  # noqa: ANN401
    line = _numbers("densities", given)
    most = 0.5 if pairs == "anti-correlated" else 1.0
    if line.ndim != 1 or not line.size:
        raise ValueError(
            f"densities: expected one probability for each instance, got shape {line.shape}. "
            "Write a list such as [1.0, 0.1]."
        )
    if not ((line > 0) & (line <= most)).all():
        why = ", since at most one of each pair is active" if most < 1 else ""
        wrong = line[~((line > 0) & (line <= most))][:5].tolist()
        raise ValueError(
            f"densities: expected probabilities above 0 and up to {most:g}{why}, got {wrong}. A "
            "density is one minus the sparsity."
        )
    return torch.tensor(line, dtype=torch.float32)


def _importance(
    given: Any,  # noqa: ANN401
    instances: int,
    features: int,
) -> Float[torch.Tensor, "_ feature"]:
    if given is None:
        return torch.ones(1, features)
    table = _numbers("importance", given)
    if table.shape not in {(features,), (instances, features)}:
        raise ValueError(
            f"importance: expected shape ({features},), or ({instances}, {features}) for one line "
            f"per instance, got {table.shape}."
        )
    if not np.isfinite(table).all() or table.min() < 0 or not table.any():
        raise ValueError(
            "importance: expected finite numbers from 0, not all 0, got "
            f"{table.ravel()[:5].tolist()}. They weigh each feature's error in the loss."
        )
    return torch.tensor(np.atleast_2d(table), dtype=torch.float32)


def _numbers(name: str, given: Any) -> np.ndarray:  # noqa: ANN401
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name}: expected a list of numbers, got {given!r}.") from error
