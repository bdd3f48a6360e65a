"""A circuit that somebody found is scored, and told what is wrong with it."""

from __future__ import annotations

import pytest

from interp_widgets.analysis.circuits import score_circuit
from interp_widgets.models import load_model
from interp_widgets.worlds.circuits import Edge, possible_edges

EDGE = "mlp1 -> L2H0.q"
JUNK = "embed -> L0H1.v"


@pytest.fixture(scope="module")
def model():
    return load_model("compiled-reverse")


@pytest.fixture(scope="module")
def truth(model):
    return [str(edge) for edge in model.circuit.edges]


def test_the_true_circuit_gets_full_marks(model, truth):
    score = score_circuit(model, truth)
    assert (score.faithfulness, score.completeness, score.minimality) == (1, 1, 1)
    assert score.perfect
    assert "answer all of 500 sequences" in score.faithful


@pytest.mark.parametrize("name", ["hand-induction", "compiled-sort-unique"])
def test_every_model_with_a_circuit_can_be_asked(name):
    model = load_model(name)
    assert score_circuit(model, model.circuit.edges).perfect


def test_a_missing_edge_is_named_with_what_it_carries_and_an_example(model, truth):
    score = score_circuit(model, [edge for edge in truth if edge != EDGE])
    assert score.faithfulness < 0.1
    assert score.completeness == pytest.approx(1 - 1 / len(truth))
    assert score.minimality == 1
    assert score.missing == (EDGE,)
    assert score.complete.startswith(f"1 edge is missing. {EDGE} ('opposite index', query of ")
    assert "instead of" in score.faithful
    assert "instead of" in score.complete


def test_an_edge_too_many_costs_minimality_alone(model, truth):
    score = score_circuit(model, [*truth, JUNK])
    assert (score.faithfulness, score.completeness) == (1, 1)
    assert score.minimality == pytest.approx(len(truth) / (len(truth) + 1))
    assert score.extra == (JUNK,)
    assert f"1 edge is not part of the circuit: {JUNK}" in score.minimal
    assert "changes the answers to 0 of 500" in score.minimal


def test_all_edges_are_faithful_and_complete_but_far_from_minimal(model, truth):
    every = possible_edges(3, 2, mlps=True)
    score = score_circuit(model, every)
    assert (score.faithfulness, score.completeness) == (1, 1)
    assert score.minimality == pytest.approx(len(truth) / len(every))
    assert "and 109 more" in score.minimal


def test_no_edge_at_all_does_nothing(model):
    score = score_circuit(model, [])
    assert (score.faithfulness, score.completeness) == (0, 0)
    assert "8 edges are missing" in score.complete


def test_an_edge_may_be_text_a_pair_or_an_edge(model):
    forms = ["embed -> L0H0.v", ("L0H0", "mlp0"), Edge("mlp0", "mlp1"), "embed->L0H0.v"]
    assert score_circuit(model, forms).completeness == pytest.approx(3 / 8)


def test_the_score_prints_as_three_lines(model, truth):
    lines = str(score_circuit(model, truth[1:])).splitlines()
    assert [line.split()[0] for line in lines] == ["faithfulness", "completeness", "minimality"]


@pytest.mark.parametrize(
    ("edge", "message"),
    [
        ("embed -> L0H0", r"got 'embed -> L0H0'\. A head reads three times: write 'L0H0\.q'"),
        ("mlp1 -> L0H0.q", r"mlp1 comes too late for L0H0\.q"),
        ("L9H0 -> output", r"got 'L9H0 -> output'\. Writers are .*embed"),
        ("nonsense", r"got 'nonsense -> '\. Writers are"),
    ],
)
def test_an_edge_that_the_model_does_not_have_is_explained(model, edge, message):
    with pytest.raises(ValueError, match=message):
        score_circuit(model, [edge])


def test_a_single_edge_still_comes_in_a_list(model):
    with pytest.raises(TypeError, match=r"edges: expected a list of edges, got 'embed -> L0H0\.v'"):
        score_circuit(model, "embed -> L0H0.v")


def test_a_model_whose_circuit_is_unknown_cannot_be_scored():
    with pytest.raises(ValueError, match=r"whose circuit is known, got 'tiny-world'"):
        score_circuit(load_model("tiny-world"), [])
