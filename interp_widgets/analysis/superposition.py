"""Train many toy models of superposition at once, on two processor cores."""

from types import MappingProxyType
from typing import Any, cast, get_args

import numpy as np
import torch
from jaxtyping import Float

from interp_widgets._trace import versions
from interp_widgets.analysis._toy_inputs import Pairs, ToyInputs
from interp_widgets.analysis._toy_models import ToyModels, starting_points
from interp_widgets.results import Superposition


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
    gradient is written out by hand, and the learning rate rises for a twentieth of the steps and
    then falls to zero along a cosine.

    Args:
        features: n, how many features an input has.
        hidden: m, how many hidden dimensions they have to share, at most as many as features.
        densities: (instance,), the probability that a feature is active, above 0 and up to 1; its
            value is then uniform from 0 to 1.
        importance: (feature,) or (instance, feature), weights in the loss; None is 1 for all.
        relu: False leaves the ReLU out: the linear control, which finds principal components.
        pairs: "independent" features; or features 0 and 1, 2 and 3 and so on as pairs that are
            active together ("correlated"), or of which at most one is ("anti-correlated").
        restarts: how many starting points each instance gets; the best one is kept. Every second
            point is the one before with the vectors of features 1, 3 and so on turned round.
        steps: of training.
        batch: inputs at each step, none of them all zero.
        lr: the highest learning rate.
        seed: of the starting points and the inputs.

    Returns:
        The trained instances. Their losses were measured on 131,072 fresh inputs with at least one
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
    starts = starting_points((restarts, len(active), features, hidden), seed).flatten(0, 1)
    weight = given.repeat(restarts, 1) if len(given) > 1 else given
    models = ToyModels(starts, torch.zeros(starts.shape[:2]), inputs.seen, weight, relu=relu)
    judged = []
    for part, own in models.parts(inputs, batch):
        part.train(own, steps, batch, lr)
        judged.append(part.judge(own))
    losses = torch.cat(judged).view(restarts, -1)
    best = losses.argmin(0) * len(active) + torch.arange(len(active))
    return Superposition(
        weights=models.weights[best].numpy(),
        biases=models.biases[best].numpy(),
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
