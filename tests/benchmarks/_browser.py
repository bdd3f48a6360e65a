"""A browser for measurements, which reaches no network.

bertviz's pages load three scripts from the network. They are answered from a folder that
``npm install --no-save --prefix build/bench requirejs@2.3.6 d3@5.7.0 jquery@2.1.0`` makes;
without it bertviz is left out where a page has to be open.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from interp_widgets import _chromium
from tests.benchmarks._sides import HAVE_BERTVIZ
from tests.support import ROOT

PATIENCE = 120_000  # ms; the other sides are slow on a busy machine
_MODULES = ROOT / "build" / "bench" / "node_modules"
_SCRIPTS = {
    "require.min.js": _MODULES / "requirejs" / "require.js",
    "d3.min.js": _MODULES / "d3" / "dist" / "d3.min.js",
    "jquery.min.js": _MODULES / "jquery" / "dist" / "jquery.min.js",
}
CAN_OPEN_BERTVIZ = HAVE_BERTVIZ and all(path.exists() for path in _SCRIPTS.values())


_WATCH = """(() => {
window.last = 0;
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.last = task.startTime + task.duration;
}).observe({ type: "longtask", buffered: true });
})();"""


@contextmanager
def opened_browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(_chromium.find_chromium()), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def opened_page(browser, html, script=""):
    """Open a page from the disk, with a script that runs before its own."""
    page = browser.new_page(viewport={"width": 1200, "height": 1000}, bypass_csp=True)
    page.set_default_timeout(PATIENCE)
    page.route(re.compile("^https?:"), _answer)
    page.add_init_script(_WATCH + script)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(f'<!doctype html><meta charset="utf-8">{html}', "utf-8")
        page.goto(path.as_uri())
        yield page
    page.close()


def settled(page, start="0"):
    """Wait until nothing has kept the page busy for a while after a moment; say since when."""
    page.wait_for_function(f"performance.now() > Math.max(window.last, {start}) + 1500")
    return page.evaluate(f"Math.max(window.last, {start})")


def _answer(route):
    known = _SCRIPTS.get(route.request.url.rpartition("/")[2])
    if known is None:
        route.abort()
    else:
        route.fulfill(path=known, content_type="text/javascript")
