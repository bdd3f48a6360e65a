"""The words of tiny-world whose embeddings notebook 03 looks at."""

from __future__ import annotations

from typing import Any

from interp_widgets.worlds.tiny_vocabulary import LIST_WORDS


def learned_words(model: Any) -> tuple[list[str], list[int]]:  # noqa: ANN401 -- no torch here
    """List the words that stand in tiny-world's lists and are one token, and their token ids.

    Args:
        model: tiny-world.
    """
    ids = {word.strip(): model.to_tokens(word)[0].tolist()[1:] for word in LIST_WORDS}
    single = {word: tokens[0] for word, tokens in ids.items() if len(tokens) == 1}
    return list(single), list(single.values())
