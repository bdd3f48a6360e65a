"""Linked views choose together, whoever chose, and nothing is sent back to where it came from."""

from __future__ import annotations

import ipywidgets
import pytest

from interp_widgets.widgets import _life
from interp_widgets.widgets._link import link
from interp_widgets.widgets._selection import Selection
from interp_widgets.widgets.attention import AttentionView
from tests.widgets.samples import pattern
from tests.widgets.wire import from_browser, wired


def two_views():
    return AttentionView(pattern()), AttentionView(pattern())


def wires():
    """What the links in the browser keep equal, as (widget, name) pairs."""
    opened = [one for one in _life.open_widgets() if isinstance(one, ipywidgets.widget_link.Link)]
    return {(one.source, one.target) for one in opened}


@pytest.fixture(autouse=True)
def _no_wires_of_other_tests():
    for one in _life.open_widgets():
        if isinstance(one, ipywidgets.widget_link.Link):
            one.close()


def test_the_second_view_takes_what_is_chosen_in_the_first():
    a, b = two_views()
    a.selection.set(layer=1, head=2)
    b.selection.set(layer=0, pos=4)
    link(a, b)
    assert a.selection.value == b.selection.value
    assert (b.selection.layer, b.selection.head, b.selection.pos) == (1, 2, None)


def test_what_python_chooses_in_either_is_chosen_in_both_and_heard_of_once():
    a, b = two_views()
    link(a, b)
    heard = []
    b.selection.observe(lambda change: heard.append(change.new), "value")
    a.selection.set(layer=1, head=2, pos=3)
    b.selection.set(head=0)
    assert a.selection.value == b.selection.value
    assert [(value.layer, value.head, value.pos) for value in heard] == [(1, 2, 3), (1, 0, 3)]


def test_what_the_browser_has_chosen_is_not_sent_to_it_again():
    a, b = two_views()
    link(a, b)
    sent = [wired(view.selection) for view in (a, b)]
    from_browser(a.selection, layer=1, head=2)
    assert [wire.updates() for wire in sent] == [[], []]
    assert b.selection.layer is None  # the browser tells that by itself, as here
    from_browser(b.selection, layer=1, head=2)
    assert [wire.updates() for wire in sent] == [[], []]
    assert a.selection.value == b.selection.value


def test_what_a_cell_answers_to_a_choice_in_the_browser_is_mirrored():
    a, b = two_views()
    link(a, b)
    a.selection.observe(lambda _change: a.selection.set(feature=7), "value")
    from_browser(a.selection, layer=1)
    assert (b.selection.layer, b.selection.feature) == (None, 7)


def test_the_browser_links_each_field_by_itself():
    a, b = two_views()
    link(a, b, ["layer", "pos"])
    assert wires() == {
        ((a.selection, "layer"), (b.selection, "layer")),
        ((a.selection, "pos"), (b.selection, "pos")),
    }


def test_only_the_named_fields_are_linked():
    a, b = two_views()
    b.selection.set(head=1)
    link(a, b, ["layer", "pos"])
    a.selection.set(layer=1, head=2, pos=3)
    chosen = b.selection.value
    assert (chosen.layer, chosen.head, chosen.pos) == (1, 1, 3)


def test_an_undone_link_lets_both_go_their_own_ways():
    a, b = two_views()
    joined = link(a, b)
    a.selection.set(layer=1)
    joined.unlink()
    joined.unlink()
    a.selection.set(layer=0)
    assert b.selection.layer == 1
    assert wires() == set()


def test_links_pass_a_choice_on_from_view_to_view():
    (a, b), c = two_views(), AttentionView(pattern())
    link(a, b, ["layer", "head"])
    link(c, b, ["layer", "head"])
    a.selection.set(layer=1, head=2)
    assert (c.selection.layer, c.selection.head) == (1, 2)


def test_a_link_rests_while_a_view_is_closed_and_then_takes_what_the_other_has_chosen():
    a, b = two_views()
    link(a, b)
    a.close()
    assert wires() == set()
    b.selection.set(layer=1)
    assert a.selection.layer is None
    a.open()
    assert a.selection.layer == 1
    assert len(wires()) == 6
    a.selection.set(layer=0)
    assert b.selection.layer == 0


@pytest.mark.parametrize("wrong", [Selection(), "view", None])
def test_only_views_can_be_linked(wrong):
    with pytest.raises(TypeError, match=r"b: expected a view such as AttentionView, got \w+"):
        link(AttentionView(pattern()), wrong)


def test_views_that_share_a_selection_need_no_link():
    a = AttentionView(pattern())
    with pytest.raises(ValueError, match="follow each other already"):
        link(a, AttentionView(pattern(), selection=a.selection))


@pytest.mark.parametrize(
    ("fields", "kind", "said"),
    [
        (["heads"], ValueError, r"got 'heads'. Did you mean 'head'\?"),
        (["xyz"], ValueError, r"got 'xyz'. None links all"),
        ([], ValueError, "expected one or more of .* got none"),
        ("layer", TypeError, "expected a list of names, got 'layer'"),
        ([1], TypeError, "expected a list of names"),
    ],
)
def test_fields_must_be_names_of_fields(fields, kind, said):
    with pytest.raises(kind, match=said):
        link(*two_views(), fields)
