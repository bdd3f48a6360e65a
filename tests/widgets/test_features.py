"""FeatureView: what it sends, says, draws, answers and refuses, without a browser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import interp_widgets as iw
from interp_widgets.results import OptimisedInput
from interp_widgets.widgets import _frozen
from interp_widgets.widgets.features import FeatureView
from tests.hostile import HOSTILE
from tests.widgets.feature_sample import BANDS, CENTRE, NUMBERS, WORDS, dashboard, many, read

RECORD = ("ids", "values", "documents", "starts", "counts")
OF = {"ids": "example_ids", "values": "example_values", "documents": "example_documents"}
OF |= {"starts": "example_starts", "counts": "counts"}
OUTLINE = (5 + 4 * 2 + 2 * 3 + 2) * 4  # bytes: two pushed each way, three near, two strongest
WHOLE = (2 * 6 * 5 + 2 * 6 + 7) * 4  # six examples of five tokens, seven bins


def array(data, name):
    return np.frombuffer(data, "<f4" if name == "values" else "<i4")


@pytest.fixture
def given():
    return dashboard(read=read)


@pytest.fixture
def view(given):
    return iw.FeatureView(given, title="Four neurons")


def test_the_browser_gets_every_number_exactly(view, given):
    for name in RECORD:
        np.testing.assert_array_equal(
            array(getattr(view, name), name), getattr(given, OF[name]).ravel()
        )
    np.testing.assert_array_equal(np.frombuffer(view.peaks, "<f4"), given.peak)
    np.testing.assert_array_equal(np.frombuffer(view.densities, "<f4"), given.density)
    np.testing.assert_array_equal(
        np.frombuffer(view.ends, "<f4").reshape(4, 2), given.edges[:, [0, 7]]
    )
    pushed = np.frombuffer(view.pushed, "<i4").reshape(4, 2, 2)
    np.testing.assert_array_equal(pushed[:, 0], given.up_ids)  # words are numbered as their ids
    np.testing.assert_array_equal(pushed[:, 1], given.down_ids)
    assert view.shape == [4, 6, 5, 2, 3, 7, 4, 2]
    assert view.nbytes == 4 * (OUTLINE + WHOLE)
    assert view.notice == ""


def test_words_are_numbered_by_their_place_whatever_their_ids(given):
    moved = {
        name: np.where(getattr(given, name) < 0, -1, getattr(given, name) + 900)
        for name in ("example_ids", "up_ids", "down_ids")
    }
    words = {number + 900: word for number, word in enumerate(WORDS)}
    view = FeatureView(replace(given, words=words, **moved))
    assert view.word_ids == list(range(900, 907))
    np.testing.assert_array_equal(array(view.ids, "ids"), given.example_ids.ravel())


def test_what_does_not_fit_is_listed_and_answered_when_it_is_asked_for(given):
    view = FeatureView(given, max_bytes=4 * OUTLINE + 2 * WHOLE)
    assert view.shape[6] == 2
    assert view.notice == (
        "Examples of the first 2 are here; those of another are fetched from Python when it is "
        "opened."
    )
    assert len(view.peaks) == 4 * 4
    message, buffers = view.answer({"type": "feature", "feature": NUMBERS[3]})
    assert message == {"type": "feature", "feature": NUMBERS[3]}
    for name, data in zip(RECORD, buffers, strict=True):
        np.testing.assert_array_equal(array(data, name), getattr(given, OF[name])[3].ravel())


def test_a_page_carries_what_it_could_ask_for_the_open_feature_first(given):
    view = FeatureView(given, max_bytes=4 * OUTLINE + WHOLE)
    view.selection.set(feature=NUMBERS[2])
    asked = list(view.export_requests())
    assert [one["feature"] for one in asked] == [NUMBERS[2], NUMBERS[1], NUMBERS[3]]
    assert list(FeatureView(given).export_requests()) == []


def test_features_beyond_all_room_are_left_out_and_that_is_said(given):
    view = FeatureView(given, max_bytes=3 * OUTLINE)
    assert (view.shape[0], view.shape[6]) == (3, 0)
    assert view.notice.startswith("Of 4 neurons, the first 3 are listed")
    view.selection.set(feature=NUMBERS[3])
    assert view.describe() == FeatureView(given, title="").describe()  # the first, as on screen


def test_a_text_is_read_with_the_feature_that_is_open(view):
    request = {"type": "read", "feature": 40, "text": "to be seen"}
    message, (values,) = view.answer(request)
    assert message == request | {
        "tokens": ["to", "be", "seen"],
        "names": ["'to'", "'be'", "'seen'"],
    }
    assert array(values, "values").tolist() == [6, 6, 12]


def test_a_text_that_cannot_be_read_is_told_in_a_sentence():
    def refuse(text):
        raise ValueError(f"prompt: expected less than <b>{text}</b>")

    request = {"type": "read", "feature": 7, "text": "all"}
    message, buffers = FeatureView(dashboard(read=refuse)).answer(request)
    assert (message["error"], buffers) == ("prompt: expected less than <b>all</b>", [])
    message, _ = FeatureView(dashboard()).answer(request)
    assert "without a model" in message["error"]
    message, _ = FeatureView(dashboard(read=lambda _: (["a"], np.zeros((2, 4))))).answer(request)
    assert "expected activations of shape (1, 4), got (2, 4)" in message["error"]


def test_the_view_says_whether_it_can_read(view):
    assert view.readable
    assert not FeatureView(dashboard()).readable


def test_the_table_holds_the_examples_of_the_open_feature(view, given):
    view.selection.set(feature=12)
    table = view.to_frame()
    ids = given.example_ids[1]
    assert len(table) == (ids >= 0).sum()
    assert table["token"].tolist() == [WORDS[number] for number in ids[ids >= 0]]
    np.testing.assert_array_equal(table["activation"], given.example_values[1][ids >= 0])
    assert set(table["feature"]) == {12}
    assert table["band"].unique().tolist() == list(BANDS)
    asked = table[table["in_question"]]
    np.testing.assert_array_equal(asked["pos"], given.example_starts[1] + CENTRE)


def test_the_description_says_what_the_feature_does(view):
    said = view.describe()
    assert said.startswith("Four neurons: dashboards of 4 neurons. On show is neuron 7, active on ")
    assert "It pushes up ' zero', ' one' and down ' six', ' five'." in said
    view.selection.set(feature=3)
    assert "neuron 3, active on 25.00%" in view.describe()
    named = FeatureView(dashboard(names=list("abcd")))
    assert "neuron 7 a, active" in named.describe()


def test_the_chart_holds_the_counts(view, given):
    view.selection.set(feature=40)
    (bars,) = view.figure.data
    np.testing.assert_array_equal(bars.y, given.counts[2])
    assert bars.x[0] == pytest.approx(given.edges[2, :2].mean())


def test_the_picture_changes_with_the_feature_and_the_kept_token(view, given):
    drawn = [view.to_png()]
    view.selection.set(feature=12)
    drawn.append(view.to_png())
    view.example = 4
    view.selection.set(pos=int(given.example_starts[1, 4]))
    drawn.append(view.to_png())
    assert len(set(drawn)) == 3
    rows = view.frozen().rows
    assert rows[0][::2] == ("' two'", "' four'")


def test_an_input_that_was_made_is_sent_and_drawn(given):
    text = OptimisedInput(9.5, tokens=[" a", "<b>"], values=[1, 9.5])
    image = OptimisedInput(11, image=np.linspace(0, 1, 30 * 20).reshape(30, 20))
    made = dashboard(optimised={7: text, 40: image})
    view = FeatureView(made)
    assert view.made[0] == {
        "feature": 7,
        "activation": 9.5,
        "tokens": ["·a", "<b>"],
        "names": ["' a'", "'<b>'"],
        "values": [1, 9.5],
    }
    assert view.made[1] == {
        "feature": 40, "activation": 11, "height": 30, "width": 20, "start": 0
    }  # fmt: skip
    pixels = np.frombuffer(view.pictures, np.uint8).reshape(30, 20, 3)
    np.testing.assert_allclose(pixels[..., 1] / 255, image.image, atol=0.002)
    plain = FeatureView(given)
    for number in (7, 40):
        view.selection.set(feature=number)
        plain.selection.set(feature=number)
        assert view.to_png() != plain.to_png()


def test_a_large_image_is_thinned():
    image = OptimisedInput(1, image=np.zeros((600, 300, 3)))
    view = FeatureView(dashboard(optimised={7: image}))
    assert (view.made[0]["height"], view.made[0]["width"]) == (200, 100)


def test_a_direction_has_a_sign_in_its_picture():
    kinds = [FeatureView(dashboard(kind=kind)).to_png() for kind in ("direction", "latent")]
    assert kinds[0] != kinds[1]


def test_new_dashboards_replace_the_old_and_wrong_ones_change_nothing(view):
    view.selection.set(feature=40, pos=2)
    view.example = 1
    with pytest.raises(TypeError, match="dashboard: expected a FeatureDashboard, got dict"):
        view.update({})
    assert view.selection.value.pos == 2
    revision = view.rev
    view.update(dashboard(seed=3))
    assert (view.rev, view.example) == (revision + 1, -1)
    assert (view.selection.value.feature, view.selection.value.pos) == (40, None)
    assert view.values == dashboard(seed=3).example_values.astype("<f4").tobytes()


def test_a_closed_view_lets_go_of_its_numbers_and_finds_them_again(view, given):
    view.close()
    assert view.nbytes == 0
    view.open()
    np.testing.assert_array_equal(array(view.values, "values"), given.example_values.ravel())


def test_2048_features_keep_to_the_room_they_are_given():
    view = FeatureView(many(2048), max_bytes=300_000)
    assert view.shape[0] == 2048
    assert 0 < view.shape[6] < 2048
    assert 300_000 - WHOLE < view.nbytes <= 300_000


def test_hostile_text_is_sent_drawn_and_told_literally():
    for words in (HOSTILE[:7], HOSTILE[7:14], HOSTILE[-7:]):
        made = OptimisedInput(1, tokens=words, values=range(7))
        view = FeatureView(
            dashboard(
                words=words, names=words[:4], optimised={7: made}, source={"model": words[0]},
                bands=words[:3],
            ),
            title=words[1],
        )  # fmt: skip
        assert set(view.to_frame()["token"]) <= set(words)
        assert view.to_png()[:4] == b"\x89PNG"
        picture = _frozen.bundle(view)["text/html"]
        for page in (view.to_html(), picture, view.figure.layout.title.text):
            assert "<script>window.canary" not in page


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"max_bytes": 0}, ValueError, "max_bytes"),
        ({"titel": "x"}, TypeError, "Did you mean 'title'"),
        ({"selection": 3}, TypeError, "selection: expected a Selection"),
    ],
)
def test_a_wrong_option_is_refused_by_its_name(given, options, error, message):
    with pytest.raises(error, match=message):
        FeatureView(given, **options)


def test_the_result_can_be_read_back(view, given):
    assert view.dashboard is given
    assert view.source() == {"model": "toy", "hook": "blocks.0.mlp.hook_post"}
