"""One small example of every view, with a title and something chosen in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.features import FeatureView
from interp_widgets.widgets.lens import LogitLensView
from interp_widgets.widgets.patching import PatchView
from interp_widgets.widgets.superposition import SuperpositionView
from interp_widgets.widgets.tokens import TokenView
from tests.widgets.feature_sample import dashboard
from tests.widgets.lens_sample import lens
from tests.widgets.patch_samples import sweep
from tests.widgets.samples import pattern
from tests.widgets.superposition_samples import family
from tests.widgets.token_samples import token_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from interp_widgets.widgets._base import View


@dataclass(frozen=True)
class Example:
    """How to make a view, what is chosen in it, and what it then says.

    Attributes:
        make: makes the view.
        chosen: fields of the selection.
        says: is part of what the view says on the page.
    """

    make: Callable[[], View]
    chosen: dict[str, int]
    says: str

    def view(self) -> View:
        """Make the view anew."""
        made = self.make()
        made.selection.set(**self.chosen)
        return made


EXAMPLES = {
    "attention": Example(
        lambda: AttentionView(pattern(), title="Mats"),
        {"layer": 1, "head": 2, "pos": 3},
        "layer 1 head 2, query ' mat' (token 3) looks most at ' mat' (token 1) 0.261",
    ),
    "features": Example(
        lambda: FeatureView(dashboard(), title="Four neurons"),
        {"feature": 12},
        "neuron 12: active on 50.0 % of tokens, 7 at most. Pushes up ' two', ' three'; down",
    ),
    "lens": Example(
        lambda: LogitLensView(lens(), title="Cats"),
        {"layer": 0, "pos": 2},
        "after ' cat' (token 2), stopped after layer 0: it would say ' five' next, with "
        "probability 0.396; ' four' has rank 3",
    ),
    "patching": Example(
        lambda: PatchView(sweep(("head", "pos")), title="Names"),
        {"layer": 1, "head": 1, "pos": 2},
        "layer 1 head 1, token 2 ' saw': the patch takes the metric to 1.35 logits, 0.71 of the "
        "way from the corrupted run to the clean run",
    ),
    "superposition": Example(
        lambda: SuperpositionView(family(), instance=2, title="Shapes"),
        {"feature": 3},
        "feature 3: length 1.10, dimensionality 0.40, importance 0.73; it overlaps most with "
        "feature ",
    ),
    "tokens": Example(
        lambda: TokenView(token_values(), title="Three neurons"),
        {"feature": 40, "pos": 2},
        "row 0 token 2 ' cat': channel 40 is 0.25",
    ),
}
