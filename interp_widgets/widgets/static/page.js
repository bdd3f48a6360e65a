// Stands in for the notebook in an exported page: models that hold state, and stored answers.
// The exporter puts this behind the code of each kind of view, which it has named `codes`.

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
    const changed = Object.keys(changes).filter((name) => changes[name] !== this.state[name]);
    Object.assign(this.state, changes);
    for (const name of changed) this.trigger(`change:${name}`);
    if (changed.length) this.trigger("change");
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
  exported = true; // there never was a kernel here, so nothing new can be asked of one
  answers = new Map();

  remember(answers) {
    for (const answer of answers) this.answers.set(ordered(answer.request), answer);
  }

  async send(content) {
    const answer = this.answers.get(ordered(content));
    const buffers = await Promise.all((answer?.buffers ?? []).map(inflate));
    this.trigger("msg:custom", answer?.message ?? content, buffers);
  }
}

// The same request as the same text, in whatever order its parts were written.
function ordered(content) {
  return JSON.stringify(content, Object.keys(content).sort());
}

async function inflate(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new DataView(await new Response(stream).arrayBuffer());
}

// Setting what is set already tells nobody, so two that follow each other come to rest.
function follow(leader, follower, fields) {
  leader.on("change", () => {
    follower.set(Object.fromEntries(fields.map((name) => [name, leader.get(name)])));
  });
}

const data = JSON.parse(document.getElementById("data").textContent);
const selections = data.selections.map((chosen) => new PageModel(chosen));
for (const { ends: [one, other], fields } of data.links) {
  follow(selections[one], selections[other], fields);
  follow(selections[other], selections[one], fields);
}
for (const [place, { code, state, buffers, selection, answers }] of data.views.entries()) {
  for (const [name, packed] of Object.entries(buffers)) state[name] = await inflate(packed);
  const model = new ViewModel(
    { ...state, selection: "IPY_MODEL_selection" },
    { selection: selections[selection] },
  );
  model.remember(answers);
  codes[code].render({ model, el: document.getElementById(`view-${place}`) });
}
