"""What an analysis returns and a widget takes: frozen records of numpy arrays.

A result names its axes and units beside each field and checks its shapes when it is made, so a
swapped axis fails where it happens and not in a picture three steps later.
"""

from interp_widgets.results.attention import AttentionPattern
from interp_widgets.results.circuits import CircuitScore
from interp_widgets.results.factors import Factor, TokenFactors
from interp_widgets.results.features import FeatureDashboard
from interp_widgets.results.lazy_attention import LazyAttentionPattern
from interp_widgets.results.lens import LogitLens
from interp_widgets.results.optimised import OptimisedInput
from interp_widgets.results.patching import PatchSweep
from interp_widgets.results.phase import OUTCOMES, PhaseGrid
from interp_widgets.results.superposition import Superposition
from interp_widgets.results.tokens import TokenValues

__all__ = [
    "OUTCOMES",
    "AttentionPattern",
    "CircuitScore",
    "Factor",
    "FeatureDashboard",
    "LazyAttentionPattern",
    "LogitLens",
    "OptimisedInput",
    "PatchSweep",
    "PhaseGrid",
    "Superposition",
    "TokenFactors",
    "TokenValues",
]
