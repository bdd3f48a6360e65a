"""The language of programs: what its steps mean, and what it cannot say."""

from __future__ import annotations

from fractions import Fraction

import pytest

from interp_widgets.worlds.compiler import compile_program
from interp_widgets.worlds.interpreter import Program
from interp_widgets.worlds.programs import (
    aggregate,
    apply,
    count,
    indices,
    select,
    select_where,
    tokens,
)

LONGEST = 5


@pytest.fixture
def symbols():
    return tokens("pqr", LONGEST)


@pytest.fixture
def index():
    return indices(LONGEST)


def values(stream, text, *, causal=True):
    """What a stream is at <bos> and at every symbol."""
    return Program("toy", "a toy", stream, causal).values(text)[stream]


def copied(symbols, index, test):
    return aggregate("copy", select(index, index, test), symbols)


def test_attention_copies_what_is_selected(symbols, index):
    before = copied(symbols, index, lambda key, query: key == max(query - 1, 0))
    assert values(before, "pqrp") == ["<bos>", "<bos>", "p", "q", "r"]


def test_numbers_are_averaged_over_what_a_position_sees(symbols):
    is_p = apply("is p", lambda symbol: 6 * (symbol == "p"), symbols, numeric=True)
    everywhere = select_where(symbols, lambda key: key != "<bos>")
    mean = aggregate("mean", everywhere, is_p)
    assert values(mean, "pqr") == [0, 6, 3, 2]
    assert values(mean, "pqr", causal=False) == [2, 2, 2, 2]


def test_where_nothing_is_selected_attention_spreads_over_everything_visible(symbols):
    is_p = apply("is p", lambda symbol: int(symbol == "p"), symbols, numeric=True)
    nowhere = aggregate("mean", select_where(symbols, lambda _: False), is_p)
    assert values(nowhere, "pqp") == [0, Fraction(1, 2), Fraction(1, 3), Fraction(1, 2)]


def test_a_count_leaves_out_the_start(symbols):
    everything = count("length", select_where(symbols, lambda _: True))
    assert values(everything, "pqr", causal=False) == [3, 3, 3, 3]
    larger = count("larger", select(symbols, symbols, lambda key, query: key > query))
    assert values(larger, "prq", causal=False)[1:] == [2, 0, 1]


def test_a_count_may_look_at_indices(index):
    second = count("from 2 on", select_where(index, lambda key: key >= 2))
    answer = apply("answer", lambda number, _: number, second, tokens("pq", LONGEST))
    program = Program("toy", "a toy", answer, causal=True)
    assert program.run("pqp") == ("=0", "=1", "=2")


def test_a_step_that_copies_two_symbols_at_once_is_refused(symbols, index):
    both = copied(symbols, index, lambda key, query: key in {1, 2})
    with pytest.raises(ValueError, match=r"'copy' to copy one symbol, got \['p', 'q'\] at 2"):
        values(both, "pq")


def test_numbers_cannot_be_looked_for(symbols, index):
    number = apply("number", lambda at: at, index, numeric=True)
    with pytest.raises(ValueError, match=r"keys: expected streams of symbols, got 'number'"):
        select(number, index, lambda key, query: key == query)
    with pytest.raises(ValueError, match=r"queries: expected streams of symbols, got 'number'"):
        select(index, number, lambda key, query: key == query)
    with pytest.raises(ValueError, match=r"arguments of 'sum': .* got 'number'.*apply"):
        apply("sum", lambda a, b: a + b, number, index)


def test_a_count_by_what_a_step_made_is_refused(symbols):
    upper = apply("upper", str.upper, symbols)
    with pytest.raises(ValueError, match=r"selector: expected keys that are .* got 'upper'"):
        count("many", select_where(upper, lambda key: key == "P"))


def test_a_function_of_too_many_values_is_refused():
    long = indices(50)
    with pytest.raises(ValueError, match=r"at most 2000 combinations .* got 2601 for 'product'"):
        apply("product", lambda a, b: a * b, long, long)


def test_a_numeric_stream_of_words_is_refused(symbols):
    with pytest.raises(ValueError, match=r"whole numbers or fractions for 'word', got '<bos>'"):
        apply("word", lambda symbol: symbol, symbols, numeric=True)


def test_averages_of_too_many_kinds_are_refused():
    index = indices(60)
    number = apply("number", lambda at: at, index, numeric=True)
    with pytest.raises(ValueError, match=r"at most 2000 different averages, got more for 'mean'"):
        aggregate("mean", select_where(index, lambda _: True), number)


@pytest.mark.parametrize("alphabet", ["", "aba", ["ab", "c"], "a b"])
def test_an_alphabet_is_of_different_single_characters(alphabet):
    with pytest.raises(ValueError, match=r"alphabet: expected different single characters"):
        tokens(alphabet, 5)


@pytest.mark.parametrize("longest", [0, -1, 2.0, True])
def test_the_longest_sequence_is_a_whole_number(longest):
    with pytest.raises(ValueError, match=r"longest: expected a whole number from 1 on, got"):
        indices(longest)


def test_two_streams_of_one_name_cannot_be_compiled(symbols):
    once = apply("same", lambda symbol: symbol, symbols)
    twice = apply("same", lambda symbol: symbol, once)
    with pytest.raises(ValueError, match=r"another name for each stream, got \['same'\] more"):
        compile_program(Program("toy", "a toy", twice, causal=True))


def test_streams_of_different_lengths_cannot_be_compiled(symbols):
    both = apply("both", lambda symbol, at: symbol, symbols, indices(LONGEST + 1))
    with pytest.raises(ValueError, match=r"one longest sequence, got .*'symbol': 5.*'index': 6"):
        compile_program(Program("toy", "a toy", both, causal=True))


def test_an_answer_that_is_a_number_cannot_be_compiled(symbols):
    number = apply("number", lambda symbol: int(symbol == "p"), symbols, numeric=True)
    with pytest.raises(ValueError, match=r"an answer of symbols, got 'number'"):
        compile_program(Program("toy", "a toy", number, causal=True))


def test_a_program_that_never_reads_the_symbols_is_refused(index):
    with pytest.raises(ValueError, match=r"'toy' to read the symbols, got only \['index'\]"):
        compile_program(Program("toy", "a toy", index, causal=True))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"expected 1 to 5 symbols for 'toy', got 0"),
        ("pqrpqr", r"expected 1 to 5 symbols for 'toy', got 6"),
        ("pqx", r"expected symbols of the alphabet 'pqr' of 'toy', got 'x' at 2"),
        ("pqp", r"expected different symbols for 'toy', got 'p' again at 2"),
    ],
)
def test_a_sequence_that_the_program_is_not_made_for_is_refused(symbols, text, message):
    program = Program("toy", "a toy", symbols, causal=True, different=True)
    with pytest.raises(ValueError, match=message):
        program.run(text)
