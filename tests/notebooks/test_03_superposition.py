"""What notebook 03 says of its models is so, and each control could have said otherwise."""

import numpy as np
import pytest
import torch

import interp_widgets as iw
from interp_widgets.analysis.phase import candidate_losses, load_phase_grid
from interp_widgets.course.lessons import _superposition_dimensions as dimensions
from interp_widgets.course.lessons import _superposition_toy as toy
from interp_widgets.course.lessons.superposition import (
    learned_words,
    reacts_to,
    rotation,
    suspects,
)
from tests.support import ROOT

DENSITIES = [1.0, 0.7, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01]
HELD = {1.0: 2, 0.4: 4, 0.1: 5, 0.05: 5, 0.01: 5}
IMPORTANCE = 0.9 ** torch.arange(5)
KINDS = [
    ["Monday", "Tuesday", "Friday", "Saturday"],
    ["Mary", "Alice", "Diana"],
    ["Paris", "Nice", "Berlin"],
    ["house", "river", "table", "chair"],
]


def family_of(seed, *, relu=True):
    return iw.train_toy_models(
        5, 2, DENSITIES, importance=IMPORTANCE, restarts=8, relu=relu, seed=seed
    )


@pytest.fixture(
    scope="module", params=[0, pytest.param(1, marks=pytest.mark.slow)], ids=["seed 0", "seed 1"]
)
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def family(seed):
    return family_of(seed)


@pytest.fixture(scope="module")
def grid():
    return load_phase_grid()


def neighbouring_angles(vectors):
    directions = np.sort(np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0])) % 360)
    return np.diff(np.append(directions, directions[0] + 360))


def held(family):
    return dict(zip(DENSITIES, (family.lengths > 0.5).sum(1).tolist(), strict=True))


def test_the_notebook_shows_what_is_tested_here():
    source = (ROOT / "notebooks" / "03_superposition.py").read_text()
    assert f"densities = {DENSITIES}" in source
    assert 'some = "' + " ".join(word for kind in KINDS for word in kind) + '"' in source
    for said in (
        "0.9 ** torch.arange(5)",
        "restarts=8",
        "torch.rand(800, 512, 5",
        "some = [0.4, 0.2, 0.05]",
    ):
        assert said in source


def test_rarer_features_are_held_together(family):
    counts = held(family)
    assert {density: counts[density] for density in HELD} == HELD


def test_a_linear_model_holds_two_at_every_density(seed):
    linear = family_of(seed, relu=False)
    assert set(held(linear).values()) == {2}
    assert (linear.lengths.argsort(1)[:, :3] >= 2).all()  # the two most important ones


def test_at_density_one_the_two_most_important_stand_at_a_right_angle(family):
    first, second, *rest = family.weights[0].astype(float)
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    assert abs(cosine) < 0.1
    assert np.linalg.norm(rest, axis=1).max() < 0.2


def test_at_density_two_fifths_they_are_two_opposite_pairs(family):
    vectors = family.weights[DENSITIES.index(0.4)].astype(float)
    vectors = vectors[np.linalg.norm(vectors, axis=1) > 0.5]
    np.testing.assert_allclose(neighbouring_angles(vectors), 90, atol=3)


def test_the_rarest_features_make_a_regular_pentagon(family):
    np.testing.assert_allclose(neighbouring_angles(family.weights[-1]), 72, atol=2)
    np.testing.assert_allclose(family.dimensionality[-1], 0.40, atol=0.02)


def test_vectors_at_random_make_no_pentagon():
    vectors = np.random.default_rng(0).normal(size=(5, 2))
    assert np.abs(neighbouring_angles(vectors) - 72).max() > 20


def live(start_seed):
    """What the cells of the notebook do with the learner's own functions."""
    random = torch.Generator().manual_seed(start_seed)
    batches = torch.rand(800, 512, 5, generator=random)
    batches *= torch.rand(batches.shape, generator=random) < 0.1
    start = torch.randn(5, 2, generator=random) / 5**0.5
    trained = toy.train(start, torch.zeros(5), batches, IMPORTANCE)
    return batches[:200].flatten(0, 1), trained, start


def test_the_learners_own_loop_finds_a_pentagon_as_good_as_the_librarys():
    judged, (weights, biases), start = live(0)
    best = family_of(0)
    place = DENSITIES.index(0.1)
    library = torch.tensor(best.weights[place]), torch.tensor(best.biases[place])
    mine, theirs, before = (
        float(toy.loss(judged, *model, IMPORTANCE))
        for model in ((weights, biases), library, (start, torch.zeros(5)))
    )
    assert mine == pytest.approx(theirs, rel=0.03)
    assert before > 2 * mine
    np.testing.assert_allclose(neighbouring_angles(weights.numpy()), 72, atol=5)


def test_another_start_ends_in_a_worse_arrangement():
    judged, (weights, biases), _ = live(3)
    good = live(0)[1]
    worse, better = (
        float(toy.loss(judged, *model, IMPORTANCE)) for model in ((weights, biases), good)
    )
    assert worse > 1.2 * better
    assert min(weights.norm(dim=1).tolist()) < 0.5


def test_the_losses_of_equal_features_cross_at_four_sevenths():
    for density, best in ((4 / 7 - 0.01, 2), (4 / 7 + 0.01, 0)):
        assert candidate_losses(density, 1.0).argmin() == best


def test_theory_foretells_all_but_four_cells_of_the_diagram(grid):
    table = candidate_losses(grid.densities[:, None], grid.importances)
    agree = table.argmin(-1) == grid.outcomes
    assert agree.size == 117
    assert agree.sum() == 113
    two_best = np.sort(table, -1)[..., :2]
    assert (two_best[..., 1] / two_best[..., 0])[~agree].max() < 1.25  # those lie on the border
    ratio = grid.losses / table.min(-1)
    assert ratio.max() < 1.001
    assert 0.895 < ratio.min() < 0.905


def test_density_alone_or_importance_alone_foretells_the_diagram_less_well(grid):
    """The control: a rule of one variable, at its best, misses more cells than the closed form."""
    for axis in (0, 1):
        lines = np.moveaxis(grid.outcomes, axis, -1)
        best = sum(np.bincount(line, minlength=4).max() for line in lines)
        assert best < 100


@pytest.mark.parametrize(
    ("kind", "cosines"),
    [("correlated", {0.4: 1, 0.2: 0, 0.05: 0}), ("anti-correlated", {0.4: -1, 0.2: -1, 0.05: -1})],
)
def test_partners_stand_as_the_notebook_says(kind, cosines, seed):
    trained = iw.train_toy_models(4, 2, list(cosines), pairs=kind, restarts=8, seed=seed)
    units = trained.weights / trained.lengths[..., None]
    found = (units[:, [0, 2]] * units[:, [1, 3]]).sum(-1)
    for pair in range(2):
        np.testing.assert_allclose(found[:, pair], list(cosines.values()), atol=0.1)
    if kind == "anti-correlated":
        assert found.max() < -0.7
        assert trained.losses.max() < 1e-6
    else:
        assert found.mean() > 0  # they fall together when dense and never turn against each other
        others = (units[1:, [0, 0, 1, 1]] * units[1:, [2, 3, 2, 3]]).sum(-1)
        assert others.min(1).max() < -0.95  # each is opposite to a feature of the other pair


def test_partners_of_independent_features_are_not_pairs(seed):
    trained = iw.train_toy_models(4, 2, [0.05], restarts=8, seed=seed)
    products = trained.products(0)
    opposite = products.argmin(1)
    assert sorted(opposite[opposite].tolist()) == [0, 1, 2, 3]  # pairs, but of any two


@pytest.fixture(scope="module")
def embedding():
    model = iw.load_model("tiny-world")
    words, ids = learned_words(model)
    vectors = model.W_E[ids].detach().numpy()
    return words, vectors - vectors.mean(0)


def cosines_of(vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit @ unit.T


def test_words_overlap_twice_as_much_as_random_vectors(embedding):
    _, vectors = embedding
    assert vectors.shape == (277, 128)
    control = np.random.default_rng(0).normal(size=vectors.shape)
    mine, chance = (
        np.abs(cosines_of(each))[~np.eye(277, dtype=bool)].mean() for each in (vectors, control)
    )
    assert mine / chance == pytest.approx(2, abs=0.2)
    shares = [dimensions.dimensionality(each).mean() for each in (vectors, control)]
    assert shares[0] < shares[1] / 2


def test_words_of_a_kind_overlap_and_words_of_two_kinds_do_not(embedding):
    words, vectors = embedding
    cosines = cosines_of(vectors)
    places = [[words.index(word) for word in kind] for kind in KINDS]
    for number, kind in enumerate(places):
        block = cosines[np.ix_(kind, kind)][~np.eye(len(kind), dtype=bool)]
        others = [place for other in places[:number] + places[number + 1 :] for place in other]
        assert block.mean() > 0.25
        assert abs(cosines[np.ix_(kind, others)].mean()) < 0.15


def test_a_rotation_changes_what_units_react_to_and_not_what_features_share():
    shares = {"A": 1, "B": 2 / 5, "C": 1 / 2, "D": 1}
    for name, vectors in suspects().items():
        there = vectors[np.linalg.norm(vectors, axis=1) > 0.5]
        turned = there @ rotation(there.shape[1], 1)
        for each in (there, turned):
            np.testing.assert_allclose(dimensions.dimensionality(each), shares[name], atol=1e-6)
    assert (suspects()["C"] @ suspects()["C"].T).min(axis=1).tolist() == [-1] * 4  # opposite pairs
    counts = {name: reacts_to(vectors) for name, vectors in suspects().items()}
    assert counts["C"] == counts["D"] == [2, 2]
    assert counts["A"] == [4, 4, 4, 4]
    assert counts["B"] == [5, 4]
    assert reacts_to(suspects()["A"] @ suspects()["A"].T) == [1, 1, 1, 1]
