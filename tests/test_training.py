"""The training loop: what it computes, what it refuses, and that a resumed run is the same run."""

from __future__ import annotations

import random
import signal
import threading

import numpy as np
import pytest
import torch
from torch import nn

from interp_widgets import _training_state
from interp_widgets.training import TrainingConfig, learning_rate, train

CONFIG = TrainingConfig(steps=23, learning_rate=0.02, warmup=3, weight_decay=0.1, save_every=5)


class StopHere(Exception):  # noqa: N818 - nothing went wrong
    """End a run from inside, as a kill would, without a last checkpoint."""


def network():
    torch.manual_seed(4)
    parts = (nn.Linear(5, 7), nn.LayerNorm(7), nn.Tanh(), nn.Dropout(0.1), nn.Linear(7, 3))
    return nn.Sequential(*parts)


def batches(step):
    x = torch.randn(11, 5, generator=torch.Generator().manual_seed(step))
    return {"x": x, "y": x[:, :3].sin() + x[:, 1:4]}


def loss(model, batch):
    return (model(batch["x"]) - batch["y"]).square().mean()


def noisy_loss(model, batch):
    """Draw from every global generator, so that none can be forgotten unnoticed."""
    noise = random.random() + np.random.rand() + torch.rand(())  # noqa: NPY002
    return loss(model, batch) * (1 + noise)


def stop_after(last):
    def stop(done, _loss):
        if done == last:
            raise StopHere

    return stop


def stopped_and_resumed(folder, last, of_loss=noisy_loss):
    with pytest.raises(StopHere):
        train(network(), batches, of_loss, CONFIG, folder=folder, on_step=stop_after(last))
    model = network()
    return model, train(model, batches, of_loss, CONFIG, folder=folder)


def same(model, other):
    pairs = zip(model.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.fixture(autouse=True)
def _ctrl_c_as_in_a_terminal():
    """Undo the deafness to Ctrl-C that a test run started in the background inherits."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


# Learning


def test_training_beats_the_untrained_network_on_data_it_never_saw():
    config = TrainingConfig(steps=400, learning_rate=0.02, warmup=20)
    trained, untrained = network(), network()
    losses = train(trained, batches, loss, config)
    unseen = batches(10**6)
    with torch.no_grad():
        after, before = loss(trained.eval(), unseen), loss(untrained.eval(), unseen)
    assert after < before / 4
    assert losses.shape == (400,)
    assert losses[-50:].mean() < losses[:50].mean() / 3


def test_a_batch_may_be_one_tensor():
    model = nn.Linear(5, 3)
    losses = train(
        model, lambda step: batches(step)["x"], lambda m, x: (m(x) - 1).square().mean(), CONFIG
    )
    assert losses[-1] < losses[0]


def test_tied_weights_stay_tied_and_resume_exactly(tmp_path):
    def tied():
        torch.manual_seed(6)
        model = nn.Sequential(nn.Embedding(13, 5), nn.Linear(5, 13, bias=False))
        model[1].weight = model[0].weight
        return model

    def next_loss(model, tokens):
        return nn.functional.cross_entropy(model(tokens), (tokens + 1) % 13)

    def tokens(step):
        return (torch.arange(7) * (step + 2)) % 13

    whole, resumed = tied(), tied()
    train(whole, tokens, next_loss, CONFIG)
    with pytest.raises(StopHere):
        train(tied(), tokens, next_loss, CONFIG, folder=tmp_path, on_step=stop_after(12))
    train(resumed, tokens, next_loss, CONFIG, folder=tmp_path)
    assert same(whole, resumed)
    assert resumed[1].weight is resumed[0].weight


# Schedule and optimizer


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {"learning_rate": 0.4, "warmup": 4},
            # The cosine of 30 degrees is 0.8660254.
            [0.1, 0.2, 0.3, 0.4, 0.4, 0.3732051, 0.3, 0.2, 0.1, 0.0267949],
        ),
        (
            {"learning_rate": 0.5, "decay": "linear", "decay_steps": 5, "final_fraction": 0.2},
            [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.42, 0.34, 0.26, 0.18],
        ),
        ({"learning_rate": 0.3, "warmup": 2, "decay_steps": 0}, [0.15] + [0.3] * 9),
    ],
    ids=["warmup then cosine", "plateau then linear to a fifth", "no fall"],
)
def test_the_schedule_equals_the_one_computed_by_hand(settings, expected):
    config = TrainingConfig(steps=10, **settings)
    assert [learning_rate(step, config) for step in range(10)] == pytest.approx(expected)


def test_each_step_moves_by_its_own_learning_rate():
    # Without memory AdamW moves by the learning rate times the sign of the gradient.
    model = nn.Linear(1, 1, bias=False)
    start = model.weight.item()
    config = TrainingConfig(steps=9, learning_rate=0.4, warmup=4, betas=(0.0, 0.0))
    reached = []
    train(
        model,
        lambda _step: torch.ones(1, 1),
        lambda m, x: m(x).sum(),
        config,
        on_step=lambda _done, _loss: reached.append(start - model.weight.item()),
    )
    rates = [learning_rate(step, config) for step in range(9)]
    assert reached == pytest.approx(np.cumsum(rates).tolist(), abs=1e-5)


def test_only_matrices_decay():
    model = nn.Sequential(nn.Linear(5, 3), nn.LayerNorm(3))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    config = TrainingConfig(steps=1, learning_rate=0.1, weight_decay=0.5)
    train(model, lambda _step: torch.ones(2, 5), lambda m, x: m(x).sum() * 0, config)
    for name, parameter in model.named_parameters():
        factor = 1 - 0.1 * 0.5 if name == "0.weight" else 1.0
        assert torch.allclose(parameter, before[name] * factor, atol=1e-7), name


@pytest.mark.parametrize(("clip", "norm"), [(0.25, 0.25), (None, 50.0)])
def test_gradients_are_clipped_to_the_norm_asked_for(clip, norm):
    model = nn.Linear(25, 1, bias=False)
    config = TrainingConfig(steps=1, clip=clip)
    train(model, lambda _step: torch.full((1, 25), 10.0), lambda m, x: m(x).sum(), config)
    assert model.weight.grad.norm().item() == pytest.approx(norm, rel=1e-4)


# Randomness


@pytest.mark.parametrize(
    "draw",
    [random.random, np.random.rand, lambda: torch.rand(())],
    ids=["python", "numpy", "torch"],
)
def test_a_seed_gives_the_same_run_again_and_another_seed_another(draw):
    def losses(seed):
        draw()  # the caller's generator stands elsewhere at every run
        config = TrainingConfig(steps=6, seed=seed)
        return train(nn.Linear(5, 3), batches, lambda m, b: m(b["x"]).sum() * 0 + draw(), config)

    assert np.array_equal(losses(1), losses(1))
    assert not np.array_equal(losses(1), losses(2))


def test_the_random_generators_of_the_caller_are_left_as_they_were():
    def draws():
        return random.random(), np.random.rand(), torch.rand(()).item()  # noqa: NPY002

    def seed():
        random.seed(9)
        np.random.seed(9)  # noqa: NPY002
        torch.manual_seed(9)

    seed()
    expected = draws()
    model = network()
    seed()
    train(model, batches, noisy_loss, CONFIG)
    assert draws() == expected


# Going on after an end


@pytest.mark.parametrize("last", [1, 5, 6, 14, 20, 22])
def test_a_resumed_run_ends_with_the_bits_of_an_undisturbed_one(tmp_path, last):
    whole = network()
    losses = train(whole, batches, noisy_loss, CONFIG)
    resumed, losses_resumed = stopped_and_resumed(tmp_path, last)
    assert same(whole, resumed)
    assert np.array_equal(losses, losses_resumed)


@pytest.mark.parametrize(
    ("owner", "setter"),
    [
        (torch, "set_rng_state"),
        (random, "setstate"),
        (np.random, "set_state"),
        (torch.optim.AdamW, "load_state_dict"),
        (_training_state, "_model_tensors"),
    ],
)
def test_forgetting_any_part_of_the_state_would_be_noticed(tmp_path, monkeypatch, owner, setter):
    whole = network()
    train(whole, batches, noisy_loss, CONFIG)
    nothing = dict if setter == "_model_tensors" else None
    monkeypatch.setattr(owner, setter, lambda *_: nothing() if nothing else None)
    resumed, _ = stopped_and_resumed(tmp_path, 14)
    assert not same(whole, resumed)


def test_a_run_repeats_only_the_steps_after_its_last_checkpoint(tmp_path):
    with pytest.raises(StopHere):
        train(network(), batches, loss, CONFIG, folder=tmp_path, on_step=stop_after(14))
    seen = []
    train(
        network(), batches, loss, CONFIG, folder=tmp_path, on_step=lambda done, _: seen.append(done)
    )
    assert seen == list(range(11, 24))


def test_a_finished_run_gives_its_result_again_without_training(tmp_path):
    model, again = network(), network()
    losses = train(model, batches, loss, CONFIG, folder=tmp_path)

    def never(_step):
        raise StopHere

    assert np.array_equal(train(again, never, loss, CONFIG, folder=tmp_path), losses)
    assert same(model, again)


def test_a_damaged_newest_checkpoint_costs_one_more_interval_and_no_exactness(tmp_path):
    whole, resumed = network(), network()
    train(whole, batches, noisy_loss, CONFIG)
    with pytest.raises(StopHere):
        train(network(), batches, noisy_loss, CONFIG, folder=tmp_path, on_step=stop_after(17))
    newest = tmp_path / "step-000000015.safetensors"
    newest.write_bytes(newest.read_bytes()[:-3])
    seen = []
    with pytest.warns(RuntimeWarning, match=r"step-000000015\.safetensors is damaged"):
        train(
            resumed,
            batches,
            noisy_loss,
            CONFIG,
            folder=tmp_path,
            on_step=lambda done, _: seen.append(done),
        )
    assert seen[0] == 11
    assert same(whole, resumed)


def test_what_a_killed_save_left_behind_is_gone_when_the_run_goes_on(tmp_path):
    orphan = tmp_path / "step-000000020.safetensors.4711.partial"
    orphan.write_bytes(b"half")
    train(network(), batches, loss, CONFIG, folder=tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "step-000000020.safetensors",
        "step-000000023.safetensors",
    ]


def test_the_checkpoint_interval_may_change_but_nothing_that_changes_the_weights(tmp_path):
    train(network(), batches, loss, CONFIG, folder=tmp_path)
    settings = {"steps": 23, "learning_rate": 0.02, "warmup": 3, "weight_decay": 0.1}
    train(network(), batches, loss, TrainingConfig(**settings, save_every=2), folder=tmp_path)
    with pytest.raises(ValueError, match=r"trained with seed=0, but config has 8; use that value"):
        train(network(), batches, loss, TrainingConfig(**settings, seed=8), folder=tmp_path)


def test_a_checkpoint_of_another_model_is_refused_by_the_name_that_differs(tmp_path):
    train(network(), batches, loss, CONFIG, folder=tmp_path)
    wider = nn.Sequential(nn.Linear(5, 9), nn.LayerNorm(9), nn.Linear(9, 3))
    with pytest.raises(ValueError, match=r"expected model\.0\.bias of shape \(9,\), got \(7,\)"):
        train(wider, batches, loss, CONFIG, folder=tmp_path)


def test_a_loss_that_is_no_number_stops_the_run_and_spares_the_checkpoints(tmp_path):
    def breaks_at_13(step):
        scale = float("nan") if step == 12 else 1.0
        return {name: tensor * scale for name, tensor in batches(step).items()}

    with pytest.raises(FloatingPointError, match=r"step 13 is nan.*lower learning_rate"):
        train(network(), breaks_at_13, loss, CONFIG, folder=tmp_path)
    assert max(p.name for p in tmp_path.iterdir()) == "step-000000010.safetensors"


# Ctrl-C


def loss_with_ctrl_c(at, times):
    calls = iter(range(10**6))

    def interrupted(model, batch):
        value = noisy_loss(model, batch)
        if next(calls) == at:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)
        return value

    return interrupted


def test_ctrl_c_inside_a_step_ends_the_run_after_it_with_a_checkpoint(tmp_path):
    whole, resumed = network(), network()
    train(whole, batches, noisy_loss, CONFIG)
    with pytest.raises(KeyboardInterrupt, match="after step 13"):
        train(network(), batches, loss_with_ctrl_c(at=12, times=1), CONFIG, folder=tmp_path)
    assert (tmp_path / "step-000000013.safetensors").exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    train(resumed, batches, noisy_loss, CONFIG, folder=tmp_path)
    assert same(whole, resumed)


def test_a_second_ctrl_c_acts_at_once(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(network(), batches, loss_with_ctrl_c(at=12, times=2), CONFIG, folder=tmp_path)
    assert max(p.name for p in tmp_path.iterdir()) == "step-000000010.safetensors"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_training_works_outside_the_main_thread():
    results = []
    thread = threading.Thread(
        target=lambda: results.append(train(network(), batches, loss, CONFIG))
    )
    thread.start()
    thread.join()
    assert results[0].shape == (23,)


# What the caller hands over


def test_a_measurement_that_leaves_the_model_in_eval_mode_does_not_change_the_training():
    undisturbed, measured, modes = network(), network(), []

    def measure(_done, _loss):
        modes.append(measured.training)
        measured.eval()

    train(undisturbed, batches, loss, CONFIG)
    train(measured, batches, loss, CONFIG, on_step=measure)
    assert modes == [True] * 23
    assert same(undisturbed, measured)


@pytest.mark.parametrize(("asked", "used"), [(None, "cuda"), ("cpu", "cpu")])
def test_a_gpu_is_used_where_there_is_one_unless_a_device_is_named(monkeypatch, asked, used):
    class Placed(nn.Linear):
        def to(self, device):
            raise StopHere(device.type)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with pytest.raises(StopHere, match=used):
        train(Placed(5, 3), batches, loss, CONFIG, device=asked)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "steps: expected at least 1, got 0"),
        ({"learning_rate": float("nan")}, "learning_rate: expected above 0 and finite, got nan"),
        ({"warmup": 23}, "warmup: expected 0 to steps - 1 = 22, got 23"),
        ({"decay": "exponential"}, "decay: expected 'cosine' or 'linear', got 'exponential'"),
        ({"warmup": 3, "decay_steps": 21}, "decay_steps: expected 0 to steps - warmup = 20"),
        ({"final_fraction": 1.5}, "final_fraction: expected 0 to 1, got 1.5"),
        ({"weight_decay": -0.1}, "weight_decay: expected 0 or above and finite, got -0.1"),
        ({"betas": (0.9, 1.0)}, "betas: expected two numbers from 0 to below 1"),
        ({"betas": (0.9,)}, "betas: expected two numbers from 0 to below 1"),
        ({"clip": 0}, "clip: expected above 0, or None, got 0"),
        ({"seed": -1}, "seed: expected 0 to"),
        ({"save_every": 0}, "save_every: expected at least 1, got 0"),
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(settings, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        TrainingConfig(**{"steps": 23} | settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 2.5}, "steps: expected a whole number, got 2.5"),
        ({"steps": True}, "steps: expected a whole number, got True"),
        ({"learning_rate": "1e-3"}, "learning_rate: expected a number, got '1e-3'"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_by_name(settings, message):
    with pytest.raises(TypeError, match=f"^{message}$"):
        TrainingConfig(**{"steps": 23} | settings)


def test_a_batch_of_another_kind_is_refused():
    with pytest.raises(TypeError, match=r"batches: expected a tensor or a mapping .* got list"):
        train(network(), lambda _step: [1.0, 2.0], loss, CONFIG)


def test_a_loss_for_every_example_is_refused():
    with pytest.raises(ValueError, match=r"loss: expected a scalar, got shape \(11,\)"):
        train(network(), batches, lambda m, b: m(b["x"]).sum(-1), CONFIG)
