"""A plain page that stands in for a notebook: it imports a view's module as it is on the disk.

Everything a test wants to know lies on `window`: `models`, `selection`, and what was `sent`.
"""

from __future__ import annotations

import base64

import anywidget

from tests.support import ROOT

STATIC = ROOT / "interp_widgets" / "widgets" / "static"
ADDRESS = "http://host.test/"

_PAGE = """
<!doctype html><html lang="en"><head><title>Host</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css"></head><body>
<script type="module">
import view from "./STEM.js";

class Model {
  constructor(state, managed) {
    Object.assign(this, { state, listeners: {}, saved: 0 });
    this.widget_manager = { get_model: async (id) => managed[id] };
  }
  get(name) { return this.state[name]; }
  set(changes) { Object.assign(this.state, changes); this.tell("change"); }
  save_changes() { this.saved += 1; }
  on(event, listener) { (this.listeners[event] ??= []).push(listener); }
  off(event, gone) {
    this.listeners[event] = this.listeners[event].filter((listener) => listener !== gone);
  }
  tell(event, ...rest) { for (const listener of this.listeners[event] ?? []) listener(...rest); }
  send(content) { window.sent.push(content); }
}

window.bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
window.sent = [];
window.stops = [];
window.models = [];
window.selection = new Model({
  layer: null, head: null, pos: null, key: null, token_id: null, feature: null,
});
window.show = (state) => {
  const model = new Model(
    { ...state, overview: window.bytes(state.overview), selection: "IPY_MODEL_chosen" },
    { chosen: window.selection },
  );
  const el = document.createElement("div");
  window.models.push(model);
  requestAnimationFrame(() => document.body.append(el)); // afterwards, as JupyterLab does
  window.stops.push(view.render({ model, el }));
};
window.ready = true;
</script></body></html>
"""


def show(page, *views):
    """Show views on one page, all with one selection."""
    css, html = views[0]._css, _PAGE.replace("STEM", "attention")
    page.context.set_offline(False)  # the host is answered right here, not by a network
    page.route(f"{ADDRESS}**", lambda route: answer(route, css, html))
    page.goto(ADDRESS)
    page.wait_for_function("window.ready")
    for view in views:
        page.evaluate("(state) => window.show(state)", state_of(view))
    return page


def answer(route, css, html):
    name = route.request.url.removeprefix(ADDRESS)
    if name == "":
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif name == "style.css":
        route.fulfill(body=css, content_type="text/css; charset=utf-8")
    else:
        route.fulfill(body=(STATIC / name).read_text("utf-8"), content_type="text/javascript")


def state_of(view):
    """What the browser would be sent, bytes as base64."""
    names = set(view.class_traits(sync=True)) - set(anywidget.AnyWidget.class_traits())
    state = {name: getattr(view, name) for name in names if not name.startswith("_")}
    del state["selection"]
    return state | {"overview": base64.b64encode(view.overview).decode()}


def reply(page, view, request, model=0):
    """Answer a request of the browser as the kernel would."""
    message, buffers = view.answer(request)
    page.evaluate(
        "([model, message, buffers]) => window.models[model].tell("
        "'msg:custom', message, buffers.map(window.bytes))",
        [model, message, [base64.b64encode(buffer).decode() for buffer in buffers]],
    )


def chosen(page):
    """The selection as the kernel would see it: only what was saved counts."""
    assert page.evaluate("window.selection.saved") > 0
    return page.evaluate("window.selection.state")
