"""Keep a learner's progress in one file of this computer, and never lose it or fail because of it.

Nothing is sent anywhere. Several notebooks may be open at once: each change is made under a lock,
on what the file holds at that moment, and the file is replaced as a whole.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from interp_widgets.course import manual, records
from interp_widgets.course.records import NewerVersionError, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOCK_SECONDS = 5.0
_UNSAVED = (
    "Your progress is not being saved ({reason}). Everything else works; it is kept until the "
    "kernel stops."
)
_DAMAGED = "Your progress could not be read. It is kept as {name}; a new record was begun."


class Store:
    """Read and change the progress in one file, or in memory where the file cannot be written.

    Args:
        path: the file; None is `default_path()`.
        say: takes a sentence for the learner.
    """

    def __init__(self, path: Path | None = None, say: Callable[[str], None] = print) -> None:
        self._path, self._say = path, say
        self._unsaved: Progress | None = None
        self._said: set[str] = set()
        self._changing = threading.Lock()

    @property
    def path(self) -> Path:
        """Where the progress is kept."""
        return self._path or default_path()

    def read(self) -> Progress:
        """Return what is known of the learner, unsaved results included."""
        with self._changing:
            return self._known()

    def change(self, edit: Callable[[Progress], None]) -> None:
        """Change the progress: `edit` is given what the file holds now, and changes it.

        A disk that is full or may not be written is told to the learner, once, and is no error.

        Args:
            edit: changes the progress that it is given; where writing fails it is called again,
                on what is kept in memory.
        """
        with self._changing:
            try:
                self._change_file(edit)
            except (OSError, NotImplementedError, NewerVersionError) as error:
                known = self._known()
                edit(known)
                self._unsaved = known
                self._say_once(_UNSAVED.format(reason=_reason(error)), "unsaved")

    def _change_file(self, edit: Callable[[Progress], None]) -> None:
        from filelock import FileLock

        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock", timeout=_LOCK_SECONDS):
            self._set_aside_if_damaged()
            progress = self._with_unsaved(_load(self.path))
            edit(progress)
            _write(self.path, progress)
            self._unsaved = None

    def _known(self) -> Progress:
        try:
            return self._with_unsaved(_load(self.path))
        except (OSError, ValueError):  # what to say of it is said when something is to be saved
            return self._with_unsaved(records.empty())

    def _with_unsaved(self, progress: Progress) -> Progress:
        return progress if self._unsaved is None else records.merge(progress, self._unsaved)

    def _set_aside_if_damaged(self) -> None:
        try:
            _load(self.path)
        except NewerVersionError:
            raise
        except ValueError:  # no JSON, no UTF-8, or no progress
            aside = next(name for name in _names_aside(self.path) if not name.exists())
            self.path.replace(aside)
            self._say_once(_DAMAGED.format(name=aside), "damaged")

    def _say_once(self, sentence: str, subject: str) -> None:
        if subject not in self._said:
            self._said.add(subject)
            self._say(f"{sentence} {manual.pointer('progress')}")


DEFAULT = Store()
"""Where this learner's results are kept, unless somebody gives another place."""


def default_path() -> Path:
    """Return the file of this learner, in the folder that the system has for such things."""
    from platformdirs import user_data_path

    return user_data_path("interp-widgets", appauthor=False) / "progress.json"


def _load(path: Path) -> Progress:
    try:
        return records.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        return records.empty()


def _write(path: Path, progress: Progress) -> None:
    """Write whole or not at all, also when the computer stops in between."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(progress, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _names_aside(path: Path) -> Iterator[Path]:
    number = 0
    while True:
        number += 1
        yield path.with_name(f"{path.stem}.damaged-{number}.json")


def _reason(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said or type(error).__name__
