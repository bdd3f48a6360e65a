"""Notebook 01, the logit lens: the stream after any layer, read as the model reads its last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake
from interp_widgets.course.lessons._inside_models import network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch
    from transformer_lens.model_bridge import TransformerBridge


def lens_logits(model: TransformerBridge, tokens: torch.Tensor, layer: int) -> Any:  # noqa: ANN401 -- the model's own output has no type
    """Return the logits if the model stopped after a layer: (batch, pos, vocabulary)."""
    _, cache = model.run_with_cache(tokens)
    return model.unembed(model.ln_final(cache["resid_post", layer]))


def _stops() -> Iterator[tuple[TransformerBridge, torch.Tensor, int]]:
    model = network("tiny-world")
    tokens = model.to_tokens("Mary gave John a")
    for layer in (0, 3):
        yield model, tokens, layer


def _read(kind: str) -> Callable[..., Any]:
    """Make an answer that reads another activation."""

    def wrong(model: Any, tokens: Any, layer: int) -> Any:  # noqa: ANN401 -- torch is not imported
        _, cached = model.run_with_cache(tokens)
        return model.unembed(model.ln_final(cached[kind, layer]))

    return wrong


def _without_norm(model: Any, tokens: Any, layer: int) -> Any:  # noqa: ANN401
    _, cached = model.run_with_cache(tokens)
    return model.unembed(cached["resid_post", layer])


def _check_lens_logits(my_lens_logits: Callable[..., Any]) -> str:
    from transformer_lens.tools.analysis import logit_readout

    for model, tokens, layer in _stops():
        _, cached = model.run_with_cache(tokens)
        expected = logit_readout(model, cached["resid_post", layer]).values
        got = expect.call(my_lens_logits, model, tokens, layer)
        expect.numbers(got, expected, f"What is read after layer {layer}")
    expect.numbers(got, model(tokens), "After the last layer, what the model says")
    return (
        "It agrees with TransformerLens' `logit_readout` after the first layer and the last. There "
        "it gives the model's own logits."
    )


LENS_LOGITS = Exercise(
    slug="lens-logits",
    title="Read the stream after any layer",
    reference=lens_logits,
    check=_check_lens_logits,
    inputs=_stops,
    mistakes=[
        Mistake(
            "The final norm is missing. The model brings the stream to a common size before it "
            "reads it: `model.ln_final(...)`.",
            _without_norm,
        ),
        Mistake(
            "This is one layer too early: `resid_pre` is the stream before the layer.",
            _read("resid_pre"),
        ),
        Mistake(
            "This is in the middle of the layer: its MLP has not written yet.",
            _read("resid_mid"),
        ),
        Mistake(
            "This reads what the heads of the layer wrote, and not the whole stream after it.",
            _read("attn_out"),
        ),
        Mistake(
            "These are probabilities. Hand in the logits, before the softmax.",
            lambda model, tokens, layer: lens_logits(model, tokens, layer).softmax(-1),
        ),
        Mistake(
            "This is the last position alone. Read the stream at every position.",
            lambda model, tokens, layer: lens_logits(model, tokens, layer)[:, -1],
        ),
    ],
    hints=[
        (
            "What does the model do with the stream after its last layer? Do the same after "
            "an earlier one."
        ),
        (
            'The stream after a layer is `cache["resid_post", layer]`. Two modules come after the '
            "last layer: `model.ln_final` and `model.unembed`."
        ),
        'Run with the cache, then `model.unembed(model.ln_final(cache["resid_post", layer]))`.',
    ],
    minutes=6,
    difficulty=2,
)
