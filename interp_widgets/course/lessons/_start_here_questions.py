"""The questions of notebook 00: what it taught, and what later ones take for granted."""

from __future__ import annotations

from interp_widgets.course.quiz import Question, Quiz, right, wrong

QUIZ = Quiz(
    "quiz",
    "Quiz: five questions",
    [
        Question(
            "In an attention pattern, what does each row add up to?",
            [
                wrong("the number of tokens", "Then longer texts would get more attention."),
                right("1", "A row shares out all of one token's attention."),
                wrong("it differs from head to head", "Heads differ in where, not in how much."),
            ],
        ),
        Question(
            "At the second `river` of `river coin lamp river`, where does an induction head look?",
            [
                wrong(
                    "at the first `river`",
                    "Some heads do look at the earlier copy itself, but that copy cannot know what "
                    "came after it: one place short.",
                ),
                wrong("at `lamp`", "That is the token just before: a previous-token head."),
                right("at `coin`", "The token that came after the earlier copy."),
            ],
        ),
        Question(
            "Many heads have a strong first column. What does it usually mean?",
            [
                right(
                    "they find nothing to do", "All attention must go somewhere; it rests there."
                ),
                wrong(
                    "the first word matters most", "The column is strong whatever the text says."
                ),
                wrong("the model is badly trained", "Well trained models show it too."),
            ],
        ),
        Question(
            "A head of the last layer looks strongly at `Mary`, and the model answers `Mary`. What "
            "follows?",
            [
                wrong(
                    "the head causes the answer", "Only a change inside the model can show that."
                ),
                wrong("the head copies names", "One cell of one text is too little for a rule."),
                right("a hypothesis to test", "Where a head looks is not yet what it does."),
            ],
        ),
        Question(
            "Why did we also score the network early in its training?",
            [
                wrong("to see how fast it learns", "One early point says little about speed."),
                right("as a control", "It has the same design, so the stripe must be learned."),
                wrong("because it is smaller", "It has exactly as many numbers."),
            ],
        ),
    ],
)

SELF_TEST = Quiz(
    "self-test",
    "Self-test: ten questions on what later notebooks take for granted",
    [
        Question(
            "A tensor `x` has shape (2, 3, 5). What is the shape of `x.sum(-1)`?",
            [
                right("(2, 3)", "-1 is the last axis, and summing removes it."),
                wrong("(3, 5)", "That would be `x.sum(0)`, over the first axis."),
                wrong("(2, 3, 1)", "That would need `keepdim=True`."),
            ],
        ),
        Question(
            "`a` has shape (4, 1) and `b` has shape (3,). What is the shape of `a + b`?",
            [
                wrong("it is an error", "An axis of length 1 is repeated to fit (broadcasting)."),
                wrong("(4,)", "Both arrays have an axis that the result keeps."),
                right("(4, 3)", "`b` counts as (1, 3); each axis takes the larger length."),
            ],
        ),
        Question(
            "`W` has shape (3, 5) and `x` has shape (5,). What is `W @ x`?",
            [
                wrong("3 x 5 products", "`W * x` gives these; `@` also adds up each row."),
                right("3 numbers", "Each is the dot product of one row of `W` with `x`."),
                wrong("5 numbers", "`@` sums over the 5; the 3 rows remain."),
            ],
        ),
        Question(
            "Softmax turns the scores (0, 0, 0, 0) into ...",
            [
                wrong("(0, 0, 0, 0)", "A softmax always adds up to 1."),
                wrong(
                    "(1, 1, 1, 1)", "These are exp(0); they still have to be divided by their sum."
                ),
                right("(1/4, 1/4, 1/4, 1/4)", "Equal scores get equal shares."),
            ],
        ),
        Question(
            "Every score is raised by 10. What does the softmax do?",
            [
                right("it stays the same", "Only differences matter: the common factor cancels."),
                wrong("it gets sharper", "Multiplying the scores sharpens it, adding does not."),
                wrong("it gets ten times larger", "It adds up to 1 before and after."),
            ],
        ),
        Question(
            "Two directions of length 1 have the dot product 0. They are ...",
            [
                wrong("the same direction", "Then the product would be 1."),
                right("at a right angle", "The cosine of the angle is 0."),
                wrong("opposite", "Then the product would be -1."),
            ],
        ),
        Question(
            "A matrix is the product of a (100, 3) and a (3, 100) matrix. Its rank is ...",
            [
                right("at most 3", "Everything passes through 3 numbers in the middle."),
                wrong("100", "It has 100 rows, but all are mixtures of the same 3."),
                wrong("300", "Rank is never more than the number of rows."),
            ],
        ),
        Question(
            "With w = (1, 3): `y = (w ** 2).sum()`, then `y.backward()`. What is `w.grad`?",
            [
                wrong("(1, 9)", "These are the squares; the slope of w**2 is 2w."),
                right("(2, 6)", "The slope of w**2 is 2w, for each number by itself."),
                wrong("10", "That is `y`; the gradient has the shape of `w`."),
            ],
        ),
        Question(
            "What does `with torch.no_grad():` change?",
            [
                wrong("the model's weights are frozen for good", "Only inside the block."),
                wrong("the numbers that come out", "They are the same."),
                right("nothing is kept for a later `backward()`", "That saves memory and time."),
            ],
        ),
        Question(
            "A model gives the right token the probability 1/8. What is the loss at this place?",
            [
                wrong("7/8", "The loss is no error rate: it is minus a logarithm."),
                wrong("-log 8", "A loss is never negative."),
                right("log 8, about 2.08", "Minus the natural logarithm of 1/8."),
            ],
        ),
    ],
)
