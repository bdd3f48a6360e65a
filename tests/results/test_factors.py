"""Factors of tokens are checked when they are made, counted and turned into masks by hand."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.results import Factor, TokenFactors

TOKENS = [["<bos>", " two", " cats"], ["<bos>", " a", " cat"]]
IDS = [[0, 5, 8], [0, 2, 7]]
NUMBER = np.array([[None, None, "plural"], [None, "singular", "singular"]], dtype=object)
PLACE = np.array([[0, 1, 2], [0, 1, 2]], dtype=object)
ABOUT = {
    "number": Factor("context", "how many"),
    "place": Factor("position", "where it stands"),
}


@pytest.fixture
def made():
    return TokenFactors(TOKENS, IDS, {"number": NUMBER, "place": PLACE}, ABOUT)


def test_a_factor_and_its_value_become_a_mask(made):
    np.testing.assert_array_equal(made.binary("number", "singular"), [[0, 0, 0], [0, 1, 1]])
    np.testing.assert_array_equal(made.binary("place", 1), [[0, 1, 0], [0, 1, 0]])
    assert made.binary("number", "plural").dtype == bool


def test_it_tells_which_tokens_a_factor_says_something_of(made):
    np.testing.assert_array_equal(made.known("number"), [[0, 0, 1], [0, 1, 1]])
    assert made.known("place").all()  # also where it is 0


def test_frequencies_are_shares_of_all_tokens(made):
    assert made.frequencies("number") == {"singular": 2 / 6, "plural": 1 / 6}
    assert list(made.frequencies("number")) == ["singular", "plural"]


def test_it_reads_as_a_table(made):
    first, number, _ = repr(made).splitlines()
    assert first == "TokenFactors: 2 rows of 3 tokens, 2 factors"
    assert number.split() == ["number", "context", "2", "values", "on", "50%", "how", "many"]


def test_nothing_in_it_can_be_changed(made):
    with pytest.raises(ValueError, match="read-only"):
        made.values["number"][0, 0] = "dual"
    with pytest.raises(TypeError, match="does not support"):
        made.values["new"] = NUMBER


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("colour", "red", r"name: expected one of the factors .*place.*, got 'colour'\. Print"),
        ("number", "dual", r"value: expected .*'singular', 'plural'\), got 'dual'\. Choose"),
        ("number", True, r"value: expected .*got True"),
        ("number", None, r"value: expected .*got None"),
        ("number", ["plural"], r"value: expected .*got \['plural'\]"),
    ],
)
def test_what_it_does_not_have_is_named(made, name, value, message):
    with pytest.raises(ValueError, match=message):
        made.binary(name, value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"token_ids": [0, 5, 8]}, r"token_ids: expected shape \(row, pos\), got \(3,\)"),
        ({"tokens": TOKENS[:1]}, r"tokens: expected shape \(2,\).*got \(1,\)"),
        ({"tokens": [TOKENS[0], TOKENS[1][:2]]}, r"tokens\[1\]: expected shape \(3,\).*got \(2,\)"),
        (
            {"values": {"number": NUMBER.T, "place": PLACE}},
            r"values\['number'\]: expected shape \(2, 3\).*got \(3, 2\)",
        ),
        ({"about": {"number": ABOUT["number"]}}, r"about: expected .*'place'\], got \['number'\]"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change, message):
    whole = {
        "tokens": TOKENS,
        "token_ids": IDS,
        "values": {"number": NUMBER, "place": PLACE},
        "about": ABOUT,
    }
    with pytest.raises(ValueError, match=message):
        TokenFactors(**(whole | change))
