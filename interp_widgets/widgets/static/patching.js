import { element, legend } from "./base.js";
import { cellText } from "./celltext.js";
import { radios } from "./controls.js";
import { Effects, digitsFor, signed } from "./effects.js";
import { WordGrid } from "./grid.js";
import { strongest } from "./sheet.js";
import { bar, table } from "./tables.js";
import { View, renderer } from "./view.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./effects.js").Top} Top */
/** @typedef {{row: number, column: number}} Place */

const LETTER = 7.3; // CSS pixels of a letter in a cell, like every length here
const NARROW = 22;
const HIGH = 24;
const ALL_HIGH = 1800; // of all rows; where there are more, they are lower
const LEGIBLE = 16; // height of a cell with a number in it

/** Which places of a model carry the difference between two prompts. */
export class PatchView extends View {
  hint = element("div", "iw-hint");
  prompts = element("div", "iw-prompts");
  facts = element("div", "iw-facts");
  choice = element("div");
  grid = element("div", "iw-panel");
  more = element("div", "iw-hint");
  legend = element("div");
  tops = element("div", "iw-panels");
  loose = ["row", "column"];
  revealed = "";
  digits = 2; // after the point, in a cell

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "patching");
    this.effects = new Effects(model);
    this.cells = new WordGrid(this.grid, this, () => this.place());
    this.grid.append(this.more, this.legend);
    this.body.append(this.hint, this.prompts, this.facts, this.choice, this.grid);
    this.foot.before(this.tops);
  }

  name() {
    return "Patching";
  }

  load() {
    const { model } = this;
    this.effects = new Effects(model);
    this.revealed = "";
    const [, aim] = this.runs();
    this.effect = radios("Each cell shows", [
      ["normalised", `part of the gap to the ${aim} run`],
      ["raw", this.change()],
    ], (value) => this.save("effect", value));
    this.choice.hidden = !model.get("defined");
    this.choice.replaceChildren(this.effect.box);
  }

  /** The run that is patched, and the one that the patches come from. */
  runs() {
    const runs = ["corrupted", "clean"];
    return this.model.get("direction") === "denoising" ? runs : runs.reverse();
  }

  build() {
    const { model, effects } = this;
    const [base, donor] = this.runs();
    this.effect?.check(model.get("effect"));
    this.notice.textContent = model.get("notice");
    this.foot.textContent = model.get("origin");
    this.hint.textContent = `The model runs the ${base} prompt once for each cell, each time with ` +
      `one activation replaced by the one it had in the ${donor} run: ${model.get("patched")}, ` +
      `at the cell's row and column. ${this.meaning(base, donor)}`;
    this.facts.replaceChildren(...[
      `Metric: ${model.get("metric")}, ${model.get("read_at")}`,
      `clean run ${this.measure(model.get("clean"))}`,
      `corrupted run ${this.measure(model.get("corrupted"))}`,
    ].map((fact) => element("span", "", fact)));
    this.sheet = effects.sheet();
    const peak = effects.peak(this.sheet);
    this.digits = digitsFor(peak);
    this.shade = this.colours.shade(-peak, peak);
    const ends = [-peak, peak].map((end) => signed(end, this.digits));
    this.legend.replaceChildren(legend(this.caption(donor), [ends[0], "0", ends[1]],
      { diverging: true }));
    this.buildPrompts();
    this.buildGrid();
  }

  /** @param {string} base @param {string} donor */
  meaning(base, donor) {
    if (!this.effects.normalised) return "Its number is by how much that changes the metric.";
    return `Its number is how much of the way to the ${donor} run that takes the metric: 0 leaves ` +
      `it as in the ${base} run, 1 takes it all the way, below 0 leads away.`;
  }

  /** @param {string} donor */
  caption(donor) {
    return this.effects.normalised ? `part of the gap to the ${donor} run` : this.change();
  }

  change() {
    const unit = this.model.get("unit");
    return unit ? `change of the metric, in${unit}` : "change of the metric";
  }

  /** Both prompts, token under token where there is room, with what differs marked. */
  buildPrompts() {
    const { model } = this;
    const differing = new Set(model.get("differing"));
    const lines = ["clean", "corrupted"].map((run) => {
      const line = element("div", "iw-prompt");
      const tokens = element("div");
      tokens.append(...model.get(`${run}_prompt`).map(
        (/** @type {string} */ token, /** @type {number} */ pos) =>
          element(differing.has(pos) ? "strong" : "span", "iw-token", token)));
      line.append(element("div", "iw-run", `${run} prompt`), tokens);
      return line;
    });
    this.prompts.replaceChildren(...lines);
  }

  buildGrid() {
    const { model, cells, sheet, shade, colours } = this;
    if (!sheet || !shade) return;
    const { rows } = this.effects;
    const words = Array.from(sheet.values, (value) => signed(value, this.digits));
    const letters = words.reduce((most, word) => Math.max(most, word.length), 0);
    const widest = Math.ceil(letters * LETTER) + 6;
    const height = Math.max(4, Math.min(HIGH, Math.floor(ALL_HIGH / rows)));
    const { matrix } = cells;
    const write = cellText(matrix, shade, colours.style("muted"),
      (row, column) => words[row * sheet.columns + column]);
    const ofHeads = model.get("over")[1] === "head";
    const differ = model.get("differing").length ? " (clean/corrupted where they differ)" : "";
    const before = matrix.part.columns;
    cells.rebuild({
      room: this.room(this.grid),
      rows: {
        title: model.get("over")[0] === "head" ? "layer and head" : "layer",
        labels: model.get("rows"),
      },
      columns: { title: ofHeads ? "head" : `token${differ}`, labels: model.get("columns") },
      height,
      label: "What each patch does, by row and column. " +
        "Arrow keys move, Enter keeps, Escape lets go.",
      over: (context, shown) => {
        if (matrix.cell.width >= widest && height >= LEGIBLE) write?.(context, shown);
      },
    }, colours, [NARROW, Math.max(widest, 46)]);
    if (matrix.part.columns !== before) this.revealed = "";
  }

  rest() {
    const { sheet, effects } = this;
    const place = sheet ? strongest(sheet.values, 1)[0] ?? 0 : 0;
    return { row: Math.floor(place / effects.columns), column: place % effects.columns };
  }

  committed() {
    const { selection, model } = this;
    if (!selection) return {};
    const [layers, heads] = [model.get("layers"), model.get("heads")];
    const [layer, head, pos] = ["layer", "head", "pos"].map((name) => selection.get(name));
    const [down, across] = model.get("over");
    const row = down === "layer" ? layers.indexOf(layer)
      : layers.findIndex((/** @type {number} */ own, /** @type {number} */ at) =>
        own === layer && heads[at] === head);
    const column = across === "head" ? heads.indexOf(head)
      : pos === null ? -1 : pos - model.get("first");
    /** @type {Partial<Place>} */
    const place = {};
    if (row >= 0) place.row = row;
    if (column >= 0 && column < this.effects.columns) place.column = column;
    return place;
  }

  /** @param {{row: number | null, column: number | null}} place */
  chosen({ row, column }) {
    const { model } = this;
    const [down, across] = model.get("over");
    const at = (/** @type {string} */ name, /** @type {number | null} */ place) =>
      (place === null ? null : model.get(name)[place]);
    const pos = column === null ? null : model.get("first") + column;
    return {
      layer: at("layers", row),
      ...(down === "head" ? { head: at("heads", row) } : {}),
      ...(across === "head" ? { head: at("heads", column) }
        : { pos, key: null, token_id: at("token_ids", pos) ?? null }),
    };
  }

  /** @returns {Place} */
  place() {
    return /** @type {Place} */ (this.now());
  }

  draw() {
    const { cells, sheet, shade, model } = this;
    if (!sheet || !shade) return;
    const { row, column } = this.place();
    const settled = { ...this.rest(), ...this.committed(), ...this.keyed };
    const where = `${settled.row} ${settled.column}`;
    if (where !== this.revealed) cells.reveal(settled.column); // not what the mouse is on
    this.revealed = where;
    cells.matrix.draw(sheet, shade, { row, column });
    const ofHeads = model.get("over")[1] === "head";
    this.more.textContent = cells.say(model.get("first"), ofHeads ? "Heads" : "Tokens");
    this.markPrompts(ofHeads ? -1 : model.get("first") + column);
    this.readout.textContent = this.say(row, column);
    this.drawTops(row, column);
  }

  /** @param {number} pos the token in question; -1 for none */
  markPrompts(pos) {
    for (const line of this.prompts.children) {
      line.querySelector(".iw-chosen")?.classList.remove("iw-chosen");
      line.querySelectorAll(".iw-token")[pos]?.classList.add("iw-chosen");
    }
  }

  /** @param {number} row @param {number} column */
  say(row, column) {
    const { model, effects, sheet } = this;
    const [base, donor] = this.runs();
    const value = signed(sheet?.at(row, column) ?? NaN, this.digits);
    const where = `${model.get("row_names")[row]}, ${model.get("column_names")[column]}`;
    const metric = this.measure(effects.metrics[row * effects.columns + column]);
    const moved = effects.normalised
      ? `${value.replace("+", "")} of the way from the ${base} run to the ${donor} run`
      : `a change of ${value}${model.get("unit")} from the ${base} run`;
    return `${where}: the patch takes the metric to ${metric}, ${moved}`;
  }

  /** A number of the metric with its unit. @param {number} value */
  measure(value) {
    const digits = digitsFor(Math.max(Math.abs(this.effects.donor - this.effects.base), 1e-6));
    return `${value.toFixed(digits).replace("-", "−")}${this.model.get("unit")}`;
  }

  /** The most likely tokens of the three runs, side by side. @param {number} row @param {number} column */
  drawTops(row, column) {
    const { effects } = this;
    const clean = effects.of("clean");
    this.tops.hidden = clean.length === 0;
    /** @type {[string, Top[]][]} */
    const lists = [
      ["Clean run", clean], ["Patched run", effects.at(row, column)],
      ["Corrupted run", effects.of("corrupted")],
    ];
    this.tops.replaceChildren(...lists.map(([name, tops]) => table(
      `${name}: most likely next tokens`, ["token", "probability"],
      tops.map(({ word, share }) => [word, bar(share, probability(share))]),
      (at) => tops[at].word === clean[0]?.word,
    )), element("div", "iw-hint", "In colour: the clean run's first choice."));
  }
}

/** @param {number} share */
function probability(share) {
  return share > 0 && share < 0.0005 ? "< 0.001" : share.toFixed(3);
}

const render = renderer(PatchView);
export default { render };
