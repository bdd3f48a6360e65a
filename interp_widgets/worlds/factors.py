"""The factors of every token: what the maker of a shipped model's text knows about it.

A *factor* is a label that the generator gives; a *latent* is a unit of a sparse autoencoder.
Factors are the truth that probes and latents are scored against.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from interp_widgets.results.factors import TokenFactors
from interp_widgets.worlds import (
    hand_induction,
    program_factors,
    repetition,
    sum_factors,
    tiny_labels,
)
from interp_widgets.worlds.compiled import PROGRAMS
from interp_widgets.worlds.given_tokens import rows_of, token_texts, tokenizer_of
from interp_widgets.worlds.repeats import repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from interp_widgets.worlds.labelling import Labeller, Labels

LABELLERS: Final[dict[str, Callable[[], Labeller]]] = {
    "tiny-world": tiny_labels.labeller,
    "hand-induction": partial(
        repetition.labeller,
        hand_induction.SYMBOLS,
        hand_induction.repeated_segments,
        hand_induction.CONTEXT,
    ),
    **dict.fromkeys(
        ("induction-1l", "induction-2l"),
        partial(
            repetition.labeller,
            hand_induction.SYMBOLS,
            lambda count, _length, seed: repeats(count, seed)[0],
            hand_induction.CONTEXT,
        ),
    ),
    "mod-add": sum_factors.labeller,
    **{name: partial(program_factors.labeller, program) for name, program in PROGRAMS.items()},
}
"""Who labels the tokens of each model: a model whose tokens have factors gets a line here."""
_MOST_ROWS: Final = 100_000


def factors(
    name: str, tokens: str | Sequence[str] | Sequence[Any] | NDArray[np.integer[Any]]
) -> TokenFactors:
    """Label given tokens with what the generator of a shipped model's text says of them.

    In tiny-world the last document of a row may be unfinished: what depends on how it would go on
    is left out.

    Args:
        name: of the model, such as "tiny-world", as `model.cfg.model_name` says it.
        tokens: a text, several texts of as many tokens each, or token ids (pos) or (row, pos) of
            any array library, each row with `<bos>` in front. A text gets its `<bos>`.

    Returns:
        The tokens with their factors.

    Raises:
        TypeError: an argument of the wrong kind.
        ValueError: a model without factors, texts of different lengths, tokens that the model does
            not have, or text that the generator would not write.
    """
    labeller = _labeller(name)
    ids = rows_of(tokens, tokenizer_of(_model(name)), labeller.longest)
    labels = []
    for row, given in enumerate(ids):
        try:
            labels.append(labeller.read(given))
        except ValueError as error:
            raise ValueError(f"tokens: row {row}: {error}") from error
    return _result(name, ids, labels)


def labelled_text(
    name: str, count: int, *, length: int | None = None, seed: int = 0, split: str = "train"
) -> TokenFactors:
    """Write text of the kind that a shipped model is made for, with the factors of every token.

    Args:
        name: of the model, such as "tiny-world", as `model.cfg.model_name` says it.
        count: how many rows.
        length: tokens in a row, `<bos>` included; None takes the longest. tiny-world writes several
            documents in a row, each behind its own `<bos>`, and cuts the last one.
        seed: of the draw; the same one gives the same text.
        split: "train"; tiny-world also has "combination" and "template", which hold combinations
            and sentences that the model was never trained on.

    Returns:
        Tokens (row, pos) with their factors; a model reads `torch.tensor(found.token_ids)`.

    Raises:
        TypeError: an argument of the wrong kind.
        ValueError: a model without factors, or a count, length, seed or split that cannot be.
    """
    labeller = _labeller(name)
    length = labeller.longest if length is None else length
    _check_whole("count", count, 1, _MOST_ROWS)
    _check_whole("length", length, 2, labeller.longest)
    _check_whole("seed", seed, 0, 2**32 - 1)
    if not isinstance(split, str) or split not in labeller.splits:
        raise ValueError(
            f"split: expected one of {list(labeller.splits)} for {name!r}, got {split!r}."
        )
    ids, labels = labeller.write(count, length, seed, split)
    return _result(name, ids, labels)


def _labeller(name: object) -> Labeller:
    if not isinstance(name, str):
        raise TypeError(
            f"name: expected the name of a model as text, got {type(name).__name__}. "
            "A loaded model says it as model.cfg.model_name."
        )
    model = _model(name)
    if model not in LABELLERS:
        raise ValueError(
            f"name: expected a model whose text has factors, one of {sorted(LABELLERS)}, got "
            f"{name!r}. Choose one of them."
        )
    return _made(model)


def _model(name: str) -> str:
    return name.partition("@")[0]  # a revision reads the same text


@cache
def _made(model: str) -> Labeller:
    return LABELLERS[model]()


def _check_whole(name: str, given: object, least: int, most: int) -> None:
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(
            f"{name}: expected a whole number from {least} to {most}, got "
            f"{type(given).__name__} {given!r}."
        )
    if not least <= given <= most:
        raise ValueError(f"{name}: expected {least} to {most}, got {given}.")


def _result(name: str, ids: NDArray[np.int64], labels: Sequence[Labels]) -> TokenFactors:
    labeller = _labeller(name)
    values = {factor: np.full(ids.shape, None, dtype=object) for factor in labeller.about}
    for row, known in enumerate(labels):
        for position, said in enumerate(known):
            for factor, value in said.items():
                values[factor][row, position] = value
    texts = token_texts(tokenizer_of(_model(name)), ids)
    return TokenFactors(texts, ids, values, labeller.about)
