"""What a notebook pays in code for the views that it shows, measured on what is sent."""

from __future__ import annotations

import json
from itertools import cycle, islice

from tests.widgets.examples import EXAMPLES

TEN_VIEWS = 600_000  # bytes


def code_sent(view):
    """Bytes of code in the message that opens a view, as JSON writes them."""
    state = view.get_state()
    return sum(len(json.dumps(state[name])) for name in ("_esm", "_css"))


def test_ten_views_of_mixed_classes_send_little_code():
    sent = sorted((code_sent(example.make()) for example in EXAMPLES.values()), reverse=True)
    ten = list(islice(cycle(sent), 10))  # every class, and the largest ones again
    print("code of ten views:", sum(ten), "each class:", sent)
    assert min(sent) > 30_000  # it was there to be measured
    assert sum(ten) <= TEN_VIEWS
