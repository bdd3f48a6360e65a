"""Collect what features react to and what they write: the dashboards of neurons and latents."""

from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from transformer_lens.model_bridge import TransformerBridge

from interp_widgets._trace import check_model, encode, versions
from interp_widgets.analysis._corpus import Corpus, corpus_of
from interp_widgets.analysis._feature_examples import Choice, histogram, windows
from interp_widgets.analysis._feature_reading import Reader, reader
from interp_widgets.results import FeatureDashboard

_HELD_MOST = 32_000_000  # activations held at once; with more, the corpus is run several times
_PUSHED = 10  # tokens whose logits are named, in each direction
_NEAR = 8
_PART = 256  # features whose effect on the whole vocabulary is held at once

_Directions = Float[torch.Tensor, "feature d_model"]


def feature_dashboard(  # noqa: PLR0913 -- every option has its name, for help() and for editors
    model: TransformerBridge,
    what: Any,  # noqa: ANN401 -- a name, an array or an object with `encode`
    corpus: Any,  # noqa: ANN401 -- texts or ids
    *,
    hook: str | None = None,
    features: Sequence[int] | np.ndarray | None = None,
    names: Sequence[str] | None = None,
    examples: int = 8,
    window: tuple[int, int] = (9, 4),
    skip_first: bool = True,
    seed: int = 0,
) -> FeatureDashboard:
    """Run a corpus and collect for each feature when it is active, and what it writes.

    It shows what makes a neuron, a direction or a latent react: not only where it reacts most, but
    also where it does so weakly, and random tokens, because the strongest examples alone make most
    features look as if they had one meaning (Bolukbasi et al. 2021, "An Interpretability Illusion
    for BERT"). The logits are those of its direction read through the final norm's weights and the
    unembedding.

    Documents run in batches of one length. Activations of as many features as fit in 32 million
    numbers are held at once; where there are more, the corpus is run again for the next.

    Args:
        model: from `load_model`, or any TransformerBridge.
        what: the neurons of a layer, by the name of their hook, such as "blocks.1.mlp.hook_post" or
            ("post", 1); or directions (feature, d_model), whose activation is the dot product; or
            an object with `encode`, from (batch, pos, d_model) to (batch, pos, feature), and
            `W_dec`, (feature, d_model), such as a sparse autoencoder.
        corpus: a list of texts, or token ids of shape (document, pos).
        hook: where directions and latents are read; None for neurons, which name it already.
        features: numbers of the neurons, directions or latents that are wanted; None takes all.
        names: what to call each of them; None calls them by their numbers.
        examples: how many of the strongest and of the random ones are kept; of each band between, a
            third as many.
        window: tokens that are kept before and after the one in question.
        skip_first: whether the first token of each document does not count. Most models park
            attention and very large activations there.
        seed: of the random examples; equal seeds draw the same ones.

    Returns:
        The dashboards, which also read any other text for as long as the model is at hand.

    Raises:
        TypeError: a model, features or documents of a kind that is not known.
        ValueError: features or documents that do not fit the model.
    """
    check_model(model)
    read = reader(model, what, hook, features)
    documents = corpus_of(model, corpus)
    counted = documents.counted(skip_first=skip_first)
    _check_options(examples, window, counted)
    choice = Choice(
        ids=documents.ids,
        starts=documents.starts,
        counted=counted,
        most=examples,
        fewer=max(1, examples // 3),
        before=window[0],
        signed=read.kind == "direction",
        seed=seed,
    )
    held = _joined(_reduced(model, read, documents, choice, window))
    pushed = _pushed(model, read.directions)
    near, cosines = _nearest(read.directions)
    used = np.unique(np.concatenate([held["example_ids"].ravel(), *_ids_of(pushed)]))
    decode = model.tokenizer.decode
    return FeatureDashboard(
        features=read.features,
        kind=read.kind,
        **held,
        bands=choice.bands,
        example_bands=np.repeat(np.arange(len(choice.bands)), choice.sizes),
        focus=window[0],
        **pushed,
        near=read.features[near],
        near_cosines=cosines,
        words={int(token): str(decode([int(token)])) for token in used if token >= 0},
        documents=len(documents),
        names=None if names is None else tuple(names),
        read=_reading(model, read, skip_first=skip_first),
        source=MappingProxyType(
            {
                "model": str(model.cfg.model_name),
                "hook": read.hook,
                "corpus_sha256": documents.digest,
                **versions(),
            }
        ),
        folded=bool(model._weights_processed),  # noqa: SLF001 - the only place that says it
    )


def _check_options(examples: int, window: tuple[int, int], counted: np.ndarray) -> None:
    if examples < 1:
        raise ValueError(f"examples: expected at least 1, got {examples}. Keep a few.")
    if len(window) != 2 or min(window) < 0:
        raise ValueError(
            f"window: expected tokens before and after, each from 0, got {window}. Write (9, 4)."
        )
    if not counted.any():
        raise ValueError(
            "corpus: expected documents of two tokens or more, got only first tokens. Give longer "
            "ones, or skip_first=False."
        )


def _reduced(
    model: TransformerBridge,
    read: Reader,
    corpus: Corpus,
    choice: Choice,
    window: tuple[int, int],
) -> Iterator[dict[str, Any]]:
    """Give what is kept of each feature, running the corpus for as many at once as fit."""
    step = max(1, _HELD_MOST // len(corpus.ids))
    for first in range(0, len(read.features), step):
        places = range(first, min(first + step, len(read.features)))
        ran = read.run(model, corpus, places)
        for column, place in enumerate(places):
            number = int(read.features[place])
            yield _kept(np.ascontiguousarray(ran[:, column]), number, corpus, choice, window)


def _kept(
    column: Float[np.ndarray, " token"],
    feature: int,
    corpus: Corpus,
    choice: Choice,
    window: tuple[int, int],
) -> dict[str, Any]:
    """Keep of one feature's activations what a dashboard shows."""
    counted = column[choice.counted]
    counts, edges = histogram(counted)
    chosen = choice.of(column, feature)
    documents, places = windows(chosen, corpus.starts, *window)
    starts = np.where(documents < 0, 0, chosen - window[0] - corpus.starts[documents])
    there = places >= 0
    return {
        "counts": counts,
        "edges": edges,
        "density": (counted > 0).mean(dtype=np.float32),
        "peak": counted.max(),
        "example_ids": np.where(there, corpus.ids[places], -1),
        "example_values": np.where(there & choice.counted[places], column[places], np.nan),
        "example_documents": documents,
        "example_starts": starts,
    }


def _joined(parts: Iterator[dict[str, Any]]) -> dict[str, Any]:
    listed = list(parts)
    return {name: np.stack([part[name] for part in listed]) for name in listed[0]}


def _pushed(model: TransformerBridge, directions: _Directions) -> dict[str, Any]:
    """Find the logits that each direction raises and lowers most, against the mean token."""
    most = min(_PUSHED, model.cfg.d_vocab)
    found: dict[str, list[torch.Tensor]] = {}
    with torch.no_grad():
        for part in torch.split(directions, _PART):
            logits = _through_norm(model, part) @ model.W_U.float()
            logits = logits - logits.mean(-1, keepdim=True)
            up, down = logits.topk(most), logits.topk(most, largest=False)
            for name, values in (("up", up), ("down", down)):
                found.setdefault(f"{name}_ids", []).append(values.indices)
                found.setdefault(f"{name}_logits", []).append(values.values)
    return {name: torch.cat(parts).numpy(force=True) for name, parts in found.items()}


def _ids_of(pushed: dict[str, Any]) -> list[np.ndarray]:
    return [pushed["up_ids"].ravel(), pushed["down_ids"].ravel()]


def _through_norm(model: TransformerBridge, directions: _Directions) -> _Directions:
    """Do what the final norm does to a direction, but for its division by the scale.

    The weights of a folded model have been through it already, and stay as they are.
    """
    if model.cfg.normalization_type in {"LN", "LNPre"}:
        directions = directions - directions.mean(-1, keepdim=True)
    weight = getattr(getattr(model, "ln_final", None), "w", None)
    return directions if weight is None else directions * weight.float()


def _nearest(
    directions: _Directions,
) -> tuple[Int[np.ndarray, "feature n"], Float[np.ndarray, "feature n"]]:
    """Find for each direction the most similar others, by the cosine of the angle between them."""
    unit = torch.nn.functional.normalize(directions, dim=-1)
    most = min(_NEAR, len(unit) - 1)
    places, cosines = [], []
    for first in range(0, len(unit), _PART):
        rows = torch.arange(first, min(first + _PART, len(unit)), device=unit.device)
        angles = unit[rows] @ unit.T
        angles[torch.arange(len(rows)), rows] = -2  # not itself
        best = angles.topk(most)
        places.append(best.indices)
        cosines.append(best.values)
    return torch.cat(places).numpy(force=True), torch.cat(cosines).numpy(force=True)


def _reading(
    model: TransformerBridge, read: Reader, *, skip_first: bool
) -> Callable[[str], tuple[tuple[str, ...], np.ndarray]]:
    """Make what reads any other text with the same features."""

    def run(text: str) -> tuple[tuple[str, ...], np.ndarray]:
        ids = encode(model, text)
        one = Corpus(ids.numpy(force=True), np.array([0, len(ids)]))
        values = read.run(model, one, range(len(read.features)))
        values[~one.counted(skip_first=skip_first)] = np.nan
        return tuple(str(token) for token in model.to_str_tokens(ids)), values

    return run
