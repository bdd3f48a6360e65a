"""Train vision-shapes anew with two seeds, measure both, and write what ships.

    python data/models/vision-shapes/make.py

Training writes to build/vision-shapes/seed-N and goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from interp_widgets import data
from interp_widgets.training import TrainingConfig, train
from interp_widgets.worlds.shapes import shapes
from interp_widgets.worlds.shapes_behaviour import measure
from interp_widgets.worlds.shapes_network import ARCHITECTURE, SETTINGS, ShapesNetwork, boot_shapes

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[2] / "build" / "vision-shapes"
IMAGES = 64


def blank_model(seed: int) -> ShapesNetwork:
    """Return the untrained network of a seed."""
    torch.manual_seed(seed)
    return ShapesNetwork(SETTINGS)


def run(seed: int) -> ShapesNetwork:
    """Train the network of a seed. The decay of the weights wears what is random in them away."""
    config = TrainingConfig(
        steps=1200, learning_rate=4e-3, warmup=30, weight_decay=0.3, seed=seed, save_every=250
    )

    def batch(step: int) -> dict[str, Tensor]:
        drawn = shapes(IMAGES, (seed, step))
        return {"images": torch.from_numpy(drawn.images), "kind": torch.from_numpy(drawn.kind)}

    def loss(model: ShapesNetwork, given: Mapping[str, Tensor]) -> Tensor:
        return cross_entropy(model(given["images"]), given["kind"])

    model = blank_model(seed)
    train(model, batch, loss, config, folder=BUILD / f"seed-{seed}", device="cpu")
    return model.eval()


def save(model: ShapesNetwork, path: Path) -> None:
    """Write the weights in fp16."""
    save_file({name: tensor.half() for name, tensor in model.state_dict().items()}, path)


if __name__ == "__main__":
    (HERE / "revisions").mkdir(exist_ok=True)
    settings = {"architecture": ARCHITECTURE, **SETTINGS}
    (HERE / "config.json").write_text(json.dumps(settings, indent=1) + "\n")
    paths = [HERE / "model.safetensors", HERE / "revisions/seed-1.safetensors"]
    behaviour = {"untrained": measure(blank_model(0).eval())}
    for seed, path in enumerate(paths):
        save(run(seed), path)
        behaviour[f"seed-{seed}"] = measure(boot_shapes(HERE, path).eval())
    rounded = {
        name: {figure: round(value, 4) for figure, value in asdict(figures).items()}
        for name, figures in behaviour.items()
    }
    (HERE / "behaviour.json").write_text(json.dumps(rounded, indent=1) + "\n")
    data.record("models/vision-shapes", licence="MIT")
