"""tiny-world is what its labels say it is."""

from collections import Counter, defaultdict
from itertools import islice

import numpy as np
import pytest

from interp_widgets.worlds import tiny_vocabulary as words
from interp_widgets.worlds.tiny_factors import FACTORS, frequencies
from interp_widgets.worlds.tiny_families import COMBINATION, FAMILIES, SPLITS, TEMPLATE, TRAIN
from interp_widgets.worlds.tiny_mixture import mixture, vocabulary
from interp_widgets.worlds.tiny_tokenizer import VOCABULARY_SIZE, train_tokenizer
from interp_widgets.worlds.tiny_world import World


@pytest.fixture(scope="module")
def world():
    return World(train_tokenizer(documents=8000))


@pytest.fixture(scope="module")
def documents(world):
    return list(world.documents(6000, seed=11))


def test_no_single_name_gives_a_fact_away():
    for part in ("first", "surname"):
        groups = defaultdict(list)
        for person in words.people():
            groups[getattr(person, part)].append(person)
        assert len(groups) == 40
        for group in groups.values():
            assert len({p.city for p in group}) == len({p.job for p in group}) == len(group) == 4


def test_there_are_160_different_people():
    assert len({person.name for person in words.people()}) == 160


def test_every_entity_is_one_token_wherever_it_stands(world):
    for entity in words.ENTITIES:
        name = entity.strip()
        own = world.encode(entity)
        assert len(own) == 1, entity
        for text in (
            name,
            f"the {name}",
            f"({name})",
            f'said "{name}"',
            f"<bos>{name}",
            f"{name}.",
        ):
            assert own[0] in world.tokenizer.encode(text).ids, text


def test_no_word_of_the_world_takes_two_tokens(world, documents):
    written = {unit for made in documents for unit in made.units} - set(words.BYTE_STRINGS)
    assert written <= vocabulary()
    assert {unit for unit in vocabulary() if len(world.encode(unit)) > 1} == set()


def test_any_text_can_be_encoded_and_read_back(world):
    odd = "Zürich 🙂 \u202e <b>x</b>\n\t$x$ 12345 don't"
    assert world.tokenizer.decode(world.tokenizer.encode(odd).ids).strip() == odd
    assert world.tokenizer.get_vocab_size() == VOCABULARY_SIZE


def test_a_document_encoded_whole_has_the_tokens_of_its_units(world, documents):
    for made in documents[:1500]:
        ids = [token for unit in made.units for token in world.encode(unit)]
        assert world.tokenizer.encode(made.text).ids[1:] == ids, made.text


def test_no_unit_begins_with_all_the_tokens_of_another(world):
    # Otherwise the end of a unit would be a hidden choice and the entropy would not be exact.
    encoded = {world.encode(unit) for unit in (*vocabulary(), *words.BYTE_STRINGS)}
    begins = {ids[:cut] for ids in encoded for cut in range(1, len(ids))}
    assert not begins & encoded


def test_families_have_their_share_of_the_tokens(world):
    tokens = Counter()
    for made in world.documents(20_000, seed=12):
        tokens[made.factors[0]["family"]] += 1 + len(made.units)
    shares = {family: 100 * count / tokens.total() for family, count in tokens.items()}
    assert shares == pytest.approx({family.name: family.share for family in FAMILIES}, rel=0.12)


def test_mean_surprisal_is_the_mean_entropy(world):
    scored = [world.score(made) for made in world.documents(1500, seed=13)]
    surprisal = np.concatenate([document.surprisal for document in scored])
    entropy = np.concatenate([document.entropy for document in scored])
    error = np.std(surprisal - entropy) / np.sqrt(len(surprisal))
    assert abs(surprisal.mean() - entropy.mean()) < 4 * error
    assert error < 0.02


@pytest.mark.parametrize("split", SPLITS)
def test_every_document_can_be_scored_and_its_arrays_fit(world, split):
    for made in world.documents(150, seed=14, split=split):
        scored = world.score(made, split)
        tokens = len(scored.token_ids)
        assert len(scored.surprisal) == len(scored.entropy) == tokens - 1
        assert len(scored.factors) == tokens
        assert np.isfinite(scored.surprisal).all()
        assert (scored.entropy > -1e-9).all()


def test_windows_are_whole_documents_from_bos_and_depend_on_the_seed_alone(world):
    seeds = (0, 5), (0, 5), (1, 5)
    first, again, other = (world.windows(3, 64, seed, {})[0] for seed in seeds)
    assert (first == again).all()
    assert not (first == other).all()
    assert (first[:, 0] == 0).all()
    assert world.tokenizer.decode(first[0].tolist(), skip_special_tokens=False).startswith("<bos>")


def test_only_the_answers_that_are_emphasised_weigh_more(world):
    ids, weights = world.windows(40, 128, (0, 0), {"claim": 7.0})
    said = Counter(world.tokenizer.decode([token]) for token in ids[weights != 1])
    assert set(said) == {" right", " wrong"}
    assert set(weights[weights != 1].tolist()) == {7.0}
    verdicts = [world.encode(word)[0] for word in said]
    assert np.isin(ids, verdicts).sum() == said.total()


def test_a_family_comes_as_much_more_often_as_asked(world):
    verdicts = [world.encode(word)[0] for word in (" right", " wrong")]

    def claims(often):
        ids, _ = world.windows(200, 128, (0, 0), {}, often)
        return np.isin(ids, verdicts).sum()

    usual, share = claims(None), 0.08
    expected = 6 * usual / (1 + 5 * share)  # the other families get less room
    assert claims({"claims": 6.0}) == pytest.approx(expected, rel=0.15)
    assert claims({}) == usual


def test_a_family_that_there_is_not_is_refused(world):
    with pytest.raises(ValueError, match=r"often: expected families among .*'claims'.*\['claim'\]"):
        world.windows(1, 64, (0, 0), {}, {"claim": 6.0})


def test_held_out_combinations_are_never_written_in_training(world, documents):
    trained = {
        (made.factors[-1]["subj.name"], made.factors[0]["template"])
        for made in documents
        if "subj.name" in made.factors[-1]
    }
    kept = {
        (made.factors[-1]["subj.name"], made.factors[0]["template"])
        for made in world.documents(3000, seed=15, split=COMBINATION)
        if "subj.name" in made.factors[-1]
    }
    assert len(trained) > 500
    assert len(kept) > 50
    assert not trained & kept


def test_name_pairs_are_held_out_by_template(world):
    def pairs(split):
        found = set()
        for question in world.questions("giving.standard", 1500, 16, split):
            names = [u for u in question.prompt.split() if " " + u in words.FIRST_NAMES]
            gone = question.prompt
            for name in names:
                gone = gone.replace(name, "_")
            for thing in (*words.PLACES, *words.OBJECTS):
                gone = gone.replace(thing + " ", " _ ").replace(thing + ",", " _,")
            found.add((frozenset(names[:2]), gone.split("_")[0], gone.rsplit("_", 2)[-2]))
        return found

    trained, kept = pairs(TRAIN), pairs(COMBINATION)
    assert len(kept) > 100
    assert not trained & kept


def test_one_text_of_every_pattern_is_never_trained_on():
    trained = {template.name.partition(" [")[0] for template in mixture(TRAIN)}
    kept = {template.name.partition(" [")[0] for template in mixture(TEMPLATE)}
    assert not trained & kept
    assert {template.family for template in mixture(TEMPLATE)} == {f.name for f in FAMILIES}


def test_every_factor_is_documented_and_every_documented_factor_occurs(documents):
    assert {name for name, _ in frequencies(documents)} == set(FACTORS)


def test_hundreds_of_binary_factors_range_from_common_to_rare(world):
    found = frequencies(world.documents(20_000, seed=17))
    able = [
        share
        for (name, _), share in found.items()
        if FACTORS[name].kind in {"bag", "context"} and 1e-4 <= share <= 0.1
    ]
    assert len(able) >= 300
    assert min(able) < 3e-4
    assert max(able) > 0.03


def test_style_agrees_with_the_mood_in_training_and_not_in_the_test(world):
    def agreement(split):
        able = [
            made.factors[-1]
            for made in world.documents(4000, seed=18, split=split)
            if made.factors[0]["family"] == "mood" and "[one" in made.factors[0]["template"]
        ]
        return np.mean([(f["style"] == "bright") == (f["mood"] == "happy") for f in able])

    assert agreement(TRAIN) == pytest.approx(0.9, abs=0.06)
    assert agreement(COMBINATION) == pytest.approx(0.5, abs=0.1)


def test_the_rarest_fact_is_seen_often_enough_to_be_learned(world):
    # A run reads 9,500 x 32 windows of 128 tokens; count in a sample and scale up.
    sample = list(islice(world.documents(30_000, seed=19), None))
    tokens = sum(1 + len(made.units) for made in sample)
    seen = Counter(
        (made.factors[-1]["subj.name"], "person.city" if q.kind == "fact.city" else "person.job")
        for made in sample
        for q in made.questions
        if q.kind in {"fact.city", "fact.job"}
    )
    scale = 9500 * 32 * 128 / tokens
    rarest = np.mean(sorted(seen.values())[:30]) * scale
    assert len(seen) == 2 * 160
    assert rarest >= 150


def test_unknown_words_are_the_ones_the_world_never_writes(world):
    text = "When Mary met Hubert at the disco, 1732 bananas"
    assert world.unknown_words(text) == ["Hubert", "disco", "bananas"]


def test_an_unknown_kind_of_question_lists_the_known_ones(world):
    with pytest.raises(ValueError, match=r"kind: expected one of .*giving.standard.*got 'riddle'"):
        world.questions("riddle", 1, 0)
