"""Shapes are drawn where and how they are said to be, and the network tells them apart."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import interp_widgets as iw
from interp_widgets import data
from interp_widgets.worlds.shapes import BARS, COLOURS, KINDS, SIDE, SIZES, TILT, coverage, shapes
from interp_widgets.worlds.shapes_behaviour import measure, stripes
from interp_widgets.worlds.shapes_network import SETTINGS, ShapesNetwork

MIDDLE = (SIDE - 1) / 2


def drawn(kind, degrees=0.0, size=6.0, position=(MIDDLE, MIDDLE)):
    """The coverage of one shape."""
    number = np.array([KINDS.index(kind)])
    return coverage(number, np.array([degrees]), np.array([size]), np.array([position]))[0]


@pytest.fixture(scope="module", params=[None, "seed-1"])
def model(request):
    return iw.load_model("vision-shapes", revision=request.param)


@pytest.mark.parametrize(
    ("kind", "area"),
    [
        ("disc", np.pi * 4.8**2),
        ("ring", np.pi * (5.7**2 - 3.3**2)),
        ("square", 8.4**2),
        ("triangle", 3 * np.sqrt(3) * 3**2),
        ("rising bar", 12 * 2.4),
    ],
)
def test_a_shape_covers_the_area_that_it_has_in_whatever_direction(kind, area):
    for degrees in (0, 20, 45):
        assert drawn(kind, degrees).sum() == pytest.approx(area, rel=0.07)


def test_a_horizontal_bar_covers_these_pixels():
    covered = drawn("horizontal bar", size=5.0, position=(10.0, 12.0))
    expected = np.zeros((SIDE, SIDE))
    expected[10, 7:18] = 1  # from 12 - 5 to 12 + 5, half of the pixels at its ends
    expected[[9, 11], 7:18] = 0.5  # two pixels thick around the middle of row 10
    expected[9:12, [7, 17]] = 0.5
    np.testing.assert_allclose(covered, expected, atol=1e-9)


@pytest.mark.parametrize(("degrees", "rising"), [(45, True), (135, False)])
def test_directions_are_counterclockwise(degrees, rising):
    row, column = np.indices((SIDE, SIDE)) - MIDDLE
    leaning = (drawn("rising bar", degrees) * row * column).sum()
    assert (leaning < 0) == rising  # rows are counted downwards


def test_a_triangle_points_upwards_at_no_degrees():
    rows = drawn("triangle").sum(1)
    assert rows[:9].sum() < rows[12:].sum() / 3


def test_every_label_is_what_the_pixels_show():
    found = shapes(400, 3)
    row, column = np.indices((SIDE, SIDE))
    covered = coverage(found.kind, found.orientation, found.size, found.position)
    for image, cover, kind, colour, position in zip(
        found.images, covered, found.kind, found.colour, found.position, strict=True
    ):
        inside, outside = cover > 0.999, cover < 1e-9
        grey = image[:, outside].mean(1)
        assert np.ptp(grey) < 0.02  # the background has no colour
        if inside.any():
            expected = list(COLOURS.values())[colour]
            np.testing.assert_allclose(image[:, inside].mean(1), expected, atol=0.09)
        if KINDS[kind] != "triangle":
            middle = [(grid * cover).sum() / cover.sum() for grid in (row, column)]
            np.testing.assert_allclose(middle, position, atol=0.2)


def test_labels_are_in_their_ranges_and_all_occur():
    found = shapes(2000, 4)
    assert found.images.shape == (2000, 3, SIDE, SIDE)
    assert found.images.dtype == np.float32
    assert found.images.min() >= 0
    assert found.images.max() <= 1
    assert set(found.kind) == set(range(len(KINDS)))
    assert set(found.colour) == set(range(len(COLOURS)))
    assert (found.size >= SIZES[0]).all()
    assert (found.size <= SIZES[1]).all()
    for number, kind in enumerate(KINDS):
        directions = found.orientation[found.kind == number]
        assert np.isnan(directions).all() == (kind in {"disc", "ring"})
        if kind in BARS:
            away = np.abs((directions - BARS[kind] + 90) % 180 - 90)
            assert TILT - 1 < away.max() <= TILT


def test_the_seed_alone_decides():
    one, again, other = (shapes(5, seed).images for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_no_image_at_all_is_refused():
    with pytest.raises(ValueError, match=r"^count: expected 1 or more, got 0\."):
        shapes(0, 0)


def test_it_tells_the_kind_of_images_that_it_never_saw(model):
    found = measure(model)
    assert found.accuracy >= 0.97
    assert found.worst_kind >= 0.95


def test_chance_is_what_it_gets_with_shuffled_labels(model):
    found = shapes(2000, 9)
    with torch.no_grad():
        guesses = model(torch.from_numpy(found.images)).argmax(-1).numpy()
    shuffled = np.random.default_rng(0).permutation(found.kind)
    assert (guesses == shuffled).mean() == pytest.approx(1 / len(KINDS), abs=0.03)


def test_its_figures_are_the_ones_that_ship():
    shipped = json.loads(data.file("models/vision-shapes/behaviour.json").read_text())
    for name, revision in (("seed-0", None), ("seed-1", "seed-1")):
        found = measure(iw.load_model("vision-shapes", revision=revision))
        assert vars(found) == pytest.approx(shipped[name], abs=0.005)


def test_the_filters_of_the_first_layer_are_stripes_and_untrained_ones_are_not(model):
    torch.manual_seed(3)
    share, _ = stripes(model)
    untrained, _ = stripes(ShapesNetwork(SETTINGS))
    assert np.median(share) > 0.6
    assert np.mean(share > 0.5) >= 0.75
    assert untrained.max() < 0.4


def test_the_same_weights_in_another_order_are_no_stripes(model):
    weights = model.conv1.weight.data
    kept = weights.clone()
    order = torch.randperm(49, generator=torch.Generator().manual_seed(0))
    weights.copy_(kept.flatten(2)[..., order].view_as(kept))
    shuffled, _ = stripes(model)
    weights.copy_(kept)
    assert np.median(shuffled) < 0.35


def test_a_bar_along_a_units_stripe_excites_it_more_than_one_across(model):
    _, direction = stripes(model)
    units = np.arange(len(direction))
    along, across = (_excitation(model, direction + turn)[:, units, units] for turn in (0, 90))
    best = np.abs(along - across).argmax(0)  # the colour that the unit tells directions apart in
    assert np.mean(along[best, units] > across[best, units]) >= 0.8


def _excitation(model, directions):
    """(colour, image, unit): the most that bars of each direction excite each unit."""
    count = len(directions)
    same = np.full(count, 8.0), np.full((count, 2), MIDDLE)
    covered = coverage(np.zeros(count, dtype=int), directions, *same)[:, None]
    found = []
    for colour in COLOURS.values():
        images = covered * np.array(colour)[:, None, None] + (1 - covered) * 0.5
        _, cache = model.run_with_cache(torch.tensor(images, dtype=torch.float32))
        found.append(cache["hook_conv1"][..., 8:16, 8:16].amax((2, 3)).numpy())
    return np.array(found)


def test_stripes_are_found_in_filters_set_by_hand():
    network = ShapesNetwork(SETTINGS)
    filters = network.conv1.weight.data.zero_()
    filters[0, :, 3, :] = 1.0  # a bright horizontal line between two dark ones
    filters[0, :, [2, 4], :] = -0.5
    filters[1, 2] = torch.arange(7.0)  # blue growing to the right, an edge
    rising = sum(torch.eye(9)[1 + up : 8 + up, 1:8] for up in (-1, 0, 1)).flip(0)
    filters[2, 0] = rising  # a red line, three pixels thick
    filters[3, :, 3, 3] = 1.0  # a dot
    filters[4] = 1.0  # no pattern at all
    share, direction = stripes(network)
    assert share[:2] == pytest.approx(1)
    assert share[2] > 0.6
    assert share[3] < 0.2
    assert (share[4:] == 0).all()
    assert direction[:3].tolist() == [0, 90, 45]


def test_hooks_work_by_name(model):
    images = torch.from_numpy(shapes(4, 0).images)
    logits, cache = model.run_with_cache(images)
    assert [*cache] == ["hook_conv1", "hook_conv2", "hook_conv3", "hook_pooled"]
    assert cache["hook_conv1"].shape == (4, 16, SIDE, SIDE)
    assert cache["hook_pooled"].shape == (4, 32)
    torch.testing.assert_close(model.head(cache["hook_pooled"]), logits)
    silenced = model.run_with_hooks(
        images, fwd_hooks=[("hook_conv1", lambda value, hook: 0 * value)]
    )
    torch.testing.assert_close(silenced, silenced[:1].expand(4, -1))
    torch.testing.assert_close(model(images), logits)
    seen = []
    handle = dict(model.named_modules())["conv2"].register_forward_hook(
        lambda module, given, out: seen.append(out.shape)
    )
    model(images)
    handle.remove()
    assert seen == [(4, 24, SIDE // 2, SIDE // 2)]


def test_it_says_its_name_and_the_kinds(model):
    assert model.cfg.model_name.startswith("vision-shapes")
    assert model.cfg.kinds == list(KINDS)
    assert not model.training
