"""A button that gives a learner a copy of the progress to take along."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import ipywidgets

from interp_widgets import text

if TYPE_CHECKING:
    from pathlib import Path

    from interp_widgets.course.progress import Store

FILE = "my-progress.json"


class ExportButton(ipywidgets.VBox):  # type: ignore[misc]
    """Save a copy of the progress beside the notebook, and offer it for download.

    On a machine whose home vanishes, this copy is what a learner takes along.

    Args:
        store: the learner's.
        folder: where the copy is written.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._path = store, folder / FILE
        self.button = ipywidgets.Button(
            description="Take my progress along", layout=ipywidgets.Layout(width="auto")
        )
        self.button.on_click(lambda _button: self._save())
        self.said = ipywidgets.HTML()
        super().__init__(
            [self.button, self.said], layout=ipywidgets.Layout(align_items="flex-start")
        )

    def _save(self) -> None:
        content = json.dumps(self._store.read(), indent=1)
        try:
            self._path.write_text(content, "utf-8")
            where = f"Saved beside the notebook as {FILE}. "
        except OSError as error:
            where = f"It could not be saved beside the notebook ({error.strerror}). "
        data = base64.b64encode(content.encode()).decode()
        self.said.value = (
            f'<div role="status" style="line-height:1.4">{text.html(where)}'
            f'<a download="{FILE}" href="data:application/json;base64,{data}" '
            'style="text-decoration:underline">Download it</a>.<br>On another computer, beside it: '
            f"<code>%run -m interp_widgets progress restore {FILE}</code></div>"
        )
