"""A selection is heard once for each choice, and its value does not change afterwards."""

from __future__ import annotations

import dataclasses

import pytest
import traitlets

from interp_widgets.widgets._selection import Selection, SelectionValue
from tests.widgets.wire import from_browser, wired


def heard_by(selection):
    values = []
    selection.observe(lambda change: values.append(change.new), "value")
    return values


def test_nothing_is_chosen_at_first():
    assert Selection().value == SelectionValue()


def test_several_fields_are_heard_of_once_and_together():
    selection = Selection()
    heard = heard_by(selection)
    selection.set(layer=2, head=1, pos=4)
    assert heard == [SelectionValue(layer=2, head=1, pos=4)]


def test_a_choice_in_the_browser_is_heard_of_once_and_not_echoed():
    selection = Selection()
    wire = wired(selection)
    heard = heard_by(selection)
    from_browser(selection, layer=1, head=0, pos=3, key=2, token_id=None)
    assert heard == [SelectionValue(layer=1, head=0, pos=3, key=2)]
    assert [message for message in wire.sent if message["method"] == "update"] == []


def test_a_choice_in_python_is_sent_as_one_message():
    selection = Selection()
    wire = wired(selection)
    selection.set(layer=1, head=2)
    (message,) = wire.sent
    assert message["state"] == {"layer": 1, "head": 2}


def test_choosing_the_same_again_is_not_heard():
    selection = Selection(layer=2)
    heard = heard_by(selection)
    selection.set(layer=2)
    from_browser(selection, layer=2)
    assert heard == []


def test_a_snapshot_stays_as_it_was():
    selection = Selection(layer=2)
    before = selection.value
    selection.set(layer=0)
    assert before.layer == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        before.layer = 1
    with pytest.raises(traitlets.TraitError, match="read-only"):
        selection.value = before


def test_clearing_lets_go_of_everything():
    selection = Selection(layer=2, head=1, pos=4, key=0, token_id=9, feature=3)
    selection.clear()
    assert selection.value == SelectionValue()


def test_an_unknown_field_is_refused_with_the_one_that_was_meant():
    for choose in (Selection, Selection().set):
        with pytest.raises(TypeError, match=r"got 'heads'. Did you mean 'head'\?"):
            choose(heads=1)


@pytest.mark.parametrize("wrong", ["2", 1.5, -1])
def test_a_field_takes_counts_only(wrong):
    with pytest.raises(traitlets.TraitError, match="layer"):
        Selection(layer=wrong)


def test_the_front_end_needs_no_code_of_ours_for_it():
    selection = Selection()
    assert selection._model_name == "WidgetModel"
    assert selection._view_name is None
