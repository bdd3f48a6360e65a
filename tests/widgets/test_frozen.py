"""A view shows two outputs, and keeps its picture in step with its data and its selection."""

from __future__ import annotations

import base64
import io
import re

import IPython.display
import numpy as np
import pytest
from PIL import Image

from interp_widgets import text
from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.prompt import PromptBox
from tests.widgets.samples import WORDS, pattern

MIME = "application/vnd.jupyter.widget-view+json"


class Outputs:
    """Stands in for the notebook: it records what is displayed, and what is displayed anew."""

    def __init__(self):
        self.shown, self.places, self.renewed = [], [], []

    def display(self, data, *, raw, display_id=None):
        assert raw
        self.shown.append(data)
        self.places.append(display_id)
        return self if display_id else None

    def update(self, data, *, raw):
        assert raw
        self.renewed.append(data)


@pytest.fixture
def outputs(monkeypatch):
    recorded = Outputs()
    monkeypatch.setattr(IPython.display, "display", recorded.display)
    return recorded


def picture(data):
    (source,) = re.findall(r'src="data:image/png;base64,([^"]*)"', data["text/html"])
    return Image.open(io.BytesIO(base64.b64decode(source)))


def test_a_view_shows_its_picture_first_and_itself_with_text_alone(outputs):
    view = AttentionView(pattern())
    view._ipython_display_()
    frozen, live = outputs.shown
    assert set(frozen) == {"text/html", "image/png", "text/plain"}
    assert set(live) == {MIME, "text/plain"}
    assert live[MIME]["model_id"] == view.model_id
    assert live["text/plain"] == ""
    assert picture(frozen).width > 400


def test_who_can_show_only_an_image_or_only_text_is_given_the_same(outputs):
    view = AttentionView(pattern())
    view._ipython_display_()
    frozen = outputs.shown[0]
    image = base64.b64decode(frozen["image/png"])
    assert picture(frozen).tobytes() == Image.open(io.BytesIO(image)).tobytes()
    assert image == view.to_png()
    assert frozen["text/plain"] == view.describe()
    assert f'alt="{text.html(view.describe())}"' in frozen["text/html"]


def test_every_cell_that_shows_a_view_has_its_picture_renewed(outputs):
    view, other = AttentionView(pattern()), AttentionView(pattern())
    for shown in (view, view, other):
        shown._ipython_display_()
    first, again, elsewhere = outputs.places[::2]
    assert first == again != elsewhere


def test_a_picture_is_small_and_its_colours_are_right():
    view = AttentionView(pattern([f" w{place}" for place in range(30)], layers=6, heads=9))
    exact = view.frozen().image
    drawn = Image.open(io.BytesIO(view.to_png()))
    assert np.abs(np.asarray(drawn.convert("RGB"), int) - np.asarray(exact)).max() < 24
    assert len(view.to_png()) < 100_000
    assert drawn.info["dpi"] == pytest.approx((144, 144), abs=0.1)


def test_a_picture_is_written_to_a_file(tmp_path):
    view = AttentionView(pattern())
    assert view.to_png(tmp_path / "view.png") == (tmp_path / "view.png").read_bytes()


def test_a_prompt_box_shows_the_picture_of_its_view_first_and_itself_then(outputs):
    view = AttentionView(pattern())
    box = PromptBox(lambda prompt: pattern(prompt.split()), view)
    box._ipython_display_()
    frozen, live = outputs.shown
    assert view.describe() == frozen["text/plain"]
    assert live[MIME]["model_id"] == box.model_id


def test_the_picture_follows_new_data_and_each_choice(outputs):
    view = AttentionView(pattern())
    view._ipython_display_()
    view.update(pattern(WORDS[:4]))
    view.selection.set(layer=1, head=2, pos=1)
    described = [data["text/plain"] for data in outputs.renewed]
    assert "4 tokens" in described[0]
    assert "Layer 1 head 2 is enlarged" in described[-1]
    assert picture(outputs.renewed[-1]).tobytes() != picture(outputs.renewed[0]).tobytes()


def test_a_view_that_was_never_shown_draws_no_picture(outputs):
    view = AttentionView(pattern())
    view.update(pattern(WORDS[:4]))
    view.selection.set(layer=1, head=2)
    assert (outputs.shown, outputs.renewed) == ([], [])


def test_the_title_of_the_view_stands_above_its_picture_as_text(outputs):
    AttentionView(pattern(), title="Who <b>looks</b>?")._ipython_display_()
    html = outputs.shown[0]["text/html"]
    assert "<strong>Who &lt;b&gt;looks&lt;/b&gt;?</strong>" in html.split("<img", 1)[0]


class Events:
    """What IPython tells of its cells."""

    def __init__(self):
        self.callbacks = {"post_run_cell": []}

    def register(self, name, act):
        self.callbacks[name].append(act)

    def end_cell(self):
        for act in self.callbacks["post_run_cell"]:
            act(None)


@pytest.fixture
def events(monkeypatch):
    heard = Events()
    monkeypatch.setattr("interp_widgets.widgets._life.events", lambda: heard)
    return heard


def test_in_a_notebook_a_burst_of_choices_draws_one_picture_when_the_cell_ends(outputs, events):
    view = AttentionView(pattern())
    view._ipython_display_()
    for head in (1, 2):
        view.selection.set(layer=1, head=head)
    assert outputs.renewed == []
    events.end_cell()
    events.end_cell()
    (drawn,) = outputs.renewed
    assert "Layer 1 head 2 is enlarged" in drawn["text/plain"]


def test_what_is_chosen_by_hand_is_drawn_when_things_are_quiet(outputs, events, monkeypatch):
    monkeypatch.setattr("interp_widgets.widgets._frozen._QUIET", 0.01)
    view = AttentionView(pattern())
    view._ipython_display_()
    view.selection.set(layer=1, head=2)
    assert view.redrawing.wait(20)
    assert len(outputs.renewed) == 1


def test_a_view_that_is_closed_before_its_cell_ends_draws_no_picture(outputs, events):
    view = AttentionView(pattern())
    view._ipython_display_()
    view.selection.set(layer=1, head=2)
    view.close()
    events.end_cell()
    assert outputs.renewed == []
