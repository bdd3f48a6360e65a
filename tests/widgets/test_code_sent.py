"""What a notebook pays in code for the views that it shows, measured on what is sent."""

from __future__ import annotations

import json
from itertools import cycle, islice

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
from tests.widgets.test_base import VIEWS
from tests.widgets.token_samples import token_values

MADE = {
    AttentionView: lambda: AttentionView(pattern()),
    FeatureView: lambda: FeatureView(dashboard()),
    LogitLensView: lambda: LogitLensView(lens()),
    PatchView: lambda: PatchView(sweep()),
    SuperpositionView: lambda: SuperpositionView(family()),
    TokenView: lambda: TokenView(token_values()),
}
TEN_VIEWS = 600_000  # bytes


def code_sent(view):
    """Bytes of code in the message that opens a view, as JSON writes them."""
    state = view.get_state()
    return sum(len(json.dumps(state[name])) for name in ("_esm", "_css"))


def test_ten_views_of_mixed_classes_send_little_code():
    assert set(MADE) == set(VIEWS)
    sent = sorted((code_sent(make()) for make in MADE.values()), reverse=True)
    ten = list(islice(cycle(sent), 10))  # every class, and the largest ones again
    print("code of ten views:", sum(ten), "each class:", sent)
    assert min(sent) > 30_000  # it was there to be measured
    assert sum(ten) <= TEN_VIEWS
