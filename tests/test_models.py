from __future__ import annotations

import json
import pickle  # to write a file that would betray being read; none is loaded
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformer_lens.model_bridge import TransformerBridge
from transformers import AutoModelForCausalLM, MambaConfig, MambaForCausalLM

from interp_widgets import data
from interp_widgets.models import SHIPPED, load_model
from tests.small_gpt2 import (
    CONTEXT,
    HEADS,
    LAYERS,
    PROMPT,
    WIDTH,
    list_files,
    logits,
    ship_tiny_world,
    write_gpt2,
)


@pytest.fixture
def folder(tmp_path):
    return write_gpt2(tmp_path / "my-model")


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "root", lambda: tmp_path)
    return ship_tiny_world(tmp_path)


def test_a_folder_becomes_a_bridge_that_computes_what_transformers_computes(folder):
    model = load_model(folder)
    reference = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    with torch.no_grad():
        expected = reference(model.to_tokens(PROMPT)).logits
    torch.testing.assert_close(logits(model), expected)
    assert isinstance(model, TransformerBridge)
    assert (model.cfg.n_layers, model.cfg.n_heads) == (LAYERS, HEADS)
    assert (model.cfg.d_model, model.cfg.n_ctx) == (WIDTH, CONTEXT)


def test_a_folder_may_be_given_as_text_and_names_the_model(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    assert load_model(str(folder)).cfg.model_name == "my-model"
    assert load_model("./my-model").cfg.model_name == "my-model"
    assert load_model("my-model").cfg.model_name == "my-model"


def test_the_model_does_not_train_and_is_not_folded(folder):
    model = load_model(folder)
    assert not model.training
    assert not model.compatibility_mode
    stored = load_file(folder / "model.safetensors")["transformer.h.1.ln_1.weight"]
    torch.testing.assert_close(model.blocks[1].ln1.weight, stored)


def test_loading_prints_nothing(folder, capfd):
    load_model(folder)
    assert capfd.readouterr() == ("", "")


def test_a_shipped_model_is_loaded_by_its_name(shipped):
    model = load_model("tiny-world")
    assert model.cfg.model_name == "tiny-world"
    torch.testing.assert_close(logits(model), logits(load_model(shipped)))


def test_a_shipped_name_wins_over_a_folder(shipped, tmp_path, monkeypatch):
    other = write_gpt2(tmp_path / "elsewhere" / "tiny-world", seed=2)
    monkeypatch.chdir(other.parent)
    torch.testing.assert_close(logits(load_model("tiny-world")), logits(load_model(shipped)))
    assert not torch.allclose(logits(load_model("./tiny-world")), logits(load_model(shipped)))


def test_a_revision_replaces_every_weight_in_float32(shipped, tmp_path):
    model = load_model("tiny-world", revision="step-700")
    early = load_model(tmp_path / "early")
    assert model.cfg.model_name == "tiny-world@step-700"
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    for ours, theirs in zip(model.parameters(), early.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs.half().float(), rtol=0, atol=0)
    assert not torch.allclose(logits(model), logits(load_model("tiny-world")))


def test_the_known_revisions_are_listed(shipped):
    with pytest.raises(ValueError, match=r"revision: expected None or one of \['step-700'\]"):
        load_model("tiny-world", revision="step-7")


def test_a_revision_of_another_architecture_is_refused(shipped):
    weights = shipped / "revisions" / "step-700.safetensors"
    tensors = load_file(weights)
    del tensors["transformer.ln_f.bias"]
    save_file(tensors, weights)
    list_files(shipped.parent.parent)
    with pytest.raises(ValueError, match=r"step-700.*transformer\.ln_f\.bias.* missing"):
        load_model("tiny-world", revision="step-700")


def test_a_revision_of_a_network_without_hugging_face_architecture_holds_its_files_weights():
    model = load_model("induction-2l", revision="step-300")
    stored = load_file(data.file("models/induction-2l/revisions/step-300.safetensors"))
    assert model.cfg.model_name == "induction-2l@step-300"
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    torch.testing.assert_close(model.W_E, stored["tok_embed.weight"].float(), rtol=0, atol=0)
    torch.testing.assert_close(model.W_U.T, stored["head.weight"].float(), rtol=0, atol=0)
    assert not torch.allclose(model.W_E, load_model("induction-2l").W_E)


def test_weights_of_another_network_are_refused(tmp_path):
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes(data.file(f"models/induction-2l/{name}").read_bytes())
    other = data.file("models/induction-1l/model.safetensors")
    (tmp_path / "model.safetensors").write_bytes(other.read_bytes())
    with pytest.raises(ValueError, match=r"(?s)fails to load: .*layers\.1\.attn"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
@pytest.mark.parametrize("damage", ["truncate", "flip"])
def test_a_damaged_shipped_file_is_refused_by_its_name(shipped, name, damage):
    content = bytearray((shipped / name).read_bytes())
    if damage == "truncate":
        del content[-7:]
    else:
        content[len(content) // 2] ^= 1
    (shipped / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"models/tiny-world/{name}: expected .* sha256"):
        load_model("tiny-world")


def test_a_damaged_revision_is_refused_by_its_name(shipped):
    weights = shipped / "revisions" / "step-700.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    load_model("tiny-world")
    with pytest.raises(ValueError, match=r"revisions/step-700\.safetensors: expected"):
        load_model("tiny-world", revision="step-700")


def test_every_model_in_the_manifest_is_offered():
    listed = {path.split("/")[1] for path in data.manifest() if path.startswith("models/")}
    assert listed == set(SHIPPED)


class Exploding:
    def __reduce__(self):
        return (pytest.fail, ("the pickle was read",))


def test_a_folder_with_only_pickled_weights_is_refused_unread(folder):
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Exploding()))
    with pytest.raises(
        ValueError, match=r"only pickled weights \['pytorch_model\.bin'\]"
    ) as caught:
        load_model(folder)
    assert "save_pretrained(folder)" in str(caught.value)


def test_a_pickle_beside_safetensors_is_not_read(folder):
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Exploding()))
    load_model(folder)


def test_code_in_the_folder_is_not_run(folder):
    (folder / "code.py").write_text("raise SystemExit('the code was run')\n")
    config = json.loads((folder / "config.json").read_text())
    remote = {"AutoConfig": "code.Config", "AutoModelForCausalLM": "code.Model"}
    config |= {"model_type": "their-own", "auto_map": remote}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="custom code"):
        load_model(folder)


def _drop_tensor(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    del tensors["transformer.h.1.mlp.c_fc.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _reshape_tensor(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["transformer.h.1.mlp.c_fc.weight"] = torch.zeros(5, 7)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _remove_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_drop_tensor, r"mlp\.c_fc\.weight.* missing"),
        (_reshape_tensor, "fails to load"),
        (_remove_tokenizer, "expected a tokenizer"),
        (lambda folder: (folder / "model.safetensors").unlink(), "got no weights"),
        (lambda folder: (folder / "config.json").unlink(), r"expected config\.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "fails to load"),
        (lambda folder: (folder / "config.json").write_text("[]"), "fails to load"),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "fails to load"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"text"), "fails to load"),
    ],
)
def test_an_incomplete_folder_is_refused_by_its_path(folder, damage, message):
    damage(folder)
    with pytest.raises((ValueError, FileNotFoundError), match=message) as caught:
        load_model(folder)
    assert str(folder) in str(caught.value)
    assert str(caught.value).startswith("name_or_path: expected")


def test_a_model_without_attention_still_loads(folder):
    config = MambaConfig(hidden_size=24, num_hidden_layers=2, vocab_size=400, state_size=4)
    MambaForCausalLM(config).save_pretrained(folder)
    assert load_model(folder).cfg.n_layers == 2


@pytest.mark.parametrize("name", ["./nothing", "/nowhere/at/all", "~/no-such-model-here"])
def test_a_folder_that_does_not_exist_is_named(name):
    with pytest.raises(FileNotFoundError, match="nothing there") as caught:
        load_model(name)
    assert "tiny-world" in str(caught.value)


def test_a_file_is_not_a_folder(folder):
    with pytest.raises(FileNotFoundError, match="with a file"):
        load_model(folder / "model.safetensors")


def test_a_folder_has_no_revisions(folder):
    with pytest.raises(ValueError, match="revision: expected None for the folder"):
        load_model(folder, revision="step-700")


@pytest.mark.parametrize("name", [None, 3, b"tiny-world", ["tiny-world"]])
def test_a_name_of_another_type_is_refused(name):
    with pytest.raises(TypeError, match="name_or_path: expected a shipped model"):
        load_model(name)


@pytest.mark.parametrize("name", ["", "   ", "a\0b"])
def test_an_empty_or_broken_name_is_refused(name):
    with pytest.raises(ValueError, match="name_or_path: expected a shipped model"):
        load_model(name)


def test_a_revision_of_another_type_is_refused():
    with pytest.raises(TypeError, match="revision: expected a str or None, got int"):
        load_model("tiny-world", revision=700)


OFFLINE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
tried = []
sys.addaudithook(lambda event, _: event.startswith("socket.") and tried.append(event))
from interp_widgets import data
from interp_widgets._trace import trace
from interp_widgets.models import load_model
data.root = lambda: Path(sys.argv[1])
for model in ("tiny-world", Path(sys.argv[1]) / "models" / "tiny-world"):
    trace(load_model(model), "Mary and John")
trace(load_model("tiny-world", revision="step-700"), "Mary and John")
print(tried)
import socket
socket.socket()
print(tried)
"""


def test_no_connection_is_tried_for_shipped_and_local_models(shipped):
    """The second line proves that a connection would have been seen."""
    root = str(Path(__file__).parent.parent)
    command = [sys.executable, "-c", OFFLINE, str(shipped.parent.parent), root]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "['socket.__new__']"]
