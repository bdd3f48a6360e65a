"""Sealed models do what they should, can be solved, and fool who looks at one thing only."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
import torch

from interp_widgets.worlds import mysteries
from interp_widgets.worlds.mysteries.algorithms import ALGORITHMS, random_sequences
from tests.worlds import mystery_solvers as solvers

TRANSFORMER, FEATURES, SUPERPOSITION = mysteries.FAMILIES
SOLVERS = {
    TRANSFORMER: solvers.transformer,
    FEATURES: solvers.features,
    SUPERPOSITION: solvers.superposition,
}
FEW = {TRANSFORMER: 12, FEATURES: 40, SUPERPOSITION: 60}
MANY = {TRANSFORMER: 120, FEATURES: 300, SUPERPOSITION: 600}


def draw(stem, count):
    return [mysteries.make(stem, seed) for seed in range(count)]


@pytest.fixture(scope="module")
def few():
    return {stem: draw(stem, count) for stem, count in FEW.items()}


def share(sealed, solver, slug):
    """How often a solver answers a question rightly."""
    return np.mean(
        [
            solver(one.model, one.inputs)[slug] == {q.slug: q.answer for q in one.questions}[slug]
            for one in sealed
        ]
    )


def solve(one, solver):
    """The answers of a solver; one that needs the menu of its question is given it."""
    found = solver(one.model, one.inputs)
    menus = {q.slug: [*q.menu] for q in one.questions}
    return {
        slug: answer(menus[slug]) if callable(answer) else answer for slug, answer in found.items()
    }


def rule_of(one):
    return one.questions[0].answer


@pytest.mark.parametrize("seed", range(FEW[TRANSFORMER]))
def test_a_sealed_transformer_follows_its_rule_and_no_other(few, seed):
    one = few[TRANSFORMER][seed]
    ids = random_sequences(60, (7, seed))
    with torch.no_grad():
        best = one.model(torch.from_numpy(ids)).argmax(-1).numpy()
    for name, rule in ALGORITHMS.items():
        predicted = rule.predict(ids)
        right = (best == predicted)[predicted >= 0].mean()
        assert right >= 0.999 if name == rule_of(one) else right < 0.6, name


def test_the_rules_predict_what_their_words_say():
    ids = np.array([[0, 3, 1, 3, 12, 3]])
    told = {name: rule.predict(ids)[0].tolist() for name, rule in ALGORITHMS.items()}
    assert told == {
        "previous": [-1, -1, 3, 1, 3, 12],
        "two-back": [-1, -1, -1, 3, 1, 3],
        "first": [-1, 3, 3, 3, 3, 3],
        "frequent": [-1, 3, -1, 3, 3, 3],
        "induction": [-1, -1, -1, 1, -1, 12],
        "successor": [-1, -1, 4, 2, 4, 1],
    }


def test_the_activations_hold_every_factor_equally_in_each_layer(few):
    for one in few[FEATURES][:5]:
        for units in one.model.layers.values():
            assert units.shape == (2_000, 20)
            assert units.std(0).min() > 0.1


def test_only_one_toy_model_holds_more_features_than_dimensions(few):
    for one in few[SUPERPOSITION]:
        lengths = one.model.lengths
        held = (lengths >= lengths.max(1, keepdims=True) / 2).sum(1)
        assert sorted(held)[:4] == [6] * 4
        assert 7 <= max(held) <= 10


@pytest.mark.parametrize("stem", SOLVERS)
def test_a_solver_of_public_tools_finds_every_answer(few, stem):
    for seed, one in enumerate(few[stem]):
        assert solve(one, SOLVERS[stem]) == {q.slug: q.answer for q in one.questions}, seed


@pytest.mark.slow
@pytest.mark.parametrize("stem", SOLVERS)
def test_it_does_so_on_many_more_seeds(stem):
    for seed in range(FEW[stem], MANY[stem]):
        one = mysteries.make(stem, seed)
        assert solve(one, SOLVERS[stem]) == {q.slug: q.answer for q in one.questions}, seed


@pytest.mark.parametrize(
    ("stem", "solver", "slug", "most"),
    [
        (TRANSFORMER, solvers.transformer_by_patterns, "algorithm", 0.5),
        (TRANSFORMER, solvers.transformer_by_patterns, "writer", 0.3),
        (FEATURES, solvers.features_by_the_top, "monosemantic", 0.1),
        (FEATURES, solvers.features_by_the_top, "privileged", 0.1),
        (SUPERPOSITION, solvers.superposition_by_size, "superposed", 0.1),
        (SUPERPOSITION, solvers.superposition_by_units, "superposed", 0.5),
    ],
)
def test_who_looks_at_one_thing_only_falls_for_the_decoys(few, stem, solver, slug, most):
    got = share(few[stem], solver, slug)
    print(f"{solver.__name__} {slug}: {got:.0%} right")
    assert got <= most


@pytest.mark.parametrize("stem", SOLVERS)
def test_the_same_answers_each_time_win_little(few, stem):
    for number, question in enumerate(few[stem][0].questions):
        told = Counter(one.questions[number].answer for one in few[stem])
        most = 0.75 if question.slug == "backup" else 0.6
        assert told.most_common(1)[0][1] / FEW[stem] <= most, question.slug


def test_the_seeds_spread_evenly_over_the_mechanisms():
    """The draws alone, without the models: 600 seeds, within four standard deviations."""
    from interp_widgets.worlds.mysteries import transformer

    drawn = Counter(transformer._draw(np.random.default_rng((0, seed))).rule for seed in range(600))
    assert drawn.keys() == ALGORITHMS.keys()
    assert all(abs(count - 100) < 37 for count in drawn.values()), drawn


@pytest.mark.parametrize("stem", [FEATURES, SUPERPOSITION])
def test_the_seeds_spread_evenly_over_the_answers(stem):
    sealed = draw(stem, 120)
    for number, question in enumerate(sealed[0].questions):
        told = Counter(one.questions[number].answer for one in sealed)
        menu = len(question.menu)
        if menu <= 5 and question.slug != "rotated":
            fair = 120 / menu
            assert all(abs(told[answer] - fair) < 4 * fair**0.5 for answer in question.menu), told


@pytest.mark.parametrize("stem", SOLVERS)
def test_the_same_seed_gives_the_same_model_and_another_one_another(stem):
    first, again, other = (mysteries.make(stem, seed) for seed in (5, 5, 6))
    assert [q.answer for q in first.questions] == [q.answer for q in again.questions]
    assert [q.answer for q in first.questions] != [q.answer for q in other.questions]


@pytest.mark.parametrize("stem", SOLVERS)
def test_no_message_on_a_wrong_answer_gives_the_right_one(few, stem):
    for one in few[stem]:
        for question in one.questions:
            right = re.compile(rf"(?<!\w){re.escape(str(question.answer))}(?!\w)")
            for wrong in question.menu:
                if wrong != question.answer:
                    said = question.measurement(wrong)
                    assert len(said) > 40
                    assert not right.search(said), (question.slug, said)


def test_every_sealed_transformer_has_the_same_configuration_and_no_circuit(few):
    settings = {str(one.model.cfg.to_dict()) for one in few[TRANSFORMER]}
    assert len(settings) == 1
    for one in few[TRANSFORMER]:
        assert not hasattr(one.model, "circuit")
        assert one.model.cfg.model_name == "sealed"
        assert one.model.tokenizer.name_or_path == "sealed"
