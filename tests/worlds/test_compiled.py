"""The compiled models compute their programs, by the edges they name and by no other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from interp_widgets import data
from interp_widgets._native import boot_native
from interp_widgets._trace import trace
from interp_widgets.analysis.edges import edges_of, logits_with_edges
from interp_widgets.models import load_model
from interp_widgets.worlds.compiled import PROGRAMS
from interp_widgets.worlds.compiler import compile_program
from interp_widgets.worlds.interpreter import Program
from interp_widgets.worlds.known import by_length, sequences
from interp_widgets.worlds.programs import (
    aggregate,
    apply,
    count,
    indices,
    select,
    select_where,
    tokens,
)

LONG = {"compiled-sort-unique"}  # has more sequences than are tried one by one
KNOWN = ("hand-induction", *PROGRAMS)


def depths(text):
    ups = [text[: end + 1].count("(") - text[: end + 1].count(")") for end in range(len(text))]
    return [f"={up}" for up in ups]


def fractions(text):
    so_far = [text[: end + 1] for end in range(len(text))]
    return [f"={Fraction(part.count('x'), len(part))}" for part in so_far]


# What the programs shall compute, said once more without any of their steps.
MEANT = {
    "compiled-bracket-depth": depths,
    "compiled-frac-prev": fractions,
    "compiled-reverse": lambda text: list(reversed(text)),
    "compiled-sort-unique": sorted,
}


@pytest.fixture(scope="module", params=KNOWN)
def model(request):
    return load_model(request.param)


@pytest.fixture(scope="module", params=PROGRAMS)
def compiled(request):
    return load_model(request.param)


@pytest.fixture(scope="module")
def tried(model):
    """A few sequences of two lengths; every length is tried in the full lane."""
    made = sequences(model.cfg.model_name, most=400)
    return [torch.from_numpy(ids[:50]) for ids in made[-4::3]]


def logits(model, ids):
    with torch.no_grad():
        return model(torch.as_tensor(ids))


def wrong(one, other):
    """How many sequences have another answer somewhere behind the start."""
    return int((one.argmax(-1) != other.argmax(-1))[:, 1:].any(-1).sum())


def test_the_network_answers_every_sequence_as_the_program_means_it(compiled):
    name = compiled.cfg.model_name
    program = PROGRAMS[name]()
    inputs = program.inputs()
    assert len(inputs) == 10_000 if name in LONG else len(set(inputs)) == len(inputs) > 5000
    for group, ids in by_length(program, inputs):
        answers = logits(compiled, ids).argmax(-1)[:, 1:].tolist()
        for symbols, answer in zip(group, answers, strict=True):
            said = [program.vocabulary[token] for token in answer]
            assert said == MEANT[name]("".join(symbols)), symbols


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_interpreter_runs_the_program_as_it_is_meant(name):
    program = PROGRAMS[name]()
    for symbols in program.inputs()[::20]:
        assert list(program.run(symbols)) == MEANT[name]("".join(symbols))


def test_the_answer_has_all_the_confidence_and_nothing_else_any(compiled):
    for ids in sequences(compiled.cfg.model_name, most=100):
        ranked = logits(compiled, ids)[:, 1:].sort(descending=True).values
        assert torch.allclose(ranked[..., 0], torch.tensor(10.0), atol=1e-3)
        assert ranked[..., 1:].abs().max() <= 1e-3


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_stream_stands_in_its_own_columns(name, tmp_path):
    """Not only the answer is right: so is every value on the way, also at the start."""
    program = PROGRAMS[name]()
    weights, circuit = compile_program(program)
    weights.save(tmp_path, circuit)
    network = boot_native(tmp_path).eval()
    last = f"blocks.{network.cfg.n_layers - 1}.hook_resid_post"
    for group, ids in by_length(program, program.inputs()[::97]):
        with torch.no_grad():
            _, cache = network.run_with_cache(torch.from_numpy(ids), names_filter=[last])
        for symbols, residual in zip(group, cache[last].numpy(), strict=True):
            for stream, meant in program.values(symbols).items():
                held = residual[:, weights.spaces[stream.name]]
                if stream.numeric:
                    expected = np.array([[float(value)] for value in meant])
                else:
                    expected = np.array([[v == o for o in stream.values] for v in meant])
                assert np.abs(held - expected).max() <= 1e-4, (symbols, stream.name)


def test_all_edges_together_are_the_whole_model(model, tried):
    for ids in tried:
        assert torch.equal(logits_with_edges(model, ids, edges_of(model)), logits(model, ids))


def test_the_circuit_alone_is_the_whole_model(model, tried):
    for ids in tried:
        alone = logits_with_edges(model, ids, model.circuit.edges)
        assert (alone - logits(model, ids)).abs().max() <= 1e-5


def test_cutting_any_other_edge_changes_nothing_and_any_of_the_circuit_breaks_it(model, tried):
    check_every_edge(model, tried)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_holds_on_every_sequence(name):
    model = load_model(name)
    check_every_edge(model, [torch.from_numpy(ids) for ids in sequences(name, most=10_000)])


def check_every_edge(model, tried):
    every = set(edges_of(model))
    assert set(model.circuit.edges) < every
    whole = [logits(model, ids) for ids in tried]
    for edge in every:
        cut = [logits_with_edges(model, ids, every - {edge}) for ids in tried]
        pairs = list(zip(whole, cut, strict=True))
        if edge in model.circuit.edges:
            assert sum(wrong(*pair) for pair in pairs), f"without {edge} nothing is wrong"
        else:
            change = max(float((one - other).abs().max()) for one, other in pairs)
            assert change <= 1e-5, f"without {edge} a logit changes by {change}"


def test_the_circuit_is_that_of_the_shipped_file_and_the_compiler(compiled):
    name = compiled.cfg.model_name
    _, circuit = compile_program(PROGRAMS[name]())
    assert compiled.circuit == circuit
    assert list(compiled.circuit.edges) == list(circuit.edges)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_shipped_weights_are_those_of_the_program(name, tmp_path):
    weights, circuit = compile_program(PROGRAMS[name]())
    weights.save(tmp_path, circuit)
    for file in ("model.safetensors", "config.json", "circuit.json", "tokenizer.json"):
        made = (tmp_path / file).read_bytes()
        assert made == data.file(f"models/{name}/{file}").read_bytes(), file


def test_a_program_of_ones_own_is_compiled_too(tmp_path):
    """Another causal one: the symbol before the last "p", or the start if there was none."""
    symbols, index = tokens("pqr", 5), indices(5)
    before = aggregate("before", select(index, index, lambda k, q: k == max(q - 1, 0)), symbols)
    seen = count("seen", select_where(symbols, lambda key: key == "p"))
    answer = apply("answer", lambda symbol, number: symbol if number else "<bos>", before, seen)
    program = Program("toy", "a toy", answer, causal=True)
    weights, circuit = compile_program(program)
    weights.save(tmp_path, circuit)
    model = load_model(tmp_path)
    assert model.circuit == circuit
    for group, ids in by_length(program, program.inputs()):
        answers = logits(model, ids).argmax(-1)[:, 1:].tolist()
        said = [tuple(program.vocabulary[token] for token in answer) for answer in answers]
        assert said == [program.run(symbols) for symbols in group]


def test_a_prompt_is_traced_as_text(compiled):
    name = compiled.cfg.model_name
    text = {"compiled-bracket-depth": "(a()", "compiled-frac-prev": "xaxb"}.get(name)
    text = text or {"compiled-reverse": "abd", "compiled-sort-unique": "520"}[name]
    run = trace(compiled, text)
    assert run.tokens == ("<bos>", *text)
    assert run["pattern", 0].shape == (compiled.cfg.n_heads, len(text) + 1, len(text) + 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("abz", r"expected symbols that 'compiled-reverse' knows .* got 'z'"),
        ("abcdabc", r"expected at most 7 tokens.* got 8"),
    ],
)
def test_a_prompt_that_a_compiled_model_cannot_read_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        trace(load_model("compiled-reverse"), text)
