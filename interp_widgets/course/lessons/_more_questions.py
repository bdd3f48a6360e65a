"""The questions of notebook 02b: guesses before its figures, and the quiz."""

from __future__ import annotations

from interp_widgets.course.predictions import Prediction
from interp_widgets.course.quiz import Question, Quiz, right, wrong

PREDICTIONS = [
    Prediction(
        slug="accent",
        question="The accent changes nothing that comes. In which networks will a probe read it "
        "better?",
        answer=1,
        because="An untrained network keeps a bit of everything that it has read. Training keeps "
        "what helps, and the rest fades.",
        options=["in the trained ones", "in the untrained ones", "alike in both"],
    ),
    Prediction(
        slug="colours",
        question="A linear probe reads the colour of the stone on each field, a probe with hidden "
        "units reads it too. What do you expect?",
        answer=1,
        because="The probe with hidden units does better, so the colour looks like a non-linear "
        "feature. The next task shows what to make of that.",
        options=["both fail alike", "the one with hidden units does better", "both read it well"],
    ),
    Prediction(
        slug="wrong-labels",
        question="Every image is given a kind that it does not show, and changed so little that "
        "you would not notice. A new network learns from these alone. How often is it right about "
        "images that nobody changed, by their real kind? (Guessing is right in 12.5 %.)",
        answer=50,
        because="The change carries patterns by which the first network tells the kinds apart. The "
        "new one learned those, and ordinary images contain them too.",
        span=(0, 100),
        within=12,
        unit=" %",
    ),
    Prediction(
        slug="made-up-families",
        question="Now pairs of groups that have nothing to do with each other, such as sad moods "
        "and cities, as if they were families. Will they pass the same test?",
        answer=0,
        because="The mean of two vectors of about the same length is always nearly at a right "
        "angle to their difference. That is geometry, and says nothing about the model.",
        options=["yes, about as well", "no, far worse"],
    ),
]

QUIZ = Quiz(
    "quiz",
    "Quiz: five questions",
    [
        Question(
            "Ten networks of two kinds all hold the topic. What does that suggest?",
            [
                wrong("they have the same weights", "They differ in kind and in their start."),
                right(
                    "the world rewards whoever knows the topic",
                    "What has no use, the accent, was not kept.",
                ),
                wrong("every label can be read in them", "The accent cannot, or hardly."),
            ],
        ),
        Question(
            "Only a probe with hidden units reads a label. What do you try before you call the "
            "feature non-linear?",
            [
                right(
                    "another way to say the label",
                    "From the player's side, a linear probe read the same board.",
                ),
                wrong("a probe with more hidden units", "It would hide the basis even better."),
                wrong("more examples", "The linear probe failed for want of a basis."),
            ],
        ),
        Question(
            "Two numbers share 1.5 bits at every turn, and few examples lie on a line. They are",
            [
                wrong("two features", "Two features share nothing at some turn."),
                wrong("two features of which one is there at a time", "Then many lie on a line."),
                right(
                    "one feature of two dimensions", "Neither a turn nor a choice takes it apart."
                ),
            ],
        ),
        Question(
            "A picture made for a unit shows a fine pattern. What do you conclude?",
            [
                wrong("the unit detects that pattern", "It may never meet it in any image."),
                right(
                    "look at real images that excite it",
                    "A pattern outside all images can be put in by hand, and nothing else changes.",
                ),
                wrong("the network was tampered with", "An honest network likes odd pictures too."),
            ],
        ),
        Question(
            "A parent direction is at a right angle to the difference of its children. Is that "
            "evidence for a hierarchy?",
            [
                wrong("yes, that is its definition", "Made-up families pass as well."),
                wrong("only after whitening", "Made-up families pass there too."),
                right(
                    "not by itself",
                    "Ask whether the children share a direction that strangers do not.",
                ),
            ],
        ),
    ],
)
