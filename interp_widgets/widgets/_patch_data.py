"""What a PatchView tells the browser: the sweep's numbers within a budget, its axes in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from interp_widgets import text
from interp_widgets.widgets import _numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interp_widgets.results import PatchSweep

EFFECTS = ("normalised", "raw")

_VALUE_BYTES, _TOP_BYTES = 4, 8  # the metric; a token's number and its probability
_WORD_LIMIT = 40  # characters of a token on the page
_LABEL_LIMIT = 14  # of each of two tokens that share a label
_NAME_LIMIT = 160  # of the metric's name
_UNIT_LIMIT = 20
_PATCHED = {
    "resid_pre": "the residual stream before each layer",
    "resid_mid": "the residual stream between attention and MLP of each layer",
    "resid_post": "the residual stream after each layer",
    "attn_out": "the attention output of each layer",
    "mlp_out": "the MLP output of each layer",
    "z": "the output of each attention head",
    "q": "the queries of each attention head",
    "k": "the keys of each attention head",
    "v": "the values of each attention head",
    "pattern": "the attention pattern of each head",
}


@dataclass(frozen=True, eq=False)
class PatchData:
    """Name the rows and columns of a sweep, and keep what there is room for.

    Attributes:
        sweep: what was measured.
        max_bytes: of all numbers; top tokens, then positions at the start give way.
    """

    sweep: PatchSweep
    max_bytes: int

    @cached_property
    def first(self) -> int:
        """Count the positions at the start that there is no room for."""
        rows, columns = map(int, self.sweep.values.shape)
        if self.sweep.over[1] != "pos":
            return 0
        return max(0, columns - max(1, self.max_bytes // (rows * _VALUE_BYTES)))

    @cached_property
    def kept(self) -> int:
        """Count the top tokens of each patched run that there is room for."""
        if self.sweep.top_ids is None:
            return 0
        room = self.max_bytes // int(self.values.size) - _VALUE_BYTES
        return max(0, min(int(self.sweep.top_ids.shape[2]), room // _TOP_BYTES))

    @property
    def values(self) -> NDArray[np.float32]:
        """Give the metric of each patched run that is sent, (row, column)."""
        values: NDArray[np.float32] = self.sweep.values[:, self.first :]
        return values

    @cached_property
    def patched(self) -> str:
        """Say what was patched."""
        name = text.prose(self.sweep.activation, _WORD_LIMIT)
        known = _PATCHED.get(self.sweep.activation)
        what = name if known is None else f"{known} ({name})"
        return what if self.sweep.over[1] == "pos" else f"{what}, at all tokens at once"

    @property
    def metric(self) -> str:
        """Name the metric."""
        return text.prose(self.sweep.metric, _NAME_LIMIT)

    @property
    def unit(self) -> str:
        """Name the metric's unit, behind a space where it has one."""
        unit = text.prose(self.sweep.unit, _UNIT_LIMIT)
        return f" {unit}" if unit else ""

    @cached_property
    def differing(self) -> list[int]:
        """List the positions at which the two prompts differ."""
        pairs = zip(self.sweep.clean_tokens, self.sweep.corrupted_tokens, strict=True)
        return [pos for pos, (clean, corrupted) in enumerate(pairs) if clean != corrupted]

    def rows(self) -> list[str]:
        """Label each row."""
        layers, heads = self.sweep.layers or (), self.sweep.heads or ()
        if self.sweep.over == ("head", "pos"):
            return [f"L{layer}H{head}" for layer, head in zip(layers, heads, strict=True)]
        return [str(layer) for layer in layers]

    def row_names(self) -> list[str]:
        """Name each row in a sentence."""
        layers, heads = self.sweep.layers or (), self.sweep.heads or ()
        if self.sweep.over == ("head", "pos"):
            pairs = zip(layers, heads, strict=True)
            return [f"layer {layer} head {head}" for layer, head in pairs]
        return [f"layer {layer}" for layer in layers]

    def columns(self) -> list[str]:
        """Label each column; of a token that differs, clean before corrupted."""
        if self.sweep.over[1] == "head":
            return [str(head) for head in self.sweep.heads or ()]
        labels = []
        for pos, token in enumerate(self.sweep.clean_tokens):
            if pos in self.differing:
                pair = (token, self.sweep.corrupted_tokens[pos])
                labels.append("/".join(text.visible(one, _LABEL_LIMIT) for one in pair))
            else:
                labels.append(text.visible(token, _WORD_LIMIT))
        return labels[self.first :]

    def column_names(self) -> list[str]:
        """Name each column in a sentence."""
        if self.sweep.over[1] == "head":
            return [f"head {head}" for head in self.sweep.heads or ()]
        names = []
        for pos, token in enumerate(self.sweep.clean_tokens):
            name = f"token {pos} {text.literal(token)}"
            if pos in self.differing:
                name += f" (corrupted: {text.literal(self.sweep.corrupted_tokens[pos])})"
            names.append(name)
        return names[self.first :]

    def traits(self) -> dict[str, Any]:
        """Give every trait that holds data."""
        sweep = self.sweep
        return {
            "shape": [*self.values.shape, self.kept],
            "metrics": _numbers.floats(self.values),
            "clean": sweep.clean,
            "corrupted": sweep.corrupted,
            "defined": sweep.defined,
            "over": list(sweep.over),
            "layers": list(sweep.layers or ()),
            "heads": list(sweep.heads or ()),
            "rows": self.rows(),
            "row_names": self.row_names(),
            "columns": self.columns(),
            "column_names": self.column_names(),
            "first": self.first,
            "clean_prompt": [text.visible(one, _WORD_LIMIT) for one in sweep.clean_tokens],
            "corrupted_prompt": [text.visible(one, _WORD_LIMIT) for one in sweep.corrupted_tokens],
            "differing": self.differing,
            "token_ids": [] if sweep.clean_ids is None else sweep.clean_ids.tolist(),
            "direction": sweep.direction,
            "patched": self.patched,
            "metric": self.metric,
            "unit": self.unit,
            "read_at": self.read_at(),
            "origin": self._origin(),
            "notice": self._notice(),
            **self._tops(),
        }

    def _tops(self) -> dict[str, Any]:
        """Number the top tokens by their place among all words, and send the words once."""
        sweep = self.sweep
        if sweep.top_ids is None:
            nothing = ("top", "top_probs", "clean_top", "corrupted_top")
            empty = dict.fromkeys((*nothing, "clean_probs", "corrupted_probs"), b"")
            return {"words": [], **empty}
        ids = list(sweep.words)  # in order
        patched = (slice(None), slice(self.first, None), slice(self.kept))
        sent: dict[str, Any] = {"words": [text.literal(sweep.words[number]) for number in ids]}
        for name, tops, probs in (
            ("", sweep.top_ids[patched], np.asarray(sweep.top_probs)[patched]),
            ("clean_", sweep.clean_top_ids, sweep.clean_top_probs),
            ("corrupted_", sweep.corrupted_top_ids, sweep.corrupted_top_probs),
        ):
            sent[f"{name}top"] = _numbers.integers(np.searchsorted(ids, np.asarray(tops)))
            sent[f"{name or 'top_'}probs"] = _numbers.floats(np.asarray(probs))
        return sent

    def read_at(self) -> str:
        """Say after which token the predictions are read."""
        token = self.sweep.clean_tokens[self.sweep.position]
        return f"after token {self.sweep.position} {text.literal(token)}"

    def _origin(self) -> str:
        model = text.prose(self.sweep.source.get("model", ""), _WORD_LIMIT * 2)
        weights = "weights folded" if self.sweep.folded else "weights not folded"
        return " · ".join([model, weights] if model else [])

    def _notice(self) -> str:
        """Say in sentences what could not be shown."""
        said = []
        if not self.sweep.defined:
            said.append(
                "The clean and the corrupted run give the same metric, so there is no gap to take "
                "parts of: the view shows by how much each patch changes the metric."
            )
        if self.first:
            said.append(
                f"Tokens before token {self.first} are left out: there are too many to hold."
            )
        known = 0 if self.sweep.top_ids is None else self.sweep.top_ids.shape[2]
        if self.kept < known:
            said.append(f"Only {self.kept} of {known} top tokens of each patched run are here.")
        return " ".join(said)
