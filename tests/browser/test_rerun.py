"""Running a widget's cell again and again leaves nothing behind in the kernel.

IPython keeps the result of every run, so this is about what a view holds once it is off the page.
"""

from __future__ import annotations

import json

import pytest
from jupyter_client.manager import start_new_kernel

from tests.support import ROOT

PATIENCE = 120  # seconds for one cell
RUNS = 200
ROOM = 30e6  # bytes
PREPARE = """
import gc, json, re
from pathlib import Path
import comm
from interp_widgets import AttentionView, PromptBox
from tests.widgets.samples import weights
words = [f" w{place}" for place in range(64)]
data = weights(12, 12, 64)

def measure():
    gc.collect()
    resident = re.search(r"VmRSS:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    print(json.dumps([len(comm.get_comm_manager().comms), int(resident[1]) * 1024]))
"""
CELLS = {
    "view": "AttentionView(data, words)",
    "prompt box": "PromptBox(lambda prompt: data, AttentionView(data, words), examples=['a', 'b'])",
}


class Kernel:
    """A kernel that is told which cell it runs, as JupyterLab tells it."""

    def __init__(self, client):
        self.client = client

    def run(self, code, cell=None):
        """Run a cell and return what it printed."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        metadata = {} if cell is None else {"cellId": cell}
        asked = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(asked)
        printed = ""
        while True:
            said = self.client.get_iopub_msg(timeout=PATIENCE)
            if said["parent_header"].get("msg_id") != asked["header"]["msg_id"]:
                continue
            match said["msg_type"], said["content"]:
                case "stream", {"text": text}:
                    printed += text
                case "error", {"evalue": reason}:
                    raise RuntimeError(reason)
                case "status", {"execution_state": "idle"}:
                    return printed

    def measure(self):
        """Number of comms, and resident bytes."""
        return json.loads(self.run("measure()"))


@pytest.fixture
def kernel():
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(ROOT))
    running = Kernel(client)
    running.run(PREPARE)
    yield running
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_that_runs_again_closes_what_it_showed(kernel, kind):
    kernel.run(CELLS[kind], cell="one")
    once, _ = kernel.measure()
    for _ in range(4):
        kernel.run(CELLS[kind], cell="one")
    again, _ = kernel.measure()
    assert 0 < again == once


def test_without_the_name_of_the_cell_what_is_left_behind_is_seen(kernel):
    counts = []
    for _ in range(3):
        kernel.run(CELLS["view"])
        counts.append(kernel.measure()[0])
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.slow
@pytest.mark.parametrize("kind", CELLS)
def test_two_hundred_runs_leave_no_comm_and_little_memory(kernel, kind):
    kernel.run(CELLS[kind], cell="one")
    comms, before = kernel.measure()
    for _ in range(RUNS):
        kernel.run(CELLS[kind], cell="one")
    left, after = kernel.measure()
    print(f"{kind}: {left - comms} comms and {(after - before) / 1e6:.1f} MB after {RUNS} runs")
    assert left == comms
    assert after - before < ROOM
