"""Notebook 03, Superposition."""

from __future__ import annotations

from interp_widgets.course.lesson import Lesson
from interp_widgets.course.lessons import _superposition_dimensions as dimensions
from interp_widgets.course.lessons import _superposition_phase as phase
from interp_widgets.course.lessons import _superposition_questions as questions
from interp_widgets.course.lessons import _superposition_suspects as faults
from interp_widgets.course.lessons import _superposition_toy as toy
from interp_widgets.course.lessons._superposition_suspects import reacts_to, rotation, suspects
from interp_widgets.course.lessons._superposition_words import learned_words

__all__ = ["LESSON", "learned_words", "reacts_to", "rotation", "suspects"]

LESSON = Lesson(
    stem="03_superposition",
    exercises=[
        toy.LOSS,
        toy.TRAIN,
        dimensions.DIMENSIONALITY,
        phase.LOSSES,
        phase.CELL,
        faults.SUPERPOSED,
    ],
    predictions=questions.PREDICTIONS,
    quizzes=[questions.QUIZ],
    discuss=[
        (
            "The loss never asks for superposition. What makes a model put five features into two "
            "dimensions all the same?"
        ),
        "Which features of a language model are rare enough to share a dimension?",
        (
            "Somebody shows you a neuron that reacts to three unrelated things. What would you "
            "measure before you say `superposition`?"
        ),
    ],
)
