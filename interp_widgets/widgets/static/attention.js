import { clamp, element, legend } from "./base.js";
import { choice, radios, tick } from "./controls.js";
import { HeadGrid } from "./heads.js";
import { Magnified } from "./magnified.js";
import { sayCell, sayLine, sayPrecision } from "./say.js";
import { Sentence, line } from "./sentence.js";
import { strongest } from "./sheet.js";
import { View, renderer } from "./view.js";
import { Weights } from "./weights.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./matrix.js").Cell} Cell */
/** @typedef {{name: string, scores: number[]}} Order */
/** @typedef {"query" | "key"} Side of the attention that a token stands on */

/**
 * What is pointed at or chosen, as places in the data; null where nothing is.
 * @typedef {{layer: number, head: number, query: number | null, key: number | null}} Place
 */

const READ = {
  head: "Each square is one head. In it, each row is a token",
  run: " and shows how that token shares out its attention: the stronger a cell's colour, the " +
    "more goes to the token of that column. A row adds up to 1.",
  difference: ", and the colours say to which tokens it gives more or less attention than in the " +
    "other run.",
  use: " Point at a head or a token to look at it, click to keep it.",
};
/** @type {[string, string][]} */
const QUESTIONS = [["query", "Where does it look? (query)"], ["key", "Who looks at it? (key)"]];
const HIDE = "each row's other weights are scaled up to add up to 1 again";

/** Every head as a thumbnail, one head enlarged, and the text. */
export class AttentionView extends View {
  controls = element("div", "iw-controls");
  all = element("div", "iw-panel");
  heading = element("div", "iw-caption");
  hint = element("div", "iw-hint");
  one = element("div", "iw-panel");
  caption = element("div", "iw-caption");
  pictures = element("div", "iw-pictures");
  legend = element("div");
  panels = element("div", "iw-panels");
  loose = ["query", "key"];
  /** @type {Side} */
  mode = "query";
  cross = false; // whether the queries are another text than the keys
  names = { queries: [""], keys: [""] };

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "attention");
    this.weights = new Weights(model, (small) => this.arrive(small));
    this.shade = this.colours.shade(0, 1);
    this.hide = tick("Hide the first token", HIDE, (on) => this.save("hide_first", on));
    const ask = (/** @type {string} */ mode) => this.ask(/** @type {Side} */ (mode));
    this.questions = radios("What a token shows", QUESTIONS, ask);
    this.panels.append(this.all, this.one);
    this.body.append(this.controls, this.panels, this.questions.box);
    this.all.append(this.heading);
    this.grid = new HeadGrid(this.all, this);
    this.all.append(this.hint);
    this.one.append(this.caption, this.pictures, this.legend);
    const place = (/** @type {Cell} */ { row, column }) => ({ query: row, key: column });
    this.matrix = new Magnified(this.pictures, this, place, () => this.cell());
    this.sentence = new Sentence(this);
    this.listen(model, "msg:custom", (message, buffers) => this.weights.receive(message, buffers));
  }

  name() {
    return "Attention";
  }

  load() {
    const { model } = this;
    this.weights.load();
    this.cross = model.get("queries").length > 0;
    const keys = model.get("names");
    this.names = { queries: this.cross ? model.get("query_names") : keys, keys };
    this.questions.box.hidden = this.cross;
    this.sentence.load(model.get("tokens"), model.get("queries"));
  }

  build() {
    const { model, weights, colours } = this;
    this.offer(model.get("orders"), model.get("order"));
    this.hide.input.checked = model.get("hide_first");
    if (weights.hideFirst !== this.hide.input.checked) weights.leaveOut(this.hide.input.checked);
    const { peak } = weights;
    this.shade = weights.signed ? colours.shade(-peak, peak) : colours.shade(0, 1);
    this.notice.textContent = model.get("notice");
    this.hint.textContent = READ.head + READ[weights.signed ? "difference" : "run"] + READ.use;
    const single = weights.layers * weights.heads === 1;
    if (single !== this.panels.classList.contains("iw-single")) this.rooms.clear();
    this.panels.classList.toggle("iw-single", single);
    this.buildGrid();
    this.buildMatrix(this.room(this.one));
  }

  /**
   * Offer the orders there are, which may become more.
   * @param {Order[]} orders
   * @param {string} order
   */
  offer(orders, order) {
    const names = orders.map(({ name }) => name);
    if (String(names) !== this.offered) {
      this.offered = String(names);
      this.order = choice("Order heads by", [["", "layer and head"],
        ...names.map((name) => /** @type {[string, string]} */ ([name, `${name} score`]))],
      (chosen) => this.save("order", chosen));
      this.controls.replaceChildren(...(names.length ? [this.order.box] : []), this.hide.box);
    }
    if (this.order) this.order.input.value = order;
    this.by = orders.find(({ name }) => name === order) ?? null;
  }

  buildGrid() {
    const { model, grid } = this;
    const numbers = { layers: model.get("layers"), heads: model.get("heads") };
    grid.arrange(this.room(this.all), numbers, this.by ?? null);
    grid.paint(this.shade, this.colours);
  }

  /** @param {number} room in CSS pixels */
  buildMatrix(room) {
    const { model, cross, colours } = this;
    const tokens = model.get("tokens");
    this.matrix.rebuild({
      room,
      rows: { title: "from (query)", labels: cross ? model.get("queries") : tokens },
      columns: { title: "to (key)", labels: tokens },
      label: "One head, from each query down to each key across. " +
        "Arrow keys move, Enter keeps, Escape lets go.",
    }, colours);
  }

  /** @param {number[]} small heads whose thumbnails came */
  arrive(small) {
    if (this.weights.signed && this.weights.peak > this.shade.high) return this.rebuild();
    if (this.built) this.grid.paintSome(small, this.shade, this.colours);
    return this.redraw();
  }

  /** @returns {Place} */
  now() {
    return /** @type {Place} */ (super.now());
  }

  rest() {
    return { ...this.grid.headAt(0), query: this.weights.queries - 1, key: null };
  }

  committed() {
    const { selection, model, weights } = this;
    if (!selection) return {};
    /** @type {Partial<Place>} */
    const place = {};
    const layer = model.get("layers").indexOf(selection.get("layer"));
    const head = model.get("heads").indexOf(selection.get("head"));
    if (layer >= 0) place.layer = layer;
    if (head >= 0) place.head = head;
    const query = within(selection.get("pos"), weights.queries);
    const key = within(selection.get("key"), weights.keys);
    return query === null && key === null ? place : { ...place, query, key };
  }

  /** @param {Partial<Place>} place */
  chosen(place) {
    const { model, cross } = this;
    const chosen = {};
    for (const name of /** @type {const} */ (["layer", "head"])) {
      const numbers = model.get(`${name}s`);
      if (name in place) Object.assign(chosen, { [name]: numbers[place[name] ?? 0] });
    }
    if (!("query" in place)) return chosen;
    const { query = null, key = null } = place;
    const ids = cross ? [] : model.get("token_ids"); // those of the keys
    return { ...chosen, pos: query, key, token_id: query === null ? null : ids[query] ?? null };
  }

  head() {
    const { layer, head } = this.now();
    return { layer, head };
  }

  /** The side that is asked about: in cross-attention, the one a token was pointed at on. */
  side() {
    if (!this.cross) return this.mode;
    return this.now().query === null ? "key" : "query";
  }

  /** The token in question. @param {Side} side */
  token(side) {
    const { query, key } = this.now();
    const [own, other] = side === "query" ? [query, key] : [key, query];
    return own ?? (this.cross ? null : other) ?? 0;
  }

  known() {
    const { layer, head } = this.now();
    return this.weights.best(layer * this.weights.heads + head);
  }

  /** The cell in question; where only a token is, the strongest of its line. */
  cell() {
    const { query, key } = this.now();
    const sheet = this.known()?.sheet;
    const first = (/** @type {Float32Array | undefined} */ values) =>
      (values && strongest(values, 1)[0]) ?? 0;
    if (query === null) return { row: first(sheet?.column(key ?? 0)), column: key ?? 0 };
    return { row: query, column: key ?? first(sheet?.row(query)) };
  }

  /** Keep a place, its head included. @param {Partial<Place>} place */
  commit(place) {
    super.commit({ ...this.head(), ...place });
  }

  follow() {
    const { query, key } = /** @type {Partial<Place>} */ (this.committed());
    if (query === null) this.mode = "key";
    if (key === null) this.mode = "query";
    super.follow();
  }

  /** Turn the question around; a token that is kept comes along. @param {Side} mode */
  ask(mode) {
    this.mode = mode;
    const { query, key } = /** @type {Partial<Place>} */ (this.committed());
    if (query === null || key === null) this.keep(line(mode, query ?? key ?? 0));
    this.redraw();
  }

  draw() {
    const { model, weights, colours, shade } = this;
    const place = this.now();
    const { layer, head, query, key } = place;
    const known = this.known();
    const number = { layer: model.get("layers")[layer], head: model.get("heads")[head] };
    this.questions.check(this.mode);
    this.heading.textContent = this.sayHeading();
    this.caption.textContent = `Layer ${number.layer}, head ${number.head}`;
    this.grid.draw(place, colours);
    this.drawLegend(layer);
    const asked = `layer ${number.layer} head ${number.head}, ${this.sayScore(place)}`;
    if (!known) {
      this.readout.textContent = `${asked}waiting for the kernel to send this head`;
      return;
    }
    const side = this.side();
    const both = query !== null && key !== null;
    const marked = both ? { query, key } : line(side, this.token(side));
    this.matrix.draw(known.sheet, shade, { row: marked.query, column: marked.key });
    this.sentence.draw(known.sheet);
    const said = both ? sayCell(weights, known, this.names, layer, query, key)
      : sayLine(weights, known, this.names, side, this.token(side));
    this.readout.textContent = asked + said;
    const facts = [sayPrecision(weights, known), model.get("origin")];
    this.foot.textContent = facts.filter(Boolean).join(" · ");
    this.foot.title = model.get("hook");
  }

  /** @param {number} layer */
  drawLegend(layer) {
    const { weights } = this;
    const { peak, signed } = weights;
    const masked = weights.sayMasked(layer);
    const key = `${signed} ${peak} ${masked}`;
    if (key === this.legend.dataset.key) return;
    this.legend.dataset.key = key;
    const most = peak.toPrecision(2);
    this.legend.replaceChildren(signed
      ? legend("attention weight here minus in the other run",
        [`less −${most}`, "0", `+${most} more`], { masked, diverging: true })
      : legend("attention weight", ["0", "0.25", "0.5", "0.75", "1"], { masked }));
  }

  /** @param {Place} place */
  sayScore({ layer, head }) {
    if (!this.by) return "";
    const score = this.by.scores[layer * this.weights.heads + head];
    return `${this.by.name} score ${score.toFixed(2)}, `;
  }

  sayHeading() {
    const { weights, by } = this;
    const what = by ? `Every head, highest ${by.name} score first` : "Every head";
    return [what, weights.sayMissing()].filter(Boolean).join(" · ");
  }
}

/** @param {number | null} place @param {number} count */
function within(place, count) {
  return place !== null && place < count ? place : null;
}

const render = renderer(AttentionView);
export default { render };
