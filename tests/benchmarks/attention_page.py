"""Measure pages of AttentionView, circuitsvis and bertviz: bytes, and time to the first paint.

Run it with `python -m tests.benchmarks.attention_page`. All sides are measured in one run, taking
turns. bertviz is no dependency of the project; without it, a line says that it is left out.
"""

from __future__ import annotations

import interp_widgets as iw
from tests.benchmarks import _sides
from tests.benchmarks._browser import CAN_OPEN_BERTVIZ, opened_browser, opened_page, settled
from tests.benchmarks._report import keep, spread

ROUNDS = 5
SHAPES = {
    "12 heads x 64": (1, 12, 64),
    "144 heads x 128": (12, 12, 128),
    "144 heads x 512": (12, 12, 512),
    "12 heads x 1024": (1, 12, 1024),
    "1 head x 2048": (1, 1, 2048),
}

# Runs before a page does. A page is painted at the first frame in which some canvas or drawing
# holds ink, and settled when the last task longer than 50 ms is over.
WATCH = """(() => {
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
  const drawn = document.querySelector("svg :is(line, rect, path)");
  if (drawn || [...document.querySelectorAll("canvas")].some(ink)) {
    window.painted = performance.now();
  } else requestAnimationFrame(look);
};
requestAnimationFrame(look);
})()"""


def sizes():
    """Bytes of a page, of what a live view sends, and of the code of each view."""
    large, small = _sides.attention(12, 12, 128), _sides.attention(12, 12, 64)
    _sides.prove_equal(small)
    view = iw.AttentionView(small, _sides.words(64))
    page, payload = "page, 144 heads x 128 tokens", "payload, 144 heads x 64 tokens"
    rows = {
        page: {
            "ours": len(iw.AttentionView(large, _sides.words(128)).to_html().encode()),
            "circuitsvis": sum(len(html.encode()) for html in _sides.circuitsvis_html(large)),
        },
        payload: {
            "ours": view.nbytes,
            "circuitsvis": sum(len(html.encode()) for html in _sides.circuitsvis_html(small)),
        },
    }
    if _sides.HAVE_BERTVIZ:
        rows[page]["bertviz"] = len(_sides.bertviz_html(large).encode())
    else:
        print("bertviz is not installed: left out")
    return rows


def code():
    """Bytes of script and style that each instance of a view carries."""
    views = {name: getattr(iw, name) for name in iw.__all__ if name.endswith("View")}
    return {name: len((view._esm + view._css).encode()) for name, view in views.items()}


def paints():
    """Milliseconds until each page is painted, and until it has settled."""
    pages = {f"ours, {name}": _sides.view(*shape).to_html() for name, shape in SHAPES.items()}
    weights = _sides.attention(1, 12, 64)
    pages["circuitsvis, 12 heads x 64"] = _sides.circuitsvis_html(weights, offline=True)[0]
    if CAN_OPEN_BERTVIZ:
        pages["bertviz, 12 heads x 64"] = _sides.bertviz_html(weights)
    else:
        print("bertviz cannot be opened here: left out of the paints")
    samples = {name: {"painted": [], "settled": []} for name in pages}
    with opened_browser() as browser:
        for _ in range(ROUNDS):
            for name, html in pages.items():
                with opened_page(browser, html, WATCH) as page:
                    page.wait_for_function("window.painted")
                    samples[name]["painted"].append(page.evaluate("window.painted"))
                    samples[name]["settled"].append(settled(page, "window.painted"))
    return samples


def main():
    """Measure everything, print it, keep the samples."""
    measured = {"bytes": sizes(), "code, bytes": code()}
    for what, row in measured["bytes"].items():
        for name, size in row.items():
            print(f"{what:34} {name:12} {size:>12,} bytes  {size / row['ours']:7.1f} x ours")
    for name, size in measured["code, bytes"].items():
        print(f"{'code of a view':34} {name:24} {size:>12,} bytes")
    measured["paint, ms"] = paints()
    for name, row in measured["paint, ms"].items():
        for what, samples in row.items():
            print(f"{what + ', ms':16} {name:30} {spread(samples)}")
    keep("attention_page", measured)


if __name__ == "__main__":
    main()
