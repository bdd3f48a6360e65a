"""The labels of tiny-world: what the generator knows about a token, and how often it is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from interp_widgets.results.factors import Factor
from interp_widgets.worlds.grammar import Document

FACTORS = {
    "family": Factor("context", "which of the ten families of documents this is"),
    "template": Factor("context", "which sentence pattern"),
    "subj.name": Factor("bag", "the person a fact or claim is about, first name and surname"),
    "subj.number": Factor("context", "whether the subject is singular or plural"),
    "attractor.number": Factor("context", "number of the last noun between subject and verb"),
    "name.seen_before": Factor("context", "whether the last name was already in the document"),
    "giver": Factor("context", "who gives"),
    "recipient": Factor("context", "who receives"),
    "person.city": Factor("context", "where the person lives"),
    "person.job": Factor("context", "what the person does"),
    "claim.true": Factor("context", "whether what is claimed is true"),
    "mood": Factor("context", "the mood of the person in question"),
    "mood.negated": Factor("context", "whether that mood was given by a negation"),
    "mood.owner": Factor("context", "whose mood it is"),
    "list.index": Factor("context", "place in the list as first said, from 1"),
    "list.pass": Factor("context", "which time the list is being said"),
    "quote.depth": Factor("context", "how many brackets and quotes are open"),
    "quote.type": Factor("context", "which kind must be closed first"),
    "year.start": Factor("bag", "last two digits of the starting year"),
    "day": Factor("bag", "the day of the week last named"),
    "style": Factor("bag", "colour of the day; agrees with the mood nine times in ten in training"),
}


def frequencies(documents: Iterable[Document]) -> dict[tuple[str, str], float]:
    """Return how often each binary factor, a name and one of its values, is in force.

    Args:
        documents: Documents with their factors.

    Returns:
        Share of units, 0 to 1, by (name, value).
    """
    counts: Counter[tuple[str, str]] = Counter()
    total = 0
    for document in documents:
        total += 1 + len(document.units)  # the opening <bos> carries no factor
        for factors in document.factors:
            counts.update((name, str(value)) for name, value in factors.items())
    return {factor: count / total for factor, count in counts.items()}
