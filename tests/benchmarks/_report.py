"""Print what was measured, with its spread, and keep every sample."""

from __future__ import annotations

import json
import platform
import statistics

import numpy as np

from tests.support import ROOT


def spread(samples):
    """Median, smallest and largest."""
    return f"{statistics.median(samples):9.3f} ({min(samples):.3f} to {max(samples):.3f})"


def tail(samples):
    """Median and 95th percentile, with how many there are."""
    p50, p95 = np.percentile(samples, [50, 95])
    return f"p50 {p50:8.1f}   p95 {p95:8.1f}   ({len(samples)} samples)"


def keep(name, measured):
    """Write the samples of one measurement to build/bench."""
    machine = {"python": platform.python_version(), "system": platform.platform()}
    path = ROOT / "build" / "bench" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**measured, "machine": machine}, indent=1), "utf-8")
    print(f"Samples: {path.relative_to(ROOT)}")
