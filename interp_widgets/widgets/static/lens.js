import { element, legend } from "./base.js";
import { cellText } from "./celltext.js";
import { choice, offer } from "./controls.js";
import { WordGrid } from "./grid.js";
import { COLOURS, scale } from "./lenscolours.js";
import { Detail, count, share } from "./lensdetail.js";
import { Readings } from "./readings.js";
import { View, renderer } from "./view.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./paint.js").Shade} Shade */
/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {{row: number, column: number}} Place */
/** @typedef {[value: string, text: string][]} Options */

const READ = "The model reads the text from left to right and, after each token, predicts the " +
  "next one. Each row stops it early and asks what it would say by then: from before the first " +
  "layer (top) to its real output (bottom). A cell holds the token it thinks most likely; the " +
  "stronger the cell's colour, the ";
const OWN = "what the output says at each token";
/** @type {[number, number]} */
const WIDTHS = [62, 96]; // CSS pixels
const HIGH = 24;

/** What a model would say next if it stopped after each of its layers. */
export class LensView extends View {
  controls = element("div", "iw-controls");
  hint = element("div", "iw-hint");
  grid = element("div", "iw-panel");
  legend = element("div");
  more = element("div", "iw-hint");
  loose = ["column"];
  /** @type {Place | null} the cell that was kept here, for rows that no layer's number tells */
  kept = null;
  slot = 0; // which token is followed
  revealed = "";

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "lens");
    this.readings = new Readings(model);
    this.lens = choice("Lens", [], (value) => this.save("lens", Number(value)));
    this.colour = choice("Colour by", [], (value) => this.save("colour", value));
    this.target = choice("Target token", [],
      (value) => this.save("target", value === "" ? null : Number(value)));
    this.controls.append(this.lens.box, this.colour.box, this.target.box);
    this.words = new WordGrid(this.grid, this, () => this.place());
    this.grid.append(this.more, this.legend);
    this.detail = new Detail(() => this.redraw());
    this.body.append(this.hint, this.controls, this.grid);
    this.foot.before(this.detail.box);
  }

  name() {
    return "Logit lens";
  }

  load() {
    const { model } = this;
    this.readings = new Readings(model);
    this.kept = null;
    this.revealed = "";
    const words = model.get("words");
    const ids = model.get("ids");
    const named = (/** @type {number} */ id) => words[ids.indexOf(id)];
    offer(this.lens.input, numbered(model.get("lenses")));
    offer(this.colour.input, model.get("colours").map(
      (/** @type {string} */ colour) => [colour, COLOURS[colour].choice]));
    /** @type {Options} */
    const targets = model.get("targets").map(
      (/** @type {number} */ id) => [String(id), named(id)]);
    offer(this.target.input, [["", OWN], ...targets]);
    this.lens.box.hidden = this.readings.lenses === 1;
    this.target.box.hidden = targets.length === 0;
  }

  build() {
    const { model, readings } = this;
    readings.lens = model.get("lens");
    const target = model.get("target");
    this.slot = target === null ? 0 : model.get("targets").indexOf(target) + 1;
    this.lens.input.value = String(readings.lens);
    this.colour.input.value = model.get("colour");
    this.target.input.value = String(target ?? "");
    this.notice.textContent = model.get("notice");
    this.hint.textContent = READ + COLOURS[model.get("colour")].stronger;
    this.foot.textContent = model.get("origins")[readings.lens];
    this.buildSheet(model.get("colour"));
    this.buildGrid();
    this.detail.rebuild(readings, model, this.room(this.detail.path));
  }

  /** @param {string} colour */
  buildSheet(colour) {
    const { readings, slot } = this;
    const { sheet, top, ticks } = scale(readings, colour, slot);
    this.sheet = sheet;
    this.shade = this.colours.shade(0, top);
    const masked = sheet.values.some(Number.isNaN) ? "not computed" : undefined;
    const shown = legend(COLOURS[colour].legend, ticks, { masked });
    const mark = element("span", "iw-masked");
    const framed = slot === 0 ? "says already what the output says" : "the target is on top";
    mark.append(element("span", "iw-swatch iw-framed"), framed);
    shown.append(mark);
    this.legend.replaceChildren(shown);
  }

  buildGrid() {
    const { model, readings, words, colours, shade } = this;
    const names = model.get("words");
    if (!shade) return;
    const text = cellText(words.matrix, shade, colours.style("muted"),
      (row, column) => names[readings.best(row, column)[0].word]);
    const before = words.matrix.part.columns;
    words.rebuild({
      room: this.room(this.grid),
      rows: { title: "stop after", labels: model.get("rows") },
      columns: { title: "the text, token by token", labels: model.get("tokens") },
      height: HIGH,
      label: "What the model would say next, from each row down to each token across. " +
        "Arrow keys move, Enter keeps, Escape lets go.",
      over: (context, shown) => {
        text?.(context, shown);
        this.frameTarget(context, shown, shade);
      },
    }, colours, WIDTHS);
    if (words.matrix.part.columns !== before) this.revealed = "";
  }

  /**
   * Frame the cells in which the followed token is on top.
   * @param {CanvasRenderingContext2D} context
   * @param {Sheet} shown
   * @param {Shade} shade
   */
  frameTarget(context, shown, shade) {
    const { part, cell, box: [left, top] } = this.words.matrix;
    context.lineWidth = 2;
    for (let row = 0; row < part.rows; row += 1) {
      for (let column = 0; column < part.columns; column += 1) {
        if (this.readings.rank(part.row + row, part.column + column, this.slot) !== 1) continue;
        context.strokeStyle = shade.ink[Math.max(0, shade.level(shown.at(row, column)))];
        context.strokeRect(left + column * cell.width + 2, top + row * cell.height + 2,
          cell.width - 4, cell.height - 4);
      }
    }
  }

  rest() {
    return { row: this.readings.rows - 1, column: this.readings.columns - 1 };
  }

  committed() {
    const { selection, model, kept } = this;
    if (!selection) return {};
    const layers = model.get("layers");
    const layer = selection.get("layer");
    const pos = selection.get("pos");
    /** @type {Partial<Place>} */
    const place = {};
    const known = kept !== null && kept.column === this.column(pos)
      && layers[kept.row] === (layer ?? -1);
    const row = known ? kept.row : layer === null ? -1 : layers.lastIndexOf(layer);
    if (row >= 0) place.row = row;
    const column = this.column(pos);
    if (column !== null) place.column = column;
    return place;
  }

  /** @param {number | null} pos @returns {number | null} */
  column(pos) {
    const column = pos === null ? -1 : pos - this.model.get("first");
    return column >= 0 && column < this.readings.columns ? column : null;
  }

  /** @param {Partial<Place>} place */
  chosen({ row, column }) {
    const { model } = this;
    if (column === undefined || column === null) {
      const alone = this.selection?.get("head") === null; // a head keeps its layer
      return { pos: null, key: null, token_id: null, ...(alone ? { layer: null } : {}) };
    }
    this.kept = { row: row ?? this.place().row, column };
    const layer = model.get("layers")[this.kept.row];
    const pos = model.get("first") + column;
    const id = model.get("token_ids")[column] ?? null;
    return { layer: layer < 0 ? null : layer, pos, key: null, token_id: id };
  }

  /** @returns {Place} */
  place() {
    return /** @type {Place} */ (this.now());
  }

  draw() {
    const { words, sheet, shade, readings, model } = this;
    if (!sheet || !shade) return;
    const { row, column } = this.place();
    const settled = { ...this.rest(), ...this.committed(), ...this.keyed };
    const where = `${settled.row} ${settled.column}`;
    if (where !== this.revealed) words.reveal(settled.column); // not what the mouse is on
    this.revealed = where;
    words.matrix.draw(sheet, shade, { row, column });
    this.more.textContent = words.say(model.get("first"));
    const at = `${model.get("names")[column]} (token ${model.get("first") + column})`;
    const name = model.get("row_names")[row];
    this.readout.textContent = `after ${at}, stopped ${name}: ${this.say(row, column)}`;
    this.detail.draw(readings, { row, column }, this.slot, this.followed(column), this.colours);
  }

  /** The word of the followed token at a column. @param {number} column */
  followed(column) {
    const { readings, model } = this;
    return this.slot === 0 ? readings.best(readings.rows - 1, column)[0].word
      : model.get("ids").indexOf(model.get("target"));
  }

  /** @param {number} row @param {number} column */
  say(row, column) {
    const names = this.model.get("word_names");
    const [best] = this.readings.best(row, column);
    const rank = this.readings.rank(row, column, this.slot);
    const said = `it would say ${names[best.word]} next, with probability ${share(best.share)}`;
    if (rank === 1 || Number.isNaN(rank)) return said;
    return `${said}; ${names[this.followed(column)]} has rank ${count(rank)}`;
  }
}

/** @param {string[]} names @returns {Options} */
function numbered(names) {
  return names.map((name, place) => [String(place), name]);
}

const render = renderer(LensView);
export default { render };
