"""What goes to the browser fits the budget, comes when it is asked for, and says what it is."""

from __future__ import annotations

import numpy as np
import pytest

from interp_widgets.widgets import _attention_wire, _squares
from interp_widgets.widgets._attention_data import AttentionData, attention_data
from interp_widgets.widgets._attention_wire import Wire
from interp_widgets.widgets._squares import Steps
from tests.widgets.samples import lazy, pattern, weights

LONG = tuple(str(place % 50) for place in range(130))


def wire(data=None, max_bytes=8_000_000):
    return Wire(AttentionData(pattern() if data is None else data), max_bytes)


def read(message, buffers):
    """Undo the documented packing of an answer: (square, row, column)."""
    steps = Steps(message["dtype"])
    kind = np.dtype(steps.dtype).newbyteorder("<")
    values = np.frombuffer(buffers[0], kind) * message["scale"]
    return _squares.unpack(values, message["rows"], message["columns"], message["packing"])


def test_thumbnails_of_a_long_text_show_the_largest_weight_of_each_block():
    data = AttentionData(pattern(LONG))
    traits = Wire(data, 8_000_000).traits()
    assert (traits["shape"], traits["thumb"]) == ([2, 3, 130, 130], [128, 128])
    assert traits["notice"] == (
        "Thumbnails show the largest weight of each block of up to 2 x 2 tokens."
    )
    sent = Steps("uint8").restore(traits["overview"])
    square = _squares.unpack(sent, 128, 128, "tril")[4]
    np.testing.assert_allclose(square, _squares.pool(data.square(1, 1), 128, 128), atol=0.002)


def test_blocks_that_are_all_of_one_size_are_said_so():
    assert "each block of 4 x 4 tokens." in wire(pattern(("a",) * 512)).traits()["notice"]
    assert wire().traits()["notice"] == ""


@pytest.mark.parametrize(
    ("room", "thumb"), [(6 * 8256, 128), (6 * 8256 - 1, 96), (6 * 136, 16), (6 * 136 - 1, None)]
)
def test_the_overview_is_reduced_until_it_fits_and_sent_by_message_when_it_never_does(room, thumb):
    traits = wire(pattern(LONG), room).traits()
    assert len(traits["overview"]) <= room
    assert traits["streamed"] == (thumb is None)
    assert traits["thumb"] == [thumb or 64] * 2


@pytest.mark.parametrize(
    ("room", "dtype", "side"),
    [
        (45150 * 2, "uint16", 300),
        (45150 * 2 - 1, "uint8", 300),
        (45150 - 1, "uint8", 256),
        (32896 - 1, "uint8", 192),
    ],
)
def test_the_enlarged_head_is_as_exact_as_the_budget_allows(room, dtype, side):
    sent = wire(pattern(("a",) * 300), room)
    message, buffers = sent.answer({"type": "focus", "index": 4})
    assert (message["dtype"], message["rows"], message["columns"]) == (dtype, side, side)
    assert len(buffers[0]) <= room
    expected = _squares.pool(sent.data.square(1, 1), side, side)
    np.testing.assert_allclose(read(message, buffers)[0], expected, atol=message["scale"] * 0.51)


@pytest.mark.parametrize("room", [6 * 15, 15 * 2 - 1, 14])
def test_a_head_that_could_be_sent_no_better_than_it_was_is_not_sent(room):
    sent = wire(pattern(("a",) * 5, layers=1, heads=1), room)
    message, buffers = sent.answer({"type": "focus", "index": 0})
    assert (buffers == []) == (room < 15 * 2)
    assert bool(message) == bool(buffers)


def test_a_difference_travels_with_its_sign_and_its_own_scale():
    data = attention_data(pattern(), compare=weights(seed=4))
    sent = Wire(data, 8_000_000)
    traits = sent.traits()
    assert (traits["dtype"], traits["peak"]) == ("int8", data.peak)
    assert traits["scale"] == pytest.approx(data.peak / 127)
    sent_squares = Steps("int8", data.peak).restore(traits["overview"])
    np.testing.assert_allclose(
        _squares.unpack(sent_squares, 5, 5, "tril")[5],
        data.square(1, 2),
        atol=traits["scale"] * 0.51,
    )
    message, buffers = sent.answer({"type": "focus", "index": 5})
    assert message["dtype"] == "int16"
    np.testing.assert_allclose(read(message, buffers)[0], data.square(1, 2), atol=1e-4)


def test_thumbnails_without_the_first_token_are_scaled_before_they_are_rounded():
    data = AttentionData(pattern())
    message, buffers = Wire(data, 8_000_000).answer(
        {"type": "thumbnails", "first": 2, "hide_first": True}
    )
    assert (message["count"], message["rows"], message["dtype"]) == (4, 5, "uint8")
    squares = read(message, buffers)
    for place, index in enumerate(range(2, 6)):
        expected = data.square(*divmod(index, 3), hide_first=True)
        np.testing.assert_allclose(squares[place], expected, atol=0.002)


def test_a_difference_that_is_scaled_up_is_not_cut_off():
    data = attention_data(pattern(), compare=weights(seed=4))
    message, buffers = Wire(data, 8_000_000).answer(
        {"type": "thumbnails", "first": 0, "hide_first": True}
    )
    expected = [data.square(*divmod(index, 3), hide_first=True) for index in range(6)]
    assert np.abs(expected).max() > data.peak
    np.testing.assert_allclose(read(message, buffers), expected, atol=message["scale"] * 0.51)


def test_one_message_holds_what_fits_and_the_next_goes_on_from_there(monkeypatch):
    monkeypatch.setattr(_attention_wire, "_THUMBNAIL_BYTES", 15 * 4)
    sent, first = wire(), 0
    counts = []
    while first < 6:
        message, _ = sent.answer({"type": "thumbnails", "first": first, "hide_first": True})
        counts.append(message["count"])
        first += message["count"]
    assert counts == [4, 2]


def test_data_that_is_fetched_keeps_the_kernel_for_a_moment_at_a_time(monkeypatch):
    asked = []
    sent = wire(lazy(asked=asked))
    traits = sent.traits()
    assert (traits["overview"], traits["streamed"], traits["thumb"], asked) == (
        b"",
        True,
        [5, 5],
        [],
    )
    monkeypatch.setattr(_attention_wire, "perf_counter", iter([0, 0.02, 0.04, 0.06]).__next__)
    message, buffers = sent.answer({"type": "thumbnails", "first": 1, "hide_first": False})
    assert asked == [(0, 1), (0, 2), (1, 0)]
    assert message["count"] == 3
    expected = weights().reshape(6, 5, 5)[1:4]
    np.testing.assert_allclose(read(message, buffers), expected, atol=0.002)


def test_orders_of_fetched_heads_are_offered_once_all_have_come():
    sent = wire(lazy())
    assert sent.orders() == []
    sent.answer({"type": "thumbnails", "first": 1, "hide_first": False})
    assert sent.orders() == []
    sent.answer({"type": "focus", "index": 0})
    assert sent.orders() == wire().orders()


@pytest.mark.parametrize("made", [pattern(), lazy()])
@pytest.mark.parametrize("hide_first", [False, True])
def test_a_page_without_a_kernel_has_all_thumbnails_answered_that_it_will_ask_for(
    made, hide_first, monkeypatch
):
    monkeypatch.setattr(_attention_wire, "_THUMBNAIL_BYTES", 15 * 4)
    sent = wire(made)
    requests = sent.requests(1, 0, hide_first=hide_first)
    asked = [(request, sent.answer(request)[0]) for request in requests]
    assert [request["index"] for request, _ in asked if request["type"] == "focus"] == [
        *(3, 0, 1, 2, 4, 5)
    ]
    assert asked[0][0] == {"type": "focus", "index": 3}
    without = hide_first if sent.data.lazy else True
    parts = [
        (request["first"], message["count"])
        for request, message in asked
        if request["type"] == "thumbnails" and request["hide_first"] == without
    ]
    assert parts == [(0, 4), (4, 2)]


def test_listing_the_requests_without_answering_them_ends():
    assert len(list(wire(lazy()).requests(0, 0, hide_first=False))) == 6 + 6


def test_cross_attention_names_both_texts():
    words = ("le", "chat", "noir", ".", "</s>")
    traits = wire(pattern(queries=words)).traits()
    assert (traits["queries"], traits["packing"]) == (list(words), "full")
    assert traits["query_names"][1] == "'chat'"
    assert traits["tokens"][1] == "·mat"
    alone = wire().traits()
    assert (alone["queries"], alone["query_names"]) == ([], [])


def test_the_origin_of_a_comparison_names_both_models():
    run, other = (pattern(source={"model": name, "tokens": "trace"}) for name in ("tiny", "big"))
    assert Wire(attention_data(run, compare=other), 9).traits()["origin"] == "tiny minus big"
    assert wire(run).traits()["origin"] == "tiny"
