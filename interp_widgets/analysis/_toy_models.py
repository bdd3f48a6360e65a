"""Toy models of superposition side by side, trained with a gradient written out by hand."""

import math
from collections.abc import Iterator

import torch
from jaxtyping import Float

from interp_widgets.analysis._toy_inputs import ToyInputs, where_positive

_JUDGED = 256, 512  # fresh inputs that decide the loss of each instance: rounds, inputs in each
_CACHED = 500_000  # numbers of the inputs of one step: with more, each pass goes to main memory

_Weights = Float[torch.Tensor, "instance feature hidden"]
_Starts = Float[torch.Tensor, "start instance feature hidden"]
_Lines = Float[torch.Tensor, "instance feature"]
_Inputs = Float[torch.Tensor, "instance feature batch"]


def starting_points(shape: tuple[int, int, int, int], seed: int) -> _Starts:
    """Draw starting points for all instances, every second one made from the one before.

    It has every other vector turned round. What a model comes to depends first of all on which
    vectors point away from each other, so each pair tries both.

    Args:
        shape: (start, instance, feature, hidden).
        seed: of the random numbers.
    """
    count, instances, features, hidden = shape
    random = torch.Generator().manual_seed(seed)
    drawn = torch.randn(-(-count // 2), instances, features, hidden, generator=random)
    drawn /= features**0.5
    turned = drawn.clone()
    turned[:, :, 1::2] *= -1
    return torch.stack([drawn, turned], dim=1).flatten(0, 1)[:count]


def pace(step: int, steps: int) -> float:
    """Tell the share of the learning rate: it rises for a twentieth of the steps, then falls.

    At full rate from the first step on, Adam throws some vectors of dense inputs so far that the
    ReLU never opens again for them.
    """
    return min(1.0, 20 * (step + 1) / steps) * (1 + math.cos(math.pi * step / steps)) / 2


class ToyModels:
    """Many models ReLU(W W' x + b) side by side, the instance axis first.

    Args:
        weights: (instance, feature, hidden), the starting points; training changes them.
        biases: (instance, feature), likewise.
        seen: (instance,), the probability that an input is not all zero.
        importance: (instance, feature), weights in the loss; or one line for all.
        relu: False leaves the ReLU out.
    """

    def __init__(
        self,
        weights: _Weights,
        biases: _Lines,
        seen: Float[torch.Tensor, " instance"],
        importance: Float[torch.Tensor, "_ feature"],
        *,
        relu: bool,
    ) -> None:
        self.weights, self.biases = weights, biases
        self._seen, self._importance = seen, importance.expand(len(weights), -1)
        self._relu = relu

    def parts(self, inputs: ToyInputs, batch: int) -> Iterator[tuple["ToyModels", ToyInputs]]:
        """Take as many models at a time as a processor's cache holds, and their inputs.

        Training a part trains these models, since it is made of views.
        """
        size = max(1, _CACHED // (self.weights.shape[1] * max(batch, _JUDGED[1])))
        for first in range(0, len(self.weights), size):
            of = slice(first, first + size)
            lines = self.weights[of], self.biases[of], self._seen[of], self._importance[of]
            yield ToyModels(*lines, relu=self._relu), inputs.part(of)

    def train(self, inputs: ToyInputs, steps: int, batch: int, lr: float) -> None:
        """Take steps of Adam, with a learning rate that rises briefly and then falls to zero."""
        adam = torch.optim.Adam([self.weights, self.biases], lr=lr, fused=True)
        schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: pace(step, steps))
        for _ in range(steps):
            self.weights.grad, self.biases.grad = self.gradient(inputs.draw(batch))
            adam.step()
            schedule.step()

    def gradient(self, x: _Inputs) -> tuple[_Weights, _Lines]:
        """Differentiate the loss of inputs that are not all zero, and of those that are.

        The loss is divided by the probability of the former, so that rare features are learned from
        gradients of one size.
        """
        squeezed = self.weights.mT @ x
        read = torch.baddbmm(self.biases[..., None], self.weights, squeezed)
        error = read - x
        at_zero = (1 / self._seen - 1)[:, None] * self.biases
        if self._relu:
            error = where_positive(read, error)
            at_zero = at_zero.clamp(min=0)
        slope = (2 / x.shape[2]) * self._importance[..., None]
        back = (slope * self.weights).mT @ error
        weights = torch.baddbmm(slope * (error @ squeezed.mT), x, back.mT)
        return weights, slope[..., 0] * error.sum(2) + 2 * self._importance * at_zero

    def judge(self, inputs: ToyInputs) -> Float[torch.Tensor, " instance"]:
        """Measure the loss on fresh inputs, a few at a time."""
        rounds, size = _JUDGED
        noisy = sum(self._error(inputs.draw(size)) for _ in range(rounds)) / rounds
        quiet = (self._importance * self._out(self.biases) ** 2).sum(1)
        return self._seen * noisy + (1 - self._seen) * quiet

    def _error(self, x: _Inputs) -> Float[torch.Tensor, " instance"]:
        read = torch.baddbmm(self.biases[..., None], self.weights, self.weights.mT @ x)
        squared = (self._out(read) - x) ** 2
        return (self._importance * squared.mean(2)).sum(1)

    def _out(self, read: torch.Tensor) -> torch.Tensor:
        return read.clamp(min=0) if self._relu else read
