"""A plain page that stands in for a notebook: it imports a view's module as it is on the disk.

Everything a test wants to know lies on `window`: `models`, `selection`, and what was `sent`.
A view's module is named by its stem, as its Python class names it.
"""

from __future__ import annotations

import base64

import anywidget

from interp_widgets import theme
from interp_widgets.widgets._join import module_names
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
  set(changes) {
    const news = Object.keys(changes).some((name) => changes[name] !== this.state[name]);
    Object.assign(this.state, changes);
    if (news) this.tell("change"); // as Backbone does
  }
  save_changes() { this.saved += 1; }
  on(event, listener) { (this.listeners[event] ??= []).push(listener); }
  off(event, gone) {
    this.listeners[event] = this.listeners[event].filter((listener) => listener !== gone);
  }
  tell(event, ...rest) { for (const listener of this.listeners[event] ?? []) listener(...rest); }
  send(content) { window.sent.push(content); }
}

const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const unpack = (value) => (value?.base64 === undefined ? value : bytes(value.base64));
window.unpacked = (state) => Object.fromEntries(
  Object.entries(state).map(([name, value]) => [name, unpack(value)]),
);
window.reply = (model, message, buffers) => {
  window.models[model].tell("msg:custom", message, buffers.map(unpack));
};
window.kernel = (alive) => { // as a raw ipywidgets model tells of it
  window.selection.comm_live = alive;
  window.selection.tell("comm_live_update");
};
window.sent = [];
window.stops = [];
window.models = [];
window.selection = new Model({
  layer: null, head: null, pos: null, key: null, token_id: null, feature: null,
});
window.show = (state) => {
  const model = new Model(window.unpacked(state), { chosen: window.selection });
  const el = document.createElement("div");
  window.models.push(model);
  requestAnimationFrame(() => document.body.append(el)); // afterwards, as JupyterLab does
  window.stops.push(view.render({ model, el }));
};
window.ready = true;
</script></body></html>
"""


def show(page, *views, stem="attention"):
    """Show views of one kind on one page, all with one selection."""
    page.context.set_offline(False)  # the host is answered right here, not by a network
    page.route(f"{ADDRESS}**", lambda route: answer(route, stem))
    page.goto(ADDRESS)
    page.wait_for_function("window.ready")
    for view in views:
        page.evaluate("(state) => window.show(state)", state_of(view))
    return page


def answer(route, stem):
    name = route.request.url.removeprefix(ADDRESS)
    if name == "":
        route.fulfill(body=_PAGE.replace("STEM", stem), content_type="text/html; charset=utf-8")
    elif name == "style.css":
        route.fulfill(body=style(stem), content_type="text/css; charset=utf-8")
    else:
        route.fulfill(body=(STATIC / name).read_text("utf-8"), content_type="text/javascript")


def style(stem):
    modules = module_names(stem, lambda name: (STATIC / name).read_text("utf-8"))
    sheets = [STATIC / f"{name}.css" for name in modules]
    return theme.css() + "".join(path.read_text("utf-8") for path in sheets if path.exists())


def state_of(view):
    """What the browser would be sent; bytes wrapped so that they can travel as text."""
    names = set(view.class_traits(sync=True)) - set(anywidget.AnyWidget.class_traits())
    state = {name: packed(getattr(view, name)) for name in names if not name.startswith("_")}
    return state | {"selection": "IPY_MODEL_chosen"}


def packed(value):
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def update(page, view, model=0):
    """Send the state of a view again, as the kernel does when it has changed."""
    page.evaluate(
        "([model, state]) => window.models[model].set(window.unpacked(state))",
        [model, state_of(view)],
    )


def reply(page, view, request, model=0):
    """Answer a request of the browser as the kernel would."""
    message, buffers = view.answer(request)
    page.evaluate(
        "([model, message, buffers]) => window.reply(model, message, buffers)",
        [model, message, [packed(buffer) for buffer in buffers]],
    )


def chosen(page):
    """The selection as the kernel would see it: only what was saved counts."""
    assert page.evaluate("window.selection.saved") > 0
    return page.evaluate("window.selection.state")
