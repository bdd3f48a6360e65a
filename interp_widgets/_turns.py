"""Models take turns: a cell and a prompt box that run one at once would fill each other's caches.

TransformerLens hangs the hooks that fill a cache on the model itself, where any other run of that
model, in whatever thread, fires them as well.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from transformer_lens.model_bridge import TransformerBridge

_LOCKS: WeakKeyDictionary[TransformerBridge, threading.RLock] = WeakKeyDictionary()
_MAKING = threading.Lock()


def turn(model: TransformerBridge) -> threading.RLock:
    """Give what is held, with `with`, while a model runs; whoever holds it may ask again."""
    with _MAKING:
        return _LOCKS.setdefault(model, threading.RLock())
