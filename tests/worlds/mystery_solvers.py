"""Solve sealed models with public tools alone, or fall for decoys by looking at one thing."""

from __future__ import annotations

import numpy as np
import torch

from interp_widgets.worlds.mysteries.algorithms import ALGORITHMS

HEADS = [(layer, head) for layer in range(3) for head in range(4)]


def name(head):
    return "L{}H{}".format(*head)


class Run:
    """One run of a sealed transformer, perhaps with heads set to zero."""

    def __init__(self, model, ids, *silent):
        def silence(z, hook):
            layer = int(hook.name.split(".")[1])
            z = z.clone()
            z[:, :, [head for at, head in silent if at == layer]] = 0
            return z

        kept = {}

        def keep(name):
            return name, lambda value, hook: kept.update({name: value})

        hooks = [(f"blocks.{layer}.attn.hook_z", silence) for layer, _ in silent]
        names = [
            f"blocks.{layer}.attn.hook_{what}" for layer in range(3) for what in ("z", "pattern")
        ]
        with torch.no_grad():
            logits = model.run_with_hooks(
                torch.from_numpy(ids), fwd_hooks=hooks + [keep(name) for name in names]
            )
            self.best = logits.argmax(-1).numpy()
            self.written = {
                (layer, head): self._written(model, kept, logits, layer, head)
                for layer, head in HEADS
            }
        self.pattern = np.stack(
            [kept[f"blocks.{layer}.attn.hook_pattern"].numpy() for layer in range(3)], axis=1
        )

    def _written(self, model, kept, logits, layer, head):
        """What a head adds to the predicted symbol's logit, less what it adds to the mean."""
        z = kept[f"blocks.{layer}.attn.hook_z"][:, :, head]
        added = z @ model.W_O[layer, head] @ model.W_U
        chosen = added.gather(-1, logits.argmax(-1, keepdim=True))[..., 0] - added.mean(-1)
        return float(chosen[:, 8:].mean())

    def agrees(self, predicted):
        there = predicted >= 0
        return float((self.best[there] == predicted[there]).mean())


def transformer(model, inputs):
    """Behaviour, direct attribution, ablation of one head and of two, patterns last."""
    ids = inputs[:24]
    whole = Run(model, ids)
    shares = {rule: whole.agrees(how.predict(ids)) for rule, how in ALGORITHMS.items()}
    rule = max(shares, key=shares.get)
    predicted = ALGORITHMS[rule].predict(ids)
    writer = max(HEADS, key=whole.written.get)
    without = {head: Run(model, ids, head) for head in HEADS}
    helper = [
        head
        for head in HEADS
        if head != writer and without[head].written[writer] < whole.written[writer] / 2
    ]
    backup = []
    if without[writer].agrees(predicted) > 0.9:
        backup = [max(HEADS, key=without[writer].written.get)]
    sharp = [head for head in HEADS if sharpness(whole, head) > 0.95]
    idle = [head for head in sharp if head not in {writer, *helper, *backup}]
    alone = without[writer].agrees(predicted)
    decoys = [
        head
        for head in idle
        if without[head].agrees(predicted) > 0.99
        and abs(Run(model, ids, head, writer).agrees(predicted) - alone) < 0.1
    ]
    assert len(helper) <= 1
    assert len(decoys) == 1
    return {
        "algorithm": rule,
        "writer": name(writer),
        "helper": name(helper[0]) if helper else "none",
        "decoy": name(decoys[0]),
        "backup": name(backup[0]) if backup else "none",
    }


def sharpness(run, head):
    layer, number = head
    return float(run.pattern[:, layer, number, 8:].max(-1).mean())


def transformer_by_patterns(model, inputs):
    """Take the head whose pattern fits a rule best for the one that writes."""
    ids = inputs[:24]
    pattern = Run(model, ids).pattern
    before = {}
    for query in range(8, ids.shape[1]):
        rows = pattern[:, :, :, query]
        before.setdefault("previous", []).append(rows[..., query - 1].mean(0))
        before.setdefault("two-back", []).append(rows[..., query - 2].mean(0))
        before.setdefault("first", []).append(rows[..., 1].mean(0))
        after = (ids[:, :query] == ids[:, query : query + 1])[:, None, None]
        before.setdefault("induction", []).append(
            (rows[..., 1 : query + 1] * after).sum(-1).mean(0)
        )
    scores = {rule: np.mean(values, axis=0) for rule, values in before.items()}
    rule = max(scores, key=lambda rule: scores[rule].max())
    return {
        "algorithm": rule,
        "writer": name(np.unravel_index(scores[rule].argmax(), (3, 4))),
    }


def superposition(model, _inputs):
    """Lengths, dimensionality and products."""
    held = model.lengths >= model.lengths.max(1, keepdims=True) / 2
    crowded = np.flatnonzero(held.sum(1) > model.shape[2])
    assert len(crowded) == 1
    (instance,) = crowded
    cosines = model.products(instance) / np.outer(*[model.lengths[instance]] * 2)
    cosines[~held[instance]] = 0
    cosines[:, ~held[instance]] = 0
    assert (cosines < -0.95).sum() == 2
    opposite = np.unravel_index(cosines.argmin(), cosines.shape)
    part = model.dimensionality[instance]
    shared = [f for f in np.flatnonzero(held[instance]) if f not in opposite and part[f] < 0.9]
    parts = {"triangle": 2 / 3, "tetrahedron": 3 / 4, "pentagon": 2 / 5}
    return {
        "superposed": int(instance),
        "held": int(held[instance].sum()),
        "opposite": tuple(int(feature) for feature in opposite),
        "shared": min(parts, key=lambda shape: abs(parts[shape] - part[shared].mean())),
    }


def superposition_by_size(model, _inputs):
    """Take squared lengths for a count of features."""
    return {"superposed": int(model.features_per_dimension.argmax())}


def superposition_by_units(model, _inputs):
    """Take the model whose hidden units answer to most features for the crowded one."""
    return {"superposed": int((np.abs(model.weights) > 0.3).sum((1, 2)).argmax())}


def kurtosis(units):
    centred = units - units.mean(0)
    return float(((centred**4).mean(0) / (centred**2).mean(0) ** 2).mean())


def features(model, _inputs):
    """A rotation, samples of the whole range, differences of means, means of each value."""
    binary = {n: v for n, v in model.factors.items() if v.max() == 1}
    cycles = {n: v for n, v in model.factors.items() if v.max() > 1}
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(20, 20)))[0]
    gain = {n: kurtosis(units) / kurtosis(units @ turn) for n, units in model.layers.items()}
    means = np.stack(
        [model.neurons[v == 1].mean(0) - model.neurons[v == 0].mean(0) for v in binary.values()]
    )
    purity = [whole_range(model, binary, neuron) for neuron in range(12)]
    assert sum(value >= 0.9 for value in purity) == 1
    return {
        "privileged": max(gain, key=gain.get),
        "monosemantic": int(np.argmax(purity)),
        "rotated": lambda menu: min(
            menu, key=lambda pair: (np.linalg.norm(means[:, pair], axis=1) > 0.4).sum()
        ),
        "circle": min(cycles, key=lambda cycle: unevenness(model.layers["A"], cycles[cycle])),
    }


def whole_range(model, binary, neuron):
    values = np.abs(model.neurons[:, neuron])
    active = values > values.max() / 4
    return max(factor[active].mean() for factor in binary.values())


def unevenness(units, cycle):
    """Longest step from a value to the next, the last to the first included, over the mean."""
    means = np.stack([units[cycle == value].mean(0) for value in range(cycle.max() + 1)])
    steps = np.linalg.norm(means - np.roll(means, 1, axis=0), axis=1)
    every = np.linalg.norm(means[:, None] - means, axis=-1)
    return steps.max() / every[np.triu_indices(len(every), 1)].mean()


def features_by_the_top(model, _inputs):
    """Take the neuron whose twenty strongest samples agree best, and the loudest layer."""
    binary = [v for v in model.factors.values() if v.max() == 1]
    top = np.abs(model.neurons).argsort(0)[-20:]
    agree = [max(v[top[:, neuron]].mean() for v in binary) for neuron in range(12)]
    loudest = max(model.layers, key=lambda name: np.abs(model.layers[name]).max())
    return {"monosemantic": int(np.argmax(agree)), "privileged": loudest}
