"""The table of the models that come with the course."""

from __future__ import annotations

import re

import interp_widgets as iw
from interp_widgets import data
from interp_widgets.models import SHIPPED, load_model


def test_every_shipped_model_is_in_the_table_once(root):
    names = [member.name for member in iw.cast().members]
    assert sorted(names) == sorted(folder.name for folder in (root / "data/models").iterdir())


def test_the_number_of_weights_is_that_of_the_file():
    members = {member.name: member for member in iw.cast().members}
    model = load_model("compiled-reverse")
    stored = sum(values.numel() for values in model.original_model.parameters())
    assert members["compiled-reverse"].parameters == stored


def test_sizes_add_up_to_the_data_that_ships():
    listed = sum(e["bytes"] for path, e in data.manifest().items() if path.startswith("models/"))
    shown = sum(member.kilobytes for member in iw.cast().members)
    assert round(shown * 1000, 3) == listed


def test_the_notebooks_are_those_that_load_the_model(root):
    loads = re.compile(r"""(?:load_model\(|MODEL = )["']([\w-]+)["']""")
    used = {
        (name, path.stem.partition("_")[0])
        for path in (root / "notebooks").glob("*.py")
        for name in loads.findall(path.read_text(encoding="utf-8"))
    }
    said = {(member.name, number) for member in iw.cast().members for number in member.notebooks}
    assert said == {(name, number) for name, number in used if name in SHIPPED}


def test_it_reads_as_text_and_as_a_table():
    cast = iw.cast()
    lines = repr(cast).splitlines()
    assert lines[0].split() == ["model", "weights", "size", "what", "is", "known", "notebooks"]
    assert any(line.startswith("hand-induction  ") for line in lines)
    assert cast._repr_html_().count("<tr>") == len(cast.members) + 1
