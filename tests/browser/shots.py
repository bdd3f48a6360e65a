"""Take pictures of the views as readers meet them: light and dark, at three widths.

Run it with `make shots`; the pictures go to build/shots, where somebody should look at them.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from playwright.sync_api import sync_playwright

import interp_widgets as iw
from interp_widgets import _chromium
from interp_widgets.worlds.tiny_world import World
from tests.support import ROOT

SHOTS = ROOT / "build" / "shots"
WIDTHS = (380, 760, 1200)
PROMPT = "When Mary and John went to the store, John gave a drink to"


def attention_page():
    """A view with one choice made, so that every mark it can show is in the picture."""
    model = iw.load_model("tiny-world")
    view = iw.AttentionView(iw.trace(model, PROMPT), title="Attention of tiny-world")
    view.selection.set(layer=3, head=2)
    return view.to_html()


def token_page():
    """Neurons over two rows of text, one token kept."""
    model = iw.load_model("tiny-world")
    traces = [iw.trace(model, prompt, hooks=["post"]) for prompt in (PROMPT, "The cat saw Mary.")]
    tokens = [list(trace.tokens) for trace in traces]
    values = [trace["post", 1] for trace in traces]
    view = iw.TokenView(tokens, values, channel=67, title="Neurons of layer 1 of tiny-world")
    view.selection.set(pos=5)
    return view.to_html()


def feature_page():
    """Neurons of one layer, one of them open with a text that was made to excite it."""
    model = iw.load_model("tiny-world")
    texts = [document.text for document in World.shipped().documents(1000, seed=0)]
    found = iw.feature_dashboard(model, ("post", 1), texts)
    words, values = found.read("Mary handed Mary handed Mary handed the the the")
    made = iw.OptimisedInput(
        float(np.nanmax(values[:, 506])), words[1:], np.nan_to_num(values[1:, 506])
    )
    view = iw.FeatureView(replace(found, optimised={506: made}), title="Neurons of tiny-world")
    view.selection.set(feature=506)
    return view.to_html()


PAGES = {"attention": attention_page, "tokens": token_page, "features": feature_page}


def main():
    """Take every picture."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (SHOTS / f"{name}.html").write_text(page(), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(_chromium.find_chromium()), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, scheme, width in product(PAGES, ("light", "dark"), WIDTHS):
            take(browser, name, scheme, width)
        browser.close()


def take(browser, name, scheme, width):
    context = browser.new_context(
        viewport={"width": width, "height": 700}, color_scheme=scheme, device_scale_factor=2
    )
    page = context.new_page()
    page.goto((SHOTS / f"{name}.html").as_uri())
    page.get_by_role("listbox").get_by_role("option").last.hover()
    path = SHOTS / f"{name}-{scheme}-{width}.png"
    page.screenshot(path=path, full_page=True)
    print(path.relative_to(ROOT))
    context.close()


if __name__ == "__main__":
    main()
