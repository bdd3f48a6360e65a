"""What a LogitLensView sends to the browser, and what a reader takes away from it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from interp_widgets.widgets import _lens_rows
from interp_widgets.widgets.lens import LogitLensView
from tests.hostile import HOSTILE
from tests.widgets.lens_sample import (
    LABELS,
    TEXT,
    WITHOUT_OUTPUT,
    WITHOUT_TARGETS,
    WORDS,
    distributions,
    lens,
)

LAST = len(LABELS) - 1
SAID = int(distributions()[-1, -1].argmax())


def read(view, name, kind="<f4", *, last=()):
    """Read a trait back by the documented rule."""
    return np.frombuffer(getattr(view, name), kind).reshape(*view.shape[:3], *last)


def test_every_number_travels_exactly():
    given = lens()
    view = LogitLensView(given)
    assert view.shape == [1, 3, 4, 2, 6]
    assert view.nbytes == 3 * 4 * 4 * (2 + 2 + 1 + 1 + 6 + 6)
    top = np.array(view.ids)[read(view, "top", "<i4", last=(2,))[0]]
    np.testing.assert_array_equal(top, given.top_ids)
    for name in ("entropy", "divergence"):
        np.testing.assert_array_equal(read(view, name)[0], getattr(given, name))
    np.testing.assert_array_equal(read(view, "top_probs", last=(2,))[0], given.top_probs)
    ranks, probs = read(view, "ranks", "<i4", last=(6,))[0], read(view, "probs", last=(6,))[0]
    np.testing.assert_array_equal(ranks[..., 0], given.output_ranks)
    np.testing.assert_array_equal(ranks[..., 1:], given.target_ranks)
    np.testing.assert_array_equal(probs[..., 0], given.output_probs)
    np.testing.assert_array_equal(probs[..., 1:], given.target_probs)
    assert view.targets == given.target_ids.tolist()


def test_rows_are_named_by_the_layer_that_wrote_last():
    view = LogitLensView(lens())
    assert view.rows == ["embeddings", "layer 0", "output"]
    assert view.row_names == ["before the first layer", "after layer 0", "at the output (layer 1)"]
    assert view.layers == [-1, 0, 1]


@pytest.mark.parametrize(
    ("labels", "layers"),
    [
        (("0_pre", "0_mid", "1_pre", "1_mid", "final_post"), [-1, 0, 0, 1, 1]),
        (("2_pre", "final_post"), [1, -1]),  # how many layers there are is not known
        (("somewhere",), [-1]),
    ],
)
def test_a_row_whose_layer_is_not_known_has_none(labels, layers):
    assert [_lens_rows.row(label, labels).layer for label in labels] == layers


def test_without_its_ranks_the_output_is_followed_through_targets_and_top_tokens():
    whole = lens()
    said = whole.top_ids[-1, :, 0].tolist()
    by_target = LogitLensView(lens(targets=dict.fromkeys(said), **WITHOUT_OUTPUT))
    np.testing.assert_array_equal(
        read(by_target, "ranks", "<i4", last=(-1,))[0, ..., 0], whole.output_ranks
    )
    by_top = read(
        LogitLensView(lens(**WITHOUT_OUTPUT, **WITHOUT_TARGETS)), "ranks", "<i4", last=(1,)
    )
    expected = np.where(whole.output_ranks < 2, whole.output_ranks, -1)
    np.testing.assert_array_equal(by_top[0, ..., 0], expected)
    assert (expected == -1).any()


def test_several_lenses_stand_side_by_side_and_what_one_does_not_know_is_marked():
    first, second = lens(targets=(3, 0)), lens(1, kept=3, targets=(2, 3), divergence=None)
    view = LogitLensView({"plain": first, "tuned": second})
    assert view.shape == [2, 3, 4, 3, 4]
    assert view.lenses == ["plain", "tuned"]
    assert view.targets == [3, 0, 2]
    top = read(view, "top", "<i4", last=(3,))
    assert (top[0, ..., 2] == -1).all()
    np.testing.assert_array_equal(np.array(view.ids)[top[1]], second.top_ids)
    ranks = read(view, "ranks", "<i4", last=(4,))
    assert (ranks[0, ..., 3] == -1).all()
    np.testing.assert_array_equal(ranks[1, ..., 3], second.target_ranks[..., 0])
    assert np.isnan(read(view, "divergence")[1]).all()
    view.lens = 1
    assert view.result is second


def test_lenses_in_a_list_go_by_their_own_names():
    view = LogitLensView([lens(name="one"), lens(1, name="other")])
    assert view.lenses == ["one", "other"]


def test_what_the_output_says_is_followed_unless_a_target_is_named():
    assert LogitLensView(lens()).target is None
    assert LogitLensView(lens(), target=" six").target == 6
    assert LogitLensView(lens(), target=6).target == 6


def test_the_foot_says_what_folding_does_to_the_numbers():
    plain, tuned = lens(), lens(name="tuned", translated=True, folded=True)
    assert LogitLensView([plain, tuned]).origins == [
        "logit lens · toy · weights not folded: the probabilities are the same either way",
        "tuned · toy · fitted to a model whose weights are folded; it reads no other",
    ]


def test_followed_tokens_then_early_positions_give_way_to_the_budget():
    whole = LogitLensView(lens()).nbytes
    fewer = LogitLensView(lens(), max_bytes=whole - 1)
    assert fewer.nbytes <= whole - 1
    assert fewer.targets == [3, 0, 6, 1]
    assert "Only 4 of 5 tokens" in fewer.notice
    shorter = LogitLensView(lens(), max_bytes=3 * 3 * 8 * 4)
    assert shorter.nbytes <= 3 * 3 * 8 * 4
    assert (shorter.first, shorter.tokens, shorter.targets) == (1, ["·a", "·cat", "·sat"], [])
    assert shorter.token_ids == [21, 22, 23]
    np.testing.assert_array_equal(read(shorter, "entropy")[0], lens().entropy[:, 1:])
    assert "Tokens before token 1 are left out" in shorter.notice
    assert LogitLensView(lens()).notice == ""


def test_an_update_raises_rev_once_and_keeps_what_still_exists():
    view = LogitLensView(lens(), colour="rank", target=6)
    view.selection.set(layer=1, pos=2, token_id=22)
    revisions = []
    view.observe(lambda change: revisions.append(change.new), "rev")
    view.update(lens(1, targets=(6, 2)))
    assert revisions == [1]
    assert (view.colour, view.target, view.selection.value.pos) == ("rank", 6, 2)
    view.update(lens(2, tokens=TEXT[:2], divergence=None, targets=(2,)))
    assert (view.target, view.selection.value.pos, view.selection.value.layer) == (None, None, 1)
    with pytest.raises(ValueError, match="tokens"):
        view.update(lens(), tokens=TEXT[:2])
    assert view.tokens == ["<bos>", "·a"]


def test_a_closed_view_lets_go_of_its_numbers_and_makes_them_again():
    view = LogitLensView(lens())
    before = view.ranks
    view.close()
    assert view.nbytes == 0
    view.open()
    assert view.ranks == before


def test_the_description_says_what_each_row_says_after_the_last_token():
    given = lens()
    said = LogitLensView(given, title="Cats").describe()
    assert said.startswith("Cats: what the model would predict next if it stopped at one of 3")
    assert "'<bos> a cat sat'. After ' sat' (token 3)" in said
    for row, name in enumerate(LogitLensView(given).row_names):
        word = WORDS[given.top_ids[row, -1, 0]]
        assert f"{name} {word!r} {given.top_probs[row, -1, 0]:.2f}" in said


def test_the_frozen_picture_reads_the_chosen_token():
    given = lens()
    view = LogitLensView(given, target=6)
    view.selection.set(layer=0, pos=1)
    frozen = view.frozen()
    assert frozen.caption == "What each layer says after ' a' (token 1)"
    assert frozen.heads[3] == "rank of ' six'"
    assert [row[3] for row in frozen.rows] == [
        f"{rank + 1}" for rank in given.target_ranks[:, 1, 2]
    ]
    assert len(frozen.image.getcolors(1 << 20)) > 20


def test_the_table_lists_every_cell():
    given = lens()
    frame = LogitLensView(given, target=6).to_frame()
    assert len(frame) == 12
    np.testing.assert_array_equal(frame.target_rank, given.target_ranks[..., 2].ravel() + 1)
    np.testing.assert_array_equal(frame.probability, given.top_probs[..., 0].ravel())
    assert frame.token.tolist() == list(TEXT) * 3
    assert set(frame.target) == {" six"}
    assert LogitLensView(given).to_frame().target.iloc[-1] == WORDS[SAID]


@pytest.mark.parametrize("colour", ["probability", "rank", "entropy", "divergence"])
def test_every_colour_has_its_chart_and_its_picture(colour):
    view = LogitLensView(lens(), colour=colour)
    heat = view.figure.data[0]
    assert np.shape(heat.z) == (3, 4)
    assert 0 <= np.min(heat.z) < np.max(heat.z) <= 1 + 1e-6
    assert heat.text[LAST][3] == "·" + WORDS[SAID].strip()
    assert len(view.to_png()) > 1000


def test_hostile_words_travel_as_text_that_can_be_seen():
    tokens = HOSTILE[: len(HOSTILE)]
    view = LogitLensView(lens(tokens=tokens, words=HOSTILE[:7], name=HOSTILE[0]), title=HOSTILE[1])
    assert view.words == [word for word in view.words if word]
    "".join(view.tokens + view.names + view.words + view.word_names + view.origins).encode()
    assert max(map(len, view.tokens)) <= 40
    assert len(view.to_png()) > 1000
    assert view.figure.data[0].text is not None


@pytest.mark.parametrize(
    ("error", "options", "message"),
    [
        (ValueError, {"colour": "loudness"}, r"colour: expected one of \['probability', 'rank'"),
        (
            ValueError,
            {"target": " cat"},
            r"target: expected a token that the lens follows.* ' cat'",
        ),
        (ValueError, {"target": 4}, "target: expected a token that the lens follows"),
        (TypeError, {"target": 1.5}, "target: expected text, a vocabulary id or None, got float"),
        (ValueError, {"tokens": TEXT[:2]}, "tokens: expected"),
        (ValueError, {"max_bytes": 0}, "max_bytes: expected a whole number from 1"),
        (TypeError, {"colors": "rank"}, "Did you mean 'colour'"),
    ],
)
def test_an_option_that_does_not_fit_is_refused(error, options, message):
    with pytest.raises(error, match=message):
        LogitLensView(lens(), **options)


@pytest.mark.parametrize(
    ("error", "data", "message"),
    [
        (TypeError, np.zeros((2, 3)), "data: expected a LogitLens, .* got ndarray"),
        (TypeError, dataclasses.make_dataclass("Trace", ["cache", "tokens"])(0, 0), "got a Trace"),
        (ValueError, {}, "data: expected at least one lens"),
        (ValueError, [lens(), lens(1)], "data: expected lenses of different names"),
        (ValueError, [lens(), lens(tokens=TEXT[:3], name="b")], "lenses of the same tokens"),
    ],
)
def test_data_that_is_no_lens_is_refused(error, data, message):
    with pytest.raises(error, match=message):
        LogitLensView(data)


def test_a_lens_that_does_not_know_divergences_does_not_offer_them():
    view = LogitLensView(lens(divergence=None))
    assert view.colours == ["probability", "rank", "entropy"]
    with pytest.raises(ValueError, match="colour: expected one of"):
        view.colour = "divergence"
    with pytest.raises(ValueError, match="lens: expected a number below 1"):
        view.lens = 1
