"""Learn mechanistic interpretability in Jupyter, and the widgets to do it with.

Importing this package is quick: PyTorch and TransformerLens are loaded when a name needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interp_widgets._cast import cast
    from interp_widgets._trace import Trace, trace
    from interp_widgets._workbench import Workbench
    from interp_widgets.analysis.circuits import score_circuit
    from interp_widgets.analysis.features import feature_dashboard
    from interp_widgets.analysis.lens import logit_lens
    from interp_widgets.analysis.metrics import logit_difference
    from interp_widgets.analysis.patching import patch_sweep
    from interp_widgets.analysis.superposition import train_toy_models
    from interp_widgets.course.catalogue import lesson
    from interp_widgets.course.mystery import mystery
    from interp_widgets.models import load_model
    from interp_widgets.results import (
        AttentionPattern,
        CircuitScore,
        FeatureDashboard,
        LazyAttentionPattern,
        LogitLens,
        OptimisedInput,
        PatchSweep,
        PhaseGrid,
        Superposition,
        TokenFactors,
        TokenValues,
    )
    from interp_widgets.widgets._export import to_html
    from interp_widgets.widgets._link import link
    from interp_widgets.widgets._selection import Selection
    from interp_widgets.widgets.attention import AttentionView
    from interp_widgets.widgets.classic import classic
    from interp_widgets.widgets.features import FeatureView
    from interp_widgets.widgets.lens import LogitLensView
    from interp_widgets.widgets.patching import PatchView
    from interp_widgets.widgets.phase import PhaseDiagram
    from interp_widgets.widgets.prompt import PromptBox
    from interp_widgets.widgets.superposition import SuperpositionView
    from interp_widgets.widgets.tokens import TokenView
    from interp_widgets.worlds.factors import factors, labelled_text

__version__ = "0.1.0"
__all__ = [
    "AttentionPattern",
    "AttentionView",
    "CircuitScore",
    "FeatureDashboard",
    "FeatureView",
    "LazyAttentionPattern",
    "LogitLens",
    "LogitLensView",
    "OptimisedInput",
    "PatchSweep",
    "PatchView",
    "PhaseDiagram",
    "PhaseGrid",
    "PromptBox",
    "Selection",
    "Superposition",
    "SuperpositionView",
    "TokenFactors",
    "TokenValues",
    "TokenView",
    "Trace",
    "Workbench",
    "__version__",
    "cast",
    "classic",
    "factors",
    "feature_dashboard",
    "labelled_text",
    "lesson",
    "link",
    "load_model",
    "logit_difference",
    "logit_lens",
    "mystery",
    "patch_sweep",
    "score_circuit",
    "to_html",
    "trace",
    "train_toy_models",
]

_HOME = {
    "AttentionPattern": "results",
    "AttentionView": "widgets.attention",
    "CircuitScore": "results",
    "FeatureDashboard": "results",
    "FeatureView": "widgets.features",
    "LazyAttentionPattern": "results",
    "LogitLens": "results",
    "LogitLensView": "widgets.lens",
    "OptimisedInput": "results",
    "PatchSweep": "results",
    "PatchView": "widgets.patching",
    "PhaseDiagram": "widgets.phase",
    "PhaseGrid": "results",
    "PromptBox": "widgets.prompt",
    "Selection": "widgets._selection",
    "Superposition": "results",
    "SuperpositionView": "widgets.superposition",
    "TokenFactors": "results",
    "TokenValues": "results",
    "TokenView": "widgets.tokens",
    "Trace": "_trace",
    "Workbench": "_workbench",
    "cast": "_cast",
    "classic": "widgets.classic",
    "factors": "worlds.factors",
    "feature_dashboard": "analysis.features",
    "labelled_text": "worlds.factors",
    "lesson": "course.catalogue",
    "link": "widgets._link",
    "load_model": "models",
    "logit_difference": "analysis.metrics",
    "logit_lens": "analysis.lens",
    "mystery": "course.mystery",
    "patch_sweep": "analysis.patching",
    "score_circuit": "analysis.circuits",
    "to_html": "widgets._export",
    "trace": "_trace",
    "train_toy_models": "analysis.superposition",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'interp_widgets' has no attribute {name!r}")
    value = getattr(import_module(f"interp_widgets.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
