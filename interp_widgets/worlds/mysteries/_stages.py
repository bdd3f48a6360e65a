"""Write attention heads of a sealed transformer: where a head looks, and what it copies to where.

The residual stream has a space for the symbol, the position, a note that one head may leave for a
later one, and the prediction. Two more are decoys': one that nothing reads, and one that raises
every logit alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from interp_widgets.worlds.mysteries.algorithms import CONTEXT, LETTERS
from interp_widgets.worlds.weights import BOS, Weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Place = tuple[int, int]
    Look = Callable[[Weights, Place], None]

LAYERS: Final = 3
HEADS: Final = 4
LOGIT: Final = 20.0
"""The logit of an answer that is written without doubt."""
_SYMBOLS: Final = len(LETTERS) + 1
_SHARP = 24.0  # the score of what is looked for; the rest scores 0
_MATCH = 80.0  # more than recency can add in a whole sequence
_RECENT = 1.5  # for each position: the last of several matches gets most of the attention
_QUIET = 150.0  # turns a backup to the start wherever the prediction is already written
_REST, _RECENCY = CONTEXT, CONTEXT + 1  # columns of a head after those of symbols or positions
_LETTERS_ONLY: Final = np.diag([0.0] + [1.0] * len(LETTERS))  # of the start nothing is copied
_ALPHABET: Final = np.roll(np.eye(len(LETTERS)), 1, axis=1)


def blank() -> Weights:
    """Make the embedding and unembedding; every head is still empty."""
    spaces = ("symbol", "note", "next", "dead")
    weights = Weights(
        vocabulary=(BOS, *LETTERS),
        widths={"position": CONTEXT, **dict.fromkeys(spaces, _SYMBOLS), "flat": 1},
        layers=LAYERS,
        heads=HEADS,
        head_width=CONTEXT + 2,
        neurons=0,
        context=CONTEXT,
        causal=True,
    )
    weights.W_E[:, weights.spaces["symbol"]] = np.eye(_SYMBOLS)
    weights.W_pos[:, weights.spaces["position"]] = np.eye(CONTEXT)
    weights.W_U[weights.spaces["next"]] = LOGIT * _LETTERS_ONLY
    weights.W_U[weights.spaces["flat"]] = LOGIT
    return weights


def look_back(steps: int) -> Look:
    """Look so many positions back; 0 is the current one."""

    def look(weights: Weights, head: Place) -> None:
        position = weights.spaces["position"]
        weights.W_Q[head][position, :CONTEXT] = _SHARP * np.eye(CONTEXT)
        weights.W_K[head][position, :CONTEXT] = np.eye(CONTEXT, k=steps)

    return look


def look_at_first(weights: Weights, head: Place) -> None:
    """Look at the first symbol."""
    weights.b_Q[head][0] = _SHARP
    weights.W_K[head][weights.spaces["position"].start + 1, 0] = 1


def look_at_all(weights: Weights, head: Place) -> None:
    """Look at every symbol so far alike."""
    weights.b_Q[head][0] = _SHARP
    weights.W_K[head][weights.spaces["symbol"], 0] = np.diag(_LETTERS_ONLY)


def look_for_match(weights: Weights, head: Place) -> None:
    """Look where the note is the current symbol, last of all; without any, at the start."""
    space = weights.spaces
    weights.W_Q[head][space["symbol"], :_SYMBOLS] = _MATCH * _LETTERS_ONLY
    weights.W_K[head][space["note"], :_SYMBOLS] = np.eye(_SYMBOLS)
    weights.b_Q[head][_RECENCY] = _RECENT
    weights.W_K[head][space["position"], _RECENCY] = np.arange(CONTEXT)
    weights.b_Q[head][_REST] = 0.75 * _MATCH
    weights.W_K[head][space["symbol"].start, _REST] = 1


def rest(weights: Weights, head: Place, share: float) -> None:
    """Let a head that looks at one place spend a share of its attention on the start."""
    weights.b_Q[head][_REST] = _SHARP + np.log(share / (1 - share))
    weights.W_K[head][weights.spaces["symbol"].start, _REST] = 1


def stay_quiet(weights: Weights, head: Place) -> None:
    """Turn a head that rests to the start wherever an earlier one has written the prediction."""
    weights.W_Q[head][weights.spaces["next"], _REST] = _QUIET


def copy(weights: Weights, head: Place, source: str, target: str, *, strength: float = 1.0) -> None:
    """Copy what a space of the looked-at position holds into a space of the current one."""
    table = np.ones((_SYMBOLS, 1)) if target == "flat" else np.eye(_SYMBOLS)
    wide = slice(table.shape[1])
    weights.W_V[head][weights.spaces[source], wide] = _LETTERS_ONLY @ table
    weights.W_O[head][wide, weights.spaces[target]] = strength * np.eye(wide.stop)


def shift(weights: Weights, head: Place) -> None:
    """Let a head that copies write the letter that comes next in the alphabet instead."""
    weights.W_V[head][:, 1:_SYMBOLS] = weights.W_V[head][:, 1:_SYMBOLS] @ _ALPHABET


def idle(weights: Weights, head: Place, rng: np.random.Generator) -> None:
    """Let a head look anywhere and write next to nothing, as most heads of a trained network do."""
    stream, width = weights.W_Q[head].shape
    weights.W_Q[head] = rng.normal(size=(stream, width)) / 2
    weights.W_K[head] = rng.normal(size=(stream, width)) / np.sqrt(width)
    weights.W_V[head] = rng.normal(size=(stream, width)) / np.sqrt(width)
    weights.W_O[head] = rng.normal(size=(width, stream)) * 0.0003


def turn(weights: Weights, rng: np.random.Generator) -> None:
    """Rotate the stream, and each head's own space: nothing changes but how the matrices look."""
    basis = _rotation(len(weights.W_U), rng)
    weights.W_E, weights.W_pos = weights.W_E @ basis, weights.W_pos @ basis
    weights.W_U = basis.T @ weights.W_U
    for head in np.ndindex(LAYERS, HEADS):
        scores, values = (_rotation(weights.head_width, rng) for _ in range(2))
        weights.W_Q[head] = basis.T @ weights.W_Q[head] @ scores
        weights.b_Q[head] = weights.b_Q[head] @ scores
        weights.W_K[head] = basis.T @ weights.W_K[head] @ scores
        weights.W_V[head] = basis.T @ weights.W_V[head] @ values
        weights.W_O[head] = values.T @ weights.W_O[head] @ basis


def _rotation(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    basis: NDArray[np.float64] = np.linalg.qr(rng.normal(size=(size, size)))[0]
    return basis
