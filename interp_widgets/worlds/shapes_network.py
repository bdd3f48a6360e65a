"""The network of vision-shapes: three layers of convolutions, with a hook behind each."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu
from transformer_lens import HookedRootModule
from transformer_lens.hook_points import HookPoint

from interp_widgets.worlds.shapes import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ARCHITECTURE: Final = "ShapesNetwork"
SETTINGS: Final = {"widths": [16, 24, 32], "kernels": [7, 5, 3], "kinds": list(KINDS)}


class ShapesNetwork(HookedRootModule):
    """Tell the kind of a shape from its image.

    `run_with_cache`, `run_with_hooks` and `add_hook` are TransformerLens' own. The hooks are
    `hook_conv1`, `hook_conv2`, `hook_conv3` (image, unit, row, column), after the ReLU, and
    `hook_pooled` (image, unit), the largest value of each unit of the last layer.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Build it from the settings of its config.json."""
        super().__init__()
        self.cfg = SimpleNamespace(**settings, model_name="vision-shapes")
        first, second, third = settings["widths"]
        near, middle, far = settings["kernels"]
        self.conv1 = nn.Conv2d(3, first, near, padding=near // 2)
        self.hook_conv1 = HookPoint()
        self.conv2 = nn.Conv2d(first, second, middle, padding=middle // 2)
        self.hook_conv2 = HookPoint()
        self.conv3 = nn.Conv2d(second, third, far, padding=far // 2)
        self.hook_conv3 = HookPoint()
        self.hook_pooled = HookPoint()
        self.head = nn.Linear(third, len(settings["kinds"]))
        self.setup()  # type: ignore[no-untyped-call]

    def forward(self, images: Tensor) -> Tensor:
        """Give a logit for each kind.

        Args:
            images: (image, channel, row, column), from 0 to 1.

        Returns:
            (image, kind), in the order of `cfg.kinds`.
        """
        near = self.hook_conv1(relu(self.conv1(images - 0.5)))
        middle = self.hook_conv2(relu(self.conv2(max_pool2d(near, 2))))
        far = self.hook_conv3(relu(self.conv3(max_pool2d(middle, 2))))
        logits: Tensor = self.head(self.hook_pooled(far.amax((2, 3))))
        return logits


def boot_shapes(folder: Path, weights: Path | None = None) -> ShapesNetwork:
    """Build the network of a folder, in float32 on the CPU.

    Args:
        folder: with config.json and model.safetensors.
        weights: another version of the weights; None takes model.safetensors.
    """
    import torch
    from safetensors.torch import load_file

    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    with torch.random.fork_rng(devices=[]):  # the values that the weights replace are drawn
        network = ShapesNetwork(settings)
    network.load_state_dict(load_file(weights or folder / "model.safetensors"))
    return network
