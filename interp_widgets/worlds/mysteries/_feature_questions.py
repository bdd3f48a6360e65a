"""What is asked about sealed activations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interp_widgets.worlds.mysteries.sealed import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Sequence


def questions(
    privileged: str,
    mono: int,
    pairs: Sequence[tuple[int, int]],
    circle: str,
    cycles: Sequence[str],
) -> tuple[Question, ...]:
    """Ask for the basis, the neuron of one meaning, the turned pair and the circle.

    Args:
        privileged: the layer whose basis is.
        mono: the neuron of one meaning.
        pairs: the turned one, then those in superposition.
        circle: the factor that is held on a circle.
        cycles: every factor that might be.
    """
    asked: dict[Answer, str] = dict.fromkeys(sorted(pairs), "")
    listed = " or ".join(map(str, asked))
    return (
        Question(
            slug="privileged",
            words="In which layer is the basis privileged, so that its units mean something?",
            expects="A, B or C",
            menu=dict.fromkeys("ABC", ""),
            answer=privileged,
            test=(
                "Your answer was {given}. Turn each layer by a random rotation and compare how "
                "sparse its units are before and after, for instance by their kurtosis: the mean "
                "fourth power of a unit's distance from its mean, over its variance squared. How "
                "far from zero a unit is does not matter."
            ),
        ),
        Question(
            slug="monosemantic",
            words=(
                "Which neuron has one meaning over its whole range: wherever it is further from "
                "zero than a quarter of its most extreme value, one and the same factor is there "
                "in at least nine of ten samples?"
            ),
            expects="a number from 0 to 11",
            menu=dict.fromkeys(range(12), ""),
            answer=mono,
            test=(
                "Your answer was {given}. Draw samples at random from the whole range in which the "
                "neuron is active, not from its strongest examples, and count their factors."
            ),
        ),
        Question(
            slug="rotated",
            words=(
                f"Each of the neurons {listed} answers to several factors. Which pair holds no "
                "more factors than it has neurons, so that turning its basis gives each neuron one "
                "meaning?"
            ),
            expects=f"one of {listed}",
            menu=asked,
            answer=pairs[0],
            test=(
                "For the pair {given}, draw the difference of means of every factor as an arrow in "
                "the plane of the two neurons, and count the long ones."
            ),
        ),
        Question(
            slug="circle",
            words="Which factor do the layers hold on a circle?",
            expects=f"one of {', '.join(cycles)}",
            menu=dict.fromkeys(cycles, ""),
            answer=circle,
            test=(
                "Take the mean activation for each value of {given}. On a circle every value is as "
                "far from its neighbour as any other, and the last one is as near to the first; "
                "what the world does in a cycle, a network need not."
            ),
        ),
    )
