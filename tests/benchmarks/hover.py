"""Measure how long after a move of the mouse a page shows what it is on now.

Run it with `python -m tests.benchmarks.hover`. The mouse is moved by the browser itself.
A sample ends after the first frame for which the largest canvas was drawn anew, or the drawing
where a side draws lines. It begins where the event reaches the page, and once more at its time
stamp: the browser may hold a move back for most of a frame, or for as long as the page is busy.
"""

from __future__ import annotations

import time

from playwright.sync_api import TimeoutError as Timeout

from interp_widgets.widgets.features import FeatureView
from tests.benchmarks import _sides
from tests.benchmarks._browser import CAN_OPEN_BERTVIZ, opened_browser, opened_page, settled
from tests.benchmarks._report import keep, tail
from tests.widgets.feature_sample import many

MOVES = 60
CAP = 90  # seconds for one side
SHOWN = 30_000  # ms for one move
GOLDEN = 0.618  # steps of this size through 0 to 1 never come near the last place

# Runs before a page does; the page's own listeners come after this one.
WATCH = """(() => {
window.samples = [];
let drawn = false;
let largest = 0;
const lines = new MutationObserver(() => { drawn = true; });
const area = (canvas) => canvas.width * canvas.height;
const { prototype } = CanvasRenderingContext2D;
for (const name of ["clearRect", "fillRect", "strokeRect", "drawImage", "putImageData", "stroke"]) {
  const draw = prototype[name];
  prototype[name] = function (...rest) {
    if (area(this.canvas) >= largest) drawn = true;
    return draw.apply(this, rest);
  };
}
window.arm = () => {
  const shown = [...document.querySelectorAll("canvas")].filter((canvas) => canvas.clientWidth);
  largest = Math.max(...shown.map(area));
  drawn = false;
  for (const drawing of document.querySelectorAll("svg")) {
    lines.observe(drawing, { subtree: true, attributes: true, childList: true });
  }
  addEventListener("pointermove", (event) => {
    const arrived = performance.now();
    const look = () => {
      if (!drawn) requestAnimationFrame(look);
      else {
        const { port1, port2 } = new MessageChannel(); // its message comes after the paint
        port1.onmessage = () => {
          const now = performance.now();
          window.samples.push({ page: now - arrived, mouse: now - event.timeStamp });
        };
        port2.postMessage(0);
      }
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
};
})();"""

# Where to point, on each side: middles of small canvases, or of the words of the first column.
SMALL = """() => {
  const all = [...document.querySelectorAll("canvas")].map((one) => one.getBoundingClientRect());
  const most = Math.max(...all.map((box) => box.width));
  return all.filter((box) => box.width < most)
    .map((box) => [box.x + box.width / 2, box.y + box.height / 2]);
}"""
CHIPS = """() => [...document.querySelectorAll(".iw-tokens .iw-token, .iw-row .iw-token")]
  .map((word) => word.getBoundingClientRect())
  .map((box) => [box.x + box.width / 2, box.y + box.height / 2])"""
WORDS = """() => [...document.querySelectorAll("svg text")].slice(0, 40)
  .map((word) => word.getBoundingClientRect())
  .map((box) => [box.x + box.width / 2, box.y + box.height / 2])"""


def spots(page, name):
    """Places all over one of our canvases, each far from the last."""
    box = page.get_by_role("application", name=name).first.bounding_box()
    for move in range(MOVES):
        across, down = (0.15 + 0.8 * ((move * step + 0.3) % 1) for step in (GOLDEN, 1 - GOLDEN / 2))
        yield box["x"] + box["width"] * across, box["y"] + box["height"] * down


def sampled(page, places):
    """Milliseconds from each move to the frame that shows it; a move that shows nothing is out."""
    began = time.monotonic()
    for x, y in places:
        if time.monotonic() - began > CAP:
            break
        page.evaluate("window.arm()")
        count = page.evaluate("window.samples.length")
        page.mouse.move(x, y)
        try:
            page.wait_for_function(
                "(count) => window.samples.length > count", arg=count, timeout=SHOWN
            )
        except Timeout:
            break
    return page.evaluate("window.samples")


def sides():
    """What is measured: a page, and how to find the places to point at."""
    weights = _sides.attention(1, 12, 64)
    for tokens in (64, 256):
        html = _sides.view(12, 12, tokens).to_html()
        for what, name in (("head", "All heads"), ("cell", "One head")):
            yield (
                f"ours, 144 heads x {tokens}, {what}",
                html,
                lambda page, name=name: spots(page, name),
            )
    lens = _sides.lens(12, 64).to_html()
    yield "ours, lens 13 x 64, cell", lens, lambda page: spots(page, "What the model would say")
    tokens = _sides.tokens(256, 8).to_html()
    yield "ours, 256 tokens x 8, token", tokens, lambda page: cycled(page.evaluate(CHIPS))
    patch = _sides.patch(12, 64).to_html()
    yield "ours, patch 12 x 64, cell", patch, lambda page: spots(page, "What each patch does")
    vectors = _sides.superposition(40).to_html()
    yield "ours, 40 features, cell", vectors, lambda page: spots(page, "Each vector times each")
    features = FeatureView(many(512)).to_html()
    yield "ours, 512 neurons, token", features, lambda page: cycled(page.evaluate(CHIPS))
    html = _sides.circuitsvis_html(weights, offline=True)[0]
    yield "circuitsvis, 12 heads x 64, head", html, lambda page: cycled(page.evaluate(SMALL))
    if CAN_OPEN_BERTVIZ:
        html = _sides.bertviz_html(weights, "head_view")
        yield "bertviz, 12 heads x 64, token", html, lambda page: cycled(page.evaluate(WORDS))


def cycled(places):
    inside = [place for place in places if 0 < place[0] < 1200 and 0 < place[1] < 1000]
    return [inside[move % len(inside)] for move in range(1, MOVES + 1)]  # the first is on show


def main():
    """Measure every side, print it, keep the samples."""
    measured = {}
    with opened_browser() as browser:
        for name, html, places in sides():
            with opened_page(browser, html, WATCH) as page:
                page.wait_for_function("document.querySelector('canvas, svg text')")
                settled(page)
                measured[name] = sampled(page, places(page))
            for start in ("page", "mouse"):
                found = [sample[start] for sample in measured[name]]
                told = tail(found) if found else f"more than {SHOWN}"
                print(f"{f'hover to redraw, from {start}, ms':34} {name:34} {told}")
    keep("hover", {"hover, ms": measured})


if __name__ == "__main__":
    main()
