"""Two exercises of notebook 01: add up the residual stream, and silence a head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake
from interp_widgets.course.expect import NotYetError
from interp_widgets.course.lessons._inside_models import letters, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch
    from transformer_lens.model_bridge import TransformerBridge

    Reading = tuple[TransformerBridge, torch.Tensor]

_WITHIN = 1e-5  # logits; float32 on another processor differs by less


def _readings() -> Iterator[Reading]:
    yield letters()
    yield segments()


# --- own-logits ---


def own_logits(model: TransformerBridge, tokens: torch.Tensor) -> torch.Tensor:
    """Add up what was written into the stream, and read it out: (batch, pos, symbol)."""
    _, cache = model.run_with_cache(tokens)
    stream = cache["hook_embed"] + cache["hook_pos_embed"]
    for layer in range(model.cfg.n_layers):
        stream = stream + cache["attn_out", layer]
    return stream @ model.W_U


def _stream(model: Any, tokens: Any) -> Any:  # noqa: ANN401 -- torch is not imported here
    _, cache = model.run_with_cache(tokens)
    return cache[f"blocks.{model.cfg.n_layers - 1}.hook_resid_post"], cache


def _without_part(part: str) -> Callable[[Any, Any], Any]:
    def wrong(model: Any, tokens: Any) -> Any:  # noqa: ANN401
        stream, cache = _stream(model, tokens)
        return (stream - cache[part]) @ model.W_U

    return wrong


def _last_layer_alone(model: Any, tokens: Any) -> Any:  # noqa: ANN401
    _, cache = _stream(model, tokens)
    last = cache["attn_out", model.cfg.n_layers - 1]
    return (cache["hook_embed"] + cache["hook_pos_embed"] + last) @ model.W_U


def _streams_added(model: Any, tokens: Any) -> Any:  # noqa: ANN401
    _, cache = _stream(model, tokens)
    stream = cache["hook_embed"] + cache["hook_pos_embed"]
    for layer in range(model.cfg.n_layers):
        stream = stream + cache["resid_post", layer]
    return stream @ model.W_U


def _check_own_logits(my_own_logits: Callable[..., Any]) -> str:
    for model, tokens in _readings():
        what = f"The result for {model.cfg.model_name}"
        expect.numbers(expect.call(my_own_logits, model, tokens), model(tokens), what, _WITHIN)
    return (
        "Your sum gives the model's own logits, here and on a trained network of two layers: "
        "nothing else reaches the output."
    )


OWN_LOGITS = Exercise(
    slug="own-logits",
    title="Add up the residual stream",
    reference=own_logits,
    check=_check_own_logits,
    inputs=_readings,
    mistakes=[
        Mistake(
            "Where a token stands is written too, before the first layer: "
            '`cache["hook_pos_embed"]`. In hand-induction its columns do not reach the output, in '
            "a trained network they do.",
            _without_part("hook_pos_embed"),
        ),
        Mistake(
            'The token itself is missing: the sum begins with `cache["hook_embed"]`.',
            _without_part("hook_embed"),
        ),
        Mistake(
            "Only the last layer was added. A layer does not replace what stands in the stream: "
            "add what each one wrote.",
            _last_layer_alone,
        ),
        Mistake(
            "`resid_post` is the whole stream after a layer, so this counts the embeddings again "
            'and again. What one layer wrote is `cache["attn_out", layer]`.',
            _streams_added,
        ),
        Mistake(
            "This is the stream itself. One step is left: `stream @ model.W_U` reads a logit for "
            "each symbol out of it.",
            lambda model, tokens: _stream(model, tokens)[0],
        ),
    ],
    hints=[
        "Two things are written before the first layer: which token it is, and where it stands.",
        'The names in the cache are "hook_embed", "hook_pos_embed" and ("attn_out", layer).',
        (
            'Begin with `cache["hook_embed"] + cache["hook_pos_embed"]`; in the loop, add '
            '`cache["attn_out", layer]`.'
        ),
    ],
    minutes=5,
    difficulty=1,
)


# --- ablated-logits ---


def ablated_logits(model: TransformerBridge, tokens: torch.Tensor, layer: int, head: int) -> Any:  # noqa: ANN401 -- the model's own output has no type
    """Run the model with one head silenced: (batch, pos, symbol)."""

    def silence(z, hook):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, ARG001
        z[:, :, head] = 0
        return z

    return model.run_with_hooks(tokens, fwd_hooks=[(f"blocks.{layer}.attn.hook_z", silence)])


def _cases() -> Iterator[tuple[TransformerBridge, torch.Tensor, int, int]]:
    for model, tokens in _readings():
        for layer, head in ((0, 1), (1, 2)):
            yield model, tokens, layer, head


def _changed(change: Callable[[Any, int], Any]) -> Callable[..., Any]:
    """Make an answer that changes the heads of the layer in some way."""

    def wrong(model: Any, tokens: Any, layer: int, head: int) -> Any:  # noqa: ANN401
        hooks = [(f"blocks.{layer}.attn.hook_z", lambda z, hook: change(z, head))]  # noqa: ARG005
        return model.run_with_hooks(tokens, fwd_hooks=hooks)

    return wrong


def _zero(z: Any, *place: Any) -> Any:  # noqa: ANN401
    z[place] = 0
    return z


_ALL = slice(None)


def _subtracted(model: Any, tokens: Any, layer: int, head: int) -> Any:  # noqa: ANN401
    """Take what the head wrote out of the stream instead: the same in another way."""
    _, cache = model.run_with_cache(tokens)
    wrote = cache.stack_head_results()[layer * model.cfg.n_heads + head]
    hooks = [(f"blocks.{layer}.hook_resid_post", lambda stream, hook: stream - wrote)]  # noqa: ARG005
    return model.run_with_hooks(tokens, fwd_hooks=hooks)


def _check_ablated_logits(my_ablated_logits: Callable[..., Any]) -> str:
    for model, tokens, layer, head in _cases():
        whole, expected = model(tokens), _subtracted(model, tokens, layer, head)
        try:
            got = expect.call(my_ablated_logits, model, tokens, layer, head)
            what = f"The output of {model.cfg.model_name} without head {head} of layer {layer}"
            expect.numbers(got, expected, what, _WITHIN)
            if not whole.equal(model(tokens)):
                raise NotYetError(
                    "The logits are right, but your hook stays on the model and silences the head "
                    "for everybody after you. `run_with_hooks` takes it off again."
                )
        finally:
            model.reset_hooks()
    return (
        "It agrees with taking what TransformerLens says the head wrote out of the stream, for two "
        "heads of two networks."
    )


ABLATED_LOGITS = Exercise(
    slug="ablated-logits",
    title="Silence one head",
    reference=ablated_logits,
    check=_check_ablated_logits,
    inputs=_cases,
    mistakes=[
        Mistake(
            "`z[:, head]` is a position, not a head. The axes of z are batch, position, head and "
            "what the head hands over.",
            _changed(lambda z, head: _zero(z, _ALL, head)),
        ),
        Mistake(
            "This silences every head of the layer. Set only `z[:, :, head]` to 0.",
            _changed(lambda z, _: _zero(z, ...)),
        ),
        Mistake(
            "The head is silenced at the last position only; it speaks at every one: "
            "`z[:, :, head]`.",
            _changed(lambda z, head: _zero(z, _ALL, -1, head)),
        ),
        Mistake(
            "Nothing changed. A hook must return what takes the place of z, or change z itself; a "
            "copy that is not returned is lost. Is `silence` in `fwd_hooks`?",
            lambda model, tokens, layer, head: model(tokens),  # noqa: ARG005
        ),
        Mistake(
            "This keeps the one head and silences the others.",
            _changed(lambda z, head: z - _zero(z.clone(), _ALL, _ALL, head)),
        ),
        Mistake(
            "The head of layer 0 is silenced, whichever layer is asked for. The name of the place "
            "must hold the number of the layer.",
            lambda model, tokens, layer, head: ablated_logits(model, tokens, 0, head),  # noqa: ARG005
        ),
    ],
    hints=[
        "Which axis of z counts the heads? Write 0 there, for one head, everywhere else for all.",
        (
            "`z[:, :, head] = 0` in the hook, which then returns z. The name of the place holds "
            "the number of the layer, as in the example above."
        ),
        'The place is `f"blocks.{layer}.attn.hook_z"`, and its hook is `silence`.',
    ],
    minutes=7,
    difficulty=2,
)
