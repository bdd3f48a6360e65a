"""Pages made of notebooks: their views are alive, offline, from the disk."""

from __future__ import annotations

import re

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

from interp_widgets import _site
from tests.support import ROOT

pytestmark = pytest.mark.browser

HERE = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nimport interp_widgets as iw\n"
CODE = (
    HERE + "from tests.hostile import HOSTILE\n"
    "from tests.widgets.samples import pattern\n"
    "one = iw.AttentionView(pattern(), title=HOSTILE[0])\n"
    "two = iw.AttentionView(pattern(), title='Two')\n"
    "iw.link(one, two)\n"
    "one.selection.set(layer=1, head=2)\n"
    "print(HOSTILE[1])\n"
    "one",
    "iw.PromptBox(lambda prompt: pattern(), two, prompt=HOSTILE[3])",
    "import plotly.graph_objects as go\ngo.Figure(go.Bar(x=['a', 'b'], y=[1, 3]))",
    "one",
)
CLASSIC = HERE + "import circuitsvis as cv\niw.classic(cv.examples.hello('<b>you</b>'))"


def notebook(path, title, *code):
    words = f"# {title}\n\n**What is\nhere?**\n\nSee [a word](glossary.md#token), [one](one.ipynb)."
    cells = [new_markdown_cell(words), *map(new_code_cell, code)]
    nbformat.write(new_notebook(cells=cells), path)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of two small notebooks and a glossary."""
    folder = tmp_path_factory.mktemp("site")
    notebook(folder / "one.ipynb", "One", *CODE)
    notebook(folder / "two.ipynb", "Two", CLASSIC)
    (folder / "glossary.md").write_text(
        "# Glossary\n\n### token\n\nA piece. See [one](one.ipynb).\n"
    )
    before = (folder / "one.ipynb").read_bytes()
    _site.write(folder, folder / "site")
    assert (folder / "one.ipynb").read_bytes() == before
    return folder / "site"


def opened(new_page, site, name, **options):
    page = new_page(**options)
    page.goto((site / f"{name}.html").as_uri())
    return page


def test_the_start_page_leads_to_every_notebook_and_the_glossary(new_page, site):
    page = opened(new_page, site, "index")
    expect(page.get_by_role("listitem")).to_have_text(["OneWhat is here?", "TwoWhat is here?"])
    page.get_by_role("link", name="One").click()
    expect(page.get_by_role("heading", name="One")).to_be_visible()
    page.get_by_role("link", name="a word").click()
    assert page.url.endswith("glossary.html#token")
    expect(page.get_by_role("heading", name="token")).to_be_in_viewport()


def test_the_views_of_a_notebook_are_alive_and_still_linked(new_page, site):
    page = opened(new_page, site, "one")
    one, two, again = (page.locator(".iw-view").nth(number) for number in range(3))
    expect(one.get_by_role("status")).to_contain_text("layer 1 head 2")
    before = one.get_by_role("status").inner_text()
    one.get_by_role("listbox").get_by_role("option", name="·cat").hover()
    expect(one.get_by_role("status")).not_to_have_text(before)
    expect(one.get_by_role("status")).to_contain_text("query ' cat'")
    heads = one.get_by_role("application", name=re.compile("All heads"))
    heads.press("Home")
    heads.press("Enter")
    expect(two.get_by_role("status")).to_contain_text("head 0")
    expect(again.get_by_role("status")).to_contain_text("head 0")
    assert page.evaluate("window.hits") == []


def test_what_needs_a_kernel_is_said_and_no_picture_stands_beside_a_view(new_page, site):
    page = opened(new_page, site, "one")
    expect(page.locator(".iw-view")).to_have_count(3)
    expect(page.locator(".iw-frozen")).to_have_count(0)
    expect(
        page.get_by_text("Buttons and text boxes of this cell work in the notebook")
    ).to_have_count(1)
    expect(page.get_by_text('Prompt: "><svg onload')).to_be_visible()


def test_a_chart_and_a_classic_view_are_drawn_from_the_disk(new_page, site):
    page = opened(new_page, site, "one")
    expect(page.locator(".iw-plot .bars .point")).to_have_count(2)
    page = opened(new_page, site, "two")
    expect(page.frame_locator("iframe").get_by_text("you")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_fault_and_is_no_wider_than_a_phone(new_page, site, scheme):
    page = opened(new_page, site, "one", scheme=scheme, width=380)
    expect(page.get_by_role("status").last).to_contain_text("layer")
    left_out = [".iw-plot"], [".code_cell:last-child .iw-view"]  # plotly's own; a view once more
    found = Axe().run(page, context={"exclude": left_out})
    assert [rule["id"] for rule in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


@pytest.mark.slow
def test_every_notebook_of_the_course_becomes_a_page_whose_links_lead_somewhere(new_page, tmp_path):
    _site.write(ROOT / "notebooks", tmp_path)
    pages = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.html")}
    assert {f"{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb")} < set(pages)
    for name, html in pages.items():
        page = opened(new_page, tmp_path, name.removesuffix(".html"))
        expect(page.locator(".iw-view")).to_have_count(html.count('<div id="view-'))
        for link in re.findall(r'<a href="(?!\w+:)([^"#]*)(#[^"]*)?"', html):
            target = pages[link[0] or name]
            assert f'id="{link[1][1:]}"' in target or not link[1], (name, link)
