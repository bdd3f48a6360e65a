"""What an AttentionView sends to the browser, and what it answers."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.widgets.attention import AttentionView
from tests.hostile import HOSTILE
from tests.widgets.samples import WORDS, pattern, weights


def unpack(data, kind, shape, packing):
    """Read packed weights back by the documented rule, one cell after another."""
    steps = iter(np.frombuffer(data, dtype=kind))
    values = np.zeros(shape)
    for square in np.ndindex(shape[:2]):
        for query in range(shape[2]):
            for key in range(query + 1 if packing == "tril" else shape[3]):
                values[(*square, query, key)] = next(steps) / np.iinfo(kind).max
    assert next(steps, None) is None
    return values


@pytest.mark.parametrize(("causal", "packing", "size"), [(True, "tril", 90), (False, "full", 150)])
def test_the_overview_holds_one_byte_for_each_weight_that_can_be(causal, packing, size):
    view = AttentionView(pattern(causal=causal))
    assert (view.packing, view.dtype, view.shape) == (packing, "uint8", [2, 3, 5, 5])
    assert view.nbytes == len(view.overview) == size
    read = unpack(view.overview, np.uint8, (2, 3, 5, 5), packing)
    assert np.abs(read - view.pattern.weights).max() <= 0.5 * view.scale + 1e-6


def test_the_head_in_focus_comes_with_sixteen_bits():
    view = AttentionView(pattern())
    message, buffers = view.answer({"type": "focus", "index": 4, "rev": view.rev})
    assert (message["index"], message["dtype"], message["packing"]) == (4, "uint16", "tril")
    read = unpack(buffers[0], np.uint16, (1, 1, 5, 5), "tril")[0, 0]
    assert np.abs(read - view.pattern.weights[1, 1]).max() <= 0.5 / 65535 + 1e-7


@pytest.mark.parametrize("wrong", [{"rev": 7}, {"index": 6}, {"index": -1}, {"index": "0"}])
def test_a_request_for_data_that_is_not_there_is_answered_with_no_numbers(wrong):
    view = AttentionView(pattern())
    _, buffers = view.answer({"type": "focus", "index": 0, "rev": view.rev} | wrong)
    assert buffers == []


def test_a_message_from_the_browser_is_answered(monkeypatch):
    view = AttentionView(pattern())
    sent = []
    monkeypatch.setattr(view, "send", lambda *message: sent.append(message))
    view._handle_custom_msg({"type": "focus", "index": 1, "rev": view.rev}, [])
    ((message, buffers),) = sent
    assert message["index"] == 1
    assert len(buffers) == 1


def test_tokens_travel_as_text_that_can_be_seen_and_as_their_exact_characters():
    view = AttentionView(pattern(HOSTILE))
    assert view.tokens[HOSTILE.index("<bos>")] == "<bos>"
    assert view.tokens[HOSTILE.index("\n")] == "↵"
    assert max(map(len, view.tokens)) <= 40
    assert view.names[HOSTILE.index("\u200b")] == r"'\u200b'"
    "".join(view.tokens + view.names).encode("utf-8")  # lone surrogates would fail on the wire


def test_an_update_raises_rev_once_and_keeps_what_still_exists():
    view = AttentionView(pattern())
    view.selection.set(layer=1, head=2, pos=3, key=1, token_id=8)
    revisions = []
    view.observe(lambda change: revisions.append(change.new), "rev")
    view.update(pattern(WORDS[:4]))
    assert revisions == [1]
    assert view.shape == [2, 3, 4, 4]
    kept = view.selection.value
    assert (kept.layer, kept.head, kept.pos, kept.key, kept.token_id) == (1, 2, 3, 1, 8)


def test_an_update_lets_go_of_what_is_gone():
    view = AttentionView(pattern())
    view.selection.set(layer=1, head=2, pos=3, key=1, token_id=8)
    view.update(pattern(WORDS[:3], layers=1))
    assert set(vars(view.selection.value).values()) == {None}


def test_an_update_that_cannot_be_shown_leaves_the_view_as_it_was():
    view = AttentionView(pattern())
    before = (view.rev, view.overview, view.tokens)
    with pytest.raises(ValueError, match="tokens"):
        view.update(weights(), tokens=WORDS[:2])
    assert (view.rev, view.overview, view.tokens) == before


def test_layers_and_heads_keep_the_models_numbers_after_a_choice():
    view = AttentionView(pattern(), layers=[1], heads=[2, 0])
    assert (view.layers, view.heads) == ([1], [2, 0])
    view.selection.set(layer=1, head=0)
    assert "Layer 1 head 0 is enlarged" in view.describe()


def test_the_description_names_the_text_and_the_largest_weights():
    square = np.zeros((5, 5))
    square[:, 0] = 1
    square[3] = [0.25, 0.75, 0, 0, 0]
    view = AttentionView(square, WORDS, title="Mats")
    assert view.describe().startswith(
        "Mats: 1 layer of 1 head over 5 tokens, '<bos> mat cat mat sat'. Layer 0 head 0"
    )
    assert "'<bos>' to '<bos>' 1.000" in view.describe()
    assert view.frozen().rows[4] == ("' mat' (token 3)", "' mat' (token 1)", "0.750")


def test_the_view_says_when_positions_stand_in_for_tokens():
    assert "these are positions" in AttentionView(weights()).origin
    assert "positions" not in AttentionView(weights(), WORDS).origin


def test_an_unknown_keyword_is_refused_with_the_one_that_was_meant():
    with pytest.raises(TypeError, match=r"got 'layer'. Did you mean 'layers'\?"):
        AttentionView(weights(), layer=[1])


def test_a_shared_selection_must_be_one():
    with pytest.raises(TypeError, match="selection: expected a Selection, got dict"):
        AttentionView(weights(), selection={})


def test_the_frozen_picture_shows_something_in_every_part():
    image = AttentionView(pattern(HOSTILE)).frozen().image
    assert image.width > 400
    halves = [image.crop((0, 0, image.width // 2, image.height)), image]
    assert all(len(half.getcolors(1 << 20)) > 20 for half in halves)
