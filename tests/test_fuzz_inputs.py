"""Whatever is thrown at a public function, it works or says what it expected and what it got."""

from __future__ import annotations

import random
import shutil
import string
from collections.abc import Sized

import numpy as np
import pytest
import torch
from huggingface_hub import constants

import interp_widgets as iw
from interp_widgets import data
from tests.small_gpt2 import ship_tiny_world, write_gpt2

FAST, SLOW = 150, 4_000
ARGUMENTS = {
    "load_model": {"name_or_path", "revision"},
    "trace": {"model", "prompt", "hooks"},
    "factors": {"name", "tokens"},
    "labelled_text": {"name", "count", "length", "seed", "split"},
    "AttentionView": {"data", "tokens", "token_ids", "weights", "layers", "heads", "batch"}
    | {"compare", "queries", "attention_mask", "windows", "order", "hide_first", "max_bytes"}
    | {"title", "selection", "unknown keyword"},
}


def rejects(function: str, *args, **kwargs) -> bool:
    """Call a public function; a rejection must be a sentence that helps."""
    try:
        getattr(iw, function)(*args, **kwargs)
    except (ValueError, TypeError, OSError) as error:
        message = str(error)
        subject = message.partition(":")[0]
        named = subject in ARGUMENTS[function] or subject.startswith("models/tiny-world/")
        assert named, f"{message!r} names no argument, for {args} {kwargs}"
        assert "expected" in message, message
        assert "got" in message, message
        return True
    return False


def budgets(fast: int = FAST, slow: int = SLOW):
    return pytest.mark.parametrize(
        ("seed", "count"), [(1, fast), pytest.param(2, slow, marks=pytest.mark.slow)]
    )


def junk(rng: random.Random) -> object:
    """Something that is neither a name nor a prompt nor a picture."""
    return rng.choice(
        [
            *(None, True, 0, -7, 2.5, float("nan"), 10**30, b"tiny-world", b"", 1j, ...),
            *([], (), {}, set(), [[]], [None], {"a": 1}, ["tiny-world"], range(3), object()),
            *(len, str, Exception("no"), lambda: None, np.zeros(3), torch.zeros(2, 3), rng),
        ]
    )


ALPHABETS = (
    string.ascii_letters + string.digits + "-_",
    string.printable,
    "./\\~:" + string.ascii_lowercase,
    "<>&\"'/!-scriptbody \u2028\u202e\ufeff",
    "\x00\x01\x1b\x7f\u0085",
    "".join(map(chr, (0xD800, 0xDFFF, 0x1F642, 0x10FFFF, 0x301, 0xFFFD, 0x4E2D))),
)


def text(rng: random.Random, longest: int = 400) -> str:
    length = rng.choice([0, 1, 2, 8, 40, longest])
    return "".join(rng.choices(rng.choice(ALPHABETS), k=length))


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "root", lambda: tmp_path)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return ship_tiny_world(tmp_path)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return iw.load_model(write_gpt2(tmp_path_factory.mktemp("models") / "small"))


@budgets()
def test_no_name_is_too_strange_to_be_refused(shipped, seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        assert rejects("load_model", rng.choice([text, junk])(rng))


@budgets(fast=60, slow=600)
def test_no_revision_is_too_strange_to_be_refused(shipped, seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        revision = rng.choice([text, junk])(rng)
        name = rng.choice(["tiny-world", shipped, "team/model"])
        if revision is not None:
            assert rejects("load_model", name, revision=revision)


@budgets()
def test_no_tokens_are_too_strange_to_be_labelled_or_refused(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        name = rng.choice(["tiny-world", "hand-induction", "compiled-reverse"])
        rejects("factors", name, rng.choice([text, junk])(rng))
        assert rejects("factors", rng.choice([text, junk])(rng), "The")
        number = rng.choice(["count", "length", "seed", "split"])
        given = {"count": 2, number: junk(rng)}
        assert rejects("labelled_text", name, **given) or given[number] in (0, None)


def damage(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content))
    return rng.choice(
        [
            content[:place],
            content[place:],
            content[:place]
            + bytes([content[place] ^ (1 << rng.randrange(8))])
            + content[place + 1 :],
            content[:place] + rng.randbytes(9) + content[place:],
            b"",
            b"{}",
            rng.randbytes(64),
        ]
    )


@budgets(fast=40, slow=400)
def test_no_damage_to_a_shipped_file_goes_unseen(shipped, seed, count):
    rng = random.Random(seed)
    files = sorted(path for path in shipped.rglob("*.*"))
    for _ in range(count):
        path = rng.choice(files)
        content = path.read_bytes()
        broken = damage(rng, content)
        path.write_bytes(broken)
        revision = "step-700" if path.parent.name == "revisions" else None
        assert rejects("load_model", "tiny-world", revision=revision) or broken == content
        path.write_bytes(content)


@budgets(fast=40, slow=400)
def test_a_damaged_folder_loads_or_is_refused_in_words(tmp_path, seed, count):
    rng = random.Random(seed)
    whole = write_gpt2(tmp_path / "whole")
    refused = 0
    for number in range(count):
        folder = shutil.copytree(whole, tmp_path / f"damaged-{number}")
        path = rng.choice(sorted(folder.iterdir()))
        path.write_bytes(damage(rng, path.read_bytes()))
        refused += rejects("load_model", folder)
        shutil.rmtree(folder)
    assert 0 < refused < count


@budgets()
def test_a_prompt_is_traced_or_refused_in_words(model, seed, count):
    rng = random.Random(seed)
    refused = sum(
        rejects("trace", model, rng.choice([text, text, junk])(rng)) for _ in range(count)
    )
    assert 0 < refused < count


@budgets()
def test_no_model_but_a_model_is_traced(seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        assert rejects("trace", rng.choice([text, junk])(rng), "Mary and John")


@budgets(fast=60, slow=1_000)
def test_no_hook_is_too_strange_to_be_refused(model, seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        hooks = rng.choice([text, lambda r: [text(r)], lambda r: [junk(r)], junk])(rng)
        if hooks is not None and (isinstance(hooks, str) or not _empty(hooks)):
            assert rejects("trace", model, "Mary", hooks=hooks)


def _empty(hooks: object) -> bool:
    return isinstance(hooks, Sized) and len(hooks) == 0


def weights(rng: random.Random) -> np.ndarray:
    """An array that is right, or wrong in one of the ways that arrays are."""
    shape = [rng.choice([2, 3]), rng.choice([1, 3]), 5, 5][rng.choice([0, 0, 0, 1, 2, 3]) :]
    array = np.full(shape, 0.2, dtype=rng.choice([np.float16, np.float32, np.float64]))
    match rng.randrange(7):
        case 0:
            array.flat[rng.randrange(array.size)] = rng.choice([np.nan, np.inf, -np.inf, 7, -1])
        case 1:
            array = array[..., :-1]
        case 2:
            array = array[..., :0]
        case 3:
            array = array.astype(rng.choice(["U3", object, "M8[s]", complex]))
        case 4:
            array = np.stack([array, array], axis=min(1, array.ndim - 1))
    return array


def options(rng: random.Random) -> dict[str, object]:
    names = [
        *("tokens", "layers", "heads", "batch", "title", "selection", "layres", "color"),
        *("compare", "queries", "attention_mask", "windows", "order", "hide_first", "max_bytes"),
    ]
    values = [
        weights,
        lambda r: r.choice(["", "induction", "first token", "previous token"]),
        lambda r: r.choices([0, 1], k=r.choice([4, 5])),
        junk,
        text,
        lambda r: ["a"] * r.choice([4, 5, 6]),
        lambda r: [r.randrange(-2, 5) for _ in range(3)],
        lambda r: r.randrange(-2, 5),
    ]
    chosen = rng.sample(names, k=rng.choice([0, 1, 1, 2]))
    return {name: rng.choice(values)(rng) for name in chosen}


@budgets()
def test_a_picture_is_shown_or_refused_in_words(seed, count):
    rng = random.Random(seed)
    refused = 0
    for _ in range(count):
        given = rng.choice([weights, weights, weights, junk])(rng)
        refused += rejects("AttentionView", given, **options(rng))
    assert 0 < refused < count
