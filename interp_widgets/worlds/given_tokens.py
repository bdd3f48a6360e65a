"""Turn given text or token ids into rows of ids that a shipped model reads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from interp_widgets import data
from interp_widgets.worlds.weights import BOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

_KINDS: Final = "a text, a list of texts, or token ids (pos) or (row, pos)"
_UNKNOWN: Final = "<unknown>"


def tokenizer_of(model: str) -> Tokenizer:
    """Read the tokenizer of a shipped model."""
    return _read(str(data.file(f"models/{model}/tokenizer.json")))


@cache
def _read(path: str) -> Tokenizer:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(path)


def token_texts(tokenizer: Tokenizer, ids: NDArray[np.int64]) -> list[list[str]]:
    """Decode every token by itself.

    Args:
        tokenizer: of the model.
        ids: (row, pos).
    """
    text = {
        token: tokenizer.decode([token], skip_special_tokens=False)
        for token in np.unique(ids).tolist()
    }
    return [[text[token] for token in row] for row in ids.tolist()]


def rows_of(tokens: object, tokenizer: Tokenizer, longest: int) -> NDArray[np.int64]:
    """Turn text or token ids into ids (row, pos), with `<bos>` in front of each row.

    Args:
        tokens: what was given.
        tokenizer: of the model.
        longest: tokens that a row may have.

    Raises:
        TypeError: neither text nor whole numbers.
        ValueError: rows of different lengths, too long, without `<bos>` or with unknown tokens.
    """
    ids = _ids(tokens, tokenizer)
    if ids.ndim == 1:
        ids = ids[None]
    if ids.ndim != 2 or not ids.size:
        raise ValueError(f"tokens: expected {_KINDS}, got shape {ids.shape}. Give one row or more.")
    if ids.shape[1] > longest:
        raise ValueError(
            f"tokens: expected at most {longest} tokens with <bos>, got {ids.shape[1]}. "
            "Shorten the text."
        )
    size = tokenizer.get_vocab_size() - (tokenizer.token_to_id(_UNKNOWN) is not None)
    if ids.min() < 0 or ids.max() >= size:
        raise ValueError(
            f"tokens: expected ids from 0 to {size - 1}, got {ids.min()} to {ids.max()}. "
            "Leave out what the model has no token for."
        )
    if not (ids[:, 0] == tokenizer.token_to_id(BOS)).all():
        raise ValueError(
            f"tokens: expected {BOS} (id {tokenizer.token_to_id(BOS)}) at the start of every row, "
            f"got ids {sorted(set(ids[:, 0].tolist()))}. Put it there, as model.to_tokens does."
        )
    return ids


def _ids(tokens: Any, tokenizer: Tokenizer) -> NDArray[np.int64]:  # noqa: ANN401 -- anything may come
    if isinstance(tokens, str):
        return _encoded([tokens], tokenizer)
    if isinstance(tokens, list | tuple) and tokens and all(isinstance(one, str) for one in tokens):
        return _encoded(tokens, tokenizer)
    if hasattr(tokens, "detach"):
        tokens = tokens.detach().cpu()
    try:
        ids = np.asarray(tokens)
    except (ValueError, TypeError) as error:  # rows of different lengths; no array at all
        raise ValueError(
            f"tokens: expected {_KINDS}, all rows of one length, got {error}. "
            "Give rows of different lengths one by one."
        ) from error
    if ids.dtype.kind not in "iu":
        raise TypeError(
            f"tokens: expected {_KINDS}, got {type(tokens).__name__} of {ids.dtype}. "
            "Ids are whole numbers."
        )
    return ids.astype(np.int64)


def _encoded(texts: Sequence[str], tokenizer: Tokenizer) -> NDArray[np.int64]:
    rows = [_encode(text, tokenizer) for text in texts]
    if len(lengths := sorted({len(row) for row in rows})) > 1:
        raise ValueError(
            f"tokens: expected texts of one length, got some of {lengths} tokens. "
            "Give texts of different lengths one by one."
        )
    return np.array(rows, dtype=np.int64)


def _encode(text: str, tokenizer: Tokenizer) -> list[int]:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            "tokens: expected text that can be written as UTF-8, got half of a surrogate pair at "
            f"position {error.start}. Remove that character."
        ) from error
    if not text:
        raise ValueError("tokens: expected some text, got ''. Give at least one word.")
    whole = text if text.startswith(BOS) else BOS + text
    encoding = tokenizer.encode(whole)
    if _UNKNOWN in encoding.tokens:
        start, stop = encoding.offsets[encoding.tokens.index(_UNKNOWN)]
        known = "".join(sorted(set(tokenizer.get_vocab()) - {BOS, _UNKNOWN}))
        raise ValueError(
            f"tokens: expected symbols that the model knows ({known}), got "
            f"{whole[start:stop]!r}. Leave it out."
        )
    ids: list[int] = encoding.ids
    return ids
