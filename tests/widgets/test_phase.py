"""The phase diagram: a cell, a slider and the selection choose the same model."""

from __future__ import annotations

import re

import numpy as np
import pytest

from interp_widgets.results import PhaseGrid
from interp_widgets.widgets import _frozen
from interp_widgets.widgets.phase import PhaseDiagram

MINUS = "\N{MINUS SIGN}"
WEIGHTS = [[[1, 0.01], [1, 0.2], [0, 1]], [[1, -0.9], [1, -1], [-1, 1]]]


@pytest.fixture
def diagram():
    grid = PhaseGrid([1.0, 0.05], [0.1, 1.0, 10.0], np.array(WEIGHTS), np.full((2, 3), 0.0123))
    return PhaseDiagram(grid)


def shown(diagram):
    """Where the two arrows end, in weights, as a reader hears it."""
    said = diagram.weights.value.replace(MINUS, "-")
    return [float(part) for part in re.findall(r"at ([+-][\d.]+)", said)]


def test_a_click_on_a_cell_shows_its_weights_and_moves_the_sliders(diagram):
    diagram.cells[1][2].click()
    assert (diagram.selection.value.pos, diagram.selection.value.key) == (1, 2)
    assert shown(diagram) == [-1, 1]
    assert (diagram.density.value, diagram.importance.value) == (1, 2)
    assert "density 0.05, importance 10: both, opposite" in diagram.said.value
    assert f"{MINUS}1.00 and +1.00, loss 0.0123" in diagram.said.value


def test_the_sliders_choose_a_cell_as_well(diagram):
    diagram.importance.value = 2
    assert (diagram.selection.value.pos, diagram.selection.value.key) == (0, 2)
    assert shown(diagram) == [0, 1]
    assert "the second alone" in diagram.said.value


def test_only_the_chosen_cell_is_marked(diagram):
    for place in ((0, 1), (1, 0)):
        diagram.choose(*place)
        marked = [
            (row, column)
            for row, cells in enumerate(diagram.cells)
            for column, cell in enumerate(cells)
            if cell.layout is not diagram.cells[0][2].layout
        ]
        assert marked == [place]


def test_nothing_is_chosen_before_somebody_chooses(diagram):
    assert diagram.selection.value.pos is None
    assert shown(diagram) == [1, 0.01]


def test_each_outcome_has_a_sign_and_says_what_it_is(diagram):
    signs = [[cell.description for cell in cells] for cells in diagram.cells]
    assert signs == [["1", "1", "2"], ["±", "±", "±"]]
    assert diagram.cells[1][0].tooltip == "density 0.05, importance 0.1: both, opposite"


def test_the_keyboard_stops_at_the_sliders_and_not_at_every_cell(diagram):
    assert not any(cell.tabbable for cells in diagram.cells for cell in cells)


def test_cells_share_their_look(diagram):
    """Each cell is one model in the browser, not three."""
    cells = [cell for row in diagram.cells for cell in row]
    assert len({cell.style for cell in cells}) == 3
    assert len({cell.layout for cell in cells}) == 1


def test_a_picture_is_left_without_a_kernel(diagram):
    left = _frozen.bundle(diagram)
    assert "iw-frozen-" + diagram.view_id in left["text/html"]
    assert f"iw-live-{diagram.view_id}" in diagram._dom_classes
    assert "of 6 cells, the first alone in 2, the second alone in 1" in left["text/plain"]
    assert diagram.frozen().rows[1] == ("0.05", "both, opposite")


def test_something_else_than_a_grid_is_refused():
    with pytest.raises(TypeError, match="grid: expected a PhaseGrid, got list"):
        PhaseDiagram([[1, 0]])
