"""Measure how long after a click in one view another view, linked to it, shows what was chosen.

Run it with `python -m tests.benchmarks.linked_views`. No kernel takes part: the views are on an
exported page, and in a notebook whose kernel is busy. What a view is told it draws in the browser's
next frame; the wait for that frame is nobody's work, and a column of its own.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import interp_widgets as iw
from tests.benchmarks import _sides
from tests.benchmarks._browser import PATIENCE, opened_browser, opened_page, settled
from tests.benchmarks._report import keep, tail
from tests.browser import jupyter
from tests.support import ROOT, running_lab

CLICKS = 100
CELLS = (
    f"import sys\nsys.path.insert(0, {str(ROOT)!r})",
    "import interp_widgets as iw\nfrom tests.benchmarks import _sides",
    "one = _sides.view(1, 12, 64)\nother = _sides.view(1, 12, 64{})\n{}display(one, other)",
    "from threading import Event\nprint('busy')\nEvent().wait(600)",
)
KINDS = {"shared": (", selection=one.selection", ""), "linked": ("", "iw.link(one, other)\n")}

CLICK = """async (clicks) => {
  const [one, other] = [...document.querySelectorAll(".iw-view")];
  const chips = [...one.querySelectorAll("[role=listbox] [role=option]")];
  const readout = other.querySelector("[role=status]");
  const samples = [];
  for (let click = 1; click <= clicks; click += 1) {
    await new Promise(requestAnimationFrame);
    const drawn = new Promise((done) => {
      const watch = new MutationObserver(() => { watch.disconnect(); done(performance.now()); });
      watch.observe(readout, { childList: true, characterData: true, subtree: true });
    });
    let frame = 0;
    requestAnimationFrame(() => { frame = performance.now(); });
    const start = performance.now();
    chips[(click * 7) % chips.length].click();
    const told = performance.now();
    const shown = (await drawn) - start;
    samples.push({ shown, work: shown - Math.max(0, frame - told) });
  }
  return samples;
}"""


def views(kind):
    """Two views of the same attention, joined in the way that is measured."""
    one = _sides.view(1, 12, 64)
    other = _sides.view(1, 12, 64, selection=one.selection if kind == "shared" else None)
    if kind == "linked":
        iw.link(one, other)
    return [one, other]


def clicked(page):
    page.set_default_timeout(PATIENCE)
    page.wait_for_function(
        "document.querySelectorAll('.iw-view [role=status]:not(:empty)').length === 2"
    )
    return page.evaluate(CLICK, CLICKS)


def on_a_page(browser, kind):
    with opened_page(browser, iw.to_html(views(kind))) as page:
        settled(page)
        return clicked(page)


def beside_a_busy_kernel(browser, lab, kind):
    cells = [cell.format(*KINDS[kind]) for cell in CELLS]
    path = jupyter.write(lab.work / f"{kind}.ipynb", *cells)
    page = jupyter.open_notebook(browser, lab, path.name)
    page.set_viewport_size({"width": 1200, "height": 2600})  # both views are on the screen
    jupyter.run_all(page)
    page.get_by_text("busy", exact=True).wait_for(timeout=PATIENCE)
    samples = clicked(page)
    if not page.get_by_text("Python 3 (ipykernel) | Busy").is_visible():
        raise RuntimeError("the kernel was idle: nothing was proved")
    page.context.close()
    jupyter.end_kernels(lab)
    return samples


def main():
    """Measure every pair of views, print it, keep the samples."""
    measured = {}
    with opened_browser() as browser, tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        work.mkdir()
        for kind in KINDS:
            measured[f"exported page, {kind}"] = on_a_page(browser, kind)
        with running_lab(work, Path(folder) / "jupyter") as lab:
            for kind in KINDS:
                measured[f"busy kernel, {kind}"] = beside_a_busy_kernel(browser, lab, kind)
    for name, samples in measured.items():
        for what in ("work", "shown"):
            found = [sample[what] for sample in samples]
            print(f"{'click to other view, ms':24} {name:24} {what:6} {tail(found)}")
    keep("linked_views", {"click to other view, ms": measured})


if __name__ == "__main__":
    main()
