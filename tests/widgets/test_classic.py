"""A view of circuitsvis is taken over whole, but for what could run or leave the machine."""

from __future__ import annotations

import re

import numpy as np
import pytest

from interp_widgets import text
from interp_widgets.widgets import classic as module
from interp_widgets.widgets.classic import classic
from tests.widgets.classic_samples import arguments, published, rendered


def test_there_is_a_sample_of_every_view_that_circuitsvis_has():
    assert set(arguments()) == set(published())
    assert len(published()) > 9


@pytest.mark.parametrize("name", sorted(published()))
def test_every_view_is_taken_over_with_its_numbers_and_without_its_markup(name):
    view = classic(rendered(name))
    assert list(texts_in(view.properties))
    assert "<" not in "".join(texts_in(view.properties))
    assert re.fullmatch(r"[A-Z]\w+", view.view)
    html = view._repr_html_()
    assert "http" not in re.sub(r"http-equiv", "", html)
    assert view.view in html


def test_the_numbers_of_a_view_stay_as_they_are():
    given = arguments()["attention_pattern"]["attention"]
    taken = classic(rendered("attention_pattern")).properties["attention"]
    assert np.array_equal(taken, given)


def test_the_network_is_not_asked_whether_it_is_there(monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError("asked the network")

    view = rendered("colored_tokens")
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr("circuitsvis.utils.render.internet_on", refuse)
    assert "ColoredTokens" in classic(view)._repr_html_()
    with pytest.raises(AssertionError, match="asked the network"):
        view._repr_html_()


def test_the_caption_says_what_each_bracket_became():
    said = classic(rendered("hello")).describe()
    assert f"each < is shown as {text.LOOKALIKE}." in said
    assert f"<p>{said.replace('<', '&lt;')}" in classic(rendered("hello"))._repr_html_()


def test_a_view_costs_less_than_half_of_what_circuitsvis_sends_offline():
    given = rendered("attention_heads")
    assert len(classic(given)._repr_html_()) < len(given.local_src) / 2


def test_its_page_is_written_where_it_was_asked_for(tmp_path):
    page = classic(rendered("hello")).to_html(tmp_path / "hello.html")
    assert (tmp_path / "hello.html").read_text("utf-8") == page


@pytest.mark.parametrize("given", [None, 3, "<div></div>", np.zeros((2, 3)), rendered])
def test_what_circuitsvis_has_not_made_is_refused(given):
    with pytest.raises(TypeError, match=r"rendered: expected a view of circuitsvis .* Pass what"):
        classic(given)


def test_html_that_is_built_otherwise_is_refused():
    given = rendered("hello")
    given.cdn_src = "<p>something else</p>"
    with pytest.raises(ValueError, match="rendered: expected a call of circuitsvis' render"):
        classic(given)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused(number):
    given = published()["colored_tokens"](["a", "b"], [0.5, number])
    with pytest.raises(ValueError, match=r"expected finite numbers, got -?(NaN|Infinity)"):
        classic(given)


def test_without_circuitsvis_on_the_disk_its_cure_is_named(monkeypatch):
    view = classic(rendered("hello"))
    for cached in (module._bundle, module._packed, module.script_hashes):
        cached.cache_clear()
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install circuitsvis"):
        view.to_html()


def texts_in(value):
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)
