"""A game of two players on six fields, and a network that learns which moves are allowed.

A stone may go wherever the mover has none, on an empty field or on one of the other player's, and
makes the stones on the fields beside it the mover's too. Othello, which inspired it, needs a larger
board and network (Li et al. 2023, "Emergent World Representations").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    Labels = NDArray[np.int64]

FIELDS, MOVES = 6, 14
_WIDTH, _STEPS = 32, 600


@dataclass(frozen=True, eq=False)
class Games:
    """Games with random allowed moves.

    Attributes:
        moves: (game, move), the field on which a stone was put; black begins.
        colours: (game, move, field), after each move: 1 black, -1 white, 0 empty.
        to_move: (move,), whose turn it is after each move: 1 black, -1 white.
    """

    moves: Labels
    colours: Labels
    to_move: Labels

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """Where the next stone may go, (game, move, field)."""
        free: NDArray[np.bool_] = self.colours != self.to_move[:, None]
        return free


def games(count: int, seed: int | tuple[int, ...]) -> Games:
    """Play games at random."""
    rng = np.random.default_rng(seed)
    board = np.zeros((count, FIELDS), dtype=np.int64)
    moves, colours = [], []
    for move in range(MOVES):
        mover = 1 if move % 2 == 0 else -1
        put = (rng.random(board.shape) * (board != mover)).argmax(1)
        beside = np.abs(np.arange(FIELDS) - put[:, None])
        board = np.where((beside == 0) | ((beside == 1) & (board != 0)), mover, board)
        moves.append(put)
        colours.append(board)
    to_move = np.where(np.arange(MOVES) % 2 == 0, -1, 1)
    return Games(np.stack(moves, 1), np.stack(colours, 1), to_move)


@dataclass(frozen=True, eq=False)
class Player:
    """A network that reads moves.

    Attributes:
        layer: the recurrent layer.
        answer: reads from a state where the next stone may go.
    """

    layer: torch.nn.GRU
    answer: torch.nn.Linear

    def states(self, given: Games) -> NDArray[np.float32]:
        """Return what it holds after each move, (game, move, width)."""
        import torch

        with torch.no_grad():
            held: NDArray[np.float32] = self.layer(_inputs(given))[0].numpy()
        return held

    def right(self, given: Games) -> float:
        """Return how often it is right about a field."""
        import torch

        with torch.no_grad():
            said = self.answer(torch.from_numpy(self.states(given))).numpy() > 0
        return float((said == given.allowed).mean())


def player(seed: int, *, trained: bool = True) -> Player:
    """Train a network to tell after each move where the next stone may go.

    Args:
        seed: of the weights and the games.
        trained: False leaves it as it starts.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = Player(
            torch.nn.GRU(FIELDS + 1, _WIDTH, batch_first=True), torch.nn.Linear(_WIDTH, FIELDS)
        )
    weights = [*made.layer.parameters(), *made.answer.parameters()]
    adam = torch.optim.Adam(weights, lr=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, _STEPS)
    for step in range(_STEPS if trained else 0):
        given = games(128, (seed, step))
        said = made.answer(made.layer(_inputs(given))[0])
        loss = binary_cross_entropy_with_logits(said, torch.from_numpy(given.allowed).float())
        adam.zero_grad()
        loss.backward()
        adam.step()
        schedule.step()
    return made


def _inputs(given: Games) -> torch.Tensor:
    """Say which field, and who is to move: a transformer is told by the number of the move."""
    import torch

    fields = torch.eye(FIELDS)[torch.from_numpy(given.moves)]
    turns = torch.from_numpy(given.to_move).float().expand(len(fields), MOVES)
    return torch.cat([fields, turns[..., None]], -1)
