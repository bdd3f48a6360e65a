"""What several tests share: the checkout, a Chromium, a running JupyterLab.

`python -m tests.support` makes sure that there is a Chromium, or fails with the sentence that says
how to get one.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from interp_widgets import _chromium, _lab

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
NO_CHROMIUM = (
    "The browser tests need a Chromium, and none could be found or installed. Install Chromium or "
    "Chrome with your system's package manager (Debian: apt install chromium), or run "
    "`.venv/bin/playwright install --with-deps chromium`, or point "
    f"{_chromium.VARIABLE} at one."
)


def ensure_chromium() -> Path:
    """Find a Chromium that starts, or install one, or stop with the sentence that says how."""
    installers = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        installers += [["apt-get", "update"], ["apt-get", "install", "--yes", "chromium"]]
    for installer in ([], *installers):
        if installer:
            print("No Chromium found:", " ".join(installer), flush=True)
            subprocess.run(installer, check=False)
        found = _chromium.find_chromium()
        if found and starts(found):
            return found
    sys.exit(NO_CHROMIUM)


def starts(program: Path) -> bool:
    """A browser whose system libraries are missing is found but does not start."""
    asked = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=60)
    return asked.returncode == 0


def tracked_files() -> list[Path]:
    """Every file that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (ROOT / name for name in set(listed.stdout.split("\0")) - {""})
    return sorted(path for path in paths if path.is_file())


@dataclass(frozen=True)
class RunningLab:
    """A JupyterLab that serves `work`, at `url`, to whoever knows `token`."""

    url: str
    token: str
    work: Path


@contextmanager
def running_lab(work: Path, settings: Path, *arguments: str) -> Iterator[RunningLab]:
    """Run the learner's JupyterLab, with settings of its own, until the block ends."""
    token = "for-tests-only"  # noqa: S105
    environment = {
        **os.environ,
        "HOME": str(settings),
        "IPYTHONDIR": str(settings / "ipython"),
        "JUPYTER_CONFIG_DIR": str(settings / "config"),
        "JUPYTER_DATA_DIR": str(settings / "data"),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings / "lab"),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
    }
    settings.mkdir(parents=True, exist_ok=True)
    safe = ["--no-browser", "--allow-root", f"--IdentityProvider.token={token}"]
    command = _lab.lab_command(work, [*safe, *arguments])
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        announced: Queue[str] = Queue()
        listener = Thread(target=_listen, args=(server, announced, settings / "lab.log"))
        listener.start()
        try:
            url = announced.get(timeout=90)
            _await_answer(url)
            yield RunningLab(url, token, work)
        finally:
            server.terminate()
            _await_end(server)
            listener.join()


def _await_answer(url: str, seconds: float = 30) -> None:
    """The address is announced a moment before anybody answers there."""
    deadline = time.monotonic() + seconds
    address = (urlsplit(url).hostname, urlsplit(url).port)
    while True:
        try:
            socket.create_connection(address, timeout=seconds).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            Event().wait(0.02)
        else:
            return


def _await_end(server: subprocess.Popen[str]) -> None:
    """Wait until a server that was asked to end has done so; one that starts a kernel may not."""
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()


def _listen(server: subprocess.Popen[str], announced: Queue[str], log: Path) -> None:
    """Keep the server's pipe empty, and tell its address as soon as it is known."""
    with log.open("w") as copy:
        for line in server.stderr:
            copy.write(line)
            if found := re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+/)lab", line):
                announced.put(found[1])


if __name__ == "__main__":
    print("Chromium for the browser tests:", ensure_chromium())
