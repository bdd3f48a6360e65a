"""Two exercises of notebook 01: who writes the answer, and which head decides it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from interp_widgets.course import expect
from interp_widgets.course.exercises import Computed, Exercise, Mistake, Selected
from interp_widgets.course.expect import NotYetError
from interp_widgets.course.lessons._inside_models import GIVES, RECEIVES, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch
    from transformer_lens.model_bridge import TransformerBridge

_WITHIN = 1e-3  # logits
_DECIDES = 0.5  # least share of the difference between the two sentences


# --- attribution ---


def attribution(
    model: TransformerBridge, tokens: torch.Tensor, answer: int, other: int
) -> list[float]:
    """Say what each part adds to logit of answer minus logit of other, at the last token."""
    _, cache = model.run_with_cache(tokens)
    parts = [cache["hook_embed"], cache["hook_pos_embed"]]
    for layer in range(model.cfg.n_layers):
        parts += [cache["attn_out", layer], cache["mlp_out", layer]]
    direction = model.W_U[:, answer] - model.W_U[:, other]
    scale = cache["ln_final.hook_scale"][0, -1]
    return [(part[0, -1] @ direction / scale).item() for part in parts]


def _questions() -> Iterator[tuple[TransformerBridge, torch.Tensor, int, int]]:
    model = folded()
    mary, john = (model.to_single_token(name) for name in (" Mary", " John"))
    for sentence in (RECEIVES, GIVES):
        yield model, model.to_tokens(sentence), mary, john


def _own(
    parts: Callable[[Any], Any], direction: Callable[..., Any], *, scaled: bool = True
) -> Callable[..., Any]:
    """Make an answer with other parts, another direction, or no scale."""

    def wrong(model: Any, tokens: Any, answer: int, other: int) -> Any:  # noqa: ANN401
        _, cached = model.run_with_cache(tokens)
        scale = cached["ln_final.hook_scale"][0, -1] if scaled else 1
        shares = parts(cached) @ direction(model.W_U, answer, other) / scale
        return shares.tolist()

    return wrong


def _written(cached: Any) -> Any:  # noqa: ANN401
    return cached.decompose_resid()[:, 0, -1]


def _each_by_its_own_size(cached: Any) -> Any:  # noqa: ANN401
    written = _written(cached)
    return written / (written.var(-1, keepdim=True, correction=0) + 1e-5).sqrt()


def _difference(unembed: Any, answer: int, other: int) -> Any:  # noqa: ANN401
    return unembed[:, answer] - unembed[:, other]


def _check_attribution(my_attribution: Callable[..., Any]) -> str:
    for model, tokens, answer, other in _questions():
        logits, cached = model.run_with_cache(tokens)
        parts: Any = cached.decompose_resid(pos_slice=-1)
        shares = cached.logit_attrs(parts, answer, other, pos_slice=-1)
        got = expect.call(my_attribution, model, tokens, answer, other)
        expect.numbers(got, shares[:, 0], "What each part adds", _WITHIN)
        bias = model.b_U[answer] - model.b_U[other]
        whole = logits[0, -1, answer] - logits[0, -1, other]
        expect.numbers(sum(got) + bias, whole, "The sum of all parts and of b_U", _WITHIN)
    return (
        "It agrees with TransformerLens' `logit_attrs` on two sentences, and with the bias b_U the "
        "parts add up to the difference."
    )


ATTRIBUTION = Exercise(
    slug="attribution",
    title="Share out a logit difference among those who wrote it",
    reference=attribution,
    check=_check_attribution,
    inputs=_questions,
    mistakes=[
        Mistake(
            "The scale is missing. The final norm divides the whole stream by one number, "
            '`cache["ln_final.hook_scale"]`, and so each part by the same.',
            _own(_written, _difference, scaled=False),
        ),
        Mistake(
            "Each part was divided by its own size, and then they do not add up. Divide all by the "
            "size of the whole stream, which the run has kept.",
            _own(_each_by_its_own_size, _difference, scaled=False),
        ),
        Mistake(
            "This is the logit of the answer alone. Take the direction from the other token to the "
            "answer: the difference of two columns of W_U.",
            _own(_written, lambda unembed, answer, other: unembed[:, answer]),  # noqa: ARG005
        ),
        Mistake(
            "The sign is turned round: answer minus other.",
            _own(_written, lambda unembed, answer, other: unembed[:, other] - unembed[:, answer]),
        ),
        Mistake(
            "The stream after each part is a running sum; take what each part wrote by itself.",
            _own(lambda cached: _written(cached).cumsum(0), _difference),
        ),
        Mistake(
            "These are means over all tokens. The answer is read at the last one.",
            _own(lambda cached: cached.decompose_resid()[:, 0].mean(1), _difference),
        ),
    ],
    hints=[
        (
            "A logit difference is the final stream, divided by the scale, times one direction. "
            "The stream is a sum of ten parts, so the product is a sum of ten as well."
        ),
        (
            "`direction = model.W_U[:, answer] - model.W_U[:, other]`, and the scale is "
            '`cache["ln_final.hook_scale"][0, -1]`.'
        ),
        (
            'List the parts `cache["hook_embed"]`, `cache["hook_pos_embed"]`, then for each layer '
            '`cache["attn_out", layer]` and `cache["mlp_out", layer]`; for each '
            "`(part[0, -1] @ direction / scale).item()`."
        ),
    ],
    minutes=10,
    difficulty=4,
)


# --- deciding-head: a selection ---


@cache
def head_attribution() -> tuple[dict[tuple[int, int], float], ...]:
    """For each of the two sentences, what each head of tiny-world adds to Mary over John."""
    return tuple(_by_head(*question) for question in _questions())


def _by_head(
    model: Any,  # noqa: ANN401
    tokens: Any,  # noqa: ANN401
    *answers: int,
) -> dict[tuple[int, int], float]:
    _, cached = model.run_with_cache(tokens)
    wrote = cached.stack_head_results(pos_slice=-1)
    shares: Sequence[float] = cached.logit_attrs(wrote, *answers, pos_slice=-1)[:, 0].tolist()
    return {divmod(number, model.cfg.n_heads): share for number, share in enumerate(shares)}


def _check_deciding(selected: Any) -> str:  # noqa: ANN401 -- whatever was selected
    place = layer, head = expect.selected(selected, "layer", "head")
    receives, gives = head_attribution()
    if place not in receives:
        raise NotYetError(f"tiny-world has no head {head} in a layer {layer}.")
    change = receives[place] - gives[place]
    said = (
        f"Layer {layer}, head {head} adds {receives[place]:+.2f} in the first sentence and "
        f"{gives[place]:+.2f} in the second, a change of {abs(change):.2f}"
    )
    if change < _DECIDES * (sum(receives.values()) - sum(gives.values())):
        raise NotYetError(f"{said}: the answer turns round, this head does not.")
    return f"{said}: it turns with the answer."


def _is_quiet(selected: Any) -> bool:  # noqa: ANN401
    return (selected.layer, selected.head) in head_attribution()[0]


LOUDEST, AGAINST, DECIDING = (3, 2), (2, 1), (1, 1)
"""(layer, head) of tiny-world: adds most, takes most away, and decides between the two names."""

DECIDING_HEAD = Exercise(
    slug="deciding-head",
    title="Find the head that decides",
    reference=Computed(lambda: Selected(*DECIDING)),
    check=_check_deciding,
    mistakes=[
        Mistake(
            "This is the loudest head, and it says the same in both sentences. What does not "
            "change cannot be what changes the answer.",
            Selected(*LOUDEST),
        ),
        Mistake(
            "This head speaks loudly against Mary, in both sentences alike. Compare the two "
            "bars of each head.",
            Selected(*AGAINST),
        ),
        Mistake(
            "Look for the head whose two bars point in opposite directions and are both long.",
            Selected(layer=0, head=0),
            when=_is_quiet,
        ),
    ],
    hints=[
        (
            "The answer is Mary in the first sentence and John in the second. Which head says "
            "different things in the two?"
        ),
        "How far apart do the two bars of each head end? One pair is far wider than the others.",
        (
            "It stands in layer 1, and at the last word it looks at the giver, `·John` in the "
            "first sentence, `·Mary` in the second."
        ),
    ],
    minutes=4,
    difficulty=2,
)
