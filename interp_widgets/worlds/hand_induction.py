"""Two attention layers whose weights are written down, not trained: they continue a repetition.

In "a d c b a d" the next symbol is "c": it followed the earlier "d". Finding it takes two heads
(Elhage et al. 2021, "A mathematical framework for transformer circuits"; Olsson et al. 2022):

1. The previous-token head notes at every position which symbol stands before it.
2. The induction head looks for the position whose note is the present symbol, and copies the symbol
   that stands there: the one that came next the last time.

Every other head has zero weights and does nothing.
"""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets.worlds.circuits import Circuit, Edge
from interp_widgets.worlds.weights import BOS, CONFIDENT, SHARP, Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

SYMBOLS = (BOS, *ascii_lowercase)
CONTEXT = 49
"""<bos> and a segment of up to 24 symbols, said twice."""
LAYERS, HEADS = 2, 4
PREVIOUS, INDUCTION = (0, 1), (1, 2)
"""(layer, head) of the two heads that do something."""

CIRCUIT = Circuit(
    {
        Edge("pos", "L0H1.q"): "the position, to ask for the one before it",
        Edge("pos", "L0H1.k"): "the position, to be asked for by the one after it",
        Edge("embed", "L0H1.v"): "the symbol, to be noted one position later",
        Edge("embed", "L1H2.q"): "the symbol, to ask where it was followed by something",
        Edge("embed", "L1H2.k"): "the start, where the head rests if the symbol is new",
        Edge("L0H1", "L1H2.k"): "the symbol before, to be found by an equal symbol",
        Edge("embed", "L1H2.v"): "the symbol, to be copied as the prediction",
        Edge("L1H2", "output"): "the prediction",
    }
)


def hand_induction() -> Weights:
    """Write the weights.

    Returns:
        A network of two layers with four heads each, without MLPs.
    """
    symbols = len(SYMBOLS)
    weights = Weights(
        vocabulary=SYMBOLS,
        widths={"symbol": symbols, "position": CONTEXT, "before": symbols, "next": symbols},
        layers=LAYERS,
        heads=HEADS,
        head_width=CONTEXT,
        neurons=0,
        context=CONTEXT,
        causal=True,
    )
    weights.W_E[:, weights.spaces["symbol"]] = np.eye(symbols)
    weights.W_pos[:, weights.spaces["position"]] = np.eye(CONTEXT)
    _write_previous_token_head(weights)
    _write_induction_head(weights)
    weights.W_U[weights.spaces["next"]] = CONFIDENT * np.eye(symbols)
    return weights


def _write_previous_token_head(weights: Weights) -> None:
    space, symbols = weights.spaces, len(SYMBOLS)
    # Position 5 asks for "5", and it is position 4 that answers to it.
    weights.W_Q[PREVIOUS][space["position"], :CONTEXT] = SHARP * np.eye(CONTEXT)
    weights.W_K[PREVIOUS][space["position"], :CONTEXT] = np.eye(CONTEXT, k=1)
    # What is found there, the symbol, is noted under "before".
    weights.W_V[PREVIOUS][space["symbol"], :symbols] = np.eye(symbols)
    weights.W_O[PREVIOUS][:symbols, space["before"]] = np.eye(symbols)


def _write_induction_head(weights: Weights) -> None:
    space, symbols = weights.spaces, len(SYMBOLS)
    # A "d" asks for "d", and a position answers to the symbol before it.
    weights.W_Q[INDUCTION][space["symbol"], :symbols] = SHARP * np.eye(symbols)
    weights.W_K[INDUCTION][space["before"], :symbols] = np.eye(symbols)
    # Everybody also asks, half as loudly, for the start: that is where a new symbol's gaze rests.
    weights.b_Q[INDUCTION][symbols] = SHARP / 2
    weights.W_K[INDUCTION][space["symbol"], symbols] = np.eye(symbols)[SYMBOLS.index(BOS)]
    # The symbol that stands there becomes the prediction; of the start nothing is copied.
    letters = np.diag([float(symbol != BOS) for symbol in SYMBOLS])
    weights.W_V[INDUCTION][space["symbol"], :symbols] = letters
    weights.W_O[INDUCTION][:symbols, space["next"]] = np.eye(symbols)


def repeated_segments(count: int, length: int, seed: int | tuple[int, ...]) -> NDArray[np.int64]:
    """Draw random segments of different symbols, each said twice.

    A symbol that came twice in a segment would have two successors, and nothing in the sequence
    would say which of them comes next.

    Args:
        count: how many sequences.
        length: symbols in a segment.
        seed: of the draw.

    Returns:
        Token ids (sequence, pos): the start, the segment, the segment again.

    Raises:
        ValueError: a segment longer than the network's context allows.
    """
    longest = (CONTEXT - 1) // 2
    if not 1 <= length <= longest:
        raise ValueError(
            f"length: expected 1 to {longest}, because a segment is said twice in a context of "
            f"{CONTEXT}, got {length}."
        )
    rng = np.random.default_rng(seed)
    letters = np.arange(1, len(SYMBOLS))
    segments = np.stack([rng.permutation(letters)[:length] for _ in range(count)])
    return np.hstack([np.zeros((count, 1), dtype=np.int64), segments, segments])
