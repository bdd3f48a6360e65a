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
            try:
                return self._current()
            except (OSError, NewerVersionError) as error:
                return self._keep(self._unsaved or records.empty(), error)

    def change(self, edit: Callable[[Progress], None]) -> None:
        """Change the progress: `edit` is given what the file holds now, and changes it.

        A disk that is full or may not be written is told to the learner, once, and is no error.

        Args:
            edit: changes the progress that it is given.
        """
        from filelock import FileLock

        with self._changing:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with FileLock(f"{self.path}.lock", timeout=_LOCK_SECONDS):
                    progress = self._current()
                    edit(progress)
                    self._unsaved = progress  # should writing fail
                    _write(self.path, progress)
                    self._unsaved = None
            except (OSError, NotImplementedError, NewerVersionError) as error:
                if self._unsaved is None:
                    self._unsaved = records.empty()
                    edit(self._unsaved)
                self._keep(self._unsaved, error)

    def _current(self) -> Progress:
        on_disk = self._on_disk()
        return on_disk if self._unsaved is None else records.merge(on_disk, self._unsaved)

    def _on_disk(self) -> Progress:
        try:
            return records.parse(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return records.empty()
        except NewerVersionError:
            raise
        except ValueError:  # no JSON, no UTF-8, or no progress
            aside = next(name for name in _names_aside(self.path) if not name.exists())
            self.path.replace(aside)
            self._say_once(_DAMAGED.format(name=aside), "damaged")
            return records.empty()

    def _keep(self, progress: Progress, error: Exception) -> Progress:
        self._say_once(_UNSAVED.format(reason=_reason(error)), "unsaved")
        return progress

    def _say_once(self, sentence: str, page: str) -> None:
        if page not in self._said:
            self._said.add(page)
            self._say(f"{sentence} {manual.pointer('progress')}")


def default_path() -> Path:
    """Return the file of this learner, in the folder that the system has for such things."""
    from platformdirs import user_data_path

    return user_data_path("interp-widgets", appauthor=False) / "progress.json"


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
