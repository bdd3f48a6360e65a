"""Dashboards of features say what a plain loop over one document at a time says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from interp_widgets._trace import trace
from interp_widgets.analysis import _feature_reading, features
from interp_widgets.analysis.features import feature_dashboard
from interp_widgets.models import load_model
from tests.small_gpt2 import WIDTH, write_gpt2

DOCUMENTS = [
    "Mary and John went to the store.",
    "Anna gave a drink to Paul.",
    "Mary gave a drink to John and Paul.",
    "Paul went.",
    "Anna and Mary went to the store. John gave a drink to Mary.",
]
NEURONS = [5, 90, 31]
POST, RESID = "blocks.1.mlp.hook_post", "blocks.0.hook_resid_post"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_model(write_gpt2(tmp_path_factory.mktemp("models") / "small"))


@pytest.fixture(scope="module")
def found(model):
    return feature_dashboard(
        model, POST, DOCUMENTS, features=NEURONS, examples=3, window=(2, 1), seed=4
    )


@pytest.fixture(scope="module")
def plain(model):
    """(document,) of (pos, neuron): each document run by itself."""
    return [trace(model, text, hooks=["post"])["post", 1].numpy()[:, NEURONS] for text in DOCUMENTS]


def directions(seed=0, count=4):
    return np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)


def test_density_peak_and_histogram_are_those_of_a_plain_loop(found, plain):
    counted = np.concatenate([values[1:] for values in plain])
    assert found.tokens == len(counted)
    np.testing.assert_allclose(found.density, (counted > 0).mean(0), rtol=1e-6)
    np.testing.assert_allclose(found.peak, counted.max(0), rtol=1e-4)
    for place in range(len(NEURONS)):
        edges = found.edges[place]
        np.testing.assert_allclose(edges[[0, -1]], [counted[:, place].min(), found.peak[place]],
                                   rtol=1e-3)  # fmt: skip
        inside = [((counted[:, place] >= low) & (counted[:, place] < high)).sum()
                  for low, high in pairwise(edges)]  # fmt: skip
        # The largest lies on the last edge, and rounding may move what lies on another.
        assert np.abs(found.counts[place] - inside).sum() <= 3
        assert found.counts[place].sum() == len(counted)


def test_every_example_is_the_piece_of_its_document_that_it_says(model, found, plain):
    ids = [trace(model, text, hooks=["post"]).token_ids for text in DOCUMENTS]
    seen = 0
    for place, example in np.ndindex(found.example_documents.shape):
        document = found.example_documents[place, example]
        if document < 0:
            assert (found.example_ids[place, example] == -1).all()
            continue
        for slot, pos in enumerate(range(found.example_starts[place, example], 99)[:4]):
            token = found.example_ids[place, example, slot]
            value = found.example_values[place, example, slot]
            if not 0 <= pos < len(ids[document]):
                assert token == -1
                assert np.isnan(value)
                continue
            assert token == ids[document][pos]
            expected = np.nan if pos == 0 else plain[document][pos, place]
            np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-6)
            seen += 1
    assert seen > 50


def test_the_strongest_examples_are_the_best_tokens_of_different_documents(found, plain):
    for place in range(len(NEURONS)):
        best = [values[1:, place].max() for values in plain]
        order = np.argsort(best)[::-1][:3]
        strongest = found.example_bands == 0
        assert found.example_documents[place, strongest].tolist() == order.tolist()
        shown = found.example_values[place, strongest, found.focus]
        np.testing.assert_allclose(shown, np.array(best)[order], rtol=1e-4)


def test_each_band_holds_what_its_name_says(model):
    found = feature_dashboard(model, ("post", 1), DOCUMENTS, examples=6)
    shares = found.example_values[..., found.focus] / found.peak[:, None]
    for band, (low, high) in enumerate([(2 / 3, 1), (1 / 3, 2 / 3), (0, 1 / 3)], start=1):
        inside = shares[:, found.example_bands == band]
        inside = inside[~np.isnan(inside)]
        assert len(inside) > 100
        assert inside.min() > low - 1e-6
        assert inside.max() <= high + 1e-6
    places = np.stack([found.example_documents, found.example_starts], axis=-1)
    for feature in places:
        strongest = {tuple(place) for place in feature[found.example_bands == 0]}
        between = (found.example_bands > 0) & (found.example_bands < 4)
        assert not strongest & {tuple(one) for one in feature[between] if one[0] >= 0}
    assert found.bands[-1] == "random tokens"
    assert (shares[:, found.example_bands == 4] < 0).any()  # also tokens on which it is inactive


def test_documents_that_read_the_same_are_one_example(model):
    found = feature_dashboard(model, POST, [DOCUMENTS[0]] * 4 + DOCUMENTS[1:3], features=[5])
    strongest = found.example_ids[0, found.example_bands == 0]
    kept = strongest[strongest[:, found.focus] >= 0]
    assert len(np.unique(kept, axis=0)) == len(kept) > 1


def test_the_first_token_counts_only_when_it_is_asked_for(model, plain):
    whole = feature_dashboard(model, POST, DOCUMENTS, features=NEURONS, skip_first=False)
    everything = np.concatenate(plain)
    assert whole.tokens == len(everything)
    np.testing.assert_allclose(whole.peak, everything.max(0), rtol=1e-4)


def test_what_is_drawn_depends_on_the_seed_alone(model, found, monkeypatch):
    monkeypatch.setattr(features, "_HELD_MOST", 1)  # one neuron at a time
    monkeypatch.setattr(_feature_reading, "_BATCH", 1)  # one document at a time
    again = feature_dashboard(
        model, POST, DOCUMENTS, features=NEURONS, examples=3, window=(2, 1), seed=4
    )
    np.testing.assert_array_equal(again.example_ids, found.example_ids)
    np.testing.assert_allclose(again.example_values, found.example_values, rtol=1e-4, atol=1e-6)
    other = feature_dashboard(
        model, POST, DOCUMENTS, features=NEURONS, examples=3, window=(2, 1), seed=5
    )
    drawn = found.example_bands == len(found.bands) - 1
    assert (other.example_starts[:, drawn] != found.example_starts[:, drawn]).any()
    np.testing.assert_array_equal(other.example_ids[:, :3], found.example_ids[:, :3])


def test_logits_are_those_that_adding_the_direction_would_change(model):
    wanted = directions()
    found = feature_dashboard(model, wanted, DOCUMENTS, hook="blocks.1.hook_resid_post")
    norm = model.ln_final
    resid = torch.randn(WIDTH, generator=torch.Generator().manual_seed(1), dtype=torch.float32)
    for place, direction in enumerate(torch.tensor(wanted)):
        # The norm's scale is held: what the direction adds is divided by it, and so put back.
        centred = resid - resid.mean()
        scale = centred.square().mean().sqrt()

        def logits(extra, scale=scale):
            whole = resid + extra
            return ((whole - whole.mean()) / scale * norm.w + norm.b) @ model.W_U

        with torch.no_grad():
            change = (logits(direction) - logits(torch.zeros(WIDTH))) * scale
        change = (change - change.mean()).numpy()
        best = np.argsort(-change)
        assert found.up_ids[place].tolist() == best[:10].tolist()
        assert found.down_ids[place].tolist() == best[::-1][:10].tolist()
        np.testing.assert_allclose(found.up_logits[place], change[best[:10]], rtol=1e-3, atol=1e-4)


def test_folding_the_weights_leaves_the_logits_of_a_neuron_as_they_are(tmp_path):
    folder = write_gpt2(tmp_path / "small")
    plain, folded = load_model(folder), load_model(folder)
    with torch.no_grad():
        plain.ln_final.w.mul_(torch.linspace(0.5, 2, WIDTH))
        folded.ln_final.w.mul_(torch.linspace(0.5, 2, WIDTH))
    folded.enable_compatibility_mode(disable_warnings=True)
    one, other = (
        feature_dashboard(model, POST, DOCUMENTS, features=NEURONS) for model in (plain, folded)
    )
    assert (one.folded, other.folded) == (False, True)
    np.testing.assert_allclose(one.up_logits, other.up_logits, rtol=1e-3)
    np.testing.assert_array_equal(one.up_ids, other.up_ids)


def test_the_nearest_features_have_the_largest_cosines(model):
    wanted = directions(count=5)
    found = feature_dashboard(model, wanted, DOCUMENTS, hook=RESID, features=[4, 0, 3, 2])
    unit = wanted / np.linalg.norm(wanted, axis=1, keepdims=True)
    angles = unit @ unit.T
    for place, number in enumerate([4, 0, 3, 2]):
        others = [other for other in (0, 2, 3, 4) if other != number]
        expected = sorted(others, key=lambda other: -angles[number, other])
        assert found.near[place].tolist() == expected
        np.testing.assert_allclose(
            found.near_cosines[place], angles[number, expected], rtol=1e-4, atol=1e-6
        )


def test_a_direction_is_read_as_a_dot_product_and_shows_its_lowest_too(model):
    wanted = directions()
    found = feature_dashboard(model, wanted, DOCUMENTS, hook=RESID, examples=2)
    values = np.concatenate(
        [trace(model, text, hooks=[RESID])[RESID].numpy()[1:] @ wanted.T for text in DOCUMENTS]
    )
    np.testing.assert_allclose(found.peak, values.max(0), rtol=1e-4)
    lowest = found.bands.index("lowest: farthest below 0")
    shown = found.example_values[:, found.example_bands == lowest, found.focus]
    np.testing.assert_allclose(shown[:, 0], values.min(0), rtol=1e-4)


class Autoencoder:
    """The smallest thing with `encode` and `W_dec`."""

    def __init__(self):
        self.W_dec = torch.tensor(directions(count=7))

    def encode(self, hooked):
        return torch.relu(hooked @ self.W_dec.T - 0.5)


def test_latents_are_read_by_whatever_encodes_them(model):
    sae = Autoencoder()
    found = feature_dashboard(model, sae, DOCUMENTS, hook=RESID, features=[6, 2])
    runs = [sae.encode(trace(model, text, hooks=[RESID])[RESID])[1:] for text in DOCUMENTS]
    values = torch.cat(runs)[:, [6, 2]].numpy()
    assert found.kind == "latent"
    assert found.features.tolist() == [6, 2]
    np.testing.assert_allclose(found.peak, values.max(0), rtol=1e-4)
    np.testing.assert_allclose(found.density, (values > 0).mean(0), rtol=1e-6)


def test_another_text_is_read_with_the_same_features(model, found, plain):
    tokens, values = found.read(DOCUMENTS[3])
    assert tokens == trace(model, DOCUMENTS[3]).tokens
    assert np.isnan(values[0]).all()
    np.testing.assert_allclose(values[1:], plain[3][1:], rtol=1e-4, atol=1e-6)


def test_ids_are_read_as_they_are(model, found):
    ids = np.stack([trace(model, text).token_ids[:4] for text in DOCUMENTS])
    made = feature_dashboard(model, POST, ids, features=NEURONS)
    assert (made.tokens, made.documents) == (15, 5)
    assert made.source["corpus_sha256"] != found.source["corpus_sha256"]
    assert made.source["hook"] == POST


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"what": "blocks.1.hook_resid_post"}, ValueError, "what: expected the neurons of a layer"),
        ({"what": "blocks.9.mlp.hook_post"}, ValueError, "what: .*got 'blocks.9"),
        ({"what": object()}, TypeError, "hook: expected the name of an activation"),
        ({"what": object(), "hook": RESID}, TypeError, "what: expected the name of a hook"),
        ({"what": np.zeros((2, 5)), "hook": RESID}, ValueError, r"what: .*\(feature, 24\)"),
        ({"what": np.ones((2, 24)), "hook": "resid"}, ValueError, "hook: expected the name"),
        ({"what": np.ones((2, 24)), "hook": POST}, ValueError, "hook: expected activations of 24"),
        ({"hook": RESID}, TypeError, "hook: expected None beside"),
        ({"features": [96]}, ValueError, "features: expected numbers from 0 to 95"),
        ({"features": [1, 1]}, ValueError, "features: expected different"),
        ({"features": np.array([0.5])}, TypeError, "features: expected a list of whole"),
        ({"corpus": "one text"}, TypeError, "corpus: expected a list of texts"),
        ({"corpus": []}, ValueError, "corpus: expected at least one"),
        ({"corpus": ["Mary", ""]}, ValueError, "corpus: in document 1, expected some text"),
        ({"corpus": ["Mary", 3]}, TypeError, "corpus: in document 1, expected a str"),
        ({"corpus": ["Mary " * 40]}, ValueError, "corpus: in document 0, expected at most 32"),
        ({"corpus": np.zeros((2, 3))}, TypeError, "corpus: .*of float64"),
        ({"corpus": np.full((2, 3), 9999)}, ValueError, "corpus: .*ids from 9999"),
        ({"corpus": np.zeros((2, 1), int)}, ValueError, "corpus: .*only first tokens"),
        ({"examples": 0}, ValueError, "examples: expected at least 1"),
        ({"window": (-1, 2)}, ValueError, "window: expected tokens before and after"),
        ({"names": ["one"]}, ValueError, "names: expected shape"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(model, given, error, message):
    with pytest.raises(error, match=message):
        feature_dashboard(model, **{"what": POST, "corpus": DOCUMENTS} | given)
