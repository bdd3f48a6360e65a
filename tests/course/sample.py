"""A small lesson with one exercise of each kind, kept in a file of the test's own."""

from __future__ import annotations

import numpy as np

from interp_widgets.course import expect
from interp_widgets.course.exercises import Exercise, Mistake, Selected
from interp_widgets.course.expect import NotYetError
from interp_widgets.course.lesson import Lesson
from interp_widgets.course.predictions import Prediction
from interp_widgets.course.progress import Store
from interp_widgets.course.quiz import Question, Quiz, right, wrong


def gram(vectors):
    """Multiply each vector with each."""
    return vectors @ vectors.T


def inputs():
    yield (np.arange(6.0).reshape(2, 3),)
    yield (np.random.default_rng(0).normal(size=(5, 4)),)


def check_gram(my_gram):
    for (vectors,) in inputs():
        expect.numbers(expect.call(my_gram, vectors), vectors @ vectors.T, "The table")
    return "Every pair is there."


def check_seven(answer):
    expect.numbers(answer, 7, "The sum")


def check_head(answer):
    layer, head = expect.selected(answer, "layer", "head")
    if (layer, head) != (1, 2):
        raise NotYetError(f"Head {head} of layer {layer} does something else.")


def exercise(**changes):
    """The exercise whose answer is a function."""
    fields = {
        "slug": "gram",
        "title": "Multiply each with each",
        "reference": gram,
        "check": check_gram,
        "inputs": inputs,
        "mistakes": [
            Mistake("The transpose is on the wrong side.", lambda v: v.T @ v),
            Mistake("This multiplies place by place.", lambda v: v * v),
            Mistake("This is only the diagonal.", lambda v: (v * v).sum(1)),
        ],
        "hints": ["First.", "Second.", "Third."],
        "minutes": 5,
        "difficulty": 2,
    }
    return Exercise(**fields | changes)


SEVEN = Exercise(
    slug="seven",
    title="Add three and four",
    reference=7,
    check=check_seven,
    mistakes=[
        Mistake("That is the product.", 12),
        Mistake("That is the difference.", 1),
        Mistake("The figures stand beside each other.", 34),
    ],
    hints=["a", "b", "c"],
    minutes=1,
    difficulty=1,
)
HEAD = Exercise(
    slug="head",
    title="Find the head",
    reference=Selected(layer=1, head=2),
    check=check_head,
    mistakes=[
        Mistake("It is in the first layer.", Selected(0, 0), when=lambda s: s.layer == 0),
        Mistake("It is in the last layer.", Selected(4, 0), when=lambda s: s.layer == 4),
        Mistake("The neighbour is near, but no.", Selected(1, 1)),
    ],
    hints=["a", "b", "c"],
    minutes=1,
    difficulty=1,
)
QUIZ = Quiz(
    "quiz",
    "Two questions",
    [
        Question("One?", [wrong("no", "It is not."), right("yes", "It is.")]),
        Question("Two?", [right("ja", "Ja."), wrong("nein", "Nein."), wrong("?", "What?")]),
    ],
)
PREDICTIONS = [
    Prediction("which", "Which layer?", 1, "Because.", options=["layer 0", "layer 1", "layer 2"]),
    Prediction("share", "How much?", 80, "It copies.", span=(0, 100), within=10, unit=" %"),
    Prediction("count", "How many?", 5, "One each."),
]


def lesson(folder, **changes):
    """The lesson, with its progress in a folder."""
    fields = {
        "exercises": [exercise(), SEVEN, HEAD],
        "predictions": PREDICTIONS,
        "quizzes": [QUIZ],
        "store": Store(folder / "progress.json"),
    }
    return Lesson(stem="02_sample", **fields | changes)
