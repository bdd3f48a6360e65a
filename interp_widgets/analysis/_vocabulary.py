"""Find tokens in a model's vocabulary by their text or number."""

from operator import index

from transformer_lens.model_bridge import TransformerBridge


def token_id(model: TransformerBridge, name: str, token: str | int) -> int:
    """Find the vocabulary id of one token.

    Args:
        model: whose vocabulary it is.
        name: of the argument, for the message.
        token: its text, leading space included, or its id.

    Raises:
        ValueError: text that is not exactly one token, or an id that is not in the vocabulary.
    """
    if isinstance(token, str):
        ids = model.tokenizer.encode(token, add_special_tokens=False)
        if len(ids) == 1:
            return int(ids[0])
        pieces = [model.tokenizer.decode(piece) for piece in ids]
        raise ValueError(
            f"{name}: expected text that is one token, got {token!r}, which is {pieces}. "
            'A word inside a sentence begins with a space: " Mary".'
        )
    if not 0 <= token < model.cfg.d_vocab:
        raise ValueError(
            f"{name}: expected ids from 0 to {model.cfg.d_vocab - 1}, got {token}. "
            "Pass the text of a token instead."
        )
    return index(token)


def token_words(model: TransformerBridge, ids: set[int]) -> dict[int, str]:
    """Decode vocabulary ids, each by itself."""
    return {token: str(model.tokenizer.decode([token])) for token in ids}
