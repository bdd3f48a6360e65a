"""The trainer of toy models follows the gradient, sees the right inputs and finds known shapes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import interp_widgets as iw
from interp_widgets.analysis import _toy_models
from interp_widgets.analysis._toy_inputs import ToyInputs
from interp_widgets.analysis._toy_models import ToyModels, pace, starting_points

DENSITIES = torch.tensor([1.0, 0.3, 0.02])
SIZES = (3, 5, 7)  # instance, feature, batch


def models(*, relu=True, seen=DENSITIES, features=5):
    importance = torch.linspace(0.5, 2, features)[None]
    start = starting_points((1, len(seen), features, 2), seed=3)[0]
    biases = torch.linspace(-0.2, 0.3, features).repeat(len(seen), 1)
    return ToyModels(start, biases, seen, importance, relu=relu)


@pytest.mark.parametrize("relu", [True, False])
def test_the_gradient_by_hand_is_that_of_autograd(relu):
    made = models(relu=relu)
    x = ToyInputs(5, DENSITIES, "independent", seed=1).draw(7)
    assert x.shape == SIZES
    weights = made.weights.clone().requires_grad_()
    biases = made.biases.clone().requires_grad_()

    def error(inputs):
        read = weights @ weights.mT @ inputs + biases[..., None]
        read = read.relu() if relu else read
        return (made._importance[..., None] * (read - inputs) ** 2).sum(1).mean(1)

    silent = 1 / DENSITIES - 1  # here the density stands for the probability of being seen
    (error(x) + silent * error(torch.zeros(3, 5, 1))).sum().backward()
    for mine, wanted in zip(made.gradient(x), (weights.grad, biases.grad), strict=True):
        torch.testing.assert_close(mine, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("pairs", ["independent", "correlated", "anti-correlated"])
def test_inputs_have_the_densities_that_were_asked_for(pairs):
    densities = torch.tensor([0.5, 0.2, 0.01])
    inputs = ToyInputs(6, densities, pairs, seed=0)
    x = inputs.draw(40_000)
    assert (x > 0).any(1).all()  # none is all zero
    active = (x > 0).double().mean(2) * inputs.seen[:, None]
    torch.testing.assert_close(active, densities[:, None].expand(3, 6).double(), rtol=0.06, atol=0)
    values = x[x > 0]
    assert 0.49 < values.mean() < 0.51
    assert 0.99 < values.max() <= 1


def test_what_the_seen_inputs_and_the_silent_ones_add_up_to_is_plain_sampling():
    """The joint distribution is right too: how many features are active, against the binomial."""
    inputs = ToyInputs(4, torch.tensor([0.3]), "independent", seed=0)
    counts = (inputs.draw(60_000)[0] > 0).sum(0).bincount(minlength=5).double() / 60_000
    expected = torch.distributions.Binomial(4, torch.tensor(0.3)).log_prob(torch.arange(5.0)).exp()
    torch.testing.assert_close(
        counts[1:] * inputs.seen.double(), expected[1:].double(), rtol=0.05, atol=1e-3
    )


def test_partners_are_active_together_or_never():
    together = ToyInputs(4, torch.tensor([0.3]), "correlated", seed=0).draw(2000)[0] > 0
    assert (together[0] == together[1]).all()
    assert (together[0] != together[2]).any()
    never = ToyInputs(4, torch.tensor([0.3]), "anti-correlated", seed=0).draw(2000)[0] > 0
    assert not (never[0] & never[1]).any()
    assert (never[0] & never[2]).any()


def test_all_instances_see_the_same_numbers():
    x = ToyInputs(5, torch.tensor([1.0, 0.5, 0.1]), "independent", seed=2).draw(200)
    for rarer, denser in ((x[1], x[0]), (x[2], x[0])):
        assert (rarer[rarer > 0] == denser[rarer > 0]).all()


def test_every_second_start_is_the_one_before_with_every_other_vector_turned_round():
    starts = starting_points((5, 3, 4, 2), seed=0)
    for before, after in ((0, 1), (2, 3)):
        assert (starts[after][:, ::2] == starts[before][:, ::2]).all()
        assert (starts[after][:, 1::2] == -starts[before][:, 1::2]).all()
    drawn = starts[::2].flatten(0, 1)  # of all starts and instances, no two alike
    assert len(drawn.flatten(1).unique(dim=0)) == 9


def test_the_learning_rate_rises_for_a_twentieth_of_the_steps_and_falls_to_nothing():
    rates = np.array([pace(step, 400) for step in range(400)])
    assert rates[0] == pytest.approx(1 / 20)
    assert 0.99 < rates.max() <= 1
    assert rates.argmax() == 19
    assert (np.diff(rates)[19:] < 0).all()
    assert rates[-1] < 1e-4
    assert pace(0, 1) == 1  # a single step is a step


def test_models_trained_a_few_at_a_time_are_those_trained_at_once(monkeypatch):
    """What fits a cache must not show in a result: neither in the inputs nor in the judgement."""
    importance = np.linspace(0.5, 2, 15).reshape(3, 5)

    def trained():
        return iw.train_toy_models(
            5, 2, [0.5, 0.2, 0.1], importance=importance, restarts=3, steps=30
        )

    at_once = trained()
    monkeypatch.setattr(_toy_models, "_CACHED", 5 * 512 * 2)
    in_pairs = trained()
    for name in ("weights", "biases", "losses"):
        np.testing.assert_allclose(getattr(in_pairs, name), getattr(at_once, name), atol=1e-5)


def test_the_loss_is_that_of_plain_inputs():
    trained = iw.train_toy_models(5, 2, [0.3, 0.02], importance=[1, 2, 1, 1, 0.5], steps=50, seed=1)
    random = torch.Generator().manual_seed(9)
    for place, density in enumerate([0.3, 0.02]):
        x = torch.rand(400_000, 5, generator=random)
        x *= torch.rand(x.shape, generator=random) < density
        weights = torch.tensor(trained.weights[place])
        read = (x @ weights @ weights.T + torch.tensor(trained.biases[place])).relu()
        plain = (torch.tensor(trained.importance) * (read - x) ** 2).sum(1).mean()
        assert float(plain) == pytest.approx(trained.losses[place], rel=0.03)


def test_a_linear_model_finds_the_principal_components():
    """Known answer: features of importance 1 and 2 equal densities; the best two are kept whole."""
    importance = [1.0, 0.8, 0.3, 0.1]
    trained = iw.train_toy_models(4, 2, [0.2], importance=importance, relu=False, seed=0)
    np.testing.assert_allclose(trained.lengths[0], [1, 1, 0, 0], atol=0.12)
    variance = 0.2 / 3 - 0.2**2 / 4
    assert trained.losses[0] == pytest.approx(variance * (0.3 + 0.1), rel=0.05)


def test_rare_features_of_equal_importance_make_a_pentagon():
    trained = iw.train_toy_models(5, 2, [0.01], restarts=4)
    np.testing.assert_allclose(trained.dimensionality, 2 / 5, atol=0.02)


def test_more_starts_are_never_worse():
    few, many = (
        iw.train_toy_models(5, 2, [0.1, 0.05], restarts=count, steps=300) for count in (1, 6)
    )
    assert (many.losses <= few.losses * 1.01).all()


def test_the_same_seed_gives_the_same_models_and_another_seed_others():
    one, same, other = (
        iw.train_toy_models(4, 2, [0.2], steps=20, seed=seed).weights for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0.01


def test_importance_of_each_instance_is_used_and_not_told_as_if_it_were_shared():
    trained = iw.train_toy_models(2, 1, [0.9, 0.9], importance=[[1, 0.1], [1, 10]], restarts=4)
    assert (trained.lengths > 0.5).tolist() == [[True, False], [False, True]]
    assert trained.importance is None
    assert trained.biases.shape == (2, 2)


GOOD = {"features": 5, "hidden": 2, "densities": [0.5, 0.1], "steps": 1}


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"densities": [0.5, 1.2]}, ValueError, r"densities: .*above 0 and up to 1, got \[1\.2\]"),
        ({"densities": [0.0]}, ValueError, r"densities: .*got \[0\.0\]"),
        ({"densities": [np.nan]}, ValueError, r"densities: .*got \[nan\]"),
        ({"densities": []}, ValueError, r"densities: expected one probability .*got shape \(0,\)"),
        ({"densities": "often"}, TypeError, "densities: expected a list of numbers, got 'often'"),
        ({"hidden": 6}, ValueError, "hidden: expected at most as many .* 5 features, got 6"),
        ({"hidden": 0}, ValueError, "hidden: expected at least 1, got 0"),
        ({"features": True}, TypeError, "features: expected a whole number, got True"),
        ({"importance": [1, 1, np.inf, 1, 1]}, ValueError, "importance: expected finite numbers"),
        ({"importance": [1, 1, -1, 1, 1]}, ValueError, "importance: expected finite numbers"),
        ({"importance": [0.0] * 5}, ValueError, "importance: .*not all 0"),
        ({"importance": [1, 2]}, ValueError, r"importance: expected shape \(5,\).*got \(2,\)"),
        ({"pairs": "friends"}, ValueError, "pairs: expected one of independent.*got 'friends'"),
        ({"pairs": "correlated"}, ValueError, "features: expected an even number"),
        ({"features": 4, "densities": [0.6], "pairs": "anti-correlated"}, ValueError, "up to 0.5"),
        ({"restarts": 0}, ValueError, "restarts: expected at least 1, got 0"),
        ({"lr": np.nan}, ValueError, "lr: expected a number above 0, got nan"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_cure(changed, error, says):
    with pytest.raises(error, match=says):
        iw.train_toy_models(**{**GOOD, **changed})
