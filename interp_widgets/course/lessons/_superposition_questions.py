"""The predictions and the quiz of notebook 03."""

from __future__ import annotations

from interp_widgets.course.predictions import Prediction
from interp_widgets.course.quiz import Question, Quiz, right, wrong

_COUNTS = ["none", "1", "2", "3", "4", "5"]

PREDICTIONS = [
    Prediction(
        slug="held-when-dense",
        question="Every feature is always active. How many of the five does the model hold?",
        answer=_COUNTS.index("2"),
        because="Features that are always active would disturb each other all the time, so the two "
        "dimensions go to the two most important ones.",
        options=_COUNTS,
    ),
    Prediction(
        slug="held-when-rare",
        question="Each feature is active one time in a hundred. How many does the model hold?",
        answer=_COUNTS.index("5"),
        because="Two of them are hardly ever active together, so sharing costs next to nothing.",
        options=_COUNTS,
    ),
    Prediction(
        slug="linear",
        question="Without the ReLU, how many of the five are held at density 0.01?",
        answer=_COUNTS.index("2"),
        because="A linear model of rank 2 finds the two principal components, however rare the "
        "features are.",
        options=_COUNTS,
    ),
    Prediction(
        slug="flip",
        question="Two equally important features, one dimension. Below which density is it better "
        "to hold both, in opposite directions?",
        answer=4 / 7,
        because="p²/3 is less than p/3 - p²/4 as long as p is below 4/7.",
        span=(0, 1),
        within=0.05,
    ),
    Prediction(
        slug="exclusive",
        question="At most one feature of a pair is active at a time. Where will its two vectors "
        "point?",
        answer=2,
        because="They never disturb each other: one takes the positive and the other the negative "
        "half of one dimension.",
        options=["in the same direction", "at a right angle", "in opposite directions"],
    ),
    Prediction(
        slug="embeddings",
        question="Compared with random vectors, how much do the embeddings of different words "
        "overlap, on average?",
        answer=2,
        because="Words of one kind share directions: that they are names, or places, or days.",
        options=["less", "about the same", "more"],
    ),
]

QUIZ = Quiz(
    "quiz",
    "Quiz: five questions",
    [
        Question(
            "Why does the linear model never hold more than two features in two dimensions?",
            [
                wrong("its learning rate is too low", "More training changes nothing."),
                right(
                    "nothing cuts off interference",
                    "Without a ReLU every overlap ends up in the output, so principal components "
                    "are the best it can do.",
                ),
                wrong("its features are not rare", "They are as rare as those of the other one."),
            ],
        ),
        Question(
            "Three vectors, evenly spread in a plane. How much of a dimension has each of them?",
            [
                right("2/3", "Two dimensions shared by three."),
                wrong("1/3", "That would be one dimension shared by three."),
                wrong("1/2", "That is an opposite pair, or two pairs in a plane."),
            ],
        ),
        Question(
            "A feature becomes rarer, and everything else stays. What can happen?",
            [
                wrong("it loses the direction it had to itself, little by little",
                      "The change is sudden: two solutions swap places."),
                wrong("nothing: importance decides", "Then all rows of the diagram were alike."),
                right(
                    "it goes from dropped to sharing a dimension",
                    "The cost of sharing falls with the square of the density, that of dropping "
                    "with the density itself.",
                ),
            ],
        ),
        Question(
            "Two features are never active together. Which arrangement do they get in a toy model?",
            [
                wrong("the same direction", "Then they could not be told apart."),
                right("opposite directions", "A ReLU reads each half of the line by itself."),
                wrong("a right angle", "That costs a dimension that others could use."),
            ],
        ),
        Question(
            "Every unit of a layer reacts to five features. What follows?",
            [
                wrong("the layer is in superposition", "Model A did that, with nothing shared."),
                wrong("the layer holds five times as many features as units",
                      "Each feature may move many units; they are counted several times."),
                right(
                    "the units are not the features' directions",
                    "Whether features share dimensions is another question, with another measure.",
                ),
            ],
        ),
    ],
)  # fmt: skip
