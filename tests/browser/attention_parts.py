"""The parts of an AttentionView on a page, found as a person finds them."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import expect

from tests.browser import host

NAMES = ["'<bos>'", "' mat' (token 1)", "' cat'", "' mat' (token 3)", "' sat'"]
PAINTED = """(canvas) => new Set(new Uint32Array(
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""


def heads(page):
    return page.get_by_role("application", name=re.compile("All heads"))


def choose_head(page, view, layer, head):
    """Walk to a head with the arrow keys and keep it, where the heads stand by their layers."""
    view.scroll_into_view_if_needed()  # what was never on the screen was not laid out
    heads(view).focus()
    for key in ["ArrowUp"] * 4 + ["Home"] + ["ArrowDown"] * layer + ["ArrowRight"] * head:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(view.get_by_text(f"Layer {layer}, head {head}", exact=True)).to_be_visible()


def one_head(page):
    return page.get_by_role("application", name=re.compile("One head"))


def tokens(page, name="Tokens"):
    return page.get_by_role("listbox", name=re.compile(name))


def said(page):
    return page.get_by_role("status")


def look_away(page):
    """Take the mouse off everything that it can point at."""
    page.get_by_text("Every head").first.hover()


def looks(view, query, layer=0, head=0):
    """What the readout says of a query, with the two digits that 8 bits are good for."""
    row = np.rint(view.pattern.weights[layer, head, query] * 255) / 255
    most = [key for key in np.argsort(-row, kind="stable")[:3] if row[key] > 0]
    named = ", ".join(f"{NAMES[key]} {row[key]:.2f}" for key in most)
    return f"layer {layer} head {head}, query {NAMES[query]} looks most at {named}"


def grounds(page):
    """The colour behind each token; "" where it has none."""
    return (
        page.get_by_role("listbox")
        .get_by_role("option")
        .evaluate_all("(options) => options.map((option) => option.style.background)")
    )


def brightness(colour):
    return sum(map(int, re.findall(r"\d+", colour)))


def kernel(page, view, requests=1):
    """Answer the next requests of the browser, in turn, as the kernel would."""
    done = page.evaluate("window.answered ??= 0")
    for place in range(done, done + requests):
        page.wait_for_function("(place) => window.sent.length > place", arg=place)
        host.reply(page, view, page.evaluate("(place) => window.sent[place]", place))
    page.evaluate("(done) => { window.answered = done; }", done + requests)
