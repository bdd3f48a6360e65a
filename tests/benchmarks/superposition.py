"""Measure how long many toy models of superposition take to reach the usual loop's own final loss.

Run it with `python -m tests.benchmarks.superposition`; the name of a case and a number of steps
may follow. The reference is the usual vectorised loop (as in
anthropics/toy-models-of-superposition): 10,000 steps of AdamW with learning rate 0.001 on fresh
dense batches of 1,024 inputs, the batch axis first, gradients by autograd. All of its steps cost
the same, so its time is that of a step, measured beside ours, times the steps it needs: all of
them, or only those after which every model has come within one per cent of its final loss. With
fewer steps than 10,000 it stops earlier, at a higher loss, and that is then the loss to reach.

What it reaches is found once and kept in `build/bench`: the same updates on inputs of the same
distribution, with the gradient worked out by our code, which is first proved equal to autograd's.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

import numpy as np
import torch

import interp_widgets as iw
from interp_widgets.analysis._toy_inputs import ToyInputs
from interp_widgets.analysis._toy_models import ToyModels
from tests.benchmarks._report import keep, spread
from tests.support import ROOT

BATCH, LR = 1024, 1e-3  # of the reference
STEPS = 10_000  # of the reference, unless another number is given
EVERY = 500  # steps between two looks at its loss
ROUNDS = 3
TIMED = 5  # steps of the reference in each round
HELD = 0.5  # least length of the vector of a feature that counts as held
NEAR = 0.1  # of that length: a feature about to be held, or dropped
WITHIN = 1.01


@dataclass(frozen=True)
class Case:
    """One family of models, and how ours are trained."""

    title: str
    hidden: int
    densities: np.ndarray
    importance: np.ndarray
    ours: dict[str, float]

    @property
    def features(self):
        return self.importance.shape[-1]

    def train(self):
        return iw.train_toy_models(
            self.features, self.hidden, self.densities, importance=self.importance, **self.ours
        )

    def models(self, *, sampled_densely):
        """Models without training, for inputs that may all be zero or may not."""
        densities = torch.tensor(self.densities, dtype=torch.float32)
        inputs = ToyInputs(self.features, densities, "independent", seed=0)
        importance = torch.tensor(np.atleast_2d(self.importance), dtype=torch.float32)
        biases = torch.zeros(len(densities), self.features)
        weights = biases[..., None].repeat(1, 1, self.hidden)
        seen = torch.ones(len(densities)) if sampled_densely else inputs.seen
        return ToyModels(weights, biases, seen, importance, relu=True)


def _grid():
    rows, columns = np.meshgrid(100.0 ** -np.linspace(0, 1, 40), 10.0 ** np.linspace(-1, 1, 25),
                                indexing="ij")  # fmt: skip
    return rows.ravel(), np.stack([np.ones(rows.size), columns.ravel()], 1)


CASES = {
    "many": Case(
        "20 models, 100 features in 20 dimensions",
        20,
        20.0 ** -np.linspace(0, 1, 20),
        100.0 ** -np.linspace(0, 1, 100),
        {"steps": 2500, "batch": 256, "lr": 0.03, "restarts": 4},
    ),
    "grid": Case(
        "1,000 cells, 2 features in 1 dimension",
        1,
        *_grid(),
        {"steps": 1000, "batch": 256, "lr": 0.03, "restarts": 8},
    ),
}


class Reference:
    """The usual loop: dense batches, the batch axis first, einsum, autograd, AdamW."""

    def __init__(self, case):
        shape = (len(case.densities), case.features, case.hidden)
        self.weights = torch.nn.init.xavier_normal_(torch.empty(shape)).requires_grad_()
        self.biases = torch.zeros(shape[:2], requires_grad=True)
        self.density = torch.tensor(case.densities, dtype=torch.float32)[:, None]
        self.importance = torch.tensor(case.importance, dtype=torch.float32)
        self.adam = torch.optim.AdamW([self.weights, self.biases], lr=LR)

    def inputs(self):
        shape = (BATCH, *self.biases.shape)
        return torch.where(torch.rand(shape) <= self.density, torch.rand(shape), 0.0)

    def loss(self, x):
        hidden = torch.einsum("bif,ifh->bih", x, self.weights)
        read = torch.relu(torch.einsum("bih,ifh->bif", hidden, self.weights) + self.biases)
        return (self.importance * (x - read) ** 2).mean((0, 2)).sum()

    def step(self):
        self.adam.zero_grad(set_to_none=True)
        self.loss(self.inputs()).backward()
        self.adam.step()


def prove_equal(case):
    """On the same inputs our gradient must be autograd's, or no time below means anything."""
    torch.manual_seed(0)
    reference, ours = Reference(case), case.models(sampled_densely=True)
    for _ in range(3):
        reference.step()
    ours.weights, ours.biases = reference.weights.detach(), reference.biases.detach()
    x = reference.inputs()
    reference.adam.zero_grad(set_to_none=True)
    reference.loss(x).backward()
    pairs = zip(ours.gradient(x.movedim(0, 2)), (reference.weights, reference.biases), strict=True)
    for mine, theirs in pairs:
        torch.testing.assert_close(mine / case.features, theirs.grad, rtol=1e-3, atol=1e-7)


def judged(case, weights, biases):
    """The loss of each model on 262,144 inputs that no side was trained on, the same for all."""
    models = case.models(sampled_densely=False)
    models.weights, models.biases = torch.tensor(weights), torch.tensor(biases)
    densities = torch.tensor(case.densities, dtype=torch.float32)
    inputs = ToyInputs(case.features, densities, "independent", seed=777)
    with torch.no_grad():
        return sum(models.judge(inputs).numpy() for _ in range(2)) / 2


def final_of_reference(name, case, steps):
    """What these steps of the reference come to: weights, biases, and the loss on the way."""
    path = ROOT / "build" / "bench" / f"superposition-reference-{name}-{steps}.npz"
    if path.exists():
        with np.load(path) as kept:
            return {key: kept[key] for key in kept.files}
    torch.manual_seed(1)
    reference, gradient = Reference(case), case.models(sampled_densely=True)
    densities, (batch, features) = reference.density[..., None], (BATCH, case.features)
    losses = []
    for step in range(1, steps + 1):
        x = torch.rand(features, batch) * (torch.rand(features, batch) <= densities)
        gradient.weights, gradient.biases = reference.weights.detach(), reference.biases.detach()
        slopes = gradient.gradient(x)
        reference.weights.grad, reference.biases.grad = (s / features for s in slopes)
        reference.adam.step()
        if step % EVERY == 0:
            losses.append(judged(case, gradient.weights.numpy(), gradient.biases.numpy()))
            print(f"reference, {name}: step {step}, mean loss {losses[-1].mean():.5f}", flush=True)
    final = {"weights": gradient.weights.numpy(), "biases": gradient.biases.numpy()}
    final["losses"] = np.stack(losses)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **final)
    return final


def compare(case, trained, final):
    """How ours stand to the reference's own end; fails unless every model is as good."""
    theirs = judged(case, final["weights"], final["biases"])
    ours = judged(case, trained.weights, trained.biases)
    held, known = (
        np.linalg.norm(weights, axis=-1) > HELD for weights in (trained.weights, final["weights"])
    )
    found = {
        "loss, ours / reference, largest": float((ours / theirs).max()),
        "loss, ours / reference, median": float(np.median(ours / theirs)),
        "models within 1 %": float((ours <= WITHIN * theirs).mean()),
        "features alike": float((held == known).mean()),
    }
    for what, value in found.items():
        print(f"{what:34} {value:8.4f}")
    explain(held != known, ours / theirs, (trained.weights, final["weights"]))
    return found


def explain(differ, ratio, weights):
    """Say why only one side holds a feature: the first reason that fits counts."""
    ours_better = np.broadcast_to(ratio[:, None] < 2 - WITHIN, differ.shape)
    lengths = np.stack([np.linalg.norm(side, axis=-1) for side in weights])
    near = (np.abs(lengths - HELD) < NEAR).any(0)
    reasons = {
        "our model is better by over 1 %": differ & ours_better,
        f"a length within {NEAR} of {HELD}": differ & ~ours_better & near,
        "another choice that is as good": differ & ~ours_better & ~near,
    }
    for what, which in reasons.items():
        print(f"features not alike: {what:34} {which.sum()} of {differ.sum()}")


def steps_needed(losses):
    """After how many steps every model of the reference has come within 1 % of its own end."""
    there = (losses <= WITHIN * losses[-1]).all(1)
    return EVERY * (1 + int(np.argmax(there)))


def measure(name, steps):
    case = CASES[name]
    print(case.title)
    prove_equal(case)
    final = final_of_reference(name, case, steps)
    samples = {"reference, s per step": [], "ours, s": []}
    reference = Reference(case)
    reference.step()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(TIMED):
            reference.step()
        samples["reference, s per step"].append((time.perf_counter() - start) / TIMED)
        start = time.perf_counter()
        trained = case.train()
        samples["ours, s"].append(time.perf_counter() - start)
    found = compare(case, trained, final)
    if found["models within 1 %"] < 1:
        raise SystemExit(f"{name}: ours are not as good as the reference; no time is printed.")
    for what, seconds in samples.items():
        print(f"{what:34} {spread(seconds)}")
    step, ours = (statistics.median(seconds) for seconds in samples.values())
    needed = steps_needed(final["losses"])
    for what, count in (("all its steps", steps), ("until within 1 % of its end", needed)):
        total = count * step
        print(f"reference, {what}: {count} steps, {total:.0f} s; ratio {total / ours:.1f}")
    keep(
        f"superposition-{name}",
        {"steps": steps, "found": found, "samples": samples, "steps needed": needed},
    )


def main():
    torch.set_num_threads(min(2, torch.get_num_threads()))
    names = [given for given in sys.argv[1:] if given in CASES] or [*CASES]
    numbers = [int(given) for given in sys.argv[1:] if given.isdigit()]
    for name in names:
        measure(name, numbers[0] if numbers else STEPS)


if __name__ == "__main__":
    main()
