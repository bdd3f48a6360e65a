"""A Chromium, and pages that fail a test when anything went wrong on them."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from interp_widgets import _lab
from tests.browser import jupyter
from tests.support import ROOT, running_lab


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """One JupyterLab for every test that needs one, on a learner's copies of the notebooks."""
    folder = tmp_path_factory.mktemp("learner")
    _lab.copy_notebooks(ROOT / "notebooks", folder / "work")
    with running_lab(folder / "work", folder / "jupyter") as server:
        yield server


@pytest.fixture
def new_page(browser):
    """Open a page that reaches no network; afterwards nothing on it may have gone wrong."""
    with watched_pages(browser) as (open_page, complaints):
        yield open_page
    assert complaints == []


@contextmanager
def watched_pages(browser):
    """Yield how to open a page, and the list of what went wrong on any of them."""
    complaints, contexts = [], []

    def open_page(width=900, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(jupyter.CANARY)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda said: complain(complaints, said))
        page.on("request", lambda request: complain_of_request(complaints, request))
        return page

    yield open_page, complaints
    for context in contexts:
        context.close()


def complain(complaints, said):
    if said.type in {"error", "warning"}:
        complaints.append(f"console: {said.text}")


def complain_of_request(complaints, request):
    """Pages come from the disk or from the tests' own host, which is answered in the browser."""
    if not request.url.startswith(("file:", "data:", "blob:", "http://host.test/")):
        complaints.append(f"request: {request.url}")
