"""What a view asks of the page when a new text comes: nothing that makes it lay itself out.

Whoever types waits for every view. A page that has to answer for a width, or to draw text on a
canvas that stands in it, first settles all that was changed before.
"""

from __future__ import annotations

import pytest

from tests.browser import host
from tests.widgets.examples import EXAMPLES

pytestmark = pytest.mark.browser

FOLLOWS_TYPING = ["attention", "lens", "tokens"]  # the views of the Workbench

LISTEN = """() => {
  window.asked = [];
  const listen = (kind, name, matters = () => true) => {
    const own = Object.getOwnPropertyDescriptor(kind.prototype, name);
    const part = own.get ? "get" : "value";
    Object.defineProperty(kind.prototype, name, { ...own, [part](...given) {
      if (matters(this)) window.asked.push(name);
      return own[part].apply(this, given);
    } });
  };
  for (const name of ["clientWidth", "scrollLeft", "getBoundingClientRect"]) listen(Element, name);
  for (const name of ["offsetWidth", "offsetHeight"]) listen(HTMLElement, name);
  for (const name of ["fillText", "measureText"]) {
    listen(CanvasRenderingContext2D, name, (context) => context.canvas.isConnected);
  }
}"""


@pytest.fixture(params=FOLLOWS_TYPING)
def stem(request):
    return request.param


def shown(page, stem):
    view = EXAMPLES[stem].view()
    host.show(page, view, stem=stem)
    page.wait_for_function("document.querySelector('[role=status]')?.textContent")
    page.evaluate(LISTEN)
    return view


def test_a_new_text_does_not_make_the_page_lay_itself_out(new_page, stem):
    page = new_page()
    view = shown(page, stem)
    view.title, view.rev = "Another", view.rev + 1
    host.update(page, view)
    page.get_by_text("Another").wait_for()
    assert page.evaluate("window.asked") == []


def test_another_width_is_measured(new_page, stem):
    page = new_page()
    shown(page, stem)
    page.set_viewport_size({"width": 500, "height": 800})
    page.wait_for_function("window.asked.includes('clientWidth')")
