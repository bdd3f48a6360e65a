"""Notebook 02, Features."""

from __future__ import annotations

from interp_widgets.course.lesson import Lesson
from interp_widgets.course.lessons import _features_directions as directions
from interp_widgets.course.lessons import _features_questions as questions
from interp_widgets.course.lessons import _features_strongest as strongest
from interp_widgets.course.lessons import _features_turns as turns
from interp_widgets.course.lessons import _features_units as units

LESSON = Lesson(
    stem="02_features",
    exercises=[
        directions.DIRECTION,
        directions.TOKEN,
        turns.LOSS,
        units.PURITY,
        strongest.STRONGEST,
        units.UNIT,
        turns.TURNED,
    ],
    predictions=questions.PREDICTIONS,
    quizzes=[questions.QUIZ],
    discuss=[
        "A direction reads a label with an AUROC of 0.99. What would show that the model uses it?",
        "Unit 3 is weakly active on much that has nothing to do with mood. Is it monosemantic?",
        "Why could a network with a ReLU still hold features that are spread over several units?",
    ],
)
