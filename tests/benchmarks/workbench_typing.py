"""Measure how long after a key the workbench shows what was typed, in a real JupyterLab.

Run it with `python -m tests.benchmarks.workbench_typing`. Each sample types one word with its space
at the end of a sentence and waits until attention, lens and loss all show it, which takes the pause
after a key, the model, the comms and the drawing. There is no other side: no tool of the field
follows typing in a notebook.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks._browser import PATIENCE, opened_browser
from tests.benchmarks._report import keep, tail
from tests.browser import jupyter
from tests.support import ROOT, running_lab

WORDS = 30
CELLS = (
    f"import sys\nsys.path.insert(0, {str(ROOT)!r})",
    "import interp_widgets as iw\nmodel = iw.load_model('tiny-world')",
    "iw.Workbench(model, 'When Mary and John went to the store')",
)

TYPE = """async (words) => {
  const input = document.querySelector(".widget-text input");
  const shows = [
    () => document.querySelectorAll(".iw-attention [role=listbox] [role=option]").length,
    () => document.querySelectorAll(".iw-tokens [role=option]").length,
    () => document.querySelector(".iw-lens [role=status]").textContent,
  ];
  const samples = [];
  const first = input.value;
  for (let word = 0; word < words; word += 1) {
    await new Promise((done) => setTimeout(done, 1000)); // everything before is over
    const before = shows.map((show) => show());
    const start = performance.now();
    input.value = word % 2 ? first : `${first} and`;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    while (shows.some((show, at) => show() === before[at])) {
      await new Promise(requestAnimationFrame);
    }
    await new Promise(requestAnimationFrame); // what was drawn is on the screen
    samples.push(performance.now() - start);
  }
  return samples;
}"""


def main():
    """Measure every word, print it, keep the samples."""
    with opened_browser() as browser, tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        work.mkdir()
        path = jupyter.write(work / "workbench.ipynb", *CELLS)
        with running_lab(work, Path(folder) / "jupyter") as lab:
            page = jupyter.open_notebook(browser, lab, path.name)
            page.set_viewport_size({"width": 1280, "height": 3000})
            page.set_default_timeout(PATIENCE)
            jupyter.run_all(page)
            page.locator(".iw-tokens [role=option]").first.wait_for()
            samples = page.evaluate(TYPE, WORDS)
            page.context.close()
    print(f"{'key to all three views, ms':34} {tail(samples)}")
    keep("workbench_typing", {"key to all three views, ms": samples})


if __name__ == "__main__":
    main()
