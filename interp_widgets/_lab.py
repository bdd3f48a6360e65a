"""Open the course in JupyterLab, on copies that belong to the learner.

A notebook in `notebooks/` is paired with a `.py` file: saving one rewrites the other. A learner who
worked there would save answers into the course's sources, and lose them when the sources change.
So learners work on copies in `work/`, where pairing is off and which no update overwrites.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CHECKOUT = Path(__file__).resolve().parent.parent
FIRST = "00_start_here.ipynb"

_GLOSSARY = "glossary.md"  # the notebooks link to it
_RECORD = ".copies.json"  # the sha256 of each copy as it was made, to know an untouched one
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_SETTINGS = {
    "jupytext.toml": """\
# Jupytext stops looking for settings here. Without this file it would go on to the course's own
# settings one folder up, and pair the notebooks of this folder with .py files.
""",
    # JupyterLab would ask a newcomer first of all whether to fetch news from the network, and show
    # the source of the glossary instead of the page.
    ".jupyterlab/overrides.json": """\
{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
 "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}}}
""",
}


def copy_notebooks(notebooks: Path, work: Path) -> list[str]:
    """Bring the learner's folder up to date without touching a learner's work.

    Args:
        notebooks: folder of the course's notebooks.
        work: folder of the learner's copies; made if it does not exist.

    Returns:
        One sentence for each notebook about which there is something to say.
    """
    for name, settings in _SETTINGS.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(settings, encoding="utf-8")
    record = _read_record(work)
    sentences = []
    for source in sorted([*notebooks.glob("*.ipynb"), *notebooks.glob(_GLOSSARY)]):
        copy, new = work / source.name, _as_learners_get_it(source)
        old = copy.read_bytes() if copy.exists() else new
        as_made = record.get(source.name)
        if old != new and _digest(old) != as_made:
            if as_made != _digest(new):
                sentences.append(_stays(source.stem))
            continue
        if not copy.exists():
            sentences.append(f"{source.stem}: copied.")
            _write(copy, new)
        elif old != new:
            sentences.append(f"{source.stem}: updated; you had not changed your copy.")
            _write(copy, new)
        record[source.name] = _digest(new)
    _write(work / _RECORD, json.dumps(record, indent=1).encode())
    return sentences


def reset_notebook(notebooks: Path, work: Path, which: str) -> str:
    """Put the learner's copy aside, so that `copy_notebooks` makes a fresh one.

    Args:
        notebooks: folder of the course's notebooks.
        work: folder of the learner's copies.
        which: number ("02") or stem ("02_superposition") of a notebook.

    Returns:
        A sentence that says where the old copy is now.

    Raises:
        ValueError: no notebook, or more than one, goes by that name.
    """
    stems = sorted(path.stem for path in notebooks.glob("*.ipynb"))
    found = [stem for stem in stems if which in (stem, stem.partition("_")[0])]
    if len(found) != 1:
        raise ValueError(
            f"reset: expected the number or the name of a notebook, got {which!r}. "
            f"There are: {', '.join(stems) or 'none'}."
        )
    copy = work / f"{found[0]}.ipynb"
    if not copy.exists():
        return f"{found[0]}: there was no copy to put aside."
    aside = next(path for path in _names_aside(copy) if not path.exists())
    copy.rename(aside)
    return f"{found[0]}: your copy is now {aside.name}."


def lab_command(work: Path, arguments: Sequence[str] = ()) -> list[str]:
    """Return the command that opens JupyterLab on the learner's folder.

    Args:
        work: folder of the learner's copies; nothing outside it is served.
        arguments: further JupyterLab arguments, such as `--no-browser`.

    Returns:
        Program and arguments.
    """
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={work.resolve()}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        f"--LabApp.app_settings_dir={work.resolve() / '.jupyterlab'}",
        *arguments,
    ]


def open_lab(work: Path, reset: str | None, arguments: Sequence[str]) -> NoReturn:
    """Copy the notebooks, say what happened, and become JupyterLab.

    Args:
        work: folder of the learner's copies.
        reset: number or stem of a notebook to start afresh; `None` for none.
        arguments: further JupyterLab arguments.

    Raises:
        FileNotFoundError: the notebooks are not beside the package.
        ValueError: `reset` names no notebook.
    """
    notebooks = CHECKOUT / "notebooks"
    if not (notebooks / FIRST).exists():
        raise FileNotFoundError(
            f"lab: expected the course's notebooks in {notebooks}, found no {FIRST}. They are not "
            "part of the installed package: clone the repository and run `make lab` there."
        )
    if reset is not None:
        print(reset_notebook(notebooks, work, reset))
    for sentence in copy_notebooks(notebooks, work):
        print(sentence)
    print(f"Your notebooks are in {work}. Ctrl-C stops JupyterLab.", flush=True)
    # Becoming JupyterLab, not starting it, leaves Ctrl-C and its question to JupyterLab alone.
    os.execv(sys.executable, lab_command(work, arguments))  # noqa: S606 - there is no shell


def _stays(stem: str) -> str:
    number = stem.partition("_")[0]
    return (
        f"{stem}: the course has a newer version. You changed your copy, so it stays as it is; "
        f"`make lab RESET={number}` gives you the new one and keeps yours under "
        "another name."
    )


def _as_learners_get_it(source: Path) -> bytes:
    return _unpaired(source) if source.suffix == ".ipynb" else source.read_bytes()


def _unpaired(source: Path) -> bytes:
    notebook = json.loads(source.read_text(encoding="utf-8"))
    notebook["metadata"].pop("jupytext", None)
    notebook["metadata"].setdefault("kernelspec", _KERNEL)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _read_record(work: Path) -> dict[str, str]:
    try:
        record: dict[str, str] = json.loads((work / _RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # then every copy that differs counts as the learner's
    return record


def _names_aside(copy: Path) -> Iterator[Path]:
    number = 0
    while True:
        number += 1
        yield copy.with_name(f"{copy.stem}.mine-{number}.ipynb")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write whole or not at all: a learner may press Ctrl-C at any moment."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)  # noqa: PTH105 - atomic, also where the file exists
