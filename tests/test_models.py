from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants, hf_api
from safetensors.torch import load_file, save_file
from transformer_lens.model_bridge import TransformerBridge
from transformers import AutoModelForCausalLM, MambaConfig, MambaForCausalLM

from interp_widgets import data
from interp_widgets.models import SHIPPED, load_model
from tests.small_gpt2 import CONTEXT, HEADS, LAYERS, WIDTH, write_gpt2

PROMPT = "Mary and John went to the store."
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def folder(tmp_path):
    return write_gpt2(tmp_path / "my-model")


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Ship the random model as tiny-world, with one earlier version of its weights."""
    folder = write_gpt2(tmp_path / "models" / "tiny-world")
    early = load_file(write_gpt2(tmp_path / "early", seed=1) / "model.safetensors")
    (folder / "revisions").mkdir()
    half = {name: tensor.half() for name, tensor in early.items()}
    save_file(half, folder / "revisions" / "step-700.safetensors")
    _list_files(tmp_path)
    monkeypatch.setattr(data, "root", lambda: tmp_path)
    return folder


def _list_files(root: Path) -> None:
    files = {}
    for path in (root / "models").rglob("*.*"):
        size, digest = data.measure(path)
        relative = path.relative_to(root).as_posix()
        files[relative] = {"bytes": size, "sha256": digest, "licence": "MIT"}
    (root / "manifest.json").write_text(json.dumps({"version": 1, "files": files}))


def _logits(model) -> torch.Tensor:
    with torch.no_grad():
        return model(model.to_tokens(PROMPT))


def test_a_folder_becomes_a_bridge_that_computes_what_transformers_computes(folder):
    model = load_model(folder)
    reference = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    with torch.no_grad():
        expected = reference(model.to_tokens(PROMPT)).logits
    torch.testing.assert_close(_logits(model), expected)
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
    torch.testing.assert_close(_logits(model), _logits(load_model(shipped)))


def test_a_shipped_name_wins_over_a_folder(shipped, tmp_path, monkeypatch):
    other = write_gpt2(tmp_path / "elsewhere" / "tiny-world", seed=2)
    monkeypatch.chdir(other.parent)
    torch.testing.assert_close(_logits(load_model("tiny-world")), _logits(load_model(shipped)))
    assert not torch.allclose(_logits(load_model("./tiny-world")), _logits(load_model(shipped)))


def test_a_revision_replaces_every_weight_in_float32(shipped, tmp_path):
    model = load_model("tiny-world", revision="step-700")
    early = load_model(tmp_path / "early")
    assert model.cfg.model_name == "tiny-world@step-700"
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    for ours, theirs in zip(model.parameters(), early.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs.half().float(), rtol=0, atol=0)
    assert not torch.allclose(_logits(model), _logits(load_model("tiny-world")))


def test_the_known_revisions_are_listed(shipped):
    with pytest.raises(ValueError, match=r"revision: expected None or one of \['step-700'\]"):
        load_model("tiny-world", revision="step-7")


def test_a_revision_of_another_architecture_is_refused(shipped):
    weights = shipped / "revisions" / "step-700.safetensors"
    tensors = load_file(weights)
    del tensors["transformer.ln_f.bias"]
    save_file(tensors, weights)
    _list_files(shipped.parent.parent)
    with pytest.raises(ValueError, match=r"step-700.*transformer\.ln_f\.bias.* missing"):
        load_model("tiny-world", revision="step-700")


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


def _entry(path: Path) -> dict[str, str | int]:
    return {"type": "file", "path": path.name, "size": path.stat().st_size, "oid": path.name}


class Hub(BaseHTTPRequestHandler):
    """Answer as the Hub does for one model, and 404 or 403 for the others."""

    folder: Path
    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        if "/gone" in self.path:
            self._refuse(404, "RevisionNotFound")
        elif self.path.startswith(f"/api/models/team/model/tree/{COMMIT}"):
            self._send(json.dumps([_entry(path) for path in self.folder.iterdir()]).encode())
        elif self.path.startswith("/api/models/team/model"):
            self._send(json.dumps({"id": "team/model", "sha": COMMIT}).encode())
        elif self.path.startswith("/team/model/resolve/"):
            self._send((self.folder / self.path.rsplit("/", 1)[1]).read_bytes())
        elif "gated" in self.path:
            self._refuse(403, "GatedRepo")
        else:
            self._refuse(404, "RepoNotFound")

    do_HEAD = do_GET  # noqa: N815 - the name the base class looks for

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("ETag", f'"{hash(body):x}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def _point_at(monkeypatch, port: int) -> None:
    endpoint = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(hf_api.api, "endpoint", endpoint)
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def hub(folder, tmp_path, monkeypatch):
    """Serve the random model as team/model from this machine."""
    asked: list[str] = []
    handler = type("OneModel", (Hub,), {"folder": folder, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    _point_at(monkeypatch, server.server_port)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    yield asked
    server.shutdown()
    server.server_close()


def test_a_hub_model_is_fetched_and_names_its_commit(hub, folder):
    (folder / "pytorch_model.bin").write_bytes(b"pickled")
    (folder / "modeling.py").write_text("code")
    model = load_model("team/model")
    assert model.cfg.model_name == f"team/model@{COMMIT}"
    torch.testing.assert_close(_logits(model), _logits(load_model(folder)))
    fetched = {path.rsplit("/", 1)[1] for path in hub if "/resolve/" in path}
    assert "model.safetensors" in fetched
    assert not fetched & {"pytorch_model.bin", "modeling.py"}


def test_a_fetched_model_is_there_without_a_network(hub, folder, monkeypatch):
    load_model("team/model")
    _point_at(monkeypatch, 9)  # nothing listens there
    torch.testing.assert_close(_logits(load_model("team/model")), _logits(load_model(folder)))


def test_a_hub_model_with_only_pickled_weights_is_refused(hub, folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ValueError, match=r"expected \*\.safetensors"):
        load_model("team/model")


@pytest.mark.parametrize("revision", [None, "main"])
def test_without_a_network_tiny_world_is_offered(hub, monkeypatch, revision):
    _point_at(monkeypatch, 9)  # nothing listens there
    with pytest.raises(OSError, match="a network that reaches the Hugging Face Hub") as caught:
        load_model("gpt2", revision=revision)
    assert "'tiny-world', which needs none" in str(caught.value)


def test_a_name_the_hub_does_not_know_gets_the_list(hub):
    with pytest.raises(ValueError, match="expected a shipped model") as caught:
        load_model("team/unknown")
    assert all(part in str(caught.value) for part in ("tiny-world", "./my-model", "gpt2"))


def test_a_misspelt_shipped_name_is_corrected_without_asking_the_hub(hub):
    with pytest.raises(ValueError, match="Did you mean 'tiny-world'"):
        load_model("tinyworld")
    assert hub == []


def test_an_impossible_hub_id_gets_the_list(hub):
    with pytest.raises(ValueError, match="expected a shipped model"):
        load_model("three/part/id")


def test_an_unknown_hub_revision_is_named(hub):
    with pytest.raises(ValueError, match=r"revision: expected a branch, tag or commit"):
        load_model("team/model", revision="gone")


def test_a_gated_model_asks_for_the_agreement(hub):
    with pytest.raises(PermissionError, match="agreement"):
        load_model("team/gated")


def test_the_course_model_on_the_hub_is_pinned(hub):
    with pytest.raises(ValueError, match="gpt2"):
        load_model("gpt2")
    assert any("607a30d783dfa663caf39e06633721c8d4cfcd7e" in path for path in hub)


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
