// Stands in for the notebook in an exported page: models that hold state, and stored answers.
// The exporter puts this behind the view's own code, which it has named `view`.

class PageModel {
  constructor(state, managed = {}) {
    this.state = state;
    this.listeners = new Map();
    this.widget_manager = { get_model: async (id) => managed[id] };
  }

  get(name) {
    return this.state[name];
  }

  set(changes) {
    Object.assign(this.state, changes);
    this.trigger("change");
  }

  save_changes() {} // there is no kernel to save to

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  off(event, listener) {
    const others = (this.listeners.get(event) ?? []).filter((known) => known !== listener);
    this.listeners.set(event, others);
  }

  trigger(event, ...details) {
    for (const listener of this.listeners.get(event) ?? []) listener(...details);
  }
}

class ViewModel extends PageModel {
  async send(content) {
    const wanted = JSON.stringify(content);
    const answer = this.answers.find(({ request }) => JSON.stringify(request) === wanted);
    const buffers = await Promise.all((answer?.buffers ?? []).map(inflate));
    this.trigger("msg:custom", answer?.message ?? content, buffers);
  }
}

async function inflate(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new DataView(await new Response(stream).arrayBuffer());
}

const data = JSON.parse(document.getElementById("data").textContent);
for (const [name, packed] of Object.entries(data.buffers)) data.state[name] = await inflate(packed);
const model = new ViewModel(
  { ...data.state, selection: "IPY_MODEL_selection" },
  { selection: new PageModel(data.selection) },
);
model.answers = data.answers;
view.render({ model, el: document.getElementById("view") });
