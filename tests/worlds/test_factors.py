"""The factors of a token are true: by hand, against the text, and better than shuffled ones."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

import interp_widgets as iw
from interp_widgets.models import load_model
from interp_widgets.worlds import tiny_vocabulary as words
from interp_widgets.worlds.factors import LABELLERS
from interp_widgets.worlds.modular import PRIME, trained_on

SPLITS = [*((name, "train") for name in LABELLERS)]
SPLITS += [("tiny-world", "combination"), ("tiny-world", "template"), ("mod-add", "combination")]


def said(name, text):
    """What each factor says of the tokens of a text, by the token that it says it of."""
    found = iw.factors(name, text)
    (tokens,) = found.tokens
    return {
        factor: [(tokens[at].strip(), values[0, at]) for at in np.flatnonzero(found.known(factor))]
        for factor, values in found.values.items()
    }


def changes(pairs):
    """The first token and every token at which a factor changes."""
    return [
        pair
        for before, pair in zip([None, *pairs], pairs, strict=False)
        if not before or before[1] != pair[1]
    ]


AGREEMENT = "The keys near the box are old."
GIVING = "When Mary and John went to the store, John gave a drink to Mary."
MOOD = (
    "One grey morning Adam was not happy but Rosa was glad. Rain fell on the park. Then Adam wept."
)
LIST = "List: river coin lamp; coin lamp river."
QUOTES = 'Note: (we "go see" now).'
CLAIM = "Claim: {person} lives in {city}. {verdict}"


@pytest.mark.parametrize(
    ("text", "factor", "expected"),
    [
        (AGREEMENT, "family", [("The", "agreement")]),
        (AGREEMENT, "subj.number", [("keys", "plural")]),
        (AGREEMENT, "attractor.number", [("box", "singular")]),
        (AGREEMENT, "day", []),
        (GIVING, "name.seen_before", [("Mary", False), ("John", True)]),
        (GIVING, "giver", [("John", "John")]),
        (GIVING, "recipient", [("Mary", "Mary")]),
        (MOOD, "style", [("grey", "grey")]),
        (MOOD, "mood.negated", [("not", True), ("glad", False)]),
        (MOOD, "mood", [("happy", "sad"), ("glad", "happy"), ("Adam", "sad")]),
        (MOOD, "mood.owner", [("happy", "Adam"), ("glad", "Rosa"), ("Adam", "Adam")]),
        (LIST, "list.pass", [("List", 1), ("coin", 2)]),
        (
            LIST,
            "list.index",
            [("river", 1), ("coin", 2), ("lamp", 3), ("coin", 2), ("lamp", 3), ("river", 1)],
        ),
        (QUOTES, "quote.depth", [("(", 1), ('"', 2), ('"', 1), (")", 0)]),
        (QUOTES, "quote.type", [("(", "bracket"), ('"', "quote"), ('"', "bracket"), (")", "none")]),
        (
            "Today is Friday so tomorrow is Saturday.",
            "day",
            [("Friday", "Friday"), ("Saturday",) * 2],
        ),
        ("From 1732 until 1745 there was a war.", "year.start", [("32", 32)]),
    ],
)
def test_a_known_sentence_has_the_factors_that_a_reader_gives_it(text, factor, expected):
    assert changes(said("tiny-world", text)[factor]) == expected


@pytest.mark.parametrize("right", [True, False])
def test_a_claim_is_true_when_it_says_where_the_person_lives(right):
    person = words.people()[0]
    city = person.city if right else next(c for c in words.CITIES if c != person.city)
    verdict = "right" if right else "wrong"
    found = said("tiny-world", CLAIM.format(person=person.name, city=city.strip(), verdict=verdict))
    assert changes(found["claim.true"]) == [(city.strip(), right)]
    assert changes(found["subj.name"]) == [(person.surname.strip(), person.name)]
    assert {value for _, value in found["person.city"]} == {person.city}
    assert {value for _, value in found["person.job"]} == {person.job}


def test_of_an_unfinished_document_only_what_is_certain_is_said():
    found = said("tiny-world", "When Mary and John went to the store, John")
    assert found["giver"] == [("John", "John")]
    assert found["template"] == []  # what will be given, and how, is still open
    assert said("tiny-world", "The")["family"] == []


def test_every_document_of_a_row_is_labelled_by_itself():
    row = said("tiny-world", f"<bos>{AGREEMENT}<bos>{GIVING}")
    one, other = said("tiny-world", AGREEMENT), said("tiny-world", GIVING)
    assert row == {factor: one[factor] + other[factor] for factor in one}


def test_repetition_is_labelled_with_where_and_what_came_next():
    found = iw.factors("hand-induction", "abcab")
    assert {factor: values[0].tolist() for factor, values in found.values.items()} == {
        "symbol": ["<bos>", "a", "b", "c", "a", "b"],
        "position": [0, 1, 2, 3, 4, 5],
        "before": [None, "<bos>", "a", "b", "c", "a"],
        "seen_before": [False, False, False, False, True, True],
        "seen_at": [None, None, None, None, 1, 2],
        "next": [None, None, None, None, "b", "c"],
    }


def test_a_program_is_labelled_with_all_that_it_computes():
    found = iw.factors("compiled-reverse", "abd")
    assert {factor: values[0].tolist() for factor, values in found.values.items()} == {
        "symbol": ["<bos>", "a", "b", "d"],
        "index": [0, 1, 2, 3],
        "1 / (1 + length)": [Fraction(1, 4)] * 4,
        "length": [3, 3, 3, 3],
        "opposite index": [0, 3, 2, 1],
        "answer": ["<bos>", "d", "b", "a"],
    }
    assert {factor: one.kind for factor, one in found.about.items()} == {
        "symbol": "token",
        "index": "position",
        "1 / (1 + length)": "context",
        "length": "context",
        "opposite index": "context",
        "answer": "context",
    }


@pytest.mark.parametrize(("name", "split"), SPLITS)
def test_what_is_written_is_read_back_with_the_same_factors(name, split):
    written = iw.labelled_text(name, 12, seed=4, split=split)
    read = iw.factors(name, written.token_ids)
    assert read.tokens == written.tokens
    for factor, values in written.values.items():
        certain = read.known(factor)
        assert (read.values[factor][certain] == values[certain]).all(), factor
        # How a document goes on that the end of the row cuts off, and which of two equal sentences
        # was meant, is not in the text.
        left_out = written.known(factor) & ~certain
        if factor not in {"template", "family"}:
            assert left_out[:, :-3].sum() == 0, factor


def test_depth_agrees_with_the_brackets_that_are_open():
    found = iw.labelled_text("tiny-world", 40, seed=2)
    depths = found.values["quote.depth"]
    for row, tokens in enumerate(found.tokens):
        stack = []
        for at, word in enumerate(tokens):
            if word == "<bos>":
                stack = []
            elif word in {" (", ' "'}:
                stack.append(word)
            elif word in {")", '"'}:
                stack.pop()
            if depths[row, at] is not None:
                assert depths[row, at] == len(stack), tokens[: at + 1]
    assert len(found.frequencies("quote.depth")) == 5


def test_a_name_was_seen_before_when_it_was():
    found = iw.labelled_text("tiny-world", 40, seed=3)
    giving, seen = found.binary("family", "giving"), found.values["name.seen_before"]
    checked = 0
    for row, tokens in enumerate(found.tokens):
        earlier = set()
        for at, word in enumerate(tokens):
            if word == "<bos>":
                earlier = set()
            elif word in words.FIRST_NAMES and giving[row, at]:
                assert seen[row, at] == (word in earlier)
                earlier.add(word)
                checked += 1
    assert checked > 100


def test_the_answer_of_every_model_of_a_program_is_the_factor():
    for name in (name for name in LABELLERS if name.startswith("compiled-")):
        model, found = load_model(name), iw.labelled_text(name, 30)
        says = model(torch.tensor(found.token_ids))[:, 1:].argmax(-1).numpy()
        tokens = [model.tokenizer.decode([token]).removeprefix("=") for token in says.flat]
        assert tokens == [str(value) for value in found.values["answer"][:, 1:].flat], name


def test_a_probe_finds_the_factor_in_the_model_and_nothing_in_shuffled_labels():
    model = load_model("tiny-world")
    found = iw.labelled_text("tiny-world", 60, seed=5)
    _, cache = model.run_with_cache(torch.tensor(found.token_ids))
    stream = cache["resid_post", 2].numpy()
    quote = found.binary("quote.type", "quote")
    known = quote | found.binary("quote.type", "bracket")

    def accuracy(labels):
        fitted, tested = np.arange(60) < 40, np.arange(60) >= 40
        fit, test = known & fitted[:, None], known & tested[:, None]
        probe = LogisticRegression(C=0.01, max_iter=500).fit(stream[fit], labels[fit])
        return probe.score(stream[test], labels[test])

    shuffled = quote.copy()
    shuffled[known] = np.random.default_rng(0).permutation(quote[known])
    assert accuracy(quote) > 0.9
    assert accuracy(shuffled) < 0.65


def test_a_sum_is_labelled_with_its_numbers():
    trained = bool(trained_on()[9 * PRIME + 52])
    assert said("mod-add", "9 52 =") == {
        "symbol": [("<bos>", "<bos>"), ("9", "9"), ("52", "52"), ("=", "=")],
        "position": [("<bos>", 0), ("9", 1), ("52", 2), ("=", 3)],
        "first": [("9", 9), ("52", 9), ("=", 9)],
        "second": [("52", 52), ("=", 52)],
        "sum": [("52", 8), ("=", 8)],
        "trained_on": [("52", trained), ("=", trained)],
    }


def test_the_sums_of_the_other_split_were_never_trained_on():
    for split, trained in (("train", True), ("combination", False)):
        found = iw.labelled_text("mod-add", 50, split=split)
        assert found.binary("trained_on", trained)[:, 2:].all()


def test_a_trained_network_reads_what_returns_as_the_written_one_does():
    for name in ("induction-1l", "induction-2l", "hand-induction"):
        assert said(name, "abcab")["next"] == [("a", "b"), ("b", "c")]


def test_the_same_seed_writes_the_same_text():
    one, again, other = (iw.labelled_text("tiny-world", 3, seed=seed) for seed in (7, 7, 8))
    assert one.tokens == again.tokens
    assert one.tokens != other.tokens
    for factor in one.names:
        assert (one.values[factor] == again.values[factor]).all()


def test_rows_are_as_long_as_asked():
    for name in LABELLERS:
        length = min(6, LABELLERS[name]().longest)
        found = iw.labelled_text(name, 5, length=length)
        assert found.token_ids.shape == (5, length)
        assert (found.token_ids[:, 0] == 0).all()


def test_text_and_ids_of_any_kind_are_read_alike():
    model = load_model("tiny-world")
    ids = model.to_tokens(AGREEMENT)
    (row,) = ids.tolist()
    for given in (ids, ids[0], ids.numpy(), row, [row], [AGREEMENT], f"<bos>{AGREEMENT}"):
        found = iw.factors("tiny-world", given)
        np.testing.assert_array_equal(found.token_ids, ids.numpy())
        assert found.tokens == (tuple(model.to_str_tokens(ids[0])),)
    both = iw.factors("tiny-world@seed-1", [AGREEMENT, AGREEMENT])
    assert both.token_ids.shape == (2, len(row))


def test_a_view_takes_tokens_and_a_mask():
    found = iw.factors("tiny-world", AGREEMENT)
    iw.TokenView(found.tokens, found.binary("subj.number", "plural"))


def test_every_model_that_reads_symbols_has_factors(root):
    reading = {path.parent.name for path in (root / "data/models").glob("*/tokenizer.json")}
    assert set(LABELLERS) == reading


@pytest.mark.parametrize(
    ("name", "tokens", "kind", "message"),
    [
        ("tiny-wurld", "The", ValueError, r"^name: expected .*'tiny-world'\], got 'tiny-wurld'"),
        (None, "The", TypeError, r"^name: expected .*text, got NoneType\..*cfg\.model_name"),
        (
            "tiny-world",
            "Hubert lives",
            ValueError,
            r"^tokens: row 0: expected .*got ' Hubert' after ''",
        ),
        (
            "tiny-world",
            "The key sat",
            ValueError,
            r"^tokens: .*got ' sat' after ' The key' in.*See",
        ),
        ("tiny-world", "The key<bos>", ValueError, r"got the end of a document after ' The key'"),
        ("tiny-world", "", ValueError, r"^tokens: expected some text, got ''"),
        ("tiny-world", [[0, 5], [0]], ValueError, r"^tokens: expected .*one length, got .*by one"),
        ("tiny-world", ["The", "The key"], ValueError, r"^tokens: expected .*got .*\[2, 3\]"),
        ("tiny-world", [5, 6], ValueError, r"^tokens: expected <bos> \(id 0\).*got ids \[5\]"),
        ("tiny-world", [0, 4000], ValueError, r"^tokens: expected ids from 0 to 2047.*4000"),
        ("tiny-world", [0.0, 1.0], TypeError, r"^tokens: expected .*got list of float64"),
        ("tiny-world", None, TypeError, r"^tokens: expected .*got NoneType"),
        ("tiny-world", [0] * 129, ValueError, r"^tokens: expected at most 128 .*got 129"),
        ("tiny-world", "\ud800", ValueError, r"^tokens: expected .*UTF-8"),
        ("mod-add", "9 = 52", ValueError, r"^tokens: row 0: expected <bos> a b =.*got '<bos> 9 ="),
        ("hand-induction", "ab?", ValueError, r"^tokens: expected symbols .*\(abc.*got '\?'"),
        ("hand-induction", [0, 27], ValueError, r"^tokens: expected ids from 0 to 26.*27"),
        ("compiled-sort-unique", "121", ValueError, r"^tokens: row 0: .*different.*'1' again"),
        ("compiled-reverse", "abcdabc", ValueError, r"^tokens: expected at most 7 .*got 8"),
    ],
)
def test_what_cannot_be_labelled_is_refused_with_a_sentence(name, tokens, kind, message):
    with pytest.raises(kind, match=message):
        iw.factors(name, tokens)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"name": "gpt2"}, ValueError, r"^name: expected .*got 'gpt2'"),
        ({"count": 0}, ValueError, r"^count: expected 1 to 100000, got 0"),
        ({"count": 2.0}, TypeError, r"^count: expected a whole number.*got float 2\.0"),
        ({"length": 129}, ValueError, r"^length: expected 2 to 128, got 129"),
        ({"seed": -1}, ValueError, r"^seed: expected 0 to 4294967295, got -1"),
        ({"split": "test"}, ValueError, r"^split: expected .*'template'\].*got 'test'"),
        ({"name": "hand-induction", "split": "template"}, ValueError, r"^split: .*\['train'\]"),
    ],
)
def test_text_that_cannot_be_written_is_refused_with_a_sentence(arguments, kind, message):
    with pytest.raises(kind, match=message):
        iw.labelled_text(**({"name": "tiny-world", "count": 2} | arguments))
