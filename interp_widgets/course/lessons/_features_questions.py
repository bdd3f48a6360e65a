"""The questions of notebook 02: guesses before its figures, and the quiz."""

from __future__ import annotations

from interp_widgets.course.predictions import Prediction
from interp_widgets.course.quiz import Question, Quiz, right, wrong

PREDICTIONS = [
    Prediction(
        slug="layer",
        question="The subject is plural, the noun just read is singular, or the other way round. "
        "After which layer can one direction first tell the number of the subject there?",
        answer=2,
        because="At that noun the number has to be brought over from the subject by attention, and "
        "here it arrives in layer 2.",
        options=["layer 0", "layer 1", "layer 2", "layer 3"],
    ),
    Prediction(
        slug="rotation",
        question="The units of two networks are turned, and turned back after them. One is linear, "
        "one has a ReLU at its units. Whose loss changes?",
        answer=1,
        because="Without the ReLU turning and turning back cancel. The ReLU in between works on "
        "each unit by itself, so there it matters which directions are units.",
        options=["of the linear one", "of the one with the ReLU", "of both", "of neither"],
    ),
    Prediction(
        slug="random-directions",
        question="Take random directions in layer 1. For how many of them are the eight strongest "
        "examples, each from another text, all of one kind of sentence?",
        answer=26.5,
        because="Eight examples are few, and extremes of any direction tend to come from one kind "
        "of sentence. So eight alike examples are next to no evidence.",
        span=(0, 100),
        within=10,
        unit=" %",
    ),
]

QUIZ = Quiz(
    "quiz",
    "Quiz: five questions",
    [
        Question(
            "A model's activations with and without a label have different means. What follows?",
            [
                wrong("the model uses the label", "Only a change inside the model shows that."),
                right("the label can be read there", "Reading is what a direction promises."),
                wrong("there is one neuron for it", "A direction may run across all neurons."),
            ],
        ),
        Question(
            "Which network has a privileged basis?",
            [
                right("one with a ReLU at its units", "It treats each unit by itself."),
                wrong("one that is linear throughout", "Any turned basis does as well there."),
                wrong("one with more units than features", "Room alone singles out no basis."),
            ],
        ),
        Question(
            "A unit answers to two unrelated features. Is that superposition?",
            [
                wrong("yes, by definition", "Superposition is one cause of it among several."),
                wrong("no, never", "It can be: when there are more features than dimensions."),
                right("not necessarily", "A turned code of two features in two units does it too."),
            ],
        ),
        Question(
            "The eight strongest examples of a unit are all about moods. What do you do next?",
            [
                wrong("name it the mood unit", "Random directions pass this test often."),
                right(
                    "look at weaker and random examples",
                    "Most of what a unit does happens below its extremes.",
                ),
                wrong("look at the eight next ones", "These are extremes too."),
            ],
        ),
        Question(
            "What showed that the network of days uses its circle?",
            [
                wrong("the seven points lie in a plane", "Of any points some plane is best."),
                wrong("the order is that of the week", "That is a picture, good as a hypothesis."),
                right(
                    "turning it by a day moves the answers by a day",
                    "An intervention whose result was predicted, with a random plane as control.",
                ),
            ],
        ),
    ],
)
