"""What a LogitLensView tells the browser: the traits that hold its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text
from interp_widgets.widgets import _numbers
from interp_widgets.widgets._lens_data import UNKNOWN

if TYPE_CHECKING:
    from interp_widgets.results import LogitLens
    from interp_widgets.widgets._lens_data import LensData

_WORD_LIMIT = 40  # characters of a token on the page
_NAME_LIMIT = 80  # characters of a model's or a lens's name


def traits(data: LensData) -> dict[str, Any]:
    """Give every trait that holds data."""
    ids = data.one.token_ids
    top = np.where(data.top_ids == UNKNOWN, UNKNOWN, np.searchsorted(data.ids, data.top_ids))
    return {
        "shape": [*data.top_ids.shape, data.ranks.shape[-1]],
        "top": _numbers.integers(top),
        "top_probs": _numbers.floats(data.top_probs),
        "entropy": _numbers.floats(data.entropy),
        "divergence": _numbers.floats(data.divergence),
        "ranks": _numbers.integers(data.ranks),
        "probs": _numbers.floats(data.probs),
        "lenses": [text.prose(name, _NAME_LIMIT) for name in data.lenses],
        "rows": [row.label for row in data.rows],
        "row_names": [row.name for row in data.rows],
        "layers": [row.layer for row in data.rows],
        "tokens": [text.visible(token, _WORD_LIMIT) for token in data.tokens],
        "names": [text.literal(token) for token in data.tokens],
        "token_ids": [] if ids is None else ids[data.first :].tolist(),
        "first": data.first,
        "ids": data.ids,
        "words": [text.visible(data.words[token], _WORD_LIMIT) for token in data.ids],
        "word_names": [text.literal(data.words[token]) for token in data.ids],
        "targets": data.targets,
        "colours": data.colours,
        "origins": [_origin(lens) for lens in data.lenses.values()],
        "notice": _notice(data),
    }


def _notice(data: LensData) -> str:
    """Say in sentences what was left out."""
    said = []
    if data.first:
        said.append(f"Tokens before token {data.first} are left out: there are too many to hold.")
    if len(data.targets) < len(data.followed):
        kept, followed = len(data.targets), len(data.followed)
        said.append(f"Only {kept} of {followed} tokens can be followed through the layers.")
    if cells := data.one.source.get("cells"):
        said.append(f"A cell shows {text.prose(cells)}.")
    return " ".join(said)


def _origin(lens: LogitLens) -> str:
    """Say in one line which lens read which model, and what folding does to its numbers."""
    weights = "folded" if lens.folded else "not folded"
    fold = (
        f"fitted to a model whose weights are {weights}; it reads no other"
        if lens.translated
        else f"weights {weights}: the probabilities are the same either way"
    )
    known = "model" in lens.source
    model = [text.prose(lens.source["model"], _NAME_LIMIT)] if known else []
    return " · ".join([text.prose(lens.name, _NAME_LIMIT), *model, *([fold] if known else [])])
