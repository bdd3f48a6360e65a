"""Compile a program of streams to the weights of a transformer, with the circuit that runs it.

Every stream gets columns of the residual stream to itself: one for each value, of which one is 1,
or a single one for a number. The step that makes the stream writes there, and nothing else does. So
an edge of the circuit is simply a step that reads what another wrote.

The idea is that of Tracr (Lindner et al. 2023, "Tracr: compiled transformers as a laboratory for
interpretability").
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interp_widgets.worlds.circuits import OUTPUT, Circuit, Edge, depth, in_order
from interp_widgets.worlds.interpreter import Program
from interp_widgets.worlds.programs import Applied, Attended, Source, Stream
from interp_widgets.worlds.weights import CONFIDENT, SHARP, Weights

IDLE_HEADS = 1
"""In every layer there is at least one head that does nothing."""

Matrix = NDArray[np.float64]


def compile_program(program: Program) -> tuple[Weights, Circuit]:
    """Turn a program into a transformer.

    Args:
        program: whose steps are attention heads and functions of few values.

    Returns:
        The weights, and the edges that carry the program.

    Raises:
        ValueError: two streams of one name, streams for sequences of different lengths, or an
            answer that is a number.
    """
    _check(program)
    plan = _Plan.of(program)
    weights = plan.blank()
    for step in program.steps:
        if isinstance(step, Source):
            _write_embedding(weights, step)
        elif isinstance(step, Attended):
            _write_head(weights, step, *plan.head(step))
        elif isinstance(step, Applied):
            _write_neurons(weights, step, *plan.neurons(step))
    for row, value in zip(_columns(weights, program.output), program.output.values, strict=True):
        weights.W_U[row, program.vocabulary.index(program.says(value))] = CONFIDENT
    return weights, plan.circuit()


def _check(program: Program) -> None:
    names = [step.name for step in program.steps]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(
            f"program: expected another name for each stream, got {doubled} more than once. "
            "Use one stream twice, or rename one of the two."
        )
    lengths = {step.name: step.longest for step in program.steps}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"program: expected streams for one longest sequence, got {lengths}. "
            "Give tokens and indices the same longest."
        )
    if program.output.numeric:
        raise ValueError(
            f"program: expected an answer of symbols, got {program.output.name!r}, a number in one "
            "column. Turn it into symbols first: apply(name, lambda number: number, stream)."
        )


@dataclass(frozen=True)
class _Plan:
    """Say which part of the network makes which stream."""

    program: Program
    parts: dict[Stream, str]

    @classmethod
    def of(cls, program: Program) -> _Plan:
        """Give every step the earliest part that can read all it needs."""
        parts: dict[Stream, str] = {}
        for step in program.steps:
            ready = max((depth(parts[given])[0] for given in step.inputs), default=0)
            if isinstance(step, Source):
                parts[step] = step.part
            elif isinstance(step, Attended):
                layer = (ready + 1) // 2
                taken = sum(part.startswith(f"L{layer}H") for part in parts.values())
                parts[step] = f"L{layer}H{taken}"
            else:
                parts[step] = f"mlp{ready // 2}"
        return cls(program, parts)

    @property
    def layers(self) -> int:
        """Count the layers up to the last step."""
        return (max(depth(part)[0] for part in self.parts.values()) + 1) // 2

    def blank(self) -> Weights:
        """Make a network of the right size, all zero."""
        attended = [step for step in self.parts if isinstance(step, Attended)]
        busiest = max((depth(self.parts[step])[1] + 1 for step in attended), default=0)
        needed = [max(len(step.selector.keys.values), _width(step)) for step in attended]
        mlps = [self._filled(layer) for layer in range(self.layers)]
        return Weights(
            vocabulary=self.program.vocabulary,
            widths={step.name: _width(step) for step in self.program.steps},
            layers=self.layers,
            heads=busiest + IDLE_HEADS,
            head_width=max(needed, default=1),
            neurons=max(mlps),
            context=self.program.longest + 1,
            causal=self.program.causal,
        )

    def head(self, step: Attended) -> tuple[int, int]:
        """Tell layer and head of a step."""
        place, head = depth(self.parts[step])
        return place // 2, head

    def neurons(self, step: Applied) -> tuple[int, slice]:
        """Tell the layer of a step, and which of its MLP's neurons are the step's own."""
        layer = int(self.parts[step].removeprefix("mlp"))
        start = self._filled(layer, before=step)
        return layer, slice(start, start + _neurons_of(step))

    def _filled(self, layer: int, before: Stream | None = None) -> int:
        """Count the neurons of a layer's MLP that have a job, up to the step `before`."""
        number = 0
        for step, part in self.parts.items():
            if step is before:
                break
            if isinstance(step, Applied) and part == f"mlp{layer}":
                number += _neurons_of(step)
        return number

    def circuit(self) -> Circuit:
        """List the edges: who reads what from whom."""
        carried: dict[Edge, list[str]] = {}
        for step, part in self.parts.items():
            for slot, given in _reads(step):
                reader = f"{part}.{slot[0]}" if isinstance(step, Attended) else part
                text = f"{given.name!r}, {slot} of {step.name!r}"
                carried.setdefault(Edge(self.parts[given], reader), []).append(text)
        answer = self.program.output
        carried[Edge(self.parts[answer], OUTPUT)] = [f"{answer.name!r}, the answer"]
        return Circuit({edge: "; ".join(carried[edge]) for edge in in_order(carried)})


def _reads(step: Stream) -> list[tuple[str, Stream]]:
    """List what a step reads, and as what: query, key and value, or argument."""
    if isinstance(step, Applied):
        return [("argument", given) for given in step.arguments]
    if not isinstance(step, Attended):
        return []
    table, selector = _table(step), step.selector
    reads = [("value", step.source)]
    if _by_key(table):
        reads.append(("key", selector.keys))
    if _by_key(table) and _by_query(table) and selector.queries is not None:
        reads.append(("query", selector.queries))
    return reads


def _table(step: Attended) -> Matrix:
    """Give the selector as numbers, (query, key)."""
    return np.array([list(row.values()) for row in step.selector.table.values()], dtype=float)


def _by_key(table: Matrix) -> bool:
    """Say whether some keys are preferred: if not, attention is even without any score."""
    return bool((table != table[:, :1]).any())


def _by_query(table: Matrix) -> bool:
    """Say whether queries differ in what they look for: if not, a bias says it for all."""
    return bool((table != table[:1]).any())


def _width(step: Stream) -> int:
    return 1 if step.numeric else len(step.values)


def _columns(weights: Weights, stream: Stream) -> range:
    space = weights.spaces[stream.name]
    return range(space.start, space.stop)


def _encoded(step: Stream, value: Any) -> Matrix:  # noqa: ANN401 -- a symbol, a number, whatever
    """Write a value as the stream's columns hold it."""
    if step.numeric:
        return np.array([float(value)])
    return np.array([float(value == other) for other in step.values])


def _write_embedding(weights: Weights, step: Source) -> None:
    space = weights.spaces[step.name]
    table = weights.W_E if step.part == "embed" else weights.W_pos
    table[: len(step.values), space] = np.eye(len(step.values))


def _write_head(weights: Weights, step: Attended, layer: int, head: int) -> None:
    here, space, selector = (layer, head), weights.spaces, step.selector
    table = _table(step)
    wide = slice(len(selector.keys.values))
    if _by_key(table):  # a column of the head for each key: who has it, and who looks for it
        weights.W_K[here][space[selector.keys.name], wide] = np.eye(wide.stop)
        if _by_query(table) and selector.queries is not None:
            weights.W_Q[here][space[selector.queries.name], wide] = SHARP * table
        else:
            weights.b_Q[here][wide] = SHARP * table[0]
    wide = slice(_width(step))
    read = np.eye(_width(step.source))
    if step.reading is not None:
        read = np.array([[float(step.reading(value))] for value in step.source.values])
    weights.W_V[here][space[step.source.name], wide] = read
    weights.W_O[here][wide, space[step.name]] = np.eye(wide.stop)


def _neurons_of(step: Applied) -> int:
    if step.arguments[0].numeric:
        return 2 * len(step.arguments[0].values) - 1
    return int(np.prod([len(given.values) for given in step.arguments]))


def _write_neurons(weights: Weights, step: Applied, layer: int, mine: slice) -> None:
    if step.arguments[0].numeric:
        _write_stairs(weights, step, layer, mine)
    else:
        _write_conjunctions(weights, step, layer, mine)


def _write_conjunctions(weights: Weights, step: Applied, layer: int, mine: slice) -> None:
    """Give every combination of values a neuron, which is 1 where all of them are there, else 0."""
    combinations = product(*(given.values for given in step.arguments))
    for neuron, values in zip(range(mine.start, mine.stop), combinations, strict=True):
        for given, value in zip(step.arguments, values, strict=True):
            column = _columns(weights, given)[given.values.index(value)]
            weights.W_in[layer, column, neuron] = 2
        weights.b_in[layer, neuron] = 1 - 2 * len(values)
        weights.W_out[layer, neuron, weights.spaces[step.name]] = _encoded(
            step, step.function(*values)
        )


def _write_stairs(weights: Weights, step: Applied, layer: int, mine: slice) -> None:
    """Climb a stair between each two neighbouring numbers: two neurons, whose difference is 0 or 1.

    The first value is written by a neuron that is always 1, and each stair adds what changes.
    """
    (given,) = step.arguments
    (column,) = _columns(weights, given)
    out = weights.W_out[layer, mine, weights.spaces[step.name]]
    numbers = sorted(given.values)
    weights.b_in[layer, mine.start] = 1
    out[0] = _encoded(step, step.function(numbers[0]))
    for stair, (low, high) in enumerate(pairwise(numbers)):
        rise = _encoded(step, step.function(high)) - _encoded(step, step.function(low))
        slope, middle = 2 / float(high - low), float(high + low) / 2
        for neuron, (start, sign) in enumerate([(0.5, 1), (-0.5, -1)], start=2 * stair + 1):
            weights.W_in[layer, column, mine.start + neuron] = slope
            weights.b_in[layer, mine.start + neuron] = start - slope * middle
            out[neuron] = sign * rise
