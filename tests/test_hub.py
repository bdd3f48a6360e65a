from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants, hf_api

from interp_widgets.models import load_model
from tests.small_gpt2 import logits, write_gpt2

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def folder(tmp_path):
    return write_gpt2(tmp_path / "my-model")


def _entry(path: Path) -> dict[str, str | int]:
    return {"type": "file", "path": path.name, "size": path.stat().st_size, "oid": path.name}


class Hub(BaseHTTPRequestHandler):
    """Answer as the Hub does for one model, and 404 or 403 for the others."""

    folder: Path
    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        if "/broken" in self.path:
            self._refuse(503, "Overloaded")
        elif "/gone" in self.path:
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
    torch.testing.assert_close(logits(model), logits(load_model(folder)))
    fetched = {path.rsplit("/", 1)[1] for path in hub if "/resolve/" in path}
    assert "model.safetensors" in fetched
    assert not fetched & {"pytorch_model.bin", "modeling.py"}


def test_a_fetched_model_is_there_without_a_network(hub, folder, monkeypatch):
    load_model("team/model")
    _point_at(monkeypatch, 9)  # nothing listens there
    torch.testing.assert_close(logits(load_model("team/model")), logits(load_model(folder)))


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


def test_a_hub_in_trouble_is_asked_only_once(hub):
    with pytest.raises(OSError, match="expected a model on this machine"):
        load_model("team/broken", revision=COMMIT)
    assert len(hub) == 1


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
