"""What an AttentionView sends to the browser, and what it answers."""

from __future__ import annotations

import inspect
import sys

import numpy as np
import pytest
from PIL import ImageColor

from interp_widgets import theme
from interp_widgets.widgets import attention
from interp_widgets.widgets.attention import AttentionView
from tests.hostile import HOSTILE
from tests.widgets.samples import WORDS, lazy, pattern, weights


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


def test_a_view_of_what_is_fetched_fetches_only_the_head_it_shows():
    asked = []
    view = AttentionView(lazy(asked=asked), order="induction")
    assert (view.streamed, view.nbytes, view.orders, asked) == (True, 0, [], [])
    view.selection.set(layer=1, head=2)
    assert view.describe() == AttentionView(pattern(), selection=view.selection).describe()
    view.frozen()
    view.to_frame()
    assert set(asked) == {(1, 2)}


def test_fetched_heads_can_be_sorted_once_all_thumbnails_have_come():
    view = AttentionView(lazy(), order="induction")
    for request in list(view.export_requests()):
        view.answer(request)
    assert view.orders == AttentionView(pattern()).orders
    assert view.order == "induction"


def test_the_head_that_comes_first_is_enlarged_until_another_is_chosen():
    view = AttentionView(pattern())
    for order in view.orders:
        view.order = order["name"]
        layer, head = divmod(int(np.argmax(order["scores"])), 3)
        assert f"Layer {layer} head {head} is enlarged" in view.describe()
    view.selection.set(layer=0, head=1)
    assert "Layer 0 head 1 is enlarged" in view.describe()


def test_an_order_that_the_prompt_does_not_have_is_refused_and_let_go_of():
    view = AttentionView(pattern(), order="duplicate token")
    with pytest.raises(ValueError, match=r"order: expected one of \['', 'induction', .*got 'size'"):
        view.order = "size"
    assert view.order == "duplicate token"
    view.update(pattern(tuple("abcde")))
    assert view.order == ""
    with pytest.raises(ValueError, match=r"order: .*got 'induction'\. Say the same words twice"):
        AttentionView(pattern(tuple("abcde")), order="induction")


def test_without_its_first_token_a_view_says_shows_and_lists_the_others():
    view = AttentionView(pattern())
    before = view.to_png()
    view.hide_first = True
    assert "the first token left out, are" in view.describe()
    assert not any("bos" in key for _, key, _ in view.frozen().rows)
    assert view.frozen().heads[2] == "attention weight, first token left out"
    assert view.to_png() != before
    table = view.to_frame()
    assert table["key"].min() == 1
    np.testing.assert_allclose(table.groupby("query")["weight"].sum(), 1, rtol=1e-6)


def test_a_table_lists_what_can_be_seen_with_the_exact_text():
    view = AttentionView(pattern(HOSTILE), layers=[1])
    view.selection.set(layer=1, head=2)
    table = view.to_frame()
    count = len(HOSTILE)
    assert len(table) == count * (count + 1) // 2
    assert set(table["layer"]) == {1}
    assert set(table["head"]) == {2}
    row = table[(table["query"] == 7) & (table["key"] == 3)].iloc[0]
    assert (row["query_token"], row["key_token"]) == (HOSTILE[7], HOSTILE[3])
    assert row["weight"] == view.pattern.square(0, 2)[7, 3]


def test_a_table_without_pandas_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pandas: expected .*to_frame\(\).*Install pandas"):
        AttentionView(pattern()).to_frame()


def test_a_chart_shows_the_same_head_with_nothing_where_no_value_can_be():
    view = AttentionView(pattern(HOSTILE), title="<b>$x$</b>")
    view.selection.set(layer=1, head=2)
    (heat,) = view.figure.data
    square = view.pattern.square(1, 2)
    np.testing.assert_array_equal(heat.z, np.where(np.tril(np.ones_like(square)), square, np.nan))
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert view.figure.layout.title.text.endswith("Layer 1 head 2")
    written = view.figure.to_json()
    assert "<script" not in written
    assert "$x$" not in written
    assert len(set(heat.x)) == len(HOSTILE)  # equal labels would fall together


def test_a_chart_of_a_long_text_shows_the_largest_of_each_block():
    view = AttentionView(pattern(("a",) * 300, layers=1, heads=1))
    (heat,) = view.figure.data
    assert np.shape(heat.z) == (256, 256)
    assert "the largest of each block of tokens" in view.figure.layout.title.text
    assert np.nanmax(heat.z) == view.pattern.weights.max()


def test_a_difference_is_shown_with_its_sign_everywhere():
    view = AttentionView(pattern(), compare=weights(seed=4), title="Mats")
    difference = weights()[0, 0] - weights(seed=4)[0, 0]
    most = np.unravel_index(np.abs(difference).argmax(), (5, 5))
    assert view.frozen().rows[0][2] == f"{difference[most]:+.3f}"
    assert "largest differences from the other run are" in view.describe()
    (heat,) = view.figure.data
    assert (heat.zmin, heat.zmax) == (-view.peak, view.peak)
    table = view.to_frame()
    np.testing.assert_array_equal(table["difference"], difference[np.tril_indices(5)])


def test_two_runs_that_are_equal_are_said_to_be():
    view = AttentionView(pattern(), compare=pattern())
    assert view.notice == "The two runs are equal everywhere."
    assert view.describe().endswith("its largest differences from the other run are all 0.")
    assert view.frozen().rows == ()


def test_the_picture_of_every_head_hides_only_what_no_layer_can_see():
    """Of two layers the second sees two tokens back; the first sees further."""
    weights = np.zeros((2, 1, 40, 40))
    weights[0] = np.tril(np.ones((40, 40))) / np.arange(1, 41)[:, None]
    weights[1] = np.eye(40)
    colours = []
    for layer in (0, 1):
        view = AttentionView(weights, windows=(0, 2))
        view.selection.set(layer=layer, head=0)
        colours.append(dict(map(reversed, view._shown()._every_head().getcolors(1 << 16))))
    masked = ImageColor.getrgb(theme.LIGHT.masked)
    assert colours[0][masked] == colours[1][masked]


def test_attention_to_another_text_is_drawn_listed_and_chosen_by_its_own_length():
    words = ("le", "chat", "noir", ".")
    view = AttentionView(weights(causal=False)[..., :4, :], WORDS, queries=words)
    assert view.shape == [2, 3, 4, 5]
    view.selection.set(pos=3, key=4)
    assert "over 4 queries and 5 tokens" in view.describe()
    assert view.to_frame()["query_token"].tolist()[-1] == "."
    image = view.frozen().image
    assert image.width > 400
    view.update(weights(causal=False)[..., :3, :], WORDS, queries=words[:3])
    assert (view.selection.pos, view.selection.key) == (None, None)


def test_a_closed_view_lets_go_of_its_numbers_and_makes_them_again():
    given = weights()
    view = AttentionView(given, WORDS, order="induction", hide_first=True)
    before = (view.overview, view.orders, view.describe())
    view.close()
    assert (view.overview, view.orders, view.names, view._made) == (b"", [], [], None)
    assert view.describe() == before[2]
    view.open()
    assert (view.overview, view.orders, view.describe()) == before
    assert (view.order, view.hide_first) == ("induction", True)


@pytest.mark.parametrize(
    ("option", "given", "kind", "message"),
    [
        ("hide_first", "yes", TypeError, "hide_first: expected True or False, got str 'yes'"),
        ("max_bytes", 0, ValueError, "max_bytes: expected a whole number from 1, got 0"),
        ("max_bytes", 8e6, TypeError, "max_bytes: expected a whole number from 1, got float"),
        ("order", 3, TypeError, "order: expected one of .*got int 3"),
        ("compare", "hello", TypeError, "compare: data: expected .*got str"),
        ("windos", 3, TypeError, r"got 'windos'. Did you mean 'windows'\?"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_with_its_name(option, given, kind, message):
    with pytest.raises(kind, match=message):
        AttentionView(pattern(), **{option: given})


def test_the_signature_and_the_list_of_known_keywords_agree():
    known = inspect.signature(AttentionView.__init__).parameters
    assert set(attention._OPTIONS) == set(known) - {"self", "data", "tokens", "unknown"}


def test_the_source_of_a_comparison_holds_both():
    view = AttentionView(
        pattern(source={"model": "tiny"}), compare=pattern(source={"model": "big"})
    )
    assert view.source() == {"model": "tiny", "compared model": "big"}
