"""What a PromptBox says can be read in either scheme."""

from __future__ import annotations

import pytest

from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.prompt import PromptBox
from tests.test_theme import contrast
from tests.widgets.samples import pattern

pytestmark = pytest.mark.browser

COLOURS = """(said) => {
  const two = (part) => Number(part).toString(16).padStart(2, '0');
  const hex = (rgb) => '#' + rgb.match(/[0-9.]+/g).map(two).join('');
  const { color, backgroundColor } = getComputedStyle(said);
  return [color, backgroundColor, getComputedStyle(document.body).color].map(hex);
}"""


def refused():
    """What a box says of a prompt that cannot be run."""
    prompts = PromptBox(lambda _prompt: 1 / 0, AttentionView(pattern()), debounce=0.0)
    prompts.prompt.value = "x y"
    assert prompts.wait(20)
    return prompts.message.value


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_refusal_stands_out_and_can_be_read(new_page, scheme):
    page = new_page(scheme=scheme)
    page.set_content(f"<style>{AttentionView._css}</style>{refused()}")
    text, ground, usual = page.get_by_role("alert").evaluate(COLOURS)
    assert contrast(text, ground) >= 4.5
    assert text != usual
