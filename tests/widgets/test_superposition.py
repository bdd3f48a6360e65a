"""What a SuperpositionView sends to the browser, and what a reader takes away from it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from interp_widgets.widgets import _frozen
from interp_widgets.widgets.superposition import SuperpositionView
from tests.hostile import HOSTILE
from tests.widgets.superposition_samples import DENSITIES, family


def read(view, name):
    """Read a trait back by the documented rule."""
    shape = view.shape if name == "weights" else view.shape[:2]
    return np.frombuffer(getattr(view, name), "<f4").reshape(shape)


def test_every_number_travels_exactly():
    given = family(hidden=4, features=6)
    view = SuperpositionView(given)
    assert view.shape == [3, 6, 4]
    assert view.nbytes == 3 * 6 * (4 + 1) * 4
    np.testing.assert_array_equal(read(view, "weights"), given.weights)
    np.testing.assert_array_equal(read(view, "dimensionality"), given.dimensionality.astype("f4"))
    assert view.per_dimension == given.features_per_dimension.tolist()
    assert view.instances == ["density 1", "density 0.3", "density 0.02"]
    assert view.features == [0, 1, 2, 3, 4, 5]
    assert view.peak == pytest.approx(given.lengths.max() ** 2)
    assert view.origin == "drawn by hand · 6 features in 4 hidden dimensions · 3 trained instances"


def test_an_array_is_taken_with_its_densities_and_without():
    given = family()
    view = SuperpositionView(given.weights, DENSITIES, importance=given.importance)
    assert view.instances[2] == "density 0.02"
    assert (len(view.importance), view.losses) == (5, [])
    bare = SuperpositionView(given.weights[2])
    assert (bare.shape, bare.instances, bare.densities) == ([1, 5, 2], ["instance 0"], [])


def test_instances_then_short_vectors_give_way_to_the_budget():
    given = family(hidden=4, features=6)
    each = 6 * 5 * 4
    fewer = SuperpositionView(given, max_bytes=2 * each)
    assert fewer.nbytes == 2 * each
    assert fewer.instances == ["density 1", "density 0.02"]
    assert "2 of 3 instances are here" in fewer.notice
    np.testing.assert_array_equal(read(fewer, "weights"), given.weights[[0, 2]])
    least = SuperpositionView(given, max_bytes=4 * 5 * 4)
    longest = np.sort(np.argsort(-given.lengths.max(0))[:4]).tolist()
    assert (least.features, least.shape) == (longest, [1, 4, 4])
    assert "The 4 of 6 features with the longest vectors" in least.notice
    whole = given.dimensionality[[0]][:, longest].astype("f4")
    np.testing.assert_array_equal(read(least, "dimensionality"), whole)
    assert SuperpositionView(given).notice == ""


def test_no_more_features_are_sent_than_a_page_can_multiply():
    lengths = np.arange(1, 1203)[:, None]
    view = SuperpositionView(np.eye(3)[np.arange(1202) % 3] * lengths)
    assert view.features == list(range(202, 1202))
    assert "The 1000 of 1202 features with the longest vectors" in view.notice


def test_axes_that_look_swapped_are_pointed_out():
    swapped = SuperpositionView(family().weights.transpose(0, 2, 1))
    assert "There are 2 features and 5 hidden dimensions" in swapped.notice
    assert "swap the last two axes" in swapped.notice
    square = SuperpositionView(np.eye(2)).notice
    assert square == "There are 2 features and 2 hidden dimensions, so no feature has to share."


def test_the_description_says_how_features_share_in_the_instance_on_show():
    view = SuperpositionView(family(), title="Shapes", instance=2)
    said = view.describe()
    assert said.startswith("Shapes: 5 features in 2 hidden dimensions, 3 trained instances")
    assert "density 0.02 on show: 3.02 features per dimension" in said
    assert "each feature has 0.40 to 0.40 of a dimension to itself" in said
    view.instance = 0
    assert "1.00 features per dimension; vectors of length 0.00 to 1.00" in view.describe()


def test_the_frozen_picture_begins_with_the_chosen_feature():
    view = SuperpositionView(family(), instance=2)
    view.selection.set(feature=3)
    frozen = view.frozen()
    assert frozen.rows[0][:3] == ("3", "1.10", "0.40")
    assert frozen.rows[0][3] in {f"feature {other}, product -0.98" for other in (0, 1)}
    assert len(frozen.rows) == 5
    view.instance = 0
    assert view.frozen().rows[0] == ("3", "0.00", "0.00", "none")
    plain = view.to_png()
    view.selection.set(feature=None)
    assert view.to_png() != plain


@pytest.mark.parametrize(("hidden", "panels"), [(1, 2), (2, 2), (4, 1)])
def test_vectors_are_drawn_where_a_page_can_hold_them(hidden, panels):
    view = SuperpositionView(family(hidden=hidden, features=6), instance=1)
    kinds = [trace.type for trace in view.figure.data]
    assert kinds == ["scatter"] * (6 if panels == 2 else 0) + ["heatmap"]
    np.testing.assert_allclose(view.figure.data[-1].z, view.result.products(1), atol=1e-6)
    assert Image.open(io.BytesIO(view.to_png())).width > 300


def test_the_table_lists_every_feature_of_every_instance():
    given = family()
    frame = SuperpositionView(given).to_frame()
    assert len(frame) == 15
    np.testing.assert_allclose(frame.dimensionality, given.dimensionality.ravel())
    np.testing.assert_allclose(frame.density, np.repeat(given.densities, 5))
    np.testing.assert_array_equal(frame.hidden_1, given.weights[..., 1].ravel())
    np.testing.assert_array_equal(frame.importance, np.tile(given.importance, 3))
    bare = SuperpositionView(family(hidden=4, features=6).weights).to_frame()
    assert not {"density", "importance", "hidden_0"} & set(bare)


def test_an_update_raises_rev_once_and_a_closed_view_lets_go():
    view = SuperpositionView(family(), instance=2)
    revisions = []
    view.observe(lambda change: revisions.append(change.new), "rev")
    view.update(family().weights[:2], DENSITIES[:2])
    assert (revisions, view.instance, view.shape) == ([1], 1, [2, 5, 2])
    with pytest.raises(ValueError, match="weights: expected"):
        view.update(np.ones(3))
    before = view.weights
    view.close()
    assert view.nbytes == 0
    view.open()
    assert view.weights == before


def test_hostile_words_travel_as_text_that_can_be_seen():
    for word in HOSTILE:
        view = SuperpositionView(family(source={"model": word}), title=word)
        (view.origin + view.title).encode()
        assert len(view.origin) < 160
    view = SuperpositionView(family(source={"model": HOSTILE[0]}), title=HOSTILE[0])
    assert "<script" not in _frozen.bundle(view)["text/html"]
    assert view.figure.layout.title.text.startswith("&lt;/script&gt;")


@pytest.mark.parametrize(
    ("error", "data", "options", "message"),
    [
        (TypeError, "abc", {}, "weights: expected shape"),
        (TypeError, family(), {"densities": (1, 1, 1)}, "densities: expected none beside a Super"),
        (ValueError, family(), {"instance": 3}, "instance: expected a number from 0 to 2, got 3"),
        (TypeError, family(), {"instance": "last"}, "instance: expected a whole number"),
        (ValueError, family(), {"max_bytes": 0}, "max_bytes: expected a whole number from 1"),
        (TypeError, family(), {"density": (1,)}, "Did you mean 'densities'"),
    ],
)
def test_what_does_not_fit_is_refused(error, data, options, message):
    with pytest.raises(error, match=message):
        SuperpositionView(data, **options)


def test_an_instance_is_checked_when_it_is_set():
    view = SuperpositionView(family())
    with pytest.raises(ValueError, match="instance: expected a number from 0 to 2, got 7"):
        view.instance = 7
