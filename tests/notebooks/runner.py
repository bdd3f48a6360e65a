"""Run a notebook as a new user would: clean kernel, empty caches, no network."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# IPython runs this before the first cell. Every attempt to leave the machine is written down, so
# that it counts even where the code that made it hides the error.
OFFLINE = """\
import sys


def _offline(event, args, log={log!r}):
    if event == "socket.connect":
        host = args[1][0] if isinstance(args[1], tuple) else "localhost"  # else a local socket
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if host not in {{None, "", "localhost", "127.0.0.1", "::1"}}:
        with open(log, "a") as file:
            file.write(f"{{event}} {{host}}\\n")
        raise OSError(f"this kernel is offline, and asked for {{host}}")


sys.addaudithook(_offline)
del _offline
"""
ONLINE_SETTINGS = re.compile(r"^(HF_|TRANSFORMERS_|HUGGINGFACE_)")
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError)


@dataclass(frozen=True)
class Run:
    """What a run showed.

    Attributes:
        seconds: wall time from the start of the kernel to the end of the last cell.
        peak_bytes: the largest resident memory that the kernel ever had.
        failure: notebook, cell and reason; empty when every cell ran.
        network: one line for each attempt to reach another machine.
        shown: what the cells printed and displayed, as plain text.
    """

    seconds: float
    peak_bytes: int
    failure: str
    network: str
    shown: str


def run_notebook(path: Path, folder: Path, *, cell_seconds: float = 120) -> Run:
    """Execute every cell in order, beside the notebook, with settings and caches in `folder`."""
    log = folder / "network.txt"
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-offline.py").write_text(OFFLINE.format(log=str(log)))
    client = NotebookClient(
        nbformat.read(path, as_version=4),
        timeout=cell_seconds,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--HistoryManager.enabled=False"],
    )
    started = time.perf_counter()
    with client.setup_kernel(env=_environment(folder)):
        peak = Path(f"/proc/{client.km.provisioner.pid}/status")
        failure = _first_failure(client, path.name)
        seconds = time.perf_counter() - started
        peak_bytes = _peak(peak)
    network = log.read_text() if log.exists() else ""
    return Run(seconds, peak_bytes, failure, network, _shown(client.nb))


def _first_failure(client: NotebookClient, name: str) -> str:
    for number, cell in enumerate(client.nb.cells):
        try:
            client.execute_cell(cell, number)
        except FAILURES as error:
            return f"{name}, cell {number}: {error}\n--- the cell ---\n{cell.source}"
    return ""


def _shown(notebook: nbformat.NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [
        output.get("text", "") + output.get("data", {}).get("text/plain", "") for output in outputs
    ]
    return "\n".join(texts)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not ONLINE_SETTINGS.match(name)}
    own = {"IPYTHONDIR": folder / "ipython", "HF_HOME": folder / "hf", "XDG_CACHE_HOME": folder}
    own["XDG_DATA_HOME"] = folder / "home"
    return kept | {name: str(path) for name, path in own.items()}


def _peak(status: Path) -> int:
    """The high-water mark in bytes, which only Linux tells; 0 for a kernel that has died."""
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 if found else 0
