"""What every view keeps to: its size in the browser, its traits, its joined module."""

from __future__ import annotations

import re

import anywidget
import pytest
import traitlets

from interp_widgets.widgets import _base
from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.features import FeatureView
from interp_widgets.widgets.lens import LogitLensView
from interp_widgets.widgets.patching import PatchView
from interp_widgets.widgets.superposition import SuperpositionView
from interp_widgets.widgets.tokens import TokenView

VIEWS = [AttentionView, FeatureView, LogitLensView, PatchView, SuperpositionView, TokenView]
BUDGET = 50_000  # bytes of code that every instance of a view carries


def redefined(view):
    """Traits that a view declares although it inherits one of that name."""
    own = {name for base in view.__mro__ for name in vars(base) if issubclass(base, _base.View)}
    return own & set(anywidget.AnyWidget.class_traits())


def test_every_view_is_in_the_list():
    ours = {view for view in _base.View.__subclasses__() if view.__module__.startswith("interp_")}
    assert ours == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_redefines_no_inherited_trait(view):
    assert not redefined(view)


def test_a_redefined_trait_would_be_reported():
    class Careless(_base.View):
        layout = traitlets.Unicode()

    assert redefined(Careless) == {"layout"}
    del Careless


@pytest.mark.parametrize("view", VIEWS)
def test_the_code_of_a_view_keeps_to_its_budget(view):
    assert len((view._esm + view._css).encode()) <= BUDGET


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_one_module_with_one_export_and_no_import(view):
    assert re.findall(r"^(?:import|export)\b.*", view._esm, re.MULTILINE) == [
        "export default {render};"
    ]
    assert not re.search(r"^ */\*\*", view._esm, re.MULTILINE)


def test_a_view_has_the_style_of_what_it_imports_and_no_other():
    assert ".iw-table" in PatchView._css
    assert ".iw-table" not in AttentionView._css
    assert PatchView._css.index(".iw-table") < PatchView._css.index(".iw-patching")
    assert all(".iw-readout" in view._css for view in VIEWS)
