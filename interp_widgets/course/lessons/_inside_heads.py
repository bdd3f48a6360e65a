"""Three exercises of notebook 01: what a head writes, how to score it, and one that only looks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Computed, Exercise, Mistake, Selected
from interp_widgets.course.expect import NotYetError
from interp_widgets.course.lessons._inside_models import LETTERS, SUSPECTS, network, suspects
from interp_widgets.worlds.hand_induction import PREVIOUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch
    from numpy.typing import NDArray
    from transformer_lens.model_bridge import TransformerBridge

    from interp_widgets.results import AttentionPattern

# --- ov-circuit ---


def ov_circuit(model: TransformerBridge, layer: int, head: int) -> torch.Tensor:
    """Say what a head writes for each symbol it looks at: (looked at, said), in logits."""
    value = model.W_E @ model.W_V[layer, head]
    return value @ model.W_O[layer, head] @ model.W_U


def _heads() -> Iterator[tuple[TransformerBridge, int, int]]:
    yield network("hand-induction"), 1, 2
    yield network("induction-2l"), 1, 0
    yield network("induction-2l"), 0, 3


def _check_ov_circuit(my_ov_circuit: Callable[..., Any]) -> str:
    for model, layer, head in _heads():
        expected = (model.W_E @ model.OV[layer, head] @ model.W_U).AB
        what = f"The table of head {head} of layer {layer} of {model.cfg.model_name}"
        expect.numbers(expect.call(my_ov_circuit, model, layer, head), expected, what)
    return "It agrees with TransformerLens' `model.OV` for three heads of two networks."


def _qk(model: Any, layer: int, head: int) -> Any:  # noqa: ANN401 -- torch is not imported here
    asks, answers = model.W_E @ model.W_Q[layer, head], model.W_E @ model.W_K[layer, head]
    return asks @ answers.T


def _is_factored(my_ov_circuit: Callable[..., Any]) -> bool:
    return hasattr(my_ov_circuit(*next(_heads())), "AB")


OV_CIRCUIT = Exercise(
    slug="ov-circuit",
    title="Follow what a head writes, symbol by symbol",
    reference=ov_circuit,
    check=_check_ov_circuit,
    inputs=_heads,
    mistakes=[
        Mistake(
            "The rows are columns of the stream, not symbols. Begin with `model.W_E`, which turns "
            "each symbol into what stands in the stream.",
            lambda model, layer, head: model.W_V[layer, head] @ model.W_O[layer, head] @ model.W_U,
        ),
        Mistake(
            "This is what is written into the stream. `@ model.W_U` at the end reads it as logits.",
            lambda model, layer, head: model.W_E @ model.W_V[layer, head] @ model.W_O[layer, head],
        ),
        Mistake(
            "Rows and columns are swapped: a row is the symbol that is looked at.",
            lambda model, layer, head: ov_circuit(model, layer, head).T,
        ),
        Mistake(
            "W_Q and W_K decide where the head looks. What it takes from there goes through W_V "
            "and W_O.",
            _qk,
        ),
        Mistake(
            "This adds up all heads of the layer. Pick one: `model.W_V[layer, head]`.",
            lambda model, layer, head: sum(  # noqa: ARG005
                ov_circuit(model, layer, number) for number in range(model.cfg.n_heads)
            ),
        ),
        Mistake(
            "`model.OV` is W_V times W_O, but not multiplied out. Put W_E before it and W_U behind "
            "it, then take `.AB` of the whole.",
            lambda model, layer, head: model.W_E @ model.OV[layer, head] @ model.W_U,
            when=_is_factored,
        ),
    ],
    hints=[
        "Follow one symbol on its way: into the stream, into the head, out of it, to the logits.",
        "Four matrices in a row: W_E, W_V, W_O, W_U. Two of them belong to a head.",
        "`model.W_E @ model.W_V[layer, head] @ model.W_O[layer, head] @ model.W_U`",
    ],
    minutes=6,
    difficulty=2,
)


# --- induction-score ---


def induction_score(pattern: NDArray[np.float64], length: int) -> float:
    """Average how much each token of the second saying looks at what followed its first copy."""
    queries = range(length + 1, 2 * length + 1)
    return float(np.mean([pattern[query, query - length + 1] for query in queries]))


def _pattern(length: int) -> AttentionPattern:
    """Make attention of one head, no two rows alike, on <bos> and a segment said twice."""
    from interp_widgets.results import AttentionPattern

    segment = [f"s{place}" for place in range(length)]
    tokens = ("<bos>", *segment, *segment)
    weights = np.tril(np.random.default_rng(length).random((len(tokens),) * 2) + 0.1)
    return AttentionPattern((weights / weights.sum(axis=1, keepdims=True))[None, None], tokens)


def _squares() -> Iterator[tuple[NDArray[np.float64], int]]:
    for length in (3, 4, 6):
        yield _pattern(length).weights[0, 0].astype(np.float64), length


def _hand_square() -> NDArray[np.float64]:
    model = network("hand-induction")
    _, cached = model.run_with_cache(LETTERS)
    square: NDArray[np.float64] = cached["pattern", 1][0, 2].double().numpy(force=True)
    return square


def _check_induction_score(my_induction_score: Callable[..., Any]) -> str:
    from transformer_lens.head_detector import detect_head

    from interp_widgets.analysis import attention

    what = "The score of the head of hand-induction that copies, on a segment of 5,"
    expect.numbers(expect.call(my_induction_score, _hand_square(), 5), 1.0, what)
    for square, length in _squares():
        expected = attention.induction_score(_pattern(length))[0, 0]
        what = f"The score of a head on a segment of {length}"
        expect.numbers(expect.call(my_induction_score, square, length), expected, what)
    found = detect_head(network("hand-induction"), LETTERS, "induction_head")[1, 2]
    share = float(found) * (1 + len(LETTERS)) / 5
    expect.numbers(expect.call(my_induction_score, _hand_square(), 5), share, "The score")
    return (
        "It agrees with `iw`'s own on three heads, and with TransformerLens' `detect_head`, which "
        "divides by all tokens and not only by those that are repeated."
    )


def _without_bos(pattern: Any, length: int) -> float:  # noqa: ANN401
    queries = range(length, 2 * length)
    return float(np.mean([pattern[query, query - length + 1] for query in queries]))


def _mean_at(shift: int) -> Callable[..., float]:
    def wrong(pattern: Any, length: int) -> float:  # noqa: ANN401
        queries = range(length + 1, 2 * length + 1)
        return float(np.mean([pattern[query, query - length + shift] for query in queries]))

    return wrong


INDUCTION_SCORE = Exercise(
    slug="induction-score",
    title="Score a head for induction",
    reference=induction_score,
    check=_check_induction_score,
    inputs=_squares,
    mistakes=[
        Mistake(
            "This is how much a token looks at its own first copy. The token that came after it "
            "stands one column further right.",
            _mean_at(0),
        ),
        Mistake(
            "This is the token before the first copy. What came after it stands at "
            "`query - length + 1`.",
            _mean_at(-1),
        ),
        Mistake(
            "Row and column are swapped: the row is the token that looks, in the second saying.",
            lambda pattern, length: _mean_at(1)(pattern.T, length),
        ),
        Mistake(
            "The second saying stands one place later: `<bos>` is in front, so its first token is "
            "number length + 1, and its last is number 2 * length.",
            _without_bos,
        ),
        Mistake(
            "You divide by the number of all tokens. Only those that are said again can look at "
            "what followed their copy.",
            lambda pattern, length: induction_score(pattern, length) * length / len(pattern),
        ),
        Mistake(
            "This is the sum. A score from 0 to 1 is the mean over the tokens said again.",
            lambda pattern, length: induction_score(pattern, length) * length,
        ),
    ],
    hints=[
        (
            "Number the tokens: `<bos>` is 0, the first saying 1 to length, the second begins at "
            "length + 1. What did the token at length + 1 see last time, and what came next?"
        ),
        "The copy of token `query` is `query - length`; the token after it is one further.",
        "The mean of `pattern[query, query - length + 1]` for query from length + 1 to 2 * length.",
    ],
    minutes=6,
    difficulty=2,
)


# --- silent-suspect: a selection ---


@cache
def _evidence() -> dict[tuple[int, int], tuple[float, float]]:
    """For each head of the suspects, its induction score and what its loss changes, in logits."""
    from interp_widgets import trace
    from interp_widgets.analysis.attention import attention_pattern, induction_score
    from interp_widgets.course.lessons._inside_stream import ablated_logits

    model = suspects()
    tokens, whole = model.to_tokens(LETTERS), model(LETTERS)
    scores = induction_score(attention_pattern(trace(model, LETTERS)))
    return {
        place: (
            float(scores[place]),
            (ablated_logits(model, tokens, *place) - whole).abs().max().item(),
        )
        for place in np.ndindex(scores.shape)
    }


_ALIKE = 0.9  # induction score of a suspect
_NOTHING = 1e-5  # logits


def _check_suspect(selected: Any) -> str:  # noqa: ANN401 -- whatever was selected
    place = layer, head = expect.selected(selected, "layer", "head")
    if place not in _evidence():
        raise NotYetError(f"This network has no head {head} in a layer {layer}.")
    score, change = _evidence()[place]
    name = f"Layer {layer}, head {head} has an induction score of {score:.2f}"
    if score < _ALIKE:
        raise NotYetError(f"{name}: it is none of the two suspects.")
    if change > _NOTHING:
        raise NotYetError(f"{name}, and without it the output changes by {change:.0f} logits.")
    return (
        f"{name}, and without it no logit changes. It looks where an induction head looks, and "
        "what it writes is read by nobody."
    )


_IDLE = {(0, 0), (0, 2), (0, 3), (1, 1), (1, 2)}


def _is_idle(selected: Any) -> bool:  # noqa: ANN401 -- whatever was selected
    return (selected.layer, selected.head) in _IDLE


SILENT_SUSPECT = Exercise(
    slug="silent-suspect",
    title="Unmask the head that only looks",
    reference=Computed(lambda: Selected(*SUSPECTS[0])),
    check=_check_suspect,
    mistakes=[
        Mistake(
            "This one speaks: it carries the answer. Silence the other, and compare.",
            Selected(*SUSPECTS[1]),
        ),
        Mistake(
            "This is the previous-token head, on which both suspects rely. They stand in layer 1.",
            Selected(*PREVIOUS),
        ),
        Mistake(
            "This head does nothing at all: its attention is spread evenly. A suspect has the "
            "stripe of an induction head.",
            Selected(layer=0, head=0),
            when=_is_idle,
        ),
    ],
    hints=[
        "Two heads of layer 1 have the same stripe. Their patterns cannot tell them apart.",
        "What did you do to find out whether a head matters? Do it to each of the two.",
        (
            "Put `layer, head = 1, 0` into the cell above, run it, and then `1, 3`. Without one of "
            "the two no logit changes."
        ),
    ],
    minutes=5,
    difficulty=2,
)
