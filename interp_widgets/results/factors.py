"""What the maker of a text knows about every token of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from numbers import Number
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from interp_widgets.results import _checks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

Kind = Literal["token", "position", "window of 3", "bag", "context"]
_MOST_LISTED = 12


@dataclass(frozen=True)
class Factor:
    """Describe a label that a generator gives to tokens, and how much one must read to know it.

    Attributes:
        kind: "token": the token itself; "position": its place alone; "window of 3": it and the two
            before; "bag": which tokens came before, in any order; "context": their order matters,
            or a fact about the world.
        meaning: what the label says, in words.
    """

    kind: Kind
    meaning: str


@dataclass(frozen=True, eq=False, repr=False)
class TokenFactors:
    """Hold rows of text and the factors of every token: the truth to score a probe or latent on.

    A factor is what the generator says of a token, such as "subj.number", and may say nothing.

    Attributes:
        tokens: (row, pos), decoded text of each token, leading space included.
        token_ids: (row, pos), vocabulary ids; every row begins with `<bos>`.
        values: (row, pos) objects by the factor's name; None where it says nothing of the token.
        about: what each factor means and how much one must read to know it, by its name.
    """

    tokens: Sequence[Sequence[str]]
    token_ids: NDArray[np.int64]
    values: Mapping[str, NDArray[np.object_]]
    about: Mapping[str, Factor]

    def __post_init__(self) -> None:
        ids = _checks.frozen(np.array(self.token_ids, dtype=np.int64))
        if ids.ndim != 2:
            raise ValueError(
                f"token_ids: expected shape (row, pos), got {ids.shape}. Write one row as [row]."
            )
        _checks.check_length("tokens", (len(self.tokens),), len(ids), ids.shape)
        tokens = [
            _checks.token_texts(f"tokens[{row}]", texts, ids.shape[1], ids.shape)
            for row, texts in enumerate(self.tokens)
        ]
        for name, array in self.values.items():
            if array.shape != ids.shape:
                raise ValueError(
                    f"values[{name!r}]: expected shape {ids.shape} to match token_ids, got "
                    f"{array.shape}. Give one value for each token, None where there is none."
                )
        if {*self.values} != {*self.about}:
            raise ValueError(
                f"about: expected the factors {sorted(self.values)}, got {sorted(self.about)}. "
                "Describe each of them."
            )
        values = {name: _checks.frozen(array.copy()) for name, array in self.values.items()}
        _checks.put(self, tokens=tuple(tokens), token_ids=ids)
        _checks.put(self, values=MappingProxyType(values), about=MappingProxyType({**self.about}))

    @property
    def names(self) -> tuple[str, ...]:
        """List the factors."""
        return tuple(self.values)

    def known(self, name: str) -> NDArray[np.bool_]:
        """Say of which tokens a factor says something.

        Args:
            name: of the factor.

        Returns:
            (row, pos); a probe for "singular" against "plural" is fitted where this is True.

        Raises:
            ValueError: no such factor.
        """
        return _where(self._values(name), lambda value: value is not None)

    def binary(self, name: str, value: object = True) -> NDArray[np.bool_]:  # noqa: FBT002 -- it is a value
        """Say of which tokens a factor has a value.

        Args:
            name: of the factor.
            value: that it has; True for factors that are true or false.

        Returns:
            (row, pos); False also where the factor says nothing.

        Raises:
            ValueError: no such factor, or a value that it nowhere has in this text.
        """
        found = self._values(name)
        shares = self.frequencies(name)
        if not isinstance(value, str | Number) or value not in shares:
            listed = ", ".join(map(repr, list(shares)[:_MOST_LISTED]))
            more = f" and {len(shares) - _MOST_LISTED} more" if len(shares) > _MOST_LISTED else ""
            raise ValueError(
                f"value: expected a value that {name!r} has in this text ({listed or 'none'}"
                f"{more}), got {value!r}. Choose one of them, or label more text."
            )
        return _where(found, lambda one: one == value)

    def frequencies(self, name: str) -> dict[object, float]:
        """Measure how often a factor has each of its values.

        Args:
            name: of the factor.

        Returns:
            Share of all tokens, above 0 and at most 1, by value; the commonest first.

        Raises:
            ValueError: no such factor.
        """
        found = self._values(name)
        counts = Counter(value for value in found.flat if value is not None)
        return {value: count / found.size for value, count in counts.most_common()}

    def _values(self, name: str) -> NDArray[np.object_]:
        if not isinstance(name, str) or name not in self.values:
            raise ValueError(
                f"name: expected one of the factors {list(self.names)}, got {name!r}. "
                "Print the result to see what each means."
            )
        return self.values[name]

    def __repr__(self) -> str:
        rows, length = self.token_ids.shape
        width = max(map(len, self.names))
        lines = [f"TokenFactors: {rows} rows of {length} tokens, {len(self.names)} factors"]
        for name, factor in self.about.items():
            shares = self.frequencies(name)
            lines.append(
                f"  {name:{width}}  {factor.kind:11}  {len(shares):4} values on "
                f"{sum(shares.values()):4.0%}  {factor.meaning}"
            )
        return "\n".join(lines)


def _where(values: NDArray[np.object_], test: Callable[[Any], bool]) -> NDArray[np.bool_]:
    return np.array([test(value) for value in values.flat], dtype=bool).reshape(values.shape)
