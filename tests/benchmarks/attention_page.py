"""Measure AttentionView against circuitsvis and bertviz: bytes, first paint, import.

Run it with `python -m tests.benchmarks.attention_page`. Both sides are measured in one run,
alternating; raw samples go to build/bench/attention_page.json. bertviz is no dependency of the
project and is left out, with a line that says so, where it is not installed.
"""

from __future__ import annotations

import importlib.util
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import circuitsvis.attention
import numpy as np
import torch
from playwright.sync_api import sync_playwright

from interp_widgets import _chromium
from interp_widgets.widgets.attention import AttentionView
from tests.support import ROOT

REPORT = ROOT / "build" / "bench" / "attention_page.json"
ROUNDS = 3
PATIENCE = 180_000  # ms; the other side is slow on a busy machine

# Runs before a page does. A page is painted at the first frame in which some canvas or drawing
# holds ink, and settled when the last task longer than 50 ms is over.
WATCH = """(() => {
window.last = 0;
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.last = task.startTime + task.duration;
}).observe({ type: "longtask", buffered: true });
const probe = document.createElement("canvas");
probe.width = probe.height = 16;
const ink = (canvas) => {
  const context = probe.getContext("2d", { willReadFrequently: true });
  context.clearRect(0, 0, 16, 16);
  if (!canvas.width || !canvas.height) return false;
  context.drawImage(canvas, 0, 0, 16, 16);
  return context.getImageData(0, 0, 16, 16).data.some((part) => part > 0);
};
const look = () => {
  if ([...document.querySelectorAll("canvas")].some(ink)) window.painted = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
})()"""


def attention(layers, heads, tokens, seed=0):
    """Causal softmax of random scores with a sink on the first token, as trained models have."""
    scores = np.random.default_rng(seed).normal(size=(layers, heads, tokens, tokens)) * 2
    scores[..., 0] += 3
    scores[..., np.triu(np.ones((tokens, tokens), dtype=bool), k=1)] = -np.inf
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    return (shares / shares.sum(-1, keepdims=True)).astype(np.float32)


def words(count):
    return [f" w{place}" for place in range(count)]


def circuitsvis_html(weights, *, offline=False):
    """One display for each layer, which is how it is used."""
    shown = [
        circuitsvis.attention.attention_heads(torch.tensor(layer), words(layer.shape[-1]))
        for layer in weights
    ]
    return [one.local_src if offline else one.cdn_src for one in shown]


def bertviz_html(weights):
    from bertviz import model_view

    layers = [torch.tensor(layer)[None] for layer in weights]
    return model_view(layers, words(weights.shape[-1]), html_action="return").data


def prove_equal(weights):
    """Both sides must hold the same numbers before any size or time means something."""
    view = AttentionView(weights, words(weights.shape[-1]))
    rows, columns = np.tril_indices(weights.shape[-1])
    read = np.frombuffer(view.overview, np.uint8).reshape(*weights.shape[:2], -1) * view.scale
    assert np.abs(read - weights[..., rows, columns]).max() < 0.002
    (page,) = circuitsvis_html(weights[:1])
    start = page.index('"attention": ') + len('"attention": ')
    theirs, _ = json.JSONDecoder().raw_decode(page, start)
    assert np.allclose(theirs, weights[0], atol=1e-6)


def sizes():
    """Bytes of a page of 144 heads x 128 tokens, and of what a live view sends for 64 tokens."""
    large, small = attention(12, 12, 128), attention(12, 12, 64)
    prove_equal(small)
    view = AttentionView(small, words(64))
    rows = {
        "page, 144 heads x 128 tokens": {
            "ours": len(AttentionView(large, words(128)).to_html().encode()),
            "circuitsvis": sum(len(html.encode()) for html in circuitsvis_html(large)),
        },
        "payload, 144 heads x 64 tokens": {
            "ours": view.nbytes,
            "circuitsvis": sum(len(html.encode()) for html in circuitsvis_html(small)),
        },
    }
    if importlib.util.find_spec("bertviz"):
        html = bertviz_html(large)
        rows["page, 144 heads x 128 tokens"]["bertviz"] = len(html.encode())
    else:
        print("bertviz is not installed: left out")
    return rows


def paints(folder):
    """Milliseconds until a page of 12 heads x 64 tokens is painted, and until it has settled."""
    weights = attention(1, 12, 64)
    pages = {
        "ours": AttentionView(weights, words(64)).to_html(),
        "circuitsvis": circuitsvis_html(weights, offline=True)[0],
        "ours, 144 x 128": AttentionView(attention(12, 12, 128), words(128)).to_html(),
    }
    samples = {name: {"painted": [], "settled": []} for name in pages}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(_chromium.find_chromium()), args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(ROUNDS):
            for name, html in pages.items():
                path = Path(folder) / "page.html"
                path.write_text(html, "utf-8")
                painted, settled = load(browser, path)
                samples[name]["painted"].append(painted)
                samples[name]["settled"].append(settled)
        browser.close()
    return samples


def load(browser, path):
    page = browser.new_page(viewport={"width": 1000, "height": 900}, bypass_csp=True)
    page.add_init_script(WATCH)
    page.goto(path.as_uri())
    page.set_default_timeout(PATIENCE)
    page.wait_for_function("window.painted")
    page.wait_for_function("performance.now() > Math.max(window.last, window.painted) + 1500")
    painted, last = page.evaluate("[window.painted, window.last]")
    page.close()
    return painted, max(painted, last)


def imports():
    """Seconds to start Python and import, alternating; the bare start is a row of its own."""
    statements = {
        "nothing": "pass",
        "ours": "import interp_widgets",
        "ours, with AttentionView": "from interp_widgets import AttentionView",
        "transformer_lens": "import transformer_lens",
    }
    samples = {name: [] for name in statements}
    for _ in range(ROUNDS):
        for name, statement in statements.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True, cwd=ROOT)
            samples[name].append(time.perf_counter() - start)
    return samples


def main():
    """Measure everything, print it, keep the samples."""
    measured = {"bytes": sizes()}
    for what, row in measured["bytes"].items():
        for name, size in row.items():
            print(f"{what:34} {name:12} {size:>12,} bytes  {size / row['ours']:7.1f} x ours")
    with tempfile.TemporaryDirectory() as folder:
        measured["paint, ms"] = paints(folder)
    for name, row in measured["paint, ms"].items():
        for what, samples in row.items():
            print(f"{what + ', ms':34} {name:18} {spread(samples)}")
    measured["import, s"] = imports()
    for name, samples in measured["import, s"].items():
        print(f"{'python -c import, s':34} {name:24} {spread(samples)}")
    measured["machine"] = {"python": platform.python_version(), "system": platform.platform()}
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(measured, indent=1), "utf-8")
    print(f"Samples: {REPORT.relative_to(ROOT)}")


def spread(samples):
    return f"{statistics.median(samples):9.3f} ({min(samples):.3f} to {max(samples):.3f})"


if __name__ == "__main__":
    main()
