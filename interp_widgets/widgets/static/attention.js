import {
  element, fit, holdShortcuts, keyboardGrid, legend, levelOf, oncePerFrame, openRoot, paint,
  pointerGrid, pooled, readColours, selectionOf, sized, square, watchLook,
} from "./base.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./base.js").Colours} Colours */

/**
 * What is pointed at or chosen, as places in the data; null where nothing is.
 * @typedef {{layer: number, head: number, query: number | null, key: number | null}} Place
 */

/** @typedef {"query" | "key"} Mode which side of the attention a token stands on */

const EXACT_KEPT = 64; // heads whose 16-bit numbers stay in memory
const CELL_MOST = 30; // CSS pixels, like every length here
const CELL_LABELLED = 12;
const CELL_RULED = 14;
const THUMB_LEAST = 14;
const THUMB_MOST = 84;
const GUTTER = 36; // for the numbers of layers and heads
const TITLE = 20; // for the name of an axis
const HOW_TO_READ = "Each square is one head. In it, each row is a token and shows how that token " +
  "shares out its attention: the stronger a cell's colour, the more goes to the token of that " +
  "column. A row adds up to 1. Point at a head or a token to look at it, click to keep it.";
const TOKEN_FONT = "12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
const TEXT_FONT = "12px system-ui, sans-serif";

/** The numbers of one view: 8 bits for every head, 16 for the heads that were looked at. */
class Weights {
  layers = 0;
  heads = 0;
  size = 0;
  causal = false;
  asked = -1; // the head that was asked for and has not come
  wanted = -1;
  /** @type {"full" | "tril"} */
  packing = "full";
  /** @type {Map<number, Float32Array | null>} null where there are no better numbers */
  exact = new Map();
  /** @type {{index: number, values: Float32Array}} the head of the overview that was read last */
  rough = { index: -1, values: new Float32Array() };

  /** @param {Model} model @param {() => void} arrived called when better numbers came */
  constructor(model, arrived) {
    this.model = model;
    this.arrived = arrived;
    this.load();
  }

  load() {
    const { model } = this;
    const [layers, heads, , size] = model.get("shape");
    this.layers = layers;
    this.heads = heads;
    this.size = size;
    this.packing = model.get("packing");
    this.causal = this.packing === "tril";
    this.exact.clear();
    this.rough = { index: -1, values: new Float32Array() };
    this.asked = -1;
    this.wanted = -1;
  }

  /** @param {number} index layer by layer @returns {Float32Array} */
  overview(index) {
    const { model } = this;
    return square({
      bytes: model.get("overview"), dtype: model.get("dtype"),
      scale: model.get("scale"), packing: this.packing,
    }, index, this.size);
  }

  /** The best numbers at hand for a head; asks for better ones. @param {Place} place */
  best({ layer, head }) {
    this.wanted = layer * this.heads + head;
    if (this.asked < 0 && !this.exact.has(this.wanted)) this.ask();
    const exact = this.exact.get(this.wanted);
    if (exact) return { values: exact, bits: 16 };
    if (this.rough.index !== this.wanted) {
      this.rough = { index: this.wanted, values: this.overview(this.wanted) };
    }
    return { values: this.rough.values, bits: 8 };
  }

  ask() { // one message in flight at a time: a mouse crosses many heads on its way to one
    this.asked = this.wanted;
    this.model.send({ type: "focus", index: this.asked, rev: this.model.get("rev") });
  }

  /** @param {any} message @param {DataView[]} buffers */
  receive(message, buffers) {
    if (message.type !== "focus" || message.rev !== this.model.get("rev")) return;
    this.asked = -1;
    if (this.exact.size >= EXACT_KEPT) this.exact.delete([...this.exact.keys()][0]);
    const packed = { ...message, bytes: buffers[0] };
    this.exact.set(message.index, buffers.length ? square(packed, 0, this.size) : null);
    if (!this.exact.has(this.wanted)) this.ask();
    this.arrived();
  }
}

/** Every head as a thumbnail, layers down and heads across. */
class HeadGrid {
  step = 0; // from one thumbnail to the next
  thumb = 0;
  width = 0;
  height = 0;

  /** @param {AttentionView} view @param {HTMLElement} parent */
  constructor(view, parent) {
    this.view = view;
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", "iw-grid"));
    this.canvas.setAttribute("role", "application");
    this.picture = document.createElement("canvas");
    parent.append(this.canvas);
    pointerGrid(this.canvas, (x, y) => this.locate(x, y), {
      hover: (cell) => view.hover(cell),
      click: (cell) => view.commit(cell),
    });
    keyboardGrid(this.canvas, {
      move: (rows, columns) => {
        const { layer, head } = view.now();
        view.key({
          layer: clamp(layer + rows, view.weights.layers),
          head: clamp(head + columns, view.weights.heads),
        });
      },
      edge: (end) => view.key({ head: end ? view.weights.heads - 1 : 0 }),
      commit: () => view.commit({ layer: view.now().layer, head: view.now().head }),
      leave: () => view.leave(),
    });
  }

  /** @param {number} room width in CSS pixels */
  rebuild(room) {
    const { weights, colours } = this.view;
    const { layers, heads } = weights;
    const step = Math.floor((room - GUTTER) / heads);
    this.step = Math.max(THUMB_LEAST, Math.min(THUMB_MOST, step));
    this.thumb = this.step - (this.step > 24 ? 4 : 2);
    this.width = GUTTER + heads * this.step;
    this.height = GUTTER + layers * this.step;
    const context = sized(this.picture, this.width, this.height);
    this.drawNumbers(context);
    for (let index = 0; index < layers * heads; index += 1) {
      const [x, y] = this.corner(Math.floor(index / heads), index % heads);
      const small = pooled(weights.overview(index), weights.size, this.thumb);
      const image = paint(small.values, small.size, weights.causal, colours);
      drawSharp(context, image, x, y, this.thumb);
    }
    const label = `All heads: ${layers} layers by ${heads} heads. Arrow keys choose, Enter keeps.`;
    this.canvas.setAttribute("aria-label", label);
  }

  /** @param {CanvasRenderingContext2D} context */
  drawNumbers(context) {
    const { view, step } = this;
    const every = Math.ceil(22 / step); // two digits need about 22 pixels
    drawAxisTitles(context, view.colours, ["head", "layer"], GUTTER, this.width, this.height);
    context.textAlign = "center";
    context.textBaseline = "middle";
    view.model.get("heads").forEach((/** @type {number} */ number, /** @type {number} */ at) => {
      if (at % every === 0) context.fillText(String(number), GUTTER + (at + 0.5) * step, 26);
    });
    view.model.get("layers").forEach((/** @type {number} */ number, /** @type {number} */ at) => {
      if (at % every === 0) context.fillText(String(number), 26, GUTTER + (at + 0.5) * step);
    });
  }

  /** @param {number} layer @param {number} head */
  corner(layer, head) {
    const inset = (this.step - this.thumb) / 2;
    return [GUTTER + head * this.step + inset, GUTTER + layer * this.step + inset];
  }

  /** @param {number} x @param {number} y */
  locate(x, y) {
    const layer = Math.floor((y - GUTTER) / this.step);
    const head = Math.floor((x - GUTTER) / this.step);
    const { layers, heads } = this.view.weights;
    const inside = layer >= 0 && head >= 0 && layer < layers && head < heads;
    return inside ? { layer, head } : null;
  }

  /** @param {Place} place */
  draw({ layer, head }) {
    const context = sized(this.canvas, this.width, this.height);
    context.drawImage(this.picture, 0, 0, this.width, this.height);
    const [x, y] = this.corner(layer, head);
    context.strokeStyle = this.view.colours.style("accent");
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, this.thumb + 2, this.thumb + 2);
  }
}

/** One head: queries down, keys across, the pointed row and column outlined. */
class HeadMatrix {
  labels = 0; // room for the longest token
  origin = 0; // where the cells begin, across and down
  cell = 0;
  side = 0;
  extent = 0;
  /** @type {{values?: Float32Array, colours?: Colours, image: HTMLCanvasElement}} */
  painted = { image: document.createElement("canvas") };

  /** @param {AttentionView} view @param {HTMLElement} parent */
  constructor(view, parent) {
    this.view = view;
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", "iw-matrix"));
    this.canvas.setAttribute("role", "application");
    parent.append(this.canvas);
    const cell = () => {
      const { query, key } = view.now();
      const row = query ?? view.weights.size - 1;
      return { query: row, key: key ?? view.strongest(row) };
    };
    pointerGrid(this.canvas, (x, y) => this.locate(x, y), {
      hover: (place) => view.hover(place),
      click: (place) => view.commit({ ...view.head(), ...place }),
    });
    keyboardGrid(this.canvas, {
      move: (rows, columns) => {
        const { query, key } = cell();
        const { size } = view.weights;
        view.key({ query: clamp(query + rows, size), key: clamp(key + columns, size) });
      },
      edge: (end) => view.key({ ...cell(), key: end ? view.weights.size - 1 : 0 }),
      commit: () => view.commit({ ...view.head(), ...cell() }),
      leave: () => view.leave(),
    });
  }

  /** @param {number} room width in CSS pixels */
  rebuild(room) {
    const { weights, tokens } = this.view;
    const context = sized(this.canvas, 1, 1);
    context.font = TOKEN_FONT;
    const widest = Math.max(...tokens.map((token) => context.measureText(token).width));
    this.labels = Math.ceil(Math.min(widest + 10, 110, room * 0.28));
    this.origin = TITLE + this.labels;
    const cell = Math.min(CELL_MOST, (room - this.origin - 2) / weights.size);
    this.cell = cell > 4 ? Math.floor(cell) : cell;
    this.side = this.cell * weights.size;
    this.extent = this.origin + this.side + 2;
    const label = "One head, from each query down to each key across. " +
      "Arrow keys move, Enter keeps, Escape leaves.";
    this.canvas.setAttribute("aria-label", label);
  }

  /** @param {number} x @param {number} y */
  locate(x, y) {
    const query = Math.floor((y - this.origin) / this.cell);
    const key = Math.floor((x - this.origin) / this.cell);
    const { size } = this.view.weights;
    const inside = query >= 0 && key >= 0 && query < size && key < size;
    return inside ? { query, key } : null;
  }

  /** @param {Float32Array} values @param {{query: number | null, key: number | null}} marked */
  draw(values, marked) {
    const { weights, colours } = this.view;
    const context = sized(this.canvas, this.extent, this.extent);
    if (this.painted.values !== values || this.painted.colours !== colours) {
      const image = paint(values, weights.size, weights.causal, colours);
      this.painted = { values, colours, image };
    }
    drawSharp(context, this.painted.image, this.origin, this.origin, this.side);
    if (this.cell >= CELL_RULED) this.drawRules(context);
    const titles = ["to (key)", "from (query)"];
    drawAxisTitles(context, colours, titles, this.origin, this.extent, this.extent);
    this.drawLabels(context, marked);
    this.drawCross(context, marked);
  }

  /** @param {CanvasRenderingContext2D} context */
  drawRules(context) {
    context.fillStyle = this.view.colours.style("background");
    for (let line = 1; line < this.view.weights.size; line += 1) {
      const at = this.origin + line * this.cell - 0.5;
      context.fillRect(at, this.origin, 1, this.side);
      context.fillRect(this.origin, at, this.side, 1);
    }
  }

  /**
   * Label every token there is room for, and always the marked ones.
   * @param {CanvasRenderingContext2D} context
   * @param {{query: number | null, key: number | null}} marked
   */
  drawLabels(context, { query, key }) {
    const every = Math.ceil(CELL_LABELLED / this.cell);
    context.font = TOKEN_FONT;
    context.textBaseline = "middle";
    for (const axis of ["query", "key"]) {
      const chosen = axis === "query" ? query : key;
      for (let place = 0; place < this.view.weights.size; place += every) {
        const crowded = chosen !== null && Math.abs(place - chosen) < every && place !== chosen;
        if (!crowded && place !== chosen) this.drawLabel(context, axis, place, "text");
      }
      if (chosen !== null) this.drawLabel(context, axis, chosen, "accent");
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {string} axis
   * @param {number} place
   * @param {string} colour
   */
  drawLabel(context, axis, place, colour) {
    const middle = this.origin + (place + 0.5) * this.cell;
    context.save();
    if (axis === "query") context.translate(this.origin - 5, middle);
    else context.translate(middle, this.origin - 5);
    if (axis === "key") context.rotate(-Math.PI / 2);
    context.textAlign = axis === "query" ? "right" : "left";
    context.fillStyle = this.view.colours.style(colour);
    context.fillText(fit(context, this.view.tokens[place], this.labels - 6), 0, 0);
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{query: number | null, key: number | null}} marked
   */
  drawCross(context, { query, key }) {
    const { origin, side, cell } = this;
    const room = cell < CELL_LABELLED ? 2 : 0; // small cells are framed from further out
    const [y, x] = [query, key].map((place) => origin + (place ?? 0) * cell - room);
    const frame = cell + 2 * room;
    context.strokeStyle = this.view.colours.style("accent");
    context.lineWidth = 1.5;
    if (query !== null) context.strokeRect(origin, y, side, frame);
    if (key !== null) context.strokeRect(x, origin, frame, side);
    if (query === null || key === null) return;
    context.lineWidth = 3;
    context.strokeRect(x, y, frame, frame);
  }
}

/** The sentence itself: point at a token to see where it looks, or who looks at it. */
class TokenStrip {
  /** @type {HTMLElement[]} */
  spans = [];
  /** @type {HTMLInputElement[]} */
  radios = [];

  /** @param {AttentionView} view @param {HTMLElement} parent */
  constructor(view, parent) {
    this.view = view;
    this.box = element("div", "iw-strip");
    this.box.setAttribute("role", "listbox");
    this.name = `iw-strip-${view.model.get("view_id")}-${(stripCount += 1)}`;
    parent.append(this.makeModes(), this.box);
    this.box.addEventListener("pointerover", (event) => this.point(event, view.hover.bind(view)));
    this.box.addEventListener("pointerleave", () => view.hover(null));
    this.box.addEventListener("click", (event) => this.point(event, this.commit.bind(this)));
    keyboardGrid(this.box, {
      move: (rows, columns) => this.key((view.token() ?? 0) + rows + columns),
      edge: (end) => this.key(end ? view.weights.size - 1 : 0),
      commit: () => this.commit(this.chosen(view.token() ?? 0)),
      leave: () => view.leave(),
    });
  }

  makeModes() {
    const { view } = this;
    const modes = element("div", "iw-modes");
    modes.setAttribute("role", "radiogroup");
    modes.setAttribute("aria-label", "What a token shows");
    for (const mode of /** @type {Mode[]} */ (["query", "key"])) {
      const label = element("label", "");
      const radio = /** @type {HTMLInputElement} */ (element("input", ""));
      Object.assign(radio, { type: "radio", name: this.name, value: mode });
      holdShortcuts(radio);
      radio.addEventListener("change", () => view.setMode(mode));
      label.append(radio, mode === "query" ? "Where does it look?" : "Who looks at it?");
      modes.append(label);
      this.radios.push(radio);
    }
    return modes;
  }

  rebuild() {
    const { view } = this;
    const names = view.model.get("names");
    this.spans = view.tokens.map((token, place) => {
      const span = element("span", "iw-token", token);
      span.id = `${this.name}-${place}`;
      span.title = names[place];
      span.dataset.place = String(place);
      span.setAttribute("role", "option");
      return span;
    });
    this.box.replaceChildren(...this.spans);
  }

  /** @param {Event} event @param {(place: any) => void} act */
  point(event, act) {
    const { target } = event;
    if (!(target instanceof HTMLElement) || target.dataset.place === undefined) return;
    act(this.chosen(Number(target.dataset.place)));
  }

  /** @param {number} token @returns {Partial<Place>} */
  chosen(token) {
    return this.view.mode === "query" ? { query: token, key: null } : { query: null, key: token };
  }

  /** @param {number} token */
  key(token) {
    this.view.key(this.chosen(clamp(token, this.view.weights.size)));
  }

  /** @param {Partial<Place>} place */
  commit(place) {
    this.view.commit({ ...this.view.head(), ...place });
  }

  /** @param {Float32Array} values */
  draw(values) {
    const { mode, colours, weights } = this.view;
    const { size } = weights;
    const token = this.view.token();
    const question = mode === "query" ? "where each looks" : "who looks at each";
    this.box.setAttribute("aria-label", `Tokens; arrow keys show ${question}, Enter keeps`);
    for (const radio of this.radios) radio.checked = radio.value === mode;
    this.spans.forEach((span, other) => {
      const [query, key] = mode === "query" ? [token, other] : [other, token];
      const hidden = weights.causal && key > query;
      const level = levelOf(values[query * size + key]);
      span.classList.toggle("iw-hidden", hidden);
      span.style.background = hidden ? "" : colours.css[level];
      span.style.color = hidden ? "" : colours.ink[level];
      span.setAttribute("aria-selected", String(other === token));
    });
    this.box.setAttribute("aria-activedescendant", `${this.name}-${token}`);
  }
}

let stripCount = 0; // radio groups and ids must differ when one view is shown twice

/** What is shown, from the four places it can come from, and the parts that show it. */
class AttentionView {
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

  /** @param {Mode} mode */
  setMode(mode) {
    this.mode = mode;
    this.redraw();
  }

  leave() {
    this.keyed = {};
    this.hovered = {};
    this.redraw();
  }

  /** Keep a place; a token that is kept already is let go. @param {Partial<Place>} place */
  commit(place) {
    const { selection, model } = this;
    if (!selection) return;
    const before = this.committed();
    const repeated = ["layer", "head", "query", "key"].every(
      (name) => place[/** @type {keyof Place} */ (name)] === before[/** @type {keyof Place} */ (name)],
    );
    const changes = {
      layer: model.get("layers")[place.layer ?? 0],
      head: model.get("heads")[place.head ?? 0],
    };
    if ("query" in place) {
      const query = repeated ? null : place.query ?? null;
      const ids = model.get("token_ids");
      const id = query === null || ids.length === 0 ? null : ids[query];
      Object.assign(changes, { pos: query, key: repeated ? null : place.key, token_id: id });
    }
    this.keyed = {};
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

/** @param {number} value @param {number} count */
function clamp(value, count) {
  return Math.max(0, Math.min(count - 1, value));
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

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} image
 * @param {number} x
 * @param {number} y
 * @param {number} side
 */
function drawSharp(context, image, x, y, side) {
  const density = window.devicePixelRatio || 1;
  context.imageSmoothingEnabled = side * density < image.width; // cells stay squares
  context.imageSmoothingQuality = "high";
  context.drawImage(image, x, y, side, side);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Colours} colours
 * @param {string[]} titles across and down
 * @param {number} origin where the cells begin
 * @param {number} width
 * @param {number} height
 */
function drawAxisTitles(context, colours, [across, down], origin, width, height) {
  context.font = TEXT_FONT;
  context.fillStyle = colours.style("muted");
  context.save();
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(across, (origin + width) / 2, 8);
  context.translate(8, (origin + height) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(down, 0, 0);
  context.restore();
}

/** @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  return new AttentionView(model, el).stop;
}

export default { render };
