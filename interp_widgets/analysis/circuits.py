"""Score a circuit that somebody found against the one that is known."""

from collections.abc import Iterable, Sequence

import torch
from transformer_lens.model_bridge import TransformerBridge

from interp_widgets.analysis.edges import edges_of, logits_with_edges
from interp_widgets.results import CircuitScore
from interp_widgets.worlds.circuits import Circuit, Edge, in_order, part_of
from interp_widgets.worlds.known import sequences

_NAMED_MOST = 5
"""Edges that a message names."""
_SHOWN_MOST = 4
"""Symbols of an example, where shorter ones go wrong as well."""


def score_circuit(
    model: TransformerBridge, edges: Iterable[Edge | tuple[str, str] | str]
) -> CircuitScore:
    """Score a set of edges against the circuit of a model whose mechanism is known.

    Three questions are asked of a circuit (Wang et al. 2023, "Interpretability in the wild"): does
    it do the job alone (faithfulness), is all of the mechanism in it (completeness), and nothing
    else (minimality)? The truth is known here, so the last two are answered by comparing edges.

    Args:
        model: a shipped model with a circuit, such as `load_model("compiled-reverse")`.
        edges: such as "embed -> L0H0.v" or ("embed", "L0H0.v"); `edges_of(model)` lists all.

    Returns:
        The scores, each with a message.

    Raises:
        ValueError: a model without a known circuit, or an edge that the model does not have.
    """
    truth = _known_circuit(model)
    found = _checked(model, edges)
    tried = [torch.from_numpy(ids) for ids in sequences(str(model.cfg.model_name))]
    missing, extra = in_order(set(truth.edges) - found), in_order(found - set(truth.edges))
    share, faithful = _faithfulness(model, tried, found)
    return CircuitScore(
        faithfulness=share,
        completeness=1 - len(missing) / len(truth.edges),
        minimality=1 - len(extra) / len(found) if found else 1.0,
        faithful=faithful,
        complete=_completeness(model, tried, truth, missing),
        minimal=_minimality(model, tried, extra),
        missing=tuple(map(str, missing)),
        extra=tuple(map(str, extra)),
    )


def _known_circuit(model: TransformerBridge) -> Circuit:
    circuit = getattr(model, "circuit", None)
    if not isinstance(circuit, Circuit):
        raise ValueError(  # noqa: TRY004 -- the kind of model is right, its circuit is unknown
            f"model: expected one whose circuit is known, got {model.cfg.model_name!r}. "
            'Load one such as iw.load_model("compiled-reverse").'
        )
    return circuit


def _checked(model: TransformerBridge, edges: Iterable[Edge | tuple[str, str] | str]) -> set[Edge]:
    if isinstance(edges, str):
        raise TypeError(f"edges: expected a list of edges, got {edges!r}. Write it as [{edges!r}].")
    possible = set(edges_of(model))
    found = {Edge.parse(edge) if isinstance(edge, str) else Edge(*edge) for edge in edges}
    for edge in found - possible:
        raise ValueError(
            f"edges: expected edges of {model.cfg.model_name!r}, got {str(edge)!r}. "
            + _why_not(edge, possible)
        )
    return found


def _why_not(edge: Edge, possible: set[Edge]) -> str:
    """Say which end of an edge is wrong."""
    readers = sorted({known.reader for known in possible})
    if edge.reader in readers and edge.writer in {known.writer for known in possible}:
        return f"{edge.writer} comes too late for {edge.reader}: an edge leads forwards."
    if same := [reader for reader in readers if part_of(reader) == edge.reader != reader]:
        return f"A head reads three times: write {same[1]!r} for its query, say."
    writers = sorted({known.writer for known in possible})
    return f"Writers are {', '.join(writers)}; readers are {', '.join(readers)}."


def _answers(logits: torch.Tensor) -> torch.Tensor:
    """Read the likeliest token at every symbol; the start is asked for nothing."""
    return logits[:, 1:].argmax(-1)


def _wrong(
    model: TransformerBridge, tried: Sequence[torch.Tensor], edges: Iterable[Edge]
) -> tuple[int, str]:
    """Count the sequences that some edges answer differently, and show one of them."""
    kept, wrong, example = list(edges), 0, ""
    for ids in tried:
        right = _answers(logits_with_edges(model, ids, edges_of(model)))
        given = _answers(logits_with_edges(model, ids, kept))
        rows = (right != given).any(-1).nonzero().flatten().tolist()
        wrong += len(rows)
        if rows and (not example or ids.shape[1] <= _SHOWN_MOST + 1):  # short, but not trivial
            asked, said, meant = (
                " ".join(model.tokenizer.convert_ids_to_tokens(row[rows[0]].tolist()))
                for row in (ids[:, 1:], given, right)
            )
            example = f"'{asked}' gives '{said}' instead of '{meant}'"
    return wrong, example


def _faithfulness(
    model: TransformerBridge, tried: Sequence[torch.Tensor], found: set[Edge]
) -> tuple[float, str]:
    number = sum(map(len, tried))
    wrong, example = _wrong(model, tried, found)
    if not wrong:
        return 1.0, f"These edges alone answer all of {number} sequences as the model does."
    return 1 - wrong / number, (
        f"These edges alone answer {wrong} of {number} sequences differently: {example}."
    )


def _completeness(
    model: TransformerBridge, tried: Sequence[torch.Tensor], truth: Circuit, missing: list[Edge]
) -> str:
    if not missing:
        return "Every edge of the circuit is there."
    told = []
    for edge in missing[:_NAMED_MOST]:
        _, example = _wrong(model, tried, set(edges_of(model)) - {edge})
        told.append(f"{edge} ({truth.edges[edge]}): without it {example or 'nothing changes'}")
    return f"{_number(missing)} missing. " + "; ".join(told) + _others(missing) + "."


def _minimality(model: TransformerBridge, tried: Sequence[torch.Tensor], extra: list[Edge]) -> str:
    if not extra:
        return "No edge could be left out."
    wrong, _ = _wrong(model, tried, set(edges_of(model)) - set(extra))
    names = ", ".join(map(str, extra[:_NAMED_MOST])) + _others(extra)
    return (
        f"{_number(extra)} not part of the circuit: {names}. Taken out of the whole model, this "
        f"changes the answers to {wrong} of {sum(map(len, tried))} sequences."
    )


def _number(edges: Sequence[Edge]) -> str:
    return "1 edge is" if len(edges) == 1 else f"{len(edges)} edges are"


def _others(edges: Sequence[Edge]) -> str:
    left = len(edges) - _NAMED_MOST
    return f" and {left} more" if left > 0 else ""
