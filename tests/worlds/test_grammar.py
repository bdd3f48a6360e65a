"""The engine: what a program writes has the probability it says it has."""

import math
import random
from collections import Counter

import pytest

from interp_widgets.worlds.grammar import Ask, Choice, Template, document, write
from interp_widgets.worlds.scoring import score

IDS = {"<bos>": (0,), " a": (1,), " b": (2,), " c": (3,), ".": (4,), " xy": (5, 6), " xz": (5, 7)}


def coin(factors):
    """Half of the time `a`, else `b` and then one of three words."""
    first = yield Choice((" a", " b"))
    factors["first"] = first.strip()
    if first == " b":
        yield Ask("which", (" xy", " xz"), (" c",))
    yield "."


def always_a(_factors):
    yield "a ."


COIN = Template("coin", "coin", 0.75, coin)
ALWAYS = Template("coin", "always", 0.25, always_a)


def test_the_probability_of_a_document_sums_the_templates_out():
    surprisal, _ = score((COIN, ALWAYS), [" a", "."], IDS.__getitem__)
    assert math.exp(-sum(surprisal)) == pytest.approx(0.75 * 0.5 + 0.25)


def test_a_unit_of_several_tokens_is_scored_token_by_token():
    surprisal, entropy = score((COIN,), [" b", " xy", "."], IDS.__getitem__)
    assert surprisal == pytest.approx([math.log(2), 0, math.log(2), 0, 0])
    assert entropy == pytest.approx([math.log(2), 0, math.log(2), 0, 0])


def test_entropy_is_the_mean_of_surprisal_over_what_the_program_writes():
    rng = random.Random(0)
    pairs = [score((COIN,), write(COIN, rng).units, IDS.__getitem__) for _ in range(4000)]
    surprisal = sum(sum(s) for s, _ in pairs) / len(pairs)
    entropy = sum(sum(e) for _, e in pairs) / len(pairs)
    assert surprisal == pytest.approx(entropy, abs=0.03)
    assert entropy == pytest.approx(1.5 * math.log(2), abs=0.03)


def test_what_no_template_can_write_is_refused_with_the_unit():
    with pytest.raises(ValueError, match=r"document of this world, got ' c'"):
        score((COIN, ALWAYS), [" a", " c"], IDS.__getitem__)


def test_choices_are_drawn_as_often_as_they_say():
    choice, rng = Choice((" a", " b", " c"), (1, 2, 7)), random.Random(1)
    drawn = Counter(choice.draw(rng) for _ in range(10_000))
    assert {unit: drawn[unit] / 10_000 for unit in drawn} == pytest.approx(
        dict(choice.items()), abs=0.02
    )


def test_a_factor_holds_from_the_unit_that_reveals_it():
    made = next(d for d in (document(COIN, random.Random(s)) for s in range(9)) if " b" in d.units)
    assert [factors.get("first") for factors in made.factors] == ["b", "b", "b"]
    assert made.questions[0].prompt == "<bos> b"
    assert made.questions[0].wrong == (" c",)
