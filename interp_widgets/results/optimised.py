"""An input that was made, not found, to excite a feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interp_widgets.results import _checks
from interp_widgets.results._arrays import float_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class OptimisedInput:
    """Hold a text or an image that was optimised until a feature fired.

    Attributes:
        activation: the largest activation that it reaches, in units of the feature.
        tokens: (pos,), decoded text of each token; None for an image.
        values: (pos,), the feature's activation on each token; None for an image.
        image: (height, width) or (height, width, 3), from 0, black, to 1; None for a text.
    """

    activation: float
    tokens: tuple[str, ...] | None = None
    values: NDArray[np.float32] | None = None
    image: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        activation = float(self.activation)
        if not np.isfinite(activation):
            raise ValueError(
                f"activation: expected a finite number, got {activation}. Give what it reaches."
            )
        if (self.tokens is None) == (self.image is None):
            raise ValueError(
                "image: expected either tokens with values or an image, got "
                f"{'neither' if self.image is None else 'both'}. Give one of the two."
            )
        _checks.put(self, activation=activation)
        if self.tokens is None:
            _checks.put(self, image=_picture(self.image))
            return
        values = float_array("values", self.values, "one number for each token")
        tokens = _checks.token_texts("tokens", self.tokens, len(self.tokens), values.shape)
        if values.shape != (len(tokens),) or not len(tokens) or not np.isfinite(values).all():
            raise ValueError(
                f"values: expected a finite number for each of {len(tokens)} tokens, got shape "
                f"{values.shape}. Give the feature's activation on each."
            )
        _checks.put(self, tokens=tokens, values=_checks.kept(values))


def _picture(given: object) -> NDArray[np.float32]:
    image = float_array("image", given, "shape (height, width) or (height, width, 3)")
    flat = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    if not flat or 0 in image.shape:
        raise ValueError(
            "image: expected shape (height, width) or (height, width, 3), got "
            f"{image.shape}. Put the colours last."
        )
    if not (np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1):
        raise ValueError(
            f"image: expected numbers from 0 to 1, got {image.min():.3g} to {image.max():.3g}. "
            "Divide by 255, or scale it to that range."
        )
    return _checks.kept(image)
