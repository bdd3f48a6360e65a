"""A small language with a hidden topic, and ten networks of two kinds that learn to continue it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import torch
    from numpy.typing import NDArray

    Labels = NDArray[np.int64]
    Network = Callable[[Sequence[torch.Tensor], torch.Tensor], torch.Tensor]

ASK = 9
"""The symbol after which the topic is named. 0 to 2 set the topic, 3 to 5 the accent, which changes
nothing, 6 to 8 say nothing, and 10 to 12 name the topic."""
KINDS = ("recurrent", "attention")
NETWORKS = 5
"""How many networks of each kind are trained, each from a start of its own."""
_SYMBOLS, _LENGTH, _WIDTH = 13, 16, 24
_STEPS = {"recurrent": 200, "attention": 400}
_CHANCES = (0.12, 0.24, 0.7)
"""Of a new topic, of that or a new accent, and of all but a question."""


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts of the language, and what is true at each place.

    Attributes:
        symbols: (text, pos).
        topic: (text, pos), 0 to 2, as it was last set.
        accent: (text, pos), 0 to 2, likewise.
    """

    symbols: Labels
    topic: Labels
    accent: Labels


def texts(count: int, seed: int | tuple[int, ...]) -> Texts:
    """Draw texts; each begins with a topic and an accent."""
    rng = np.random.default_rng(seed)
    kinds = np.digitize(rng.random((count, _LENGTH)), _CHANCES)
    kinds[:, :2] = 0, 1
    values = rng.integers(3, size=kinds.shape)
    for pos in range(2, _LENGTH):
        kinds[kinds[:, pos - 1] == 3, pos] = 4
    topic, accent = (_last(values, kinds == kind) for kind in (0, 1))
    symbols = np.select([kinds == 3, kinds == 4], [ASK, ASK + 1 + topic], 3 * kinds + values)
    return Texts(symbols, topic, accent)


def _last(values: Labels, here: NDArray[np.bool_]) -> Labels:
    """Repeat at each place the value of the last place that is meant."""
    places = np.maximum.accumulate(np.where(here, np.arange(values.shape[1]), 0), axis=1)
    return np.take_along_axis(values, places, axis=1)


@dataclass(frozen=True, eq=False)
class Networks:
    """Five networks of one kind.

    Attributes:
        kind: one of `KINDS`.
        parts: their weights, the network axis first; the last part gives the logits.
    """

    kind: str
    parts: Sequence[torch.Tensor]

    def states(self, symbols: Labels) -> NDArray[np.float32]:
        """Return what each network holds at each place, (network, text, pos, width)."""
        import torch

        with torch.no_grad():
            held = _KINDS[self.kind](self.parts, torch.from_numpy(symbols))
        return held.numpy()

    def right(self, given: Texts) -> NDArray[np.float64]:
        """Return how often each network names the right topic where it is asked, (network,)."""
        asked = given.symbols == ASK
        logits = self.states(given.symbols)[:, asked] @ self.parts[-1].detach().numpy()
        return np.asarray((logits.argmax(-1) == ASK + 1 + given.topic[asked]).mean(-1))


def networks(kind: str, seed: int, *, trained: bool = True) -> Networks:
    """Train five networks of a kind side by side to foretell the next symbol.

    Args:
        kind: one of `KINDS`.
        seed: of the weights and of the texts.
        trained: False leaves them as they start.
    """
    import torch
    from torch.nn.functional import cross_entropy

    parts = _parts(kind, seed)
    adam = torch.optim.Adam(parts, lr=0.01)
    steps = _STEPS[kind] if trained else 0
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, max(steps, 1))
    for step in range(steps):
        symbols = torch.from_numpy(texts(64, (seed, step)).symbols)
        logits = _KINDS[kind](parts, symbols)[:, :, :-1] @ parts[-1][:, None]
        expected = symbols[:, 1:].expand(NETWORKS, -1, -1)
        loss = cross_entropy(logits.flatten(0, 2), expected.flatten())
        adam.zero_grad()
        (NETWORKS * loss).backward()
        torch.nn.utils.clip_grad_norm_(parts, 1.0)
        adam.step()
        schedule.step()
    return Networks(kind, [part.detach() for part in parts])


def _parts(kind: str, seed: int) -> list[torch.Tensor]:
    """Draw the weights; what is looked up is larger than what is multiplied."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    wide = (_WIDTH, _WIDTH)
    looked_up = {
        "recurrent": [(_SYMBOLS, _WIDTH)],
        "attention": [(_SYMBOLS, _WIDTH), (_LENGTH, _WIDTH)],
    }
    multiplied = {"recurrent": [wide], "attention": [wide, wide, wide, (_WIDTH, 48), (48, _WIDTH)]}

    def draw(shape: tuple[int, int], size: float) -> torch.Tensor:
        drawn = size * torch.randn((NETWORKS, *shape), generator=generator)
        return drawn.requires_grad_()

    return [
        *(draw(shape, 0.5) for shape in looked_up[kind]),
        *(draw(shape, shape[0] ** -0.5) for shape in [*multiplied[kind], (_WIDTH, _SYMBOLS)]),
    ]


def _recurrent(parts: Sequence[torch.Tensor], symbols: torch.Tensor) -> torch.Tensor:
    import torch

    read, keep = parts[:2]
    state = torch.zeros(NETWORKS, len(symbols), _WIDTH)
    states = []
    for symbol in symbols.T:
        state = torch.tanh(read[:, symbol] + state @ keep)
        states.append(state)
    return torch.stack(states, 2)


def _attention(parts: Sequence[torch.Tensor], symbols: torch.Tensor) -> torch.Tensor:
    from torch.nn.functional import scaled_dot_product_attention

    symbol, place, *rest = parts
    stream = symbol[:, symbols] + place[:, None]
    query, key, value, into, back = (part[:, None] for part in rest[:5])
    stream = stream + scaled_dot_product_attention(
        stream @ query, stream @ key, stream @ value, is_causal=True
    )
    added: torch.Tensor = (stream @ into).relu() @ back
    return stream + added


_KINDS: dict[str, Network] = {"recurrent": _recurrent, "attention": _attention}
