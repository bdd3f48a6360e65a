"""Notebook 02, directions: find one, and find where the model knows what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake, Selected
from interp_widgets.course.expect import NotYetError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


SENTENCE = "The keys near the cabinet beside the box are old."
WORDS = (
    "<bos>",
    "The",
    "keys",
    "near",
    "the",
    "cabinet",
    "beside",
    "the",
    "box",
    "are",
    "old",
    ".",
)
BETWEEN = (5, 8)
"""Places of the words of `SENTENCE` that are singular while the subject is plural."""


# --- difference-of-means: a function with a blank ---


def direction(activations: Numbers, labels: NDArray[np.bool_]) -> Any:  # noqa: ANN401 -- an array
    """Point from the mean without the feature to the mean with it."""
    with_it = activations[labels].mean(0)
    without = activations[~labels].mean(0)
    return with_it - without


def _labelled() -> Iterator[tuple[Numbers, NDArray[np.bool_]]]:
    """Yield examples of which fewer than half have the feature."""
    for examples, width in ((7, 3), (10, 4)):
        rng = np.random.default_rng(width)
        yield rng.standard_normal((examples, width)) + 2, np.arange(examples) % 3 == 1


def _check_direction(my_direction: Callable[..., Any]) -> str:
    from interp_widgets.analysis.directions import difference_of_means

    for activations, labels in _labelled():
        expected = difference_of_means(activations, labels)
        what = f"The direction of {len(labels)} examples"
        expect.numbers(expect.call(my_direction, activations, labels), expected, what)
    return "It points from one mean to the other, as `difference_of_means` of the kit does."


DIRECTION = Exercise(
    slug="difference-of-means",
    title="Find a direction from labelled examples",
    reference=direction,
    check=_check_direction,
    inputs=_labelled,
    mistakes=[
        Mistake(
            "This is only the mean of the examples with the feature. What all examples share is "
            "still in it: subtract the mean of those without.",
            lambda a, has: a[has].mean(0),
        ),
        Mistake(
            "You subtract the mean of all examples, and those with the feature are among them. So "
            "the direction is right and its length too small: leave them out with `~labels`.",
            lambda a, has: a[has].mean(0) - a.mean(0),
        ),
        Mistake(
            "It points the other way, from with to without.",
            lambda a, has: a[~has].mean(0) - a[has].mean(0),
        ),
        Mistake(
            "These are sums. There are more examples of one kind than of the other, so that the "
            "sums differ even without any feature: take means.",
            lambda a, has: a[has].sum(0) - a[~has].sum(0),
        ),
        Mistake(
            "One number is no direction. Take the mean over the examples only, the first axis: "
            "`mean(0)`.",
            lambda a, has: a[has].mean() - a[~has].mean(),
        ),
    ],
    hints=[
        "`activations[labels]` keeps the rows with the feature. Which keep the others?",
        "`~labels` is true where `labels` is false. Take the mean of these rows as in line one.",
        "`without = activations[~labels].mean(0)`, and the direction is `with_it - without`.",
    ],
    minutes=5,
    difficulty=1,
)


# --- plural-token: a selection ---


def _among(*places: int) -> Callable[[Any], bool]:
    return lambda selected: selected.pos in places


def _check_token(selected: Any) -> str:  # noqa: ANN401 -- whatever was selected
    (pos,) = expect.selected(selected, "pos")
    if pos not in range(len(WORDS)):
        raise NotYetError(f"The sentence has no token {pos}. Click in the view just above.")
    if pos not in BETWEEN:
        raise NotYetError(f"You chose `{WORDS[pos]}`.")
    return (
        f"`{WORDS[pos]}` is singular, and the model holds there that the subject is plural. That "
        "cannot be read from the token: the feature is about the sentence."
    )


TOKEN = Exercise(
    slug="plural-token",
    title="Find where the model knows more than the token says",
    reference=Selected(pos=BETWEEN[0]),
    check=_check_token,
    mistakes=[
        Mistake(
            "This word is plural itself, so a detector of plural words would answer here too. Look "
            "for a word that is singular.",
            Selected(pos=2),
            when=_among(2),
        ),
        Mistake(
            "This is the verb, which itself says that the subject is plural. Look between the "
            "subject and the verb, where the model still needs to know.",
            Selected(pos=9),
            when=_among(9),
        ),
        Mistake(
            "This is no noun, and its reading in layer 2 is below 0. Look for a noun with a "
            "reading above 0.",
            Selected(pos=4),
            when=_among(1, 3, 4, 6, 7),
        ),
        Mistake(
            "Here the verb has been read, and nobody needs the number of the subject any more.",
            Selected(pos=10),
            when=_among(10, 11),
        ),
        Mistake(
            "Every text begins with this token. It cannot know what comes.",
            Selected(pos=0),
            when=_among(0),
        ),
    ],
    hints=[
        "Choose the channel `layer 2`. Which words have the colour of readings above 0?",
        "Three nouns have it. Which of them are singular?",
        "The nouns between the subject and its verb are `cabinet` and `box`. Click one of them.",
    ],
    minutes=4,
    difficulty=1,
)
