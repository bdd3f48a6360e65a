"""Documents to run a model on, in batches that need no padding."""

import hashlib
from collections.abc import Iterator, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Int
from transformer_lens.model_bridge import TransformerBridge

from interp_widgets._trace import encode


@dataclass(frozen=True, eq=False)
class Corpus:
    """Hold documents behind one another.

    Attributes:
        ids: vocabulary ids of all tokens.
        starts: where each document starts, and where the last one ends.
    """

    ids: Int[np.ndarray, " token"]
    starts: Int[np.ndarray, " ends"]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def digest(self) -> str:
        """Fingerprint of every token and of where the documents end."""
        return hashlib.sha256(self.ids.tobytes() + self.starts.tobytes()).hexdigest()

    def counted(self, *, skip_first: bool) -> Bool[np.ndarray, " token"]:
        """Tell the tokens that count from those that do not."""
        counts = np.ones(len(self.ids), dtype=bool)
        counts[self.starts[:-1]] = not skip_first
        return counts

    def batches(self, most: int) -> Iterator[tuple[list[int], Int[np.ndarray, "batch pos"]]]:
        """Give documents of one length together, so that none has to be padded.

        Args:
            most: tokens of a batch, unless a single document has more.

        Yields:
            The numbers of the documents, and their ids.
        """
        lengths = np.diff(self.starts)
        for length in np.unique(lengths):
            alike = np.flatnonzero(lengths == length)
            step = max(1, most // int(length))
            for first in range(0, len(alike), step):
                chosen = alike[first : first + step].tolist()
                rows = [self.ids[self.starts[one] : self.starts[one + 1]] for one in chosen]
                yield chosen, np.stack(rows)


def corpus_of(model: TransformerBridge, given: object) -> Corpus:
    """Read documents, given as texts or as vocabulary ids.

    Args:
        model: encodes the texts.
        given: a list of str, or (document, pos) ids.

    Raises:
        TypeError: one single text, or something that is neither texts nor ids.
        ValueError: no document, or one that the model cannot read.
    """
    if isinstance(given, str) or not isinstance(given, Sized):
        raise TypeError(
            f"corpus: expected a list of texts or token ids of shape (document, pos), got "
            f"{type(given).__name__}. Put a single text into a list."
        )
    if len(given) == 0:
        raise ValueError("corpus: expected at least one document, got none. Give a text.")
    texts = isinstance(given, list | tuple) and any(isinstance(one, str) for one in given)
    rows = _encoded(model, list(given)) if texts else list(_ids(model, given))  # type: ignore[call-overload]
    starts = np.cumsum([0, *map(len, rows)])
    return Corpus(np.concatenate(rows), starts)


def _encoded(model: TransformerBridge, texts: list[Any]) -> list[np.ndarray]:
    rows = []
    for number, text in enumerate(texts):
        try:
            rows.append(encode(model, text).numpy(force=True))
        except (TypeError, ValueError) as error:
            said = str(error).removeprefix("prompt: ")
            raise type(error)(f"corpus: in document {number}, {said}") from error
    return rows


def _ids(model: TransformerBridge, given: object) -> np.ndarray:
    try:
        ids = np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)
    except ValueError:  # rows of different lengths
        ids = np.array(None)
    if ids.dtype.kind not in "iu" or ids.ndim != 2 or 0 in ids.shape:
        raise TypeError(
            f"corpus: expected a list of texts or token ids of shape (document, pos), got "
            f"{type(given).__name__} of {ids.dtype}, shape {ids.shape}. Documents of different "
            "lengths are best given as texts."
        )
    if ids.min() < 0 or ids.max() >= model.cfg.d_vocab or ids.shape[1] > model.cfg.n_ctx:
        raise ValueError(
            f"corpus: expected at most {model.cfg.n_ctx} ids a document, each from 0 to "
            f"{model.cfg.d_vocab - 1}, got shape {ids.shape} and ids from {ids.min()} to "
            f"{ids.max()}. Cut longer documents, and use the model's own tokenizer."
        )
    return ids.astype(np.int64)
