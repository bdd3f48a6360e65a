"""Notebook 01, Inside a transformer."""

from __future__ import annotations

from interp_widgets.course.lesson import Lesson
from interp_widgets.course.lessons import _inside_questions as questions
from interp_widgets.course.lessons._inside_answers import (
    ATTRIBUTION,
    DECIDING_HEAD,
)
from interp_widgets.course.lessons._inside_heads import (
    INDUCTION_SCORE,
    OV_CIRCUIT,
    SILENT_SUSPECT,
)
from interp_widgets.course.lessons._inside_lens import LENS_LOGITS
from interp_widgets.course.lessons._inside_models import suspects
from interp_widgets.course.lessons._inside_stream import ABLATED_LOGITS, OWN_LOGITS
from interp_widgets.course.predictions import Prediction

__all__ = ["LESSON", "suspects"]

LESSON = Lesson(
    stem="01_inside_a_transformer",
    exercises=[
        OWN_LOGITS,
        ABLATED_LOGITS,
        OV_CIRCUIT,
        INDUCTION_SCORE,
        LENS_LOGITS,
        ATTRIBUTION,
        DECIDING_HEAD,
        SILENT_SUSPECT,
    ],
    predictions=[
        Prediction(
            slug="without-previous",
            question="Head 1 of layer 0 writes nothing that is read out at the end. What happens "
            "to the answer when it is silenced?",
            answer=2,
            because="It writes the note by which the induction head of the next layer finds its "
            "place. Without the note the search fails.",
            options=[
                "nothing, since it is not read out",
                "the answer becomes a little less sure",
                "the answer is gone",
            ],
        ),
        Prediction(
            slug="one-layer",
            question="A network with one layer is trained on the same sequences, for as long. How "
            "well does it do when the segment is said again?",
            answer=1,
            because="It can tell which letters are still likely, but not where the segment stood "
            "before: that takes a note from an earlier layer.",
            options=[
                "as well as two layers",
                "better than at first, but far from two layers",
                "no better than guessing",
            ],
        ),
        Prediction(
            slug="folding",
            question="The weights of tiny-world are folded. What will change?",
            answer=0,
            because="Folding moves numbers from one place in the model to another, so that each "
            "part's share can be read off. What the model says is the same.",
            options=[
                "logits and shares of parts, but no probability",
                "the probabilities, a little",
                "nothing at all",
            ],
        ),
    ],
    quizzes=[questions.WARM_UP, questions.QUIZ],
    discuss=[
        (
            "Setting a head to 0 is one way to silence it. What could be wrong with it, and what "
            "else would you put there?"
        ),
        "The logit lens reads an early stream with the last layer's reader. When would it mislead?",
        "A head has a share of +7 logits. List what you would do before calling it the cause.",
    ],
)
