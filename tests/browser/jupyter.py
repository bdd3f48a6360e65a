"""A notebook in a real JupyterLab, and what a person does with it there."""

from __future__ import annotations

import json
import re
import urllib.request

import nbformat
from playwright.sync_api import expect

PATIENCE = 120_000  # ms until the last cell has run, on a busy machine with cold caches
CANARY = "window.hits = []; window.canary = (hit) => window.hits.push(hit);"
_KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}


def write(path, *cells):
    """Write a notebook of code cells."""
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(metadata=_KERNEL, cells=made), path)
    return path


def open_notebook(browser, lab, name):
    """A page with one notebook open and its kernel ready."""
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    page.add_init_script(CANARY)
    page.goto(f"{lab.url}lab/tree/{name}?reset&token={lab.token}")
    await_kernel(page)
    return page


def await_kernel(page):
    expect(page.get_by_text(re.compile(r"Python 3.* \| Idle"))).to_be_visible(timeout=PATIENCE)


def choose(page, menu, item):
    """Choose an item, by how its name begins, from a menu of the menu bar."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=re.compile(f"^{item}")).first.click()


def run_all(page):
    choose(page, "Run", "Run All Cells")


def watch(page):
    """Give a list that fills with what goes wrong on a page from now on."""
    complaints = []
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("console", lambda said: _complain(complaints, said))
    return complaints


def _complain(complaints, said):
    if said.type == "error":
        complaints.append(f"console: {said.text}")


def cell_with(page, code):
    return page.locator(".jp-CodeCell").filter(has_text=code)


def run_cell(page, cell):
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def rewrite(page, cell, code):
    """Put other code into a cell, and run it."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")


def verdict(page, slug):
    """What a check has said; after it come the hints."""
    check = cell_with(page, f'lesson.check("{slug}"')
    return check.locator(".jp-OutputArea-output").first


def run_check(page, slug):
    """Run a check once more; its verdict follows."""
    run_cell(page, cell_with(page, f'lesson.check("{slug}"'))
    return verdict(page, slug)


def save(page, path):
    """Save, and wait until the outputs have reached the disk."""
    before = path.stat().st_mtime_ns
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
    ):
        choose(page, "File", "Save Notebook")
    assert path.stat().st_mtime_ns > before


def end_kernels(lab):
    """End every kernel, so that the next module's notebooks have the machine to themselves."""
    for session in _ask(lab, "GET", "api/sessions"):
        _ask(lab, "DELETE", f"api/sessions/{session['id']}")


def _ask(lab, method, path):
    request = urllib.request.Request(  # noqa: S310 - our own server
        lab.url + path, method=method, headers={"Authorization": f"token {lab.token}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.loads(answer.read() or "null")
