"""TokenView: what it sends, says, draws and refuses, without a browser."""

from __future__ import annotations

import numpy as np
import pytest

import interp_widgets as iw
from interp_widgets.results import TokenValues
from interp_widgets.widgets.tokens import TokenView
from tests.hostile import HOSTILE
from tests.widgets.token_samples import TEXTS, VALUES, token_values

TOKENS = [token for row in TEXTS for token in row]


def sent(view):
    """What the browser reads: (channel, pos)."""
    return np.frombuffer(view.numbers, "<f4").reshape(view.shape)


@pytest.fixture
def view():
    return iw.TokenView(token_values(), title="Three neurons")


def test_the_browser_gets_every_number_exactly(view):
    np.testing.assert_array_equal(sent(view), np.concatenate(VALUES).T)
    assert view.lengths == [4, 3]
    assert view.channels == ["7", "12", "40"]
    assert view.features == [7, 12, 40]
    assert view.nbytes == 3 * 7 * 4
    assert view.notice == ""


def test_tokens_travel_as_visible_text_with_their_exact_text_beside_it(view):
    assert view.tokens[:3] == ["<bos>", "·the", "·cat"]
    assert view.names[:3] == ["'<bos>'", "' the'", "' cat'"]


def test_the_sign_is_looked_for_unless_it_is_asked_for():
    assert not TokenView(token_values()).signed
    assert TokenView(token_values(sign=-1)).signed
    assert TokenView(token_values(), signed=True).signed
    with pytest.raises(ValueError, match=r"signed: .* below 0, got False with -8 .* pass -values"):
        TokenView(token_values(sign=-1), signed=False)


def test_the_channel_asked_for_is_chosen_by_its_name():
    assert TokenView(token_values(), channel=40).selection.value.feature == 40
    named = token_values(["loss", "entropy", "rank"])
    assert TokenView(named, channel="rank").selection.value.feature == 2
    assert TokenView(named).selection.value.feature is None
    with pytest.raises(ValueError, match=r"channel: expected one of \[7, 12, 40\], got 8"):
        TokenView(token_values(), channel=8)


def test_the_table_holds_the_channel_on_show_with_exact_tokens(view):
    view.selection.set(feature=40)
    table = view.to_frame()
    assert list(table.columns) == ["row", "pos", "token", "channel", "value"]
    assert table["token"].tolist() == TOKENS
    assert table["row"].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert table["pos"].tolist() == [0, 1, 2, 3, 0, 1, 2]
    np.testing.assert_array_equal(table["value"], np.concatenate(VALUES)[:, 2])
    assert set(table["channel"]) == {"40"}


def test_the_description_names_the_largest_values(view):
    assert view.describe().startswith("Three neurons: 2 rows of text, 7 tokens, ")
    assert "The largest of channel 7: row 1 token 1 ' a' 1.5, row 1 token 2 " in view.describe()
    dead = TokenView([" a", " b"], [np.nan, np.nan], channels=["loss"])
    assert "The largest of loss: no token has a value." in dead.describe()


def test_the_chart_holds_the_values_of_each_token(view):
    (cells,) = view.figure.data
    values = [value for line in cells.z for value in line]
    kept = [value for value in values if value is not None and not np.isnan(value)]
    np.testing.assert_allclose(kept, [0.1, 0.7, 0.3, 0.2, 1.5, 0.9])
    assert (cells.zmin, cells.zmax) == (0, 1.5)
    assert [word for line in cells.text for word in line if word][:2] == ["&lt;bos&gt;", "·the"]
    view.scale = "own"
    (cells,) = view.figure.data
    assert max(cells.z[0][1:4]) == max(cells.z[1][:3]) == 1


def test_the_picture_changes_with_the_channel_the_token_and_the_scale(view):
    drawn = [view.to_png()]
    view.selection.set(feature=40)
    drawn.append(view.to_png())
    view.selection.set(pos=1)
    drawn.append(view.to_png())
    view.row = 1
    drawn.append(view.to_png())
    view.scale = "own"
    drawn.append(view.to_png())
    assert len(set(drawn)) == len(drawn)
    assert view.frozen().rows[0] == ("row 1 token 0 '<bos>'", "8")


def test_a_choice_that_is_not_there_draws_the_first_channel(view):
    first = view.to_png()
    view.selection.set(feature=99, pos=99)
    assert view.to_png() == first


def test_new_data_replace_the_old_and_wrong_ones_change_nothing(view):
    view.row = 1
    with pytest.raises(ValueError, match="values"):
        view.update([" a", " b"], [1.0])
    assert view.lengths == [4, 3]
    revision = view.rev
    view.update([" a", " b"], [1.0, -2.0])
    assert (view.lengths, view.row, view.rev, view.signed) == ([2], 0, revision + 1, True)
    np.testing.assert_array_equal(sent(view), [[1, -2]])


def test_a_closed_view_lets_go_of_its_numbers_and_finds_them_again(view):
    view.close()
    assert view.nbytes == 0
    view.open()
    np.testing.assert_array_equal(sent(view), np.concatenate(VALUES).T)


def test_too_many_channels_leave_the_largest_and_say_so():
    values = np.ones((5, 30), dtype=np.float32)
    values[2, [4, 17, 21]] = [9, -11, 10]
    view = TokenView(list("abcde"), values, max_bytes=5 * 4 * 3)
    assert view.features == [4, 17, 21]
    assert view.notice == "Of 30 channels, the 3 with the largest values are shown."
    np.testing.assert_array_equal(sent(view), values.T[[4, 17, 21]])


def test_too_much_text_leaves_the_start_of_each_row_and_says_so():
    rows = [["a"] * 6, ["b"] * 2, ["c"] * 9]
    view = TokenView(rows, [np.arange(len(row)) for row in rows], max_bytes=12 * 4)
    assert view.lengths == [5, 2, 5]
    assert view.notice == "Of 17 tokens, the first 5 of each row are shown."
    assert sent(view)[0].tolist() == [0, 1, 2, 3, 4, 0, 1, 0, 1, 2, 3, 4]
    view = TokenView(["a"] * 7, np.arange(7), max_bytes=3 * 4)
    assert (view.lengths, view.notice) == ([3], "Of 7 tokens, the first 3 are shown.")


def test_what_people_work_with_is_sent_whole():
    many = TokenView(["a"] * 200, np.ones((200, 500)))
    assert (many.shape, many.notice) == ([500, 200], "")
    assert TokenView(["a"] * 5000, np.ones(5000)).shape == [1, 5000]
    forty = TokenView([["a"] * 20] * 40, np.ones((40, 20, 3)))
    assert (forty.shape, forty.lengths) == ([3, 800], [20] * 40)


def test_hostile_text_is_sent_drawn_and_told_literally():
    values = np.arange(len(HOSTILE), dtype=np.float32)
    view = TokenView(list(HOSTILE), values, channels=[HOSTILE[0]], title=HOSTILE[1])
    assert view.to_frame()["token"].tolist() == list(HOSTILE)
    assert view.to_png()[:4] == b"\x89PNG"
    for page in (view.to_html(), *map(str, view.figure.data[0].text[0])):
        assert "<script>window.canary" not in page


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"scale": "row"}, ValueError, 'scale: expected "shared" or "own", got \'row\''),
        ({"signed": "yes"}, TypeError, "signed: expected True or False"),
        ({"max_bytes": 0}, ValueError, "max_bytes"),
        ({"chanels": [1]}, TypeError, "Did you mean 'channels'"),
        ({"values": [1.0]}, TypeError, "values: expected none beside a TokenValues"),
        ({"selection": 3}, TypeError, "selection: expected a Selection"),
    ],
)
def test_a_wrong_option_is_refused_by_its_name(options, error, message):
    with pytest.raises(error, match=message):
        TokenView(token_values(), **options)


def test_a_scale_set_later_is_checked_as_well(view):
    with pytest.raises(ValueError, match="scale"):
        view.scale = "mine"


def test_the_result_can_be_read_back(view):
    assert isinstance(view.values, TokenValues)
    assert view.values.tokens == TEXTS
