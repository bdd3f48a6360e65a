"""What the gallery says above its views is so, on the model that it shows."""

import re

import numpy as np
import pytest
import torch

import interp_widgets as iw
from interp_widgets.analysis.attention import attention_pattern
from interp_widgets.analysis.phase import load_phase_grid
from interp_widgets.worlds.tiny_vocabulary import NOUNS
from interp_widgets.worlds.tiny_world import World
from tests.support import ROOT

SOURCE = (ROOT / "notebooks" / "gallery.py").read_text()
PROMPT = "When Mary and John went to the store, John gave a drink to"


@pytest.fixture(scope="module")
def model():
    return iw.load_model("tiny-world")


@pytest.fixture(scope="module")
def llama(model, tmp_path_factory):
    """The model of one's own, made by the notebook's own lines."""
    lines = SOURCE.split("from tempfile")[1].split("# %%")[0]
    names = {"iw": iw, "model": model, "torch": torch}
    exec(f"from tempfile{lines}", names)  # noqa: S102 - our own notebook
    return names["llama"]


def test_every_view_of_the_package_stands_in_the_gallery():
    views = [name for name in iw.__all__ if name.endswith("View")]
    shown = re.findall(r"iw\.(\w+View)\(", SOURCE)
    assert set(views) == set(shown)
    for said in (
        "iw.Workbench(",
        "iw.PhaseDiagram(",
        "iw.classic(",
        "iw.link(",
        "iw.load_model(folder)",
    ):
        assert said in SOURCE


def test_the_gallery_shows_what_is_tested_here():
    assert f'prompt = "{PROMPT}"' in SOURCE
    assert "selection.set(layer=3, head=2, pos=14)" in SOURCE


def test_head_2_of_layer_3_looks_at_mary(model):
    pattern = attention_pattern(iw.trace(model, PROMPT))
    assert len(pattern.tokens) == 15
    assert pattern.tokens[pattern.weights[3, 2, 14].argmax()] == " Mary"


def test_the_answer_comes_in_the_last_layer(model):
    lens = iw.logit_lens(iw.trace(model, PROMPT))
    said = [lens.words[token] for token in lens.top_ids[:, -1, 0].tolist()]
    assert said[-1] == " Mary"
    assert " Mary" not in said[:-1]


def test_the_name_of_the_giver_moves_to_the_last_word(model):
    corrupted = PROMPT.replace("John gave", "Mary gave")
    metric = iw.logit_difference(model, " Mary", " John")
    table = iw.PatchView(iw.patch_sweep(model, PROMPT, corrupted, metric)).to_frame()
    effect = table.pivot_table(index="layer", columns="pos", values="effect").to_numpy()
    giver = 10  # the one word that differs
    assert effect[0].argmax() == giver
    assert effect[0, giver] > 0.9
    assert effect[3].argmax() == 14
    assert effect[3, 14] > 0.9
    assert np.abs(effect[3, giver]) < 0.1


def test_the_strongest_examples_of_neuron_150_are_plurals_and_the_weakest_are_verbs(model):
    texts = [document.text for document in World.shipped().documents(200, seed=0)]
    made = iw.feature_dashboard(model, "blocks.1.mlp.hook_post", texts, features=[150])
    band = np.asarray(made.example_bands)
    words = np.array([made.words.get(int(ids), "") for ids in made.example_ids[0, :, made.focus]])
    plurals = {plural for _, plural in NOUNS}
    assert len(words[band == 0]) == 8
    assert set(words[band == 0]) <= plurals
    assert set(words[band == len(made.bands) - 2]) == {" works", " think"}


def test_rare_features_share_two_dimensions_and_dense_ones_do_not():
    lines = SOURCE.split("# %%\nimport torch")[1].split("iw.SuperpositionView")[0]
    names = {"torch": torch}
    exec(lines, names)  # noqa: S102 - our own notebook
    lengths = names["vectors"].detach().norm(dim=-1)
    assert (lengths > 0.5).sum(-1).tolist()[0] == 2
    assert (lengths > 0.5).sum(-1).tolist()[-1] == 5


def test_the_chosen_cell_holds_both_features_though_the_second_hardly_matters():
    grid = load_phase_grid()
    density, importance = map(int, re.search(r"phases.choose\((\d+), (\d+)\)", SOURCE).groups())
    assert grid.importances[importance] < 0.5
    first, second = grid.weights[density, importance]
    assert first * second < -0.5
    alone = grid.outcomes[0]  # where features are dense, none shares
    assert set(alone.tolist()) <= {0, 1}


def test_the_llama_shares_keys_and_spreads_its_attention_evenly(llama, model):
    assert llama.cfg.n_key_value_heads == 2
    even = 1 / np.arange(1, 16)[:, None] * np.tri(15)

    def farthest(which):
        return np.abs(attention_pattern(iw.trace(which, PROMPT)).weights - even).max()

    assert farthest(llama) < 0.05
    assert farthest(model) > 0.8  # the trained one does not


def test_the_llama_has_nothing_to_say(llama, model):
    sure = [iw.logit_lens(iw.trace(which, PROMPT)).top_probs[-1].max() for which in (llama, model)]
    assert sure[0] < 0.01
    assert sure[1] > 0.9
