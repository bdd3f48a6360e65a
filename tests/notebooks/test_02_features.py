"""What notebook 02 says is so, and each claim's control could have said otherwise."""

import re
from functools import cache

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

import interp_widgets as iw
from interp_widgets.analysis.directions import along, difference_of_means
from interp_widgets.course.lessons import _features_toys as toys
from interp_widgets.course.lessons._features_directions import BETWEEN, SENTENCE, WORDS
from interp_widgets.course.lessons._features_strongest import strongest
from interp_widgets.course.lessons._features_turns import rotated_loss, turned
from interp_widgets.course.lessons._features_units import RANDOM, REAL, UNITS, purity
from interp_widgets.course.lessons.features import LESSON
from tests.support import ROOT

SOURCE = (ROOT / "notebooks" / "02_features.py").read_text()
PREDICTED = {prediction.slug: prediction.answer for prediction in LESSON.predictions}
HOOKS = [f"blocks.{layer}.hook_resid_post" for layer in range(4)]
other_text = pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
other_draws = pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))]
)


@cache
def shipped():
    return iw.load_model("tiny-world")


@cache
def read(seed):
    """Labelled text and the residual stream after each layer."""
    text = iw.labelled_text("tiny-world", 300, length=64, seed=seed)
    with torch.no_grad():
        _, kept = shipped().run_with_cache(torch.tensor(text.token_ids), names_filter=HOOKS)
    return text, [kept[hook].numpy() for hook in HOOKS]


def number_task(seed):
    """Where the direction of the subject's number is found, where it is tested, and the truth."""
    text, streams = read(seed)
    plural = text.values["subj.number"] == "plural"
    between = toys.nouns_between(text)
    half = np.arange(len(plural))[:, None] < 150
    test = between & ~half & (text.values["attractor.number"] != text.values["subj.number"])
    ways = [difference_of_means(x[between & half], plural[between & half]) for x in streams]
    return streams, ways, plural, between & half, test


def noise(count=100):
    return np.random.default_rng(0).standard_normal((count, 128))


@other_draws
def test_a_difference_of_means_finds_what_was_planted_and_its_controls_do_not(seed):
    known = toys.planted(seed)

    def cosine(way):
        return abs(way @ known.feature) / np.linalg.norm(way)

    shuffled = np.random.default_rng(seed).permutation(known.labels)
    loudest = np.linalg.svd(known.activations - known.activations.mean(0))[2][0]
    found = cosine(difference_of_means(known.activations, known.labels))
    control = cosine(difference_of_means(known.activations, shuffled))
    assert found > 0.9
    assert control < 0.5
    assert cosine(loudest) < 0.05
    if seed == 0:
        assert [found, control, cosine(loudest)] == pytest.approx([0.98, 0.25, 0.01], abs=0.01)


def test_no_single_number_tells_what_the_direction_tells():
    known = toys.planted(0)
    alone = [roc_auc_score(known.labels, column) for column in known.activations.T]
    assert max(max(score, 1 - score) for score in alone) == pytest.approx(0.82, abs=0.005)
    assert roc_auc_score(known.labels, known.activations @ known.feature) > 0.99


@other_text
def test_the_number_of_the_subject_arrives_in_layer_2(seed):
    streams, ways, plural, _, test = number_task(seed)
    scores = [
        roc_auc_score(plural[test], along(x[test], w)) for x, w in zip(streams, ways, strict=True)
    ]
    controls = [
        np.quantile([roc_auc_score(plural[test], x[test] @ one) for one in noise()], 0.95)
        for x in streams
    ]
    clear = [score > control + 0.05 for score, control in zip(scores, controls, strict=True)]
    assert clear.index(True) == PREDICTED["layer"] == 2
    assert min(scores[2:]) > 0.97
    assert max(scores[:2]) < 0.8
    if seed == 0:
        assert test.sum() == 62
        assert scores == pytest.approx([0.70, 0.71, 0.99, 1.0], abs=0.01)
        assert controls[3] > 0.95


def readings(sentence, layer, seed=0):
    streams, ways, plural, train, _ = number_task(seed)
    middle = np.mean([streams[layer][train & kind].mean(0) for kind in (plural, ~plural)], 0)
    run = iw.trace(shipped(), sentence, hooks=["resid_post"])
    stream = run[HOOKS[layer]].numpy()
    return run.tokens, along(stream - middle, ways[layer]) / np.linalg.norm(ways[layer])


@other_text
def test_the_model_knows_at_a_singular_noun_that_the_subject_is_plural(seed):
    tokens, values = readings(SENTENCE, 2, seed)
    assert tuple(token.strip() for token in tokens) == WORDS
    above = set(np.flatnonzero(values > 0).tolist()) - {0}  # <bos> has read nothing yet
    assert above == {2, *BETWEEN}
    other = SENTENCE.replace("keys", "key").replace("are", "is")
    assert max(readings(other, 2, seed)[1][list(BETWEEN)]) < 0
    for layer in (0, 1):  # where the number of the subject has not arrived, it changes nothing
        change = readings(SENTENCE, layer, seed)[1] - readings(other, layer, seed)[1]
        assert np.abs(change[list(BETWEEN)]).max() < 0.2


def are_minus_is(prompt, layer, vector):
    def add(stream, hook):
        stream[:, -1] += torch.tensor(vector, dtype=stream.dtype)
        return stream

    model = shipped()
    with torch.no_grad():
        logits = model.run_with_hooks(prompt, fwd_hooks=[(HOOKS[layer], add)])[0, -1]
    return (logits[model.to_single_token(" are")] - logits[model.to_single_token(" is")]).item()


@other_text
def test_only_the_direction_of_layer_3_turns_is_into_are(seed):
    _, ways, *_ = number_task(seed)
    prompt = "The key near the cabinet"
    moved = [are_minus_is(prompt, layer, way) for layer, way in enumerate(ways)]
    as_it_is = are_minus_is(prompt, 3, 0 * ways[3])
    assert as_it_is < -5
    assert moved[3] > 2
    assert moved[2] < -5
    sized = noise(20) / np.linalg.norm(noise(20), axis=1, keepdims=True) * np.linalg.norm(ways[3])
    assert max(are_minus_is(prompt, 3, one) for one in sized) < -3
    if seed == 0:
        steps = [moved[2] - as_it_is, moved[3] - as_it_is]
        assert steps == pytest.approx([2, 14], abs=0.5)


@other_draws
def test_a_rotation_matters_only_where_units_have_a_nonlinearity(seed):
    rng = np.random.default_rng(seed)
    x = rng.random((1000, 4)) * (rng.random((1000, 4)) < 0.3)
    rotation = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    changes = [
        rotated_loss(x, np.eye(4), rotation, relu) - rotated_loss(x, np.eye(4), np.eye(4), relu)
        for relu in (False, True)
    ]
    assert abs(changes[0]) < 1e-6
    assert changes[1] > 1e-2
    assert PREDICTED["rotation"] == 1


def test_at_45_degrees_a_unit_answers_to_days_and_cities_and_nothing_is_disturbed():
    words, features = toys.days_and_cities(shipped())
    codes = toys.turned_codes(np.eye(2))
    unit = features @ codes[:, :, 0].T
    day, city = words.index(" Monday"), words.index(" Paris")
    for angle, expected in ((0, (1, 0)), (45, (0.5**0.5, 0.5**0.5)), (90, (0, 1))):
        assert unit[[day, city], angle] == pytest.approx(expected)
    np.testing.assert_allclose(codes @ codes.transpose(0, 2, 1), [np.eye(2)] * 91, atol=1e-12)


def test_two_features_can_be_untangled_and_five_cannot():
    angles = 2 * np.pi * np.arange(5) / 5
    five = np.stack([np.cos(angles), np.sin(angles)], -1)
    counts = [(np.abs(toys.turned_codes(v)) > 0.2).sum(1).mean(-1) for v in (np.eye(2), five)]
    assert [counts[0].min(), counts[0].max()] == [1, 2]
    assert [counts[1].min(), counts[1].max()] == [4, 4.5]
    assert np.abs(five @ five.T - np.eye(5)).max() == pytest.approx(0.81, abs=0.01)


@cache
def units_of(seed):
    """The six units and the 200 random directions on one text: active, kinds, strongest kinds."""
    text, streams = read(seed)
    known = text.known("family")
    kinds = text.values["family"][known].tolist()
    x = streams[1][known]
    ways = np.random.default_rng(0).standard_normal((200, 128))
    six = [*ways[list(RANDOM)]]
    six.insert(REAL, difference_of_means(x, np.array(kinds) == "mood"))
    found = []
    for rows in (np.stack(six), ways):
        units = toys.units(rows, x)
        board = iw.feature_dashboard(shipped(), units, text.token_ids, hook=HOOKS[1])
        active = units.encode(torch.tensor(x)).numpy().T
        found.append((active, toys.strongest_kinds(board, text)))
    return found, kinds


@other_text
def test_the_readers_strongest_examples_are_those_of_the_dashboard(seed):
    text, streams = read(seed)
    units = toys.units(noise(20), streams[1].reshape(-1, 128))
    active = units.encode(torch.tensor(streams[1])).numpy()
    board = iw.feature_dashboard(shipped(), units, text.token_ids, hook=HOOKS[1])
    best = np.flatnonzero(board.example_bands == 0)
    places = board.example_starts + board.focus
    for unit in range(20):
        found = np.add(strongest(active[:, 1:, unit], 8), (0, 1))
        theirs = np.stack([board.example_documents[unit, best], places[unit, best]], 1)
        assert found.tolist() == theirs.tolist()


@pytest.mark.parametrize("revision", [None, pytest.param("seed-2", marks=pytest.mark.slow)])
def test_the_direction_reads_the_number_in_other_sentences_too(revision):
    cell = SOURCE.split('# %% tags=["transfer"]')[1].split("# %%")[0]
    cell = cell.replace("load_model(MODEL)", f"load_model(MODEL, revision={revision!r})")
    said = []
    names = {"iw": iw, "np": np, "roc_auc_score": roc_auc_score, "print": said.append}
    exec(cell, names | {"difference_of_means": difference_of_means})  # noqa: S102 - our own notebook
    scores = [[float(n) for n in re.findall(r"\d\.\d\d", line)] for line in said]
    assert min(direction for direction, _ in scores[2:]) == 1
    assert scores[0][0] > scores[0][1] + 0.1
    assert [control for _, control in scores[2:]] == [1, 1]  # so it says little there


def test_all_six_units_look_pure_and_one_is():
    ((active, strongest), _), kinds = units_of(0)
    for unit, (kind, share) in enumerate(UNITS):
        assert set(strongest[unit]) == {kind}
        clearly = int((active[unit] >= active[unit].max() / 3).sum())
        assert purity(active[unit], kinds, clearly) == pytest.approx(share, abs=0.01)
    shares = [share for _, share in UNITS]
    assert shares.index(max(shares)) == REAL
    assert kinds.count("mood") == 1806


@other_text
def test_eight_alike_examples_are_no_evidence_and_a_thousand_are(seed):
    (six, (many, strongest)), kinds = units_of(seed)
    alike = 100 * np.mean([len(set(found)) == 1 for found in strongest])
    assert alike == pytest.approx(PREDICTED["random-directions"], abs=3)
    eight, thousand = (np.array([purity(v, kinds, k) for v in many]) for k in (8, 1000))
    assert eight.mean() == pytest.approx(0.73, abs=0.02)
    assert eight.max() == 1
    assert thousand.mean() == pytest.approx(0.32, abs=0.02)
    assert purity(six[0][REAL], kinds, 1000) == pytest.approx(0.87, abs=0.05)
    assert purity(six[0][REAL], kinds, 1000) > thousand.max() + 0.05
    tokens = np.random.default_rng(seed).choice(kinds, (500, 8)).tolist()
    drawn = [max(row.count(kind) for kind in row) / 8 for row in tokens]
    assert eight.mean() - np.mean(drawn) > 0.3  # random directions pass this too


@other_draws
def test_a_network_of_days_has_a_circle_and_uses_it(seed):
    week = toys.day_network(seed)
    assert toys.week_order(week.embeddings) == "Mon Tue Wed Thu Fri Sat Sun"
    plane, share = toys.circle_plane(week.embeddings)
    assert share > 0.7
    assert week.shift(week.embeddings, 0) == 1
    elsewhere = np.linalg.qr(np.random.default_rng(seed).standard_normal((16, 2)))[0].T
    for days in (1, 2, 3):
        assert week.shift(turned(week.embeddings, plane, days), days) >= 0.9
        assert week.shift(turned(week.embeddings, elsewhere, days), days) < 0.1


@other_draws
def test_without_a_week_there_is_no_circle(seed):
    jumbled = toys.day_network(seed, jumbled=True)
    assert jumbled.shift(jumbled.embeddings, 0) > 0.95
    assert toys.week_order(jumbled.embeddings) != "Mon Tue Wed Thu Fri Sat Sun"
    plane, share = toys.circle_plane(jumbled.embeddings)
    assert share < 0.6
    assert jumbled.shift(turned(jumbled.embeddings, plane, 1), 1) < 0.5


def test_tiny_world_has_no_circle_of_days():
    words = " Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
    points = shipped().W_E[shipped().to_tokens(words)[0, 1:]].detach().double().numpy()
    order = toys.week_order(points)
    assert order not in {"Mon Tue Wed Thu Fri Sat Sun", "Mon Sun Sat Fri Thu Wed Tue"}
    assert toys.circle_plane(points)[1] < 0.5
    far = np.linalg.norm(points[:, None] - points, axis=-1)[np.triu_indices(7, 1)]
    assert far.max() / far.min() < 1.3


def test_the_notebook_says_what_is_tested_here():
    said = " ".join(SOURCE.replace("\n#", " ").split())
    for words in (
        "tells 82 of 100 pairs apart",
        "almost exactly, 0.98", "it does not (0.25)", "altogether (0.01)",
        "0.70 and 0.71 after layers 0 and 1", "0.99 after layer 2 and 1.00 after layer 3",
        "only 62 such places", "by 2 logits, where that of layer 3 moves it by 14",
        "at best 4 a unit", "fallen to 0.32 on average", "for moods is at 0.87", "1,806 tokens",
    ):  # fmt: skip
        assert words in said
