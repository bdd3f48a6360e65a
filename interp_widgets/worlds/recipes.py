"""Train a small network of TransformerLens' own architecture and write it as a shipped model."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from interp_widgets import data
from interp_widgets._native import boot_native, save_native
from interp_widgets.training import TrainingConfig, train

if TYPE_CHECKING:
    from transformer_lens.model_bridge import TransformerBridge

Measure = Callable[["TransformerBridge"], dict[str, float]]
History = list[dict[str, float]]
"""Figures after each of some steps, with the step."""
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"


@dataclass(frozen=True)
class Recipe:
    """Say how a small network is trained.

    Attributes:
        network: settings of a `TransformerBridgeConfig`.
        vocabulary: the text of each token; the first begins every sequence.
        training: the schedule, and the seed, which also draws the initial weights.
        batch: gives the batch of a step, as `train` asks for it.
        loss: the scalar to lower, from the network and a batch.
        spaced: whether white space sets the symbols of a prompt apart.
    """

    network: Mapping[str, object]
    vocabulary: Sequence[str]
    training: TrainingConfig
    batch: Callable[[int], Any]
    loss: Callable[[nn.Module, Any], Tensor]
    spaced: bool = False


def snapshots(recipe: Recipe, steps: Collection[int]) -> dict[int, dict[str, Tensor]]:
    """Train a network on the CPU and keep its weights on the way.

    Args:
        recipe: how it is trained.
        steps: after how many steps the weights are kept; 0 is the untrained network.

    Returns:
        The weights in fp16, by step.
    """
    from transformer_lens.config import TransformerBridgeConfig
    from transformer_lens.model_bridge.sources.native import NativeModel, initialize_native_model

    config = TransformerBridgeConfig.from_dict(dict(recipe.network))
    with torch.random.fork_rng(devices=[]):  # the values that the next line replaces are drawn
        network = NativeModel(config)
    initialize_native_model(network, config, seed=recipe.training.seed)
    kept: dict[int, dict[str, Tensor]] = {}

    def keep(step: int, _loss: Tensor | None = None) -> None:
        if step in steps:
            kept[step] = {name: t.detach().half() for name, t in network.state_dict().items()}

    keep(0)
    train(network, recipe.batch, recipe.loss, recipe.training, on_step=keep, device="cpu")
    return kept


def ship(
    name: str,
    runs: Mapping[str, Recipe],
    measure: Measure,
    summary: Callable[[History], Mapping[str, float | None]],
    *,
    checkpoints: Sequence[int],
    every: int,
) -> None:
    """Train a model's runs, write what ships, and record what the shipped weights do.

    The first run becomes the model, with checkpoints as revisions; every other run is a revision by
    its name. behaviour.json gets, for each run, the seconds of CPU time that training took, the
    figures on the way, and their summary.

    Args:
        name: of the model, whose folder is in the checkout's data.
        runs: how each is trained.
        measure: the figures of a model.
        summary: the figures of a run, from those on the way.
        checkpoints: the steps of the first run that ship; each a multiple of `every`.
        every: steps between two measurements.
    """
    folder = data.root() / f"models/{name}"
    _clear(folder / "revisions")
    behaviour: dict[str, dict[str, object]] = {}
    for run, recipe in runs.items():
        started, last = process_time(), recipe.training.steps
        kept = snapshots(recipe, range(0, last + 1, every))
        seconds = round(process_time() - started, 1)
        if behaviour:
            save_file(kept[last], folder / f"revisions/{run}.safetensors")
        else:
            save_native(folder, recipe.network, kept[last], recipe.vocabulary, spaced=recipe.spaced)
            for step in checkpoints:
                save_file(kept[step], folder / f"revisions/step-{step}.safetensors")
        history = list(_measured(folder, kept, measure))
        behaviour[run] = {"cpu_seconds": seconds, "summary": summary(history), "history": history}
    _write(folder / "behaviour.json", json.dumps(behaviour, indent=1) + "\n")
    data.record(f"models/{name}", licence="MIT")


def _clear(revisions: Path) -> None:
    revisions.mkdir(exist_ok=True)
    for old in revisions.iterdir():
        old.unlink()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _measured(
    folder: Path, kept: Mapping[int, dict[str, Tensor]], measure: Measure
) -> Iterator[dict[str, float]]:
    with TemporaryDirectory() as scratch:
        weights = Path(scratch) / "weights.safetensors"
        for step, tensors in kept.items():
            save_file(tensors, weights)
            figures = measure(boot_native(folder, weights).eval())
            yield {"step": step, **{name: round(value, 4) for name, value in figures.items()}}


def fill_in(name: str, meanings: Mapping[str, str], goals: Mapping[str, str]) -> None:
    """Put the recorded figures of a model into its README, between the two marks there.

    Args:
        name: of the model.
        meanings: of the figures in a summary, in the order of the table.
        goals: what some of them are asked to be.
    """
    folder = data.root() / f"models/{name}"
    behaviour = json.loads((folder / "behaviour.json").read_text(encoding="utf-8"))
    rows = [["measured", "goal", *behaviour], ["---"] * (2 + len(behaviour))]
    for figure, meaning in meanings.items():
        values = (run["summary"][figure] for run in behaviour.values())
        texts = ("never" if value is None else f"{value:.4g}" for value in values)
        rows.append([meaning, goals.get(figure, ""), *texts])
    seconds = (f"{run['cpu_seconds']:.0f}" for run in behaviour.values())
    rows.append(["training, seconds of CPU time", "", *seconds])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    before, _, rest = (folder / "README.md").read_text(encoding="utf-8").partition(_BEGIN)
    _write(folder / "README.md", f"{before}{_BEGIN}\n\n{table}\n\n{_END}{rest.partition(_END)[2]}")
