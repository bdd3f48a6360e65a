"""Render the notebooks to pages that need no kernel and no network, with views that are alive.

Each notebook runs in a kernel of its own, as a learner gets it. Before the kernel ends it writes
down the views that its cells show, as an exported page holds them (`widgets/_shown.py`); nbconvert
writes the rest. Its own way with widgets is not used: it fetches their code from the network.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from interp_widgets import _lab, _site_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode

_WIDGET = "application/vnd.jupyter.widget-view+json"
_SAVE = "from interp_widgets.widgets import _shown\n_shown.save({ids!r}, {path!r})"
_SECONDS = 300  # for one cell, on a slow machine with cold caches
_HOME = "index.html"
_TITLE = re.compile(r"^# (.+)", re.MULTILINE)


def write(notebooks: Path, into: Path, only: Iterable[str] = ()) -> str:
    """Write a page for every notebook, one for each text beside them, and a start page.

    Args:
        notebooks: folder of the course's notebooks.
        into: gets the pages; files of the same names are replaced.
        only: stems of the notebooks to run; none runs all of them.

    Returns:
        Where the start page is, as a sentence.

    Raises:
        ValueError: an unknown stem, or a notebook that stops at an error.
    """
    import nbformat

    chosen = _chosen(notebooks, tuple(only))
    into.mkdir(parents=True, exist_ok=True)
    entries, charts = [], False
    for path in chosen:
        ran, shown = run(path)
        page = _site_page.notebook(ran, shown, _title(ran))
        (into / f"{path.stem}.html").write_text(page.html, "utf-8")
        charts = charts or page.has_charts
        entries.append(_site_page.Entry(path.stem, _title(ran), _question(ran)))
    for path in sorted(notebooks.glob("*.md")):
        if path.name != "README.md":  # the start page takes its place
            words = nbformat.v4.new_markdown_cell(path.read_text("utf-8"))
            text_only = nbformat.v4.new_notebook(cells=[words])
            page = _site_page.notebook(text_only, {}, _title(text_only))
            (into / f"{path.stem}.html").write_text(page.html, "utf-8")
    if charts:
        shutil.copyfile(_charts_code(), into / _site_page.CHARTS)
    (into / _HOME).write_text(_site_page.start(entries), "utf-8")
    return f"Written: {into / _HOME}. It opens from the disk, without a network."


def run(path: Path) -> tuple[NotebookNode, dict[str, Any]]:
    """Run a notebook, beside nothing of the learner's, and take its views out of the kernel.

    Args:
        path: of the notebook; it is left as it is.

    Returns:
        The notebook with its outputs, and what `widgets/_shown.py` has written of its views.

    Raises:
        ValueError: a cell that stops at an error.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbformat.v4 import new_code_cell

    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=_SECONDS,
            kernel_name="python3",
            store_widget_state=False,
            resources={"metadata": {"path": folder}},
            extra_arguments=["--HistoryManager.enabled=False"],
        )
        own = {"IPYTHONDIR": f"{folder}/ipython", "XDG_DATA_HOME": f"{folder}/home"}
        found = Path(folder, "shown.json")
        last = new_code_cell()
        notebook.cells.append(last)
        with client.setup_kernel(env=os.environ | own):
            for number, cell in enumerate(notebook.cells):
                if cell is last and (ids := _widgets(notebook)):
                    last.source = _SAVE.format(ids=ids, path=str(found))
                try:
                    client.execute_cell(cell, number)
                except CellExecutionError as error:
                    why = f"{error.ename}: {error.evalue}"
                    raise ValueError(f"site: {path.name}, cell {number} stopped: {why}") from None
        notebook.cells.remove(last)
        shown: dict[str, Any] = json.loads(found.read_text("utf-8")) if found.exists() else {}
    return notebook, shown


def _widgets(notebook: NotebookNode) -> list[str]:
    """List the widgets that the cells show, in order, by the names of their models."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    data = [output.get("data", {}) for output in outputs]
    return [each[_WIDGET]["model_id"] for each in data if _WIDGET in each]


def _chosen(notebooks: Path, only: tuple[str, ...]) -> list[Path]:
    paths = sorted(notebooks.glob("*.ipynb"))
    stems = [path.stem for path in paths]
    unknown = sorted(set(only) - set(stems))
    if unknown or not paths:
        raise ValueError(
            f"notebooks: expected stems such as {_lab.FIRST.removesuffix('.ipynb')!r}, got "
            f"{unknown}. In {notebooks} there are: {', '.join(stems) or 'none'}."
        )
    return [path for path in paths if not only or path.stem in only]


def _title(notebook: NotebookNode) -> str:
    """Give the first heading of a notebook, or else nothing."""
    found = _TITLE.search(_words(notebook))
    return found[1] if found else ""


def _question(notebook: NotebookNode) -> str:
    """Give the first paragraph after the title, which says what the notebook is about."""
    paragraphs = _words(notebook).split("\n\n")
    after = [part for part in paragraphs if part.strip() and not _TITLE.match(part)]
    return " ".join(after[0].split()).strip("*") if after else ""


def _words(notebook: NotebookNode) -> str:
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return "\n\n".join(texts)


def _charts_code() -> Path:
    """Find plotly's own code for the browser, as the package brings it."""
    import plotly

    return Path(plotly.__file__).parent / "package_data" / _site_page.CHARTS
