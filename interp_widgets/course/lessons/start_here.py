"""Notebook 00, Start here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Computed, Exercise, Mistake, Selected
from interp_widgets.course.expect import NotYetError
from interp_widgets.course.lesson import Lesson
from interp_widgets.course.lessons import _start_here_questions as questions
from interp_widgets.course.predictions import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.results import AttentionPattern

INDUCTION_THRESHOLD = 0.4
"""Least induction score that counts: chance on the list of notebook 00 is below a tenth."""

WORDS = "river coin Paris lamp doctor horse Monday castle"
_JOB = 0.3  # least share of its attention that tells what else a head does


# --- previous-token-score: a function ---


def previous_token_score(weights: NDArray[np.float64]) -> float:
    """Average how much each token but the first looks at the token before it."""
    looks = [weights[query, query - 1] for query in range(1, len(weights))]
    return float(sum(looks)) / len(looks)


def _patterns() -> Iterator[tuple[NDArray[np.float64]]]:
    """Yield attention of one head on 4, 5 and 7 tokens, no two rows alike."""
    for tokens in (4, 5, 7):
        weights = np.tril(np.random.default_rng(tokens).random((tokens, tokens)) + 0.1)
        yield (weights / weights.sum(axis=1, keepdims=True),)


def _check_score(my_score: Callable[..., Any]) -> str:
    for tokens in (4, 6):
        always = np.eye(tokens, k=-1)
        always[0, 0] = 1
        what = "The score of a head that always looks at the token before"
        expect.numbers(expect.call(my_score, always), 1.0, what)
    for (weights,) in _patterns():
        expected = np.diagonal(weights, offset=-1).mean()
        what = f"The score of a head on {len(weights)} tokens"
        expect.numbers(expect.call(my_score, weights), expected, what)
    return "It gives 1 to a head that always looks at the token before, and agrees on three others."


PREVIOUS_TOKEN = Exercise(
    slug="previous-token-score",
    title="Score how much a head looks at the token before",
    reference=previous_token_score,
    check=_check_score,
    inputs=_patterns,
    mistakes=[
        Mistake(
            "The first token has none before it. Leave its row out, also when you divide.",
            lambda w: sum(w[q, q - 1] for q in range(1, len(w))) / len(w),
        ),
        Mistake(
            "Rows and columns are swapped: the row is the token that looks (the query), the "
            "column the token that is looked at (the key).",
            lambda w: np.diagonal(w, offset=1).mean(),
        ),
        Mistake(
            "This is how much each token looks at itself, the diagonal. The token before it "
            "stands one column to the left.",
            lambda w: np.diagonal(w).mean(),
        ),
        Mistake(
            "This is the sum. A mean does not grow with the length of the text: divide by the "
            "number of tokens that have one before them.",
            lambda w: sum(w[q, q - 1] for q in range(1, len(w))),
        ),
        Mistake(
            "This averages every cell of the square. Only those one to the left of the diagonal "
            "say how much a token looks at the one before it.",
            lambda w: w.mean(),
        ),
        Mistake(
            "These are the right cells. Their mean is one number that stands for the head.",
            lambda w: [w[q, q - 1] for q in range(1, len(w))],
        ),
    ],
    hints=[
        "Which cell of the square says how much token 3 looks at token 2?",
        "`weights[query, query - 1]`, for each query with a token before it. Which is the first?",
        "Collect `weights[query, query - 1]` for query 1, 2, ... to the last, and return the mean.",
    ],
    minutes=6,
    difficulty=2,
)


# --- induction-head: a selection ---


@cache
def _pattern() -> AttentionPattern:
    """Attention of tiny-world on the list of the notebook, said twice."""
    from interp_widgets import load_model, trace
    from interp_widgets.analysis.attention import attention_pattern

    return attention_pattern(trace(load_model("tiny-world"), f"List: {WORDS}; {WORDS}."))


@cache
def _scores() -> dict[tuple[int, int], dict[str, float]]:
    """For each head the shares of its attention that tell what it does."""
    from interp_widgets.analysis.attention import induction_score, previous_token_score

    pattern = _pattern()
    induction, previous = induction_score(pattern), previous_token_score(pattern)
    second_time = pattern.weights[:, :, len(pattern.tokens) // 2 :].mean(axis=2)
    return {
        (layer, head): {
            "induction": float(induction[layer, head]),
            "previous": float(previous[layer, head]),
            "one token": float(second_time[layer, head].max()),
        }
        for layer, head in np.ndindex(induction.shape)
    }


def _job(place: tuple[int, int]) -> str:
    """What a head that copies nothing seems to do instead."""
    scores = _scores()[place]
    clear = [job for job in ("previous", "one token") if scores[job] >= _JOB]
    return clear[0] if clear else "layer 0" if place[0] == 0 else "scattered"


def _does(job: str, selected: Any) -> bool:  # noqa: ANN401 -- whatever was selected
    place = (selected.layer, selected.head)
    return place in _scores() and _job(place) == job


def _example(job: str) -> Selected:
    heads = [p for p, s in _scores().items() if s["induction"] < INDUCTION_THRESHOLD]
    layer, head = next(place for place in heads if _job(place) == job)
    return Selected(layer=layer, head=head)


def _best() -> Selected:
    scores = _scores()
    layer, head = max(scores, key=lambda place: scores[place]["induction"])
    return Selected(layer=layer, head=head)


def _looks(job: str, message: str) -> Mistake:
    return Mistake(message, Computed(partial(_example, job)), when=partial(_does, job))


def _check_head(selected: Any) -> str:  # noqa: ANN401 -- whatever was selected
    layer, head = expect.selected(selected, "layer", "head")
    if (layer, head) not in _scores():
        raise NotYetError(f"tiny-world has no head {head} in a layer {layer}.")
    share = _scores()[layer, head]["induction"]
    name = f"Layer {layer}, head {head} puts {share:.0%} of its attention on the token"
    if share < INDUCTION_THRESHOLD:
        raise NotYetError(
            f"{name} after the earlier copy; an induction head puts at least "
            f"{INDUCTION_THRESHOLD:.0%} there."
        )
    return (
        f"{name} that came after the earlier copy: it is an induction head. There are others; can "
        "you find them?"
    )


INDUCTION_HEAD = Exercise(
    slug="induction-head",
    title="Find an induction head",
    reference=Computed(_best),
    check=_check_head,
    mistakes=[
        _looks(
            "previous",
            "It looks at the token just before, wherever it stands. Induction needs such a head, "
            "but look for one that, at the second of two equal words, looks at what came after the "
            "first.",
        ),
        _looks(
            "one token",
            "In the second half it looks at one and the same token from almost everywhere: a "
            "strong column. Look for a stripe that moves along, one word further in each row.",
        ),
        _looks(
            "layer 0",
            "Its attention goes to many places. It is in the first layer, where no token has been "
            "told yet what came before it: look in a later one.",
        ),
        _looks(
            "scattered",
            "Its attention goes to many places. Look for a strong diagonal stripe in the half in "
            "which the list is repeated.",
        ),
    ],
    hints=[
        "Point at a word of the second half. In which head does it look at one of the first half?",
        (
            "In the second half, an induction head has a strong diagonal stripe far below the main "
            "diagonal. Its cells say: the word I look at is the one that followed me last time."
        ),
        (
            "Keep the second `river` and go through the squares of layers 1 to 3. In an induction "
            "head the strongest column of that row is the first `coin`."
        ),
    ],
    minutes=5,
    difficulty=1,
)


# --- predictions ---


@cache
def _chance_second_time() -> float:
    """Mean chance, in per cent, of the right word when the list is said again."""
    from interp_widgets import load_model

    model = load_model("tiny-world")
    text = f"List: {WORDS}; {WORDS}."
    tokens = model.to_tokens(text)[0]
    chances = model(text)[0, :-1].softmax(-1)[range(len(tokens) - 1), tokens[1:]]
    return 100 * float(chances[12:19].mean().item())


LESSON = Lesson(
    stem="00_start_here",
    exercises=[PREVIOUS_TOKEN, INDUCTION_HEAD],
    predictions=[
        Prediction(
            slug="second-time",
            question="The words are random. What chance will the model give, on average, to the "
            "right next word when the list is said for the second time?",
            answer=Computed(_chance_second_time),
            because="The words cannot be guessed, so it must be copying from the first time.",
            span=(0, 100),
            within=15,
            unit=" %",
        ),
        Prediction(
            slug="layer-without",
            question="Which layer can not hold an induction head?",
            answer=0,
            because="An induction head needs tokens that were told, in an earlier layer, what came "
            "before them. Layer 0 has no earlier layer.",
            options=["layer 0", "layer 1", "layer 2", "layer 3"],
        ),
    ],
    quizzes=[questions.QUIZ, questions.SELF_TEST],
    discuss=[
        "A head looks strongly at `Mary`. What would show that this matters for the answer?",
        "The check asks for a share of 40 %. What would you miss with 80 %, what find with 10 %?",
        "The control is the same network early in training. Which others would convince you?",
    ],
)
