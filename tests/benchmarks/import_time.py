"""Measure how long a fresh Python takes to import the package.

Run it with `python -m tests.benchmarks.import_time`.
"""

from __future__ import annotations

import subprocess
import sys
import time

from tests.benchmarks._report import keep, spread
from tests.support import ROOT

ROUNDS = 5
STATEMENTS = {
    "nothing": "pass",
    "ours": "import interp_widgets",
    "ours, with AttentionView": "from interp_widgets import AttentionView",
    "transformer_lens": "import transformer_lens",
}


def main():
    """Alternate the sides; the bare start of Python is a row of its own."""
    samples = {name: [] for name in STATEMENTS}
    for _ in range(ROUNDS):
        for name, statement in STATEMENTS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True, cwd=ROOT)
            samples[name].append(time.perf_counter() - start)
    for name, seconds in samples.items():
        print(f"{'python -c import, s':34} {name:24} {spread(seconds)}")
    keep("import_time", {"import, s": samples})


if __name__ == "__main__":
    main()
