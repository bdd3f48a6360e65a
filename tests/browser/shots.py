"""Take pictures of the views as readers meet them: light and dark, at three widths.

Run it with `make shots`; the pictures go to build/shots, where somebody should look at them.
"""

from __future__ import annotations

from playwright.sync_api import sync_playwright

import interp_widgets as iw
from interp_widgets import _chromium
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


def main():
    """Take every picture."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page_file = SHOTS / "attention.html"
    page_file.write_text(attention_page(), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(_chromium.find_chromium()), args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme in ("light", "dark"):
            for width in WIDTHS:
                take(browser, page_file, scheme, width)
        browser.close()


def take(browser, page_file, scheme, width):
    context = browser.new_context(
        viewport={"width": width, "height": 700}, color_scheme=scheme, device_scale_factor=2
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.get_by_role("listbox").get_by_role("option").last.hover()
    path = SHOTS / f"attention-{scheme}-{width}.png"
    page.screenshot(path=path, full_page=True)
    print(path.relative_to(ROOT))
    context.close()


if __name__ == "__main__":
    main()
