"""Take the pictures in the README: views of the gallery as its page shows them, light and dark.

Run it with `make pictures` when a view has changed its look, and look at what it has written.
"""

from __future__ import annotations

import io
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright

from interp_widgets import _chromium, _site
from tests.support import ROOT

FOLDER = ROOT / ".github"
WIDTH, HEIGHT = 900, 950
PICTURES = {  # by the title of the view in the gallery
    "attention": "Head 2 of layer 3 looks at Mary",
    "lens": "The answer comes in the last layer",
    "features": "Neurons of layer 1: is 150 for plurals?",
    "patching": "The name of the giver moves to the last word",
    "superposition": "Five features in two dimensions",
}


def main():
    """Write every picture anew."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        _site.write(ROOT / "notebooks", ROOT / folder, ["gallery"])
        browser = playwright.chromium.launch(
            executable_path=str(_chromium.find_chromium()), args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": WIDTH, "height": 1200}, color_scheme=scheme)
            page.goto((ROOT / folder / "gallery.html").as_uri())
            for name, title in PICTURES.items():
                take(page.get_by_role("region", name=title, exact=True).first, name, scheme)
        browser.close()


def take(view, name, scheme):
    view.scroll_into_view_if_needed()
    if name == "superposition":
        view.get_by_role("slider").press("ArrowRight")
    view.get_by_role("status").wait_for()
    taken = Image.open(io.BytesIO(view.screenshot()))
    taken = taken.crop((0, 0, taken.width, min(taken.height, HEIGHT)))  # the head of a long one
    path = FOLDER / f"{name}-{scheme}.png"
    taken.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.relative_to(ROOT), path.stat().st_size, taken.size)


if __name__ == "__main__":
    main()
