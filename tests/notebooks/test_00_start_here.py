"""What notebook 00 says of the model is so, and the control it shows could have said otherwise."""

import numpy as np
import pytest

import interp_widgets as iw
from interp_widgets.analysis.attention import (
    attention_pattern,
    first_token_score,
    induction_score,
    previous_token_score,
)
from interp_widgets.analysis.loss import token_loss
from interp_widgets.course.lessons.start_here import INDUCTION_THRESHOLD
from interp_widgets.worlds.tiny_vocabulary import FIRST_NAMES
from tests.support import ROOT

SENTENCE = "When Mary and John went to the store, John gave a drink to"
WORDS = "river coin Paris lamp doctor horse Monday castle"
EARLY = "step-800"


def pattern_of(model, text):
    return attention_pattern(iw.trace(model, text))


@pytest.fixture(scope="module")
def model():
    return iw.load_model("tiny-world")


def test_the_notebook_shows_what_is_tested_here():
    source = (ROOT / "notebooks" / "00_start_here.py").read_text()
    for said in (SENTENCE, WORDS, EARLY):
        assert said in source


def test_the_model_knows_who_gets_the_drink(model):
    chances = model(SENTENCE)[0, -1].softmax(-1)
    assert model.tokenizer.decode(chances.argmax()) == " Mary"
    assert chances.max() > 0.9


def test_many_heads_rest_on_the_first_token_and_one_looks_at_the_token_before(model):
    pattern = pattern_of(model, SENTENCE)
    assert (first_token_score(pattern) > 0.4).sum() >= 5
    assert previous_token_score(pattern)[0].argmax() == 3
    assert previous_token_score(pattern)[0, 3] > 0.6


def test_only_the_last_layer_decides_between_the_two_names(model):
    lens = iw.logit_lens(iw.trace(model, SENTENCE))
    said = [[lens.words[token] for token in row] for row in lens.top_ids[:, -1].tolist()]
    assert said[0][0] == " to"
    assert said[2][0] in FIRST_NAMES
    assert said[3][:2] == [" John", " Mary"]
    assert said[4][0] == " Mary"


def test_the_head_that_looks_at_mary_does_so_whoever_gets_the_drink(model):
    other = SENTENCE.replace("John gave", "Mary gave")
    assert model.tokenizer.decode(model(other)[0, -1].argmax()) == " John"
    here, there = (pattern_of(model, text).weights for text in (SENTENCE, other))
    change = np.abs(here - there)[:, :, -1].max(axis=-1)
    assert change[3, 2] < 0.01
    assert change.max() > 10 * change[3, 2]


def test_what_nobody_could_foresee_stands_out_in_the_loss(model):
    run = iw.trace(model, SENTENCE)
    loss = dict(zip(run.tokens, token_loss(run), strict=True))  # of " John", the later one
    foreseen = [" and", " to", " the", ",", " a"]
    surprising = [" When", " Mary", " store", " drink"]
    assert max(loss[token] for token in foreseen) < 0.5
    assert min(loss[token] for token in surprising) > 2


def test_a_head_of_a_later_layer_looks_from_the_last_word_at_mary(model):
    pattern = pattern_of(model, SENTENCE)
    mary = pattern.tokens.index(" Mary")
    assert pattern.weights[3, 2, -1, mary] > 0.8


def test_there_are_induction_heads_and_none_in_the_first_layer(model):
    scores = induction_score(pattern_of(model, f"List: {WORDS}; {WORDS}."))
    assert scores.max() > 0.9
    assert scores[0].max() < INDUCTION_THRESHOLD / 2
    assert (scores >= INDUCTION_THRESHOLD).sum() > 1


def test_the_words_are_known_the_second_time_and_not_the_first(model):
    text = f"List: {WORDS}; {WORDS}."
    tokens = model.to_tokens(text)[0]
    right = model(text)[0, :-1].softmax(-1)[range(len(tokens) - 1), tokens[1:]]
    assert right[2:10].mean() < 0.05
    assert right[12:19].mean() > 0.8


def test_the_control_has_no_induction_head():
    early = iw.load_model("tiny-world", revision=EARLY)
    assert (
        induction_score(pattern_of(early, f"List: {WORDS}; {WORDS}.")).max()
        < INDUCTION_THRESHOLD / 2
    )


def test_a_list_that_is_not_repeated_gives_no_stripe(model):
    """The score needs a repeat; on other words the same head looks elsewhere."""
    repeated = pattern_of(model, f"List: {WORDS}; {WORDS}.")
    other = "cake nurse Lima table singer bird Friday park"
    fresh = pattern_of(model, f"List: {WORDS}; {other}.")
    layer, head = divmod(int(induction_score(repeated).argmax()), 4)
    first = repeated.tokens.index(" coin")
    second = repeated.tokens.index(" river", first)  # the second saying begins here
    stripe = [(second + i, first + i) for i in range(7)]
    spent = {
        name: sum(pattern.weights[layer, head, q, k] for q, k in stripe) / len(stripe)
        for name, pattern in {"repeated": repeated, "fresh": fresh}.items()
    }
    assert spent["repeated"] > 0.8
    assert spent["fresh"] < 0.3
