"""Text nobody should trust: each string has broken something somewhere that shows text.

Whatever would run if a page took the string for code calls ``window.canary``, and whatever would
leave the machine asks for ``example.org``, so that a test can tell.
"""

from __future__ import annotations

from IPython.display import display
from ipywidgets import HTML

from interp_widgets.widgets.attention import AttentionView
from interp_widgets.widgets.prompt import PromptBox
from tests.widgets.samples import pattern

RUNS = """<img src="data:," onerror="window.canary('{}')">"""
HOSTILE = (
    # Ways out of the element, the attribute or the script that holds the text.
    "</script><script>window.canary(1)</script>",
    "<img src=x onerror=window.canary(2)>",
    "<!--<script>window.canary(3)",
    '"><svg onload=window.canary(4)>',
    "' autofocus onfocus='window.canary(5)",
    "${window.canary(6)}",
    "`+window.canary(7)+`",
    "\u2028window.canary(8)\u2029",
    "</style><script>window.canary(9)</script>",
    "</title><script>window.canary(10)</script>",
    "</textarea><script>window.canary(11)</script>",
    "</noscript><script>window.canary(12)</script>",
    "--><img src=x onerror=window.canary(13)>",
    "<svg><script>window.canary(14)</script></svg>",
    "<details open ontoggle=window.canary(15)>",
    '<iframe srcdoc="<script>parent.canary(16)</script>">',
    '<a href="javascript:window.canary(17)">x</a>',
    "{{constructor.constructor('window.canary(18)')()}}",
    "\\u003cscript\\u003ewindow.canary(19)\\u003c/script\\u003e",
    '"};window.canary(20);//',
    '<img/src="x"/onerror=window.canary(21)>',  # for what makes its spaces unbreakable
    # Ways to another machine, or to another look of the page.
    '<link rel=stylesheet href="http://example.org/a.css">',
    "<style>*{display:none}</style>",
    "url(http://example.org/a.png)",
    # What some program shows as something else.
    "&lt;b&gt;",
    "&#60;b&#62;",
    "]]>",
    "<bos>",
    "</s>",
    "<|endoftext|>",
    "$x$",
    "**bold** _x_ [a](b)",
    # What cannot be seen, or is no character.
    "",
    "\n",
    "\r\n",
    "\t",
    "\N{NO-BREAK SPACE}",
    "  two",
    "\N{ZERO WIDTH SPACE}",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\x00",
    "\x1b[31m",
    "\ud800",
    "\udc00\ud800",
    "\N{REPLACEMENT CHARACTER}",
    # What moves the letters around it.
    "\N{RIGHT-TO-LEFT OVERRIDE}gnirts desrever",
    "\N{RIGHT-TO-LEFT ISOLATE}never closed",
    "שלום",
    "\N{COMBINING ACUTE ACCENT}",
    "e" + "\N{COMBINING ACUTE ACCENT}" * 3,
    "Z" + "\N{COMBINING ZIGZAG ABOVE}" * 40,
    "👩\N{ZERO WIDTH JOINER}🚀",
    "🇫🇷",
    "漢字",
    "x" * 10_000,
)


def prompt_box(word):
    """Put a string into every place of a view and its prompt box that takes text."""
    facts = {"model": word, "hook": word}
    view = AttentionView(pattern((word, " a", "b"), layers=1, heads=2, source=facts), title=word)
    return PromptBox(lambda _: view, view, examples=[word], unknown_words=lambda _: [word])


def refusals():
    """What a prompt box says of each string when an error holds it."""

    def refuse(prompt):
        raise ValueError(HOSTILE[int(prompt)])

    box = PromptBox(refuse, AttentionView(pattern()), debounce=0.0)
    said = []
    for place in range(len(HOSTILE)):
        box.prompt.value = str(place)
        if not box.wait():
            raise TimeoutError(HOSTILE[place])
        said.append(box.message.value)
    return HTML("".join(said))


class UnsafeView(AttentionView):
    """What no view may be: it takes text for markup, in its picture and when it is alive."""

    _esm = """export default { render({ model, el }) {
      el.append(document.createRange().createContextualFragment(model.get("title")));
    } }"""

    def __init__(self):
        super().__init__(pattern(), title=RUNS.format("alive"))

    def _ipython_display_(self, **_options):
        display({"text/html": RUNS.format("picture")}, raw=True)
        super()._ipython_display_()
