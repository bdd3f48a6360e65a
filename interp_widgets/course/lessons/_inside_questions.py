"""The questions of notebook 01: what 00 taught, and what this one does."""

from __future__ import annotations

from interp_widgets.course.quiz import Question, Quiz, right, wrong

WARM_UP = Quiz(
    "warm-up",
    "Three questions on notebook 00",
    [
        Question(
            "In the pattern of one head, what is a row?",
            [
                wrong("the token that is looked at", "That is the column, the key."),
                right("the token that looks", "The query; its row adds up to 1."),
                wrong("a layer", "A pattern belongs to one head of one layer."),
            ],
        ),
        Question(
            "Why can no head of the first layer be an induction head?",
            [
                right(
                    "no token has been told yet what came before it",
                    "That takes a head of an earlier layer.",
                ),
                wrong("its heads are too small", "All heads of a network have the same size."),
                wrong(
                    "it sees only the token before", "Every head may look at all earlier tokens."
                ),
            ],
        ),
        Question(
            "A head looks strongly at the right word. What do you know?",
            [
                wrong("that the head causes the answer", "Looking is not yet doing."),
                wrong("that the word is copied", "What it takes from there is another question."),
                right("where it looks", "The rest needs a change inside the model. It comes now."),
            ],
        ),
    ],
)

QUIZ = Quiz(
    "quiz",
    "Quiz: five questions",
    [
        Question(
            "What does a layer do to the residual stream?",
            [
                wrong("it replaces it", "Then only the last layer would reach the output."),
                right("it adds to it", "So the stream is a sum that can be taken apart."),
                wrong("it turns it into logits", "Only the unembedding does that, at the end."),
            ],
        ),
        Question(
            "Which matrices of a head decide what it writes about a token it looks at?",
            [
                wrong("W_Q and W_K", "These decide where it looks."),
                wrong("W_E and W_U", "These belong to the whole model, not to a head."),
                right("W_V and W_O", "The output-value circuit."),
            ],
        ),
        Question(
            "Two heads have the same perfect induction pattern. What follows?",
            [
                right("they look at the same places", "One of them may write what nobody reads."),
                wrong("both copy", "One of the two suspects copied nothing."),
                wrong("one of them is superfluous", "Only an ablation could show that."),
            ],
        ),
        Question(
            "The loudest head adds 7 logits to the answer, in two sentences whose answers differ. "
            "What follows?",
            [
                wrong("it decides between the answers", "It says the same in both."),
                right("something else decides", "What does not change cannot turn the answer."),
                wrong("the attribution is wrong", "The parts do add up."),
            ],
        ),
        Question(
            "Weights are folded. What stays the same?",
            [
                wrong("every logit", "The logits of a token may all shift by one number."),
                wrong(
                    "the share of each head",
                    "The shares change: only folded weights account for the final norm's gain.",
                ),
                right("every probability", "The model says what it said before."),
            ],
        ),
    ],
)
