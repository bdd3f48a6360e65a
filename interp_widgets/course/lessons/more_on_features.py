"""Notebook 02b, More on features."""

from __future__ import annotations

from interp_widgets.course.lesson import Lesson
from interp_widgets.course.lessons import _more_measures as measures
from interp_widgets.course.lessons import _more_pictures as pictures
from interp_widgets.course.lessons import _more_questions as questions
from interp_widgets.course.lessons import _more_reading as reading

LESSON = Lesson(
    stem="02b_more_on_features",
    exercises=[
        reading.READABLE,
        reading.WHOSE,
        measures.SHARED_BITS,
        pictures.NUDGED,
        pictures.UNSEEN,
        measures.WHITENED,
    ],
    predictions=questions.PREDICTIONS,
    quizzes=[questions.QUIZ],
    discuss=[
        "Trained networks knew less about the accent than untrained ones. Why would that be?",
        "Networks learn from patterns that nobody sees. What is a feature, then, and for whom?",
        "Which control would you ask for before you believe a picture of a hierarchy?",
    ],
)
