"""Measure how long after a move of the mouse a page shows the head or token it is on now.

Run it with `python -m tests.benchmarks.attention_hover`. The mouse is moved by the browser itself.
A sample begins at the time stamp of the event and ends after the first frame whose picture is
another one: of the largest canvas, or of the drawing where a side draws lines.
"""

from __future__ import annotations

import time

from playwright.sync_api import TimeoutError as Timeout

from tests.benchmarks import _sides
from tests.benchmarks._browser import CAN_OPEN_BERTVIZ, opened_browser, opened_page, settled
from tests.benchmarks._report import keep, tail

MOVES = 60
CAP = 90  # seconds for one side
SHOWN = 30_000  # ms for one move
GOLDEN = 0.618  # steps of this size through 0 to 1 never come near the last place

# Runs before a page does; the page's own listeners come after this one.
WATCH = """(() => {
window.samples = [];
let waiting = 0;
let mutated = false;
const probe = new OffscreenCanvas(64, 64).getContext("2d", { willReadFrequently: true });
const area = (canvas) => canvas.width * canvas.height;
window.digest = () => {
  const canvases = [...document.querySelectorAll("canvas")].sort((a, b) => area(b) - area(a));
  if (!canvases.length) return String(mutated);
  probe.clearRect(0, 0, 64, 64);
  probe.drawImage(canvases[0], 0, 0, 64, 64);
  return probe.getImageData(0, 0, 64, 64).data.join();
};
window.arm = () => {
  const before = window.digest();
  mutated = false;
  waiting = 0;
  addEventListener("pointermove", (event) => {
    const look = () => {
      if (window.digest() === before) requestAnimationFrame(look);
      else {
        const { port1, port2 } = new MessageChannel(); // its message comes after the paint
        port1.onmessage = () => window.samples.push(performance.now() - event.timeStamp);
        port2.postMessage(0);
      }
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
};
addEventListener("load", () => {
  new MutationObserver(() => { mutated = true; }).observe(document.body, {
    subtree: true, attributes: true, childList: true,
  });
});
})()"""

# Where to point, on each side: middles of small canvases, or of the words of the first column.
SMALL = """() => {
  const all = [...document.querySelectorAll("canvas")].map((one) => one.getBoundingClientRect());
  const most = Math.max(...all.map((box) => box.width));
  return all.filter((box) => box.width < most)
    .map((box) => [box.x + box.width / 2, box.y + box.height / 2]);
}"""
WORDS = """() => [...document.querySelectorAll("svg text")].slice(0, 40)
  .map((word) => word.getBoundingClientRect())
  .map((box) => [box.x + box.width / 2, box.y + box.height / 2])"""


def spots(page, name):
    """Places all over one of our canvases, each far from the last."""
    box = page.get_by_role("application", name=name).bounding_box()
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
    html = _sides.circuitsvis_html(weights, offline=True)[0]
    yield "circuitsvis, 12 heads x 64, head", html, lambda page: cycled(page.evaluate(SMALL))
    if CAN_OPEN_BERTVIZ:
        html = _sides.bertviz_html(weights, "head_view")
        yield "bertviz, 12 heads x 64, token", html, lambda page: cycled(page.evaluate(WORDS))


def cycled(places):
    inside = [place for place in places if 0 < place[0] < 1200 and 0 < place[1] < 1000]
    return [inside[move % len(inside)] for move in range(MOVES)]


def main():
    """Measure every side, print it, keep the samples."""
    measured = {}
    with opened_browser() as browser:
        for name, html, places in sides():
            with opened_page(browser, html, WATCH) as page:
                page.wait_for_function("document.querySelector('canvas, svg text')")
                settled(page)
                measured[name] = sampled(page, places(page))
            told = tail(measured[name]) if measured[name] else f"more than {SHOWN}"
            print(f"{'hover to redraw, ms':24} {name:36} {told}")
    keep("attention_hover", {"hover, ms": measured})


if __name__ == "__main__":
    main()
