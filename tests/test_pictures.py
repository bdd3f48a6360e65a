"""The pictures in the repository: small, in light and dark, shown somewhere, and told in words."""

from __future__ import annotations

import re

import pytest

from tests.browser.pictures import FOLDER, PICTURES
from tests.support import ROOT

README = (ROOT / "README.md").read_text()
LARGEST = 60_000  # bytes


def test_there_are_no_other_pictures():
    assert {path.name for path in FOLDER.glob("*.png")} == {
        f"{name}-{scheme}.png" for name in PICTURES for scheme in ("light", "dark")
    }


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small_and_shown_in_both_schemes_with_words(name):
    for scheme in ("light", "dark"):
        assert 5_000 < (FOLDER / f"{name}-{scheme}.png").stat().st_size < LARGEST
    assert f'srcset=".github/{name}-dark.png"' in README
    (said,) = re.findall(rf'<img[^>]* src="\.github/{name}-light\.png" alt="([^"]+)"', README)
    assert len(said.split()) > 10


@pytest.mark.parametrize("title", PICTURES.values())
def test_a_picture_is_of_a_view_in_the_gallery(title):
    assert f'title="{title}"' in (ROOT / "notebooks" / "gallery.py").read_text()
