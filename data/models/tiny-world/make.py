"""Rebuild tiny-world from its seeds: the tokenizer, the runs, and the checkpoints that ship.

    python data/models/tiny-world/make.py train 0    # about an hour on two cores; safe to kill
    python data/models/tiny-world/make.py export 0   # choose, measure and write what ships
    python data/models/tiny-world/make.py train 2    # and another seed beside it
    python data/models/tiny-world/make.py export 2

Training writes to build/tiny-world/seed-N and goes on where it stopped. A GPU is used if there is
one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from interp_widgets import data
from interp_widgets.training import TrainingConfig, train
from interp_widgets.worlds.grammar import BOS
from interp_widgets.worlds.tiny_behaviour import (
    Behaviour,
    answer_margins,
    as_dict,
    measure,
    share_right,
)
from interp_widgets.worlds.tiny_tokenizer import VOCABULARY_SIZE, train_tokenizer
from interp_widgets.worlds.tiny_world import CONTEXT, World

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[2] / "build" / "tiny-world"
WINDOWS = 32
SNAPSHOTS = {*range(50, 1500, 50), *range(1500, 5001, 250)}  # of the first stage
SHIPPED_BEFORE, SHIPPED_AFTER = 4, 4
GOALS = {
    "giving": ">= 0.99", "giving_logit_difference": ">= 3", "facts": ">= 0.98",
    "claims": ">= 0.95", "agreement": ">= 0.97", "mood": ">= 0.95", "list_ratio": "<= 0.3",
    "excess": "<= 0.08",
}  # fmt: skip
COPIES = 0.9  # share of giving sentences from which on the model is said to copy names


@dataclass(frozen=True)
class Stage:
    """A part of a run: how many steps, how fast, and which answers weigh more than one token."""

    steps: int
    learning_rate: float
    emphasis: Mapping[str, float]
    often: Mapping[str, float] = field(default_factory=dict)

    def settings(self, seed: int) -> TrainingConfig:
        """Return the schedule: a short rise, a plateau, and a linear fall over the last third."""
        return TrainingConfig(
            steps=self.steps,
            learning_rate=self.learning_rate,
            warmup=100,
            decay="linear",
            decay_steps=self.steps // 3,
            weight_decay=0.01,
            betas=(0.9, 0.98),
            seed=seed,
            save_every=100,
        )


# Verdicts and consequences are one token in eighty, and learned only by a model that already knows
# the facts: so they come second, slowly, and weigh more.
STAGES = (
    Stage(steps=5000, learning_rate=4e-3, emphasis={}),
    Stage(steps=4500, learning_rate=1e-3, emphasis={"claim": 20.0, "mood": 40.0}),
)
# Claims come last, and not in every run by then: such a run reads more of them, until it judges
# enough rightly, on questions of their own.
FURTHER = Stage(
    steps=1000, learning_rate=1e-3, emphasis={"claim": 20.0, "mood": 40.0}, often={"claims": 6.0}
)
FURTHER_MOST, CLAIMS, CLAIMS_SEED = 4, 0.965, 7


def blank_model(seed: int) -> GPT2LMHeadModel:
    """Return the untrained network; GPT-2's own initial 0.02 is too small for one so narrow."""
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=VOCABULARY_SIZE,
        n_positions=CONTEXT,
        n_embd=128,
        n_layer=4,
        n_head=4,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        initializer_range=0.08,
        bos_token_id=0,
        eos_token_id=0,
    )
    model = GPT2LMHeadModel(config)
    for block in model.transformer.h:
        block.mlp.act = nn.GELU(approximate="tanh")  # GPT-2's own function, in one kernel
    return model


def next_token_loss(model: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
    """Return the weighted mean cross-entropy of the next token, in nats.

    A weight that depends on the position alone leaves the best prediction there what it was.
    """
    logits = model(batch["ids"]).logits[:, :-1]
    losses = cross_entropy(logits.flatten(0, 1), batch["ids"][:, 1:].flatten(), reduction="none")
    weights = batch["weights"][:, 1:].flatten()
    return (losses * weights).sum() / weights.sum()


def run(seed: int) -> None:
    """Train one seed, keeping snapshots to choose the checkpoints that ship from."""
    folder = BUILD / f"seed-{seed}"
    (folder / "snapshots").mkdir(parents=True, exist_ok=True)
    world, model = World(train_tokenizer()), blank_model(seed)

    def windows(step: int, before: int, stage: Stage) -> dict[str, Tensor]:
        made = world.windows(WINDOWS, CONTEXT, (seed, before + step), stage.emphasis, stage.often)
        return dict(zip(("ids", "weights"), map(torch.from_numpy, made), strict=True))

    def snapshot(step: int, before: int) -> None:
        if before == 0 and step in SNAPSHOTS:
            save_file(half(model), folder / f"snapshots/step-{step}.safetensors")

    before = 0  # steps of earlier stages: no window is seen twice
    for part, stage in enumerate(stages(model, world)):
        train(
            model,
            partial(windows, before=before, stage=stage),
            next_token_loss,
            stage.settings(seed),
            folder=folder / f"stage-{part}",
            on_step=lambda step, _loss, before=before: snapshot(step, before),
        )
        before += stage.steps
    model.cpu().save_pretrained(folder / "final")


def stages(model: GPT2LMHeadModel, world: World) -> Iterator[Stage]:
    """Give one stage after another, until the model judges claims well enough."""
    yield from STAGES
    asked = world.questions("claim", 1000, CLAIMS_SEED)
    for _ in range(FURTHER_MOST):
        right = share_right(lambda ids: model(ids.to(model.device)).logits.cpu(), world, asked)
        print(f"claims judged rightly: {right:.3f}")
        if right >= CLAIMS:
            return
        yield FURTHER


def half(model: nn.Module) -> dict[str, Tensor]:
    """Return the weights in fp16, without the unembedding: it is the embedding again."""
    state = {name: tensor for name, tensor in model.state_dict().items() if "lm_head" not in name}
    return {name: t.detach().to("cpu", torch.float16).contiguous() for name, t in state.items()}


def export(seed: int) -> None:
    """Write what ships of a finished run and what it can do, and record the files.

    Seed 0 is the model, with its tokenizer and the checkpoints of its training; any other seed is
    one more revision.
    """
    if seed == 0:
        write_model(trained(0))
        note("copying", copying(World(train_tokenizer())))
    else:
        save_file(half(trained(seed)), HERE / f"revisions/seed-{seed}.safetensors")
    measured = figures(trained(seed), World(train_tokenizer()))
    behaviour = note("behaviour", {f"seed-{seed}": measured})
    write_table(behaviour)
    data.record("models/tiny-world", licence="MIT")


def write_model(model: GPT2LMHeadModel) -> None:
    """Write the weights and the tokenizer in Hugging Face layout, and nothing of older runs."""
    model.save_pretrained(HERE)
    (HERE / "generation_config.json").unlink()
    PreTrainedTokenizerFast(
        tokenizer_object=train_tokenizer(), bos_token=BOS, eos_token=BOS, model_max_length=CONTEXT
    ).save_pretrained(HERE)
    settings_file = HERE / "tokenizer_config.json"
    older = settings_file.read_text().replace("TokenizersBackend", "PreTrainedTokenizerFast")
    settings_file.write_text(older)  # the name that transformers 4 knows too
    rmtree(HERE / "revisions", ignore_errors=True)
    (HERE / "revisions").mkdir()
    (HERE / "behaviour.json").unlink(missing_ok=True)


def note(part: str, found: Mapping[str, object]) -> dict[str, Any]:
    """Add to a part of behaviour.json; return all of that part."""
    path = HERE / "behaviour.json"
    record: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    known = {**record.get(part, {}), **found}
    record[part] = dict(sorted(known.items())) if part == "behaviour" else known
    path.write_text(json.dumps(record, indent=1) + "\n")
    return record[part]


def trained(seed: int) -> GPT2LMHeadModel:
    """Return the network of a finished run."""
    return GPT2LMHeadModel.from_pretrained(BUILD / f"seed-{seed}/final").eval()


def write_table(behaviour: Mapping[str, Mapping[str, float]]) -> None:
    """Put the measured figures into the README, beside the goals."""
    meaning = {field.name: field.metadata["meaning"] for field in fields(Behaviour)}
    rows = [
        f"| measured | goal | {' | '.join(behaviour)} |",
        "| --- | --- |" + " --- |" * len(behaviour),
    ]
    for name, goal in GOALS.items():
        cells = " | ".join(f"{figures[name]:.3f}" for figures in behaviour.values())
        rows.append(f"| {meaning[name]} | {goal} | {cells} |")
    readme = (HERE / "README.md").read_text()
    before, _, rest = readme.partition("<!-- figures -->\n")
    after = rest.partition("<!-- end of figures -->")[2]
    table = "\n".join(rows)
    text = f"{before}<!-- figures -->\n\n{table}\n\n<!-- end of figures -->{after}"
    (HERE / "README.md").write_text(text)


def figures(model: GPT2LMHeadModel, world: World) -> dict[str, float]:
    """Measure one model on 2,000 held-out questions of every kind."""
    return as_dict(measure(lambda ids: model(ids).logits, world, count=2000))


def copying(world: World) -> dict[str, float]:
    """Ship the snapshots around the step at which names begin to be copied; return their scores."""
    questions = world.questions("giving.standard", 500, seed=2)
    model = blank_model(0).eval()
    paths = sorted((BUILD / "seed-0/snapshots").iterdir(), key=step_of)
    scores = {}
    for path in paths:
        weights = {name: tensor.float() for name, tensor in load_file(path).items()}
        model.load_state_dict(weights, strict=False)
        margins = answer_margins(lambda ids: model(ids).logits, world, questions)
        scores[path] = round(float((margins > 0).mean()), 4)
    first = next(index for index, path in enumerate(paths) if scores[path] >= COPIES)
    start = max(0, first - SHIPPED_BEFORE)
    shipped = paths[start : start + SHIPPED_BEFORE + SHIPPED_AFTER]
    for path in shipped:
        (HERE / "revisions" / path.name).write_bytes(path.read_bytes())
    return {path.stem: scores[path] for path in paths}


def step_of(path: Path) -> int:
    """Return the training step in a snapshot's name."""
    return int(path.stem.removeprefix("step-"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("train", "export"))
    parser.add_argument("seed", type=int, nargs="?", default=0)
    chosen = parser.parse_args()
    (run if chosen.what == "train" else export)(chosen.seed)
