"""The workbench: what is typed reaches every view, and nothing that goes wrong stops it."""

from __future__ import annotations

import numpy as np
import pytest

import interp_widgets as iw
from interp_widgets.analysis.attention import attention_pattern

FIRST = "When Mary and John went to the store, John gave a drink to"
OTHER = "When Mary and John went to the store, Mary gave a drink to"
SHORT = "When Mary and John went"


@pytest.fixture(scope="module")
def model():
    return iw.load_model("tiny-world")


@pytest.fixture
def bench(model):
    made = iw.Workbench(model, FIRST)
    yield made
    made.close()


def shown(bench):
    """What each view says its text is."""
    assert bench.wait()
    return [bench.attention.tokens, bench.lens.tokens, bench.tokens.tokens]


def type_in(bench, prompt):
    bench.prompt.value = prompt
    assert bench.wait()


def test_every_view_shows_what_is_typed(bench):
    type_in(bench, SHORT)
    attention, lens, tokens = shown(bench)
    assert attention == lens == tokens == ["<bos>", "·When", "·Mary", "·and", "·John", "·went"]


def test_the_last_prompt_wins(bench):
    for prompt in ("When Paul", "When Paul and Anna", SHORT):
        bench.prompt.value = prompt
    assert [len(tokens) for tokens in shown(bench)] == [6, 6, 6]


def test_a_token_is_chosen_in_every_view_but_a_row_of_the_lens_changes_no_head(bench):
    bench.selection.set(layer=3, head=2, pos=3)
    assert {view.selection.pos for view in (bench.attention, bench.lens, bench.tokens)} == {3}
    bench.lens.selection.set(layer=1, pos=5)
    assert (bench.selection.layer, bench.selection.head, bench.selection.pos) == (3, 2, 5)


def test_a_second_prompt_of_as_many_tokens_is_subtracted(model, bench):
    bench.second.value = OTHER
    assert bench.wait()
    runs = [attention_pattern(iw.trace(model, prompt)).weights for prompt in (FIRST, OTHER)]
    difference = bench.attention.to_frame()
    layer, head = difference["layer"][0], difference["head"][0]
    expected = runs[0][layer, head] - runs[1][layer, head]
    weights = difference.pivot_table(index="query", columns="key", values="difference")
    np.testing.assert_allclose(np.tril(weights.fillna(0)), expected, atol=1e-5)
    assert bench.tokens.lengths == [15, 15]
    assert bench._views.second_lens.layout.display is None
    bench.second.value = ""
    assert bench.wait()
    assert bench._views.second_lens.layout.display == "none"
    assert bench.tokens.lengths == [15]


def test_a_second_prompt_of_another_length_stands_beside_the_first(bench):
    bench.second.value = SHORT
    assert bench.wait()
    assert "has 15 tokens and the second 6" in bench._views.note.value
    assert bench.attention.dtype == "uint8"
    assert bench.tokens.lengths == [15, 6]


def test_a_prompt_that_cannot_be_read_leaves_the_views_as_they_were(bench):
    type_in(bench, "and " * 200)
    assert "Nothing was run: the prompt should be at most" in bench.message.value
    assert [len(tokens) for tokens in shown(bench)] == [15, 15, 15]
    type_in(bench, SHORT)
    assert bench.message.value == ""


def test_the_second_prompt_is_named_when_it_is_the_one_that_cannot_be_read(bench):
    bench.second.value = "and " * 200
    assert bench.wait()
    assert "in the second one, the prompt should be at most" in bench.message.value


def test_the_model_writes_on(bench):
    bench.write().join()
    written = bench.prompt.value
    assert written.startswith(f"{FIRST} ")
    assert len(shown(bench)[0]) > 15
    assert not bench.writer.disabled


def test_a_text_that_is_over_is_not_continued_in_silence(bench):
    type_in(bench, f"{FIRST} Mary.")
    bench.write().join()
    assert bench.prompt.value == f"{FIRST} Mary."
    assert "The model ends the text here" in bench.message.value


def test_unknown_words_of_both_prompts_are_named(model):
    named = iw.Workbench(model, SHORT, "When Hubert", unknown_words=lambda text: [text])
    assert f"{SHORT} When Hubert".replace(" ", "·") in named.message.value
    named.close()


def test_whoever_types_while_the_model_writes_is_not_interrupted(bench, monkeypatch):
    def slow(_model, _prompt):
        bench.prompt.value = SHORT
        return " Mary"

    monkeypatch.setattr("interp_widgets._workbench._continuation", slow)
    bench.write().join()
    assert bench.prompt.value == SHORT


def test_a_text_that_fills_the_context_is_not_continued(model, bench):
    type_in(bench, " and" * (model.cfg.n_ctx - 1))
    assert bench.message.value == ""
    bench.write().join()
    assert "Shorten it" in bench.message.value


def test_the_page_holds_the_views_that_are_there(bench):
    html = bench.to_html()
    assert all(name in html for name in ("iw-attention", "iw-lens", "iw-tokens"))
    assert "second text" not in html
