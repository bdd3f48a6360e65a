import { element, legend, oncePerFrame, openRoot, selectionOf, watchLook } from "./base.js";
import { HeadGrid } from "./heads.js";
import { HeadMatrix } from "./matrix.js";
import { readColours } from "./paint.js";
import { TokenStrip } from "./strip.js";
import { Weights } from "./weights.js";

/** @typedef {import("./base.js").Model} Model */

/**
 * What is pointed at or chosen, as places in the data; null where nothing is.
 * @typedef {{layer: number, head: number, query: number | null, key: number | null}} Place
 */

/** @typedef {"query" | "key"} Mode which side of the attention a token stands on */

const HOW_TO_READ = "Each square is one head. In it, each row is a token and shows how that token " +
  "shares out its attention: the stronger a cell's colour, the more goes to the token of that " +
  "column. A row adds up to 1. Point at a head or a token to look at it, click to keep it.";

/** What is shown, from the four places it can come from, and the parts that show it. */
export class AttentionView {
  title = element("div", "iw-title");
  all = element("div", "iw-panel");
  one = element("div", "iw-panel");
  sentence = element("div", "iw-sentence");
  caption = element("div", "iw-caption");
  legend = element("div", "");
  readout = element("div", "iw-readout");
  foot = element("div", "iw-foot");
  /** @type {Model | null} */
  selection = null;
  /** @type {Partial<Place>} */
  keyed = {};
  /** @type {Partial<Place>} */
  hovered = {};
  /** @type {Mode} */
  mode = "query";
  /** @type {string[]} */
  tokens = [];

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    this.model = model;
    this.root = openRoot(el, model, "attention");
    this.colours = readColours(this.root);
    this.redraw = oncePerFrame(() => this.draw());
    this.weights = new Weights(model, this.redraw);
    this.grid = new HeadGrid(this, this.all);
    this.matrix = new HeadMatrix(this, this.one);
    this.strip = new TokenStrip(this, this.sentence);
    this.arrange();
    this.stop = this.watch();
    this.load();
  }

  arrange() {
    const panels = element("div", "iw-panels");
    this.readout.setAttribute("role", "status");
    this.all.prepend(element("div", "iw-caption", "Every head"));
    this.all.append(element("div", "iw-hint", HOW_TO_READ));
    this.one.prepend(this.caption);
    this.one.append(this.legend);
    panels.append(this.all, this.one);
    this.root.append(this.title, panels, this.sentence, this.readout, this.foot);
  }

  watch() {
    const { model } = this;
    const loaded = () => this.load();
    const received = this.weights.receive.bind(this.weights);
    model.on("change:rev", loaded);
    model.on("msg:custom", received);
    const unwatch = watchLook(this.root, () => this.rebuild());
    const chosen = () => this.follow();
    selectionOf(model).then((selection) => {
      this.selection = selection;
      selection.on("change", chosen);
      this.follow();
    });
    return () => {
      model.off("change:rev", loaded);
      model.off("msg:custom", received);
      this.selection?.off("change", chosen);
      unwatch();
    };
  }

  load() {
    this.weights.load();
    this.keyed = {};
    this.hovered = {};
    this.tokens = [];
    this.rebuild();
  }

  rebuild() {
    const { model, root, weights } = this;
    if (!root.clientWidth) return; // not on the page, or hidden; its width will change
    this.tokens = model.get("tokens");
    this.colours = readColours(root);
    const title = model.get("title") || "Attention";
    root.setAttribute("aria-label", title);
    this.title.textContent = title;
    this.legend.replaceChildren(legend(
      "attention weight", ["0", "0.25", "0.5", "0.75", "1"],
      weights.causal ? "a later token, out of sight" : undefined,
    ));
    this.all.parentElement?.classList.toggle("iw-single", weights.layers * weights.heads === 1);
    this.grid.rebuild(this.all.clientWidth - 4); // the panels' padding, where a focus ring shows
    this.matrix.rebuild(this.one.clientWidth - 4);
    this.strip.rebuild();
    this.draw();
  }

  /** @returns {Place} hovered before keyed before committed before the last token's look */
  now() {
    const rest = { layer: 0, head: 0, query: this.weights.size - 1, key: null };
    return { ...rest, ...this.committed(), ...this.keyed, ...this.hovered };
  }

  head() {
    const { layer, head } = this.now();
    return { layer, head };
  }

  /** The token in question. */
  token() {
    const { query, key } = this.now();
    return (this.mode === "query" ? query ?? key : key ?? query) ?? 0;
  }

  /** @returns {Partial<Place>} */
  committed() {
    const { selection, model, weights } = this;
    if (!selection) return {};
    /** @type {Partial<Place>} */
    const place = {};
    const layer = model.get("layers").indexOf(selection.get("layer"));
    const head = model.get("heads").indexOf(selection.get("head"));
    if (layer >= 0) place.layer = layer;
    if (head >= 0) place.head = head;
    const [query, key] = ["pos", "key"].map((name) => {
      const token = selection.get(name);
      return Number.isInteger(token) && token < weights.size ? token : null;
    });
    return query === null && key === null ? place : { ...place, query, key };
  }

  follow() {
    const { query, key } = this.committed();
    if (query === null) this.mode = "key";
    if (key === null) this.mode = "query";
    this.keyed = {};
    this.redraw();
  }

  /** @param {Partial<Place> | null} place */
  hover(place) {
    this.hovered = place ?? {};
    this.redraw();
  }

  /** @param {Partial<Place>} place */
  key(place) {
    this.hovered = {};
    this.keyed = { ...this.keyed, ...place };
    this.redraw();
  }

  /** Turn the question around; a token that is kept comes along. @param {Mode} mode */
  setMode(mode) {
    this.mode = mode;
    const { query, key } = this.committed();
    if (query === null || key === null) this.keep(this.strip.chosen(query ?? key ?? 0));
    this.redraw();
  }

  /** Let go of what is kept. @returns {boolean} whether anything was; its head stays */
  letGo() {
    const kept = "query" in this.committed();
    if (kept) this.keep({ query: null, key: null });
    this.keyed = {};
    this.hovered = {};
    this.redraw();
    return kept;
  }

  /** Keep a place; a token that is kept already is let go. @param {Partial<Place>} place */
  commit(place) {
    const before = this.committed();
    const repeated = ["layer", "head", "query", "key"].every(
      (name) => place[/** @type {keyof Place} */ (name)] === before[/** @type {keyof Place} */ (name)],
    );
    this.keyed = {};
    this.keep(repeated && "query" in place ? { ...place, query: null, key: null } : place);
  }

  /** Write a place, or what is given of it, into the selection. @param {Partial<Place>} place */
  keep(place) {
    const { selection, model } = this;
    if (!selection) return;
    const changes = {};
    for (const name of /** @type {const} */ (["layer", "head"])) {
      const numbers = model.get(`${name}s`);
      if (name in place) Object.assign(changes, { [name]: numbers[place[name] ?? 0] });
    }
    if ("query" in place) {
      const { query = null, key = null } = place;
      const ids = model.get("token_ids");
      const id = query === null || ids.length === 0 ? null : ids[query];
      Object.assign(changes, { pos: query, key, token_id: id });
    }
    selection.set(changes);
    selection.save_changes();
    this.redraw();
  }

  /** @param {number} query @returns {number} the key it looks at most */
  strongest(query) {
    const { values } = this.weights.best(this.now());
    return order(row(values, query, this.weights.size))[0];
  }

  draw() {
    if (!this.tokens.length) return; // nothing was built yet
    const place = this.now();
    const { values, bits } = this.weights.best(place);
    const token = this.token();
    const both = place.query !== null && place.key !== null;
    const line = this.mode === "query" ? { query: token, key: null } : { query: null, key: token };
    const layer = this.model.get("layers")[place.layer];
    const head = this.model.get("heads")[place.head];
    this.grid.draw(place);
    this.matrix.draw(values, both ? place : line);
    this.strip.draw(values);
    this.caption.textContent = `Layer ${layer}, head ${head}`;
    const said = both ? this.sayCell(values, bits, place) : this.sayLine(values, bits, token);
    this.readout.textContent = `layer ${layer} head ${head}, ${said}`;
    const origin = this.model.get("origin");
    const precision = bits === 16 ? "16-bit numbers for this head" : "8-bit numbers, within 0.002";
    this.foot.textContent = [precision, origin].filter(Boolean).join(" · ");
    this.foot.title = this.model.get("hook");
  }

  /** @param {Float32Array} values @param {number} bits @param {Place} place */
  sayCell(values, bits, { query, key }) {
    const names = this.model.get("names");
    const [from, to] = [query ?? 0, key ?? 0];
    if (this.weights.causal && to > from) {
      return `query ${names[from]} cannot see the later key ${names[to]}`;
    }
    const weight = digits(values[from * this.weights.size + to], bits);
    return `query ${names[from]} to key ${names[to]}, ${weight}`;
  }

  /** @param {Float32Array} values @param {number} bits @param {number} token */
  sayLine(values, bits, token) {
    const names = this.model.get("names");
    const { size } = this.weights;
    const line = this.mode === "query" ? row(values, token, size) : column(values, token, size);
    const most = order(line).slice(0, 3).filter((place) => line[place] > 0);
    const named = most.map((place) => `${names[place]} ${digits(line[place], bits)}`);
    return this.mode === "query"
      ? `query ${names[token]} looks most at ${named.join(", ") || "nothing"}`
      : `key ${names[token]} is looked at most by ${named.join(", ") || "nothing"}`;
  }
}

/** @param {number} value @param {number} bits that it was sent with */
function digits(value, bits) {
  return value.toFixed(bits === 16 ? 3 : 2);
}

/** @param {Float32Array} values @param {number} query @param {number} size */
function row(values, query, size) {
  return values.subarray(query * size, (query + 1) * size);
}

/** @param {Float32Array} values @param {number} key @param {number} size */
function column(values, key, size) {
  return Float32Array.from({ length: size }, (_, query) => values[query * size + key]);
}

/** @param {Float32Array} line @returns {number[]} places, the largest value first */
function order(line) {
  return [...line.keys()].sort((left, right) => line[right] - line[left]);
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return new AttentionView(model, el).stop;
}

export default { render };
