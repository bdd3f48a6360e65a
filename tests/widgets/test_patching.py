"""What a PatchView sends to the browser, and what a reader takes away from it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from interp_widgets import text
from interp_widgets.widgets import _frozen
from interp_widgets.widgets.patching import PatchView
from tests.hostile import HOSTILE
from tests.widgets.patch_samples import CLEAN, CORRUPTED, WITHOUT_TOPS, WORDS, sweep

LAYER_HEAD, HEAD_POS = ("layer", "head"), ("head", "pos")


def read(view, name, *shape, kind="<f4"):
    """Read a trait back by the documented rule."""
    return np.frombuffer(getattr(view, name), kind).reshape(shape)


def strongest(given):
    return divmod(int(np.abs(given.effect).argmax()), given.values.shape[1])


def test_every_number_travels_exactly():
    given = sweep()
    view = PatchView(given)
    assert view.shape == [2, 5, 3]
    assert view.nbytes == 2 * 5 * (4 + 3 * 8) + 2 * 3 * 8
    np.testing.assert_array_equal(read(view, "metrics", 2, 5), given.values)
    assert (view.clean, view.corrupted) == (2.5, -1.5)
    names = np.array(view.words)
    for name, probs, ids, shape in (
        ("top", "top_probs", given.top_ids, (2, 5, 3)),
        ("clean_top", "clean_probs", given.clean_top_ids, (3,)),
        ("corrupted_top", "corrupted_probs", given.corrupted_top_ids, (3,)),
    ):
        expected = np.vectorize(lambda token: repr(WORDS[token]))(ids)
        np.testing.assert_array_equal(names[read(view, name, *shape, kind="<i4")], expected)
        known = given.top_probs if name == "top" else getattr(given, f"{name}_probs")
        np.testing.assert_array_equal(read(view, probs, *shape), known)


def test_columns_carry_the_tokens_of_both_prompts_where_they_differ():
    view = PatchView(sweep())
    assert view.columns == ["<bos>", "·Ann/·Cid", "·saw", "·Bob", "./!"]
    assert view.column_names[1] == "token 1 ' Ann' (corrupted: ' Cid')"
    assert view.column_names[3] == "token 3 ' Bob'"
    assert view.differing == [1, 4]
    assert view.token_ids == [20, 21, 22, 23, 24]
    assert (view.rows, view.row_names) == (["0", "1"], ["layer 0", "layer 1"])
    assert view.read_at == "after token 4 '.'"


def test_heads_are_named_with_their_layer():
    by_head = PatchView(sweep(LAYER_HEAD))
    assert by_head.columns == ["0", "1", "2"]
    assert by_head.column_names[2] == "head 2"
    by_pos = PatchView(sweep(HEAD_POS))
    assert by_pos.rows == ["L0H0", "L0H1", "L0H2", "L1H0", "L1H1", "L1H2"]
    assert by_pos.row_names[4] == "layer 1 head 1"
    assert by_pos.columns[1] == "·Ann/·Cid"


def test_it_says_what_was_patched_in_plain_words():
    view = PatchView(sweep())
    assert view.patched == "the residual stream before each layer (resid_pre)"
    by_head = PatchView(sweep(LAYER_HEAD)).patched
    assert by_head == "the output of each attention head (z), at all tokens at once"
    assert PatchView(sweep(activation="hook_odd")).patched == "hook_odd"


def test_top_tokens_then_early_positions_give_way_to_the_budget():
    ends = 2 * 3 * 8
    fewer = PatchView(sweep(), max_bytes=2 * 5 * (4 + 2 * 8))
    assert fewer.shape == [2, 5, 2]
    assert "Only 2 of 3 top tokens" in fewer.notice
    np.testing.assert_array_equal(
        read(fewer, "top_probs", 2, 5, 2), sweep().top_probs[..., :2].astype("f4")
    )
    shorter = PatchView(sweep(), max_bytes=2 * 3 * 4)
    assert (shorter.shape, shorter.first, shorter.nbytes) == ([2, 3, 0], 2, 24 + ends)
    np.testing.assert_array_equal(read(shorter, "metrics", 2, 3), sweep().values[:, 2:])
    assert shorter.columns == ["·saw", "·Bob", "./!"]
    assert "Tokens before token 2 are left out" in shorter.notice
    assert PatchView(sweep()).notice == ""


def test_a_sweep_without_top_tokens_is_shown_without_them():
    view = PatchView(sweep(**WITHOUT_TOPS))
    assert (view.shape, view.words, view.nbytes) == ([2, 5, 0], [], 40)
    assert "top" not in view.to_frame()


def test_without_a_gap_it_shows_the_change_and_says_why():
    view = PatchView(sweep(clean=1.0, corrupted=1.0))
    assert not view.defined
    assert "the same metric, so there is no gap to take parts of" in view.notice
    assert "as change of the metric, in logits" in view.describe()
    assert np.isnan(view.to_frame().effect).all()
    np.testing.assert_allclose(view.figure.data[0].z, view.result.change)


def test_the_description_says_what_was_done_and_what_matters_most():
    given = sweep()
    said = PatchView(given, title="Names").describe()
    row, column = strongest(given)
    assert said.startswith("Names: the residual stream before each layer (resid_pre) of the clean")
    assert "put into a run of the corrupted prompt, 2 x 5 places" in said
    assert "2.5 logits clean, -1.5 logits corrupted" in said
    name = PatchView(given).column_names[column]
    assert f"layer {row}, {name} {given.effect[row, column]:+.3g}" in said
    noising = PatchView(sweep(direction="noising")).describe()
    assert "of the corrupted run, put into a run of the clean prompt" in noising
    assert "part of the gap to the corrupted run" in noising


@pytest.mark.parametrize(
    ("over", "chosen", "expected"),
    [
        (("layer", "pos"), {"layer": 1, "pos": 2}, ("layer 1", "token 2 ' saw'")),
        (LAYER_HEAD, {"layer": 1, "head": 2}, ("layer 1", "head 2")),
        (HEAD_POS, {"layer": 1, "head": 0, "pos": 3}, ("layer 1 head 0", "token 3 ' Bob'")),
    ],
)
def test_the_frozen_picture_begins_with_the_chosen_cell(over, chosen, expected):
    given = sweep(over)
    view = PatchView(given)
    view.selection.set(**chosen)
    frozen = view.frozen()
    row, column = view.row_names.index(expected[0]), view.column_names.index(expected[1])
    numbers = (f"{given.effect[row, column]:+.3g}", f"{given.values[row, column]:.3g}")
    assert frozen.rows[0] == (*expected, *numbers)
    assert len(frozen.image.getcolors(1 << 20)) > 10
    view.selection.clear()
    row, column = strongest(given)
    assert view.frozen().rows[0][:2] == (view.row_names[row], view.column_names[column])


def test_the_table_lists_every_cell():
    given = sweep(HEAD_POS)
    frame = PatchView(given).to_frame()
    assert len(frame) == 30
    np.testing.assert_array_equal(frame.metric, given.values.ravel())
    np.testing.assert_array_equal(frame.effect, given.effect.ravel())
    np.testing.assert_array_equal(frame["head"], np.repeat([0, 1, 2, 0, 1, 2], 5))
    assert frame.clean_token.tolist() == list(CLEAN) * 6
    assert frame.corrupted_token.tolist() == list(CORRUPTED) * 6
    assert frame.top.tolist() == [WORDS[token] for token in given.top_ids[..., 0].ravel()]
    by_head = PatchView(sweep(LAYER_HEAD)).to_frame()
    assert by_head["head"].tolist() == [0, 1, 2] * 2
    assert "pos" not in by_head


@pytest.mark.parametrize("effect", ["normalised", "raw"])
@pytest.mark.parametrize("over", [("layer", "pos"), LAYER_HEAD, HEAD_POS])
def test_every_form_has_its_chart_and_its_picture(over, effect):
    given = sweep(over)
    view = PatchView(given, effect=effect)
    heat = view.figure.data[0]
    np.testing.assert_allclose(heat.z, given.effect if effect == "normalised" else given.change)
    assert heat.zmin == -heat.zmax <= np.min(heat.z)
    assert Image.open(io.BytesIO(view.to_png())).width > 200


def test_a_part_of_the_gap_is_coloured_on_a_scale_that_holds_all_of_it():
    faint = sweep(values=np.full((2, 5), -1.4))
    assert PatchView(faint).figure.data[0].zmax == 1
    far = sweep(values=np.full((2, 5), 6.5))
    assert PatchView(far).figure.data[0].zmax == pytest.approx(2)


def test_an_update_raises_rev_once_and_a_closed_view_lets_go():
    view = PatchView(sweep())
    revisions = []
    view.observe(lambda change: revisions.append(change.new), "rev")
    view.update(sweep(LAYER_HEAD, seed=1))
    assert revisions == [1]
    assert view.shape == [2, 3, 3]
    with pytest.raises(TypeError, match="data: expected a PatchSweep"):
        view.update(None)
    before = view.metrics
    view.close()
    assert view.nbytes == 0
    view.open()
    assert view.metrics == before


def test_hostile_words_travel_as_text_that_can_be_seen():
    for at in range(0, len(HOSTILE) - 8, 8):
        clean, corrupted = HOSTILE[at : at + 5], HOSTILE[at + 3 : at + 8]
        given = sweep(
            words=HOSTILE[at : at + 8],
            clean_tokens=clean,
            corrupted_tokens=corrupted,
            metric=HOSTILE[at],
            unit=HOSTILE[at + 1],
            activation=HOSTILE[at + 2],
            source={"model": HOSTILE[at]},
        )
        view = PatchView(given, title=HOSTILE[at])
        assert view.clean_prompt == [text.visible(word, 40) for word in clean]
        texts = (*view.columns, *view.column_names, *view.words, *view.corrupted_prompt)
        "".join((*texts, view.metric, view.unit, view.patched, view.origin)).encode()
        assert max(map(len, view.columns)) <= 40
        assert "<script" not in _frozen.bundle(view)["text/html"]
        assert view.figure.layout.xaxis.ticktext is not None


@pytest.mark.parametrize(
    ("error", "data", "options", "message"),
    [
        (TypeError, np.zeros((2, 5)), {}, r"got ndarray.*or of an array: iw.PatchSweep\(values"),
        (ValueError, sweep(), {"effect": "loud"}, "effect: expected one of .*'loud'"),
        (ValueError, sweep(), {"max_bytes": 0}, "max_bytes: expected a whole number from 1"),
        (TypeError, sweep(), {"effects": "raw"}, "Did you mean 'effect'"),
        (TypeError, sweep(), {"title": 3}, "title: expected a str"),
    ],
)
def test_what_does_not_fit_is_refused(error, data, options, message):
    with pytest.raises(error, match=message):
        PatchView(data, **options)


def test_an_effect_is_checked_when_it_is_set():
    view = PatchView(sweep())
    view.effect = "raw"
    with pytest.raises(ValueError, match="effect: expected one of"):
        view.effect = "loud"
