import { element, holdShortcuts, legend } from "./base.js";
import { cellText } from "./celltext.js";
import { choice, offer } from "./controls.js";
import { RankCurve } from "./curve.js";
import { WordGrid } from "./grid.js";
import { Readings, largest } from "./readings.js";
import { bar, table } from "./tables.js";
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
/** @type {Record<string, [choice: string, stronger: string, legend: string]>} */
const COLOURS = {
  probability: ["probability of the token in the cell", "surer it is.",
    "probability of the token in the cell"],
  rank: ["rank of the target", "closer the target is to being its first choice.",
    "rank of the target, 1 = most likely"],
  entropy: ["entropy: how undecided it is", "more undecided it is.",
    "entropy in nats, 0 = certain"],
  divergence: ["divergence: how far from its output", "farther this is from its real output.",
    "KL divergence of the output from this, in nats, 0 = the same"],
};
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
  panels = element("div", "iw-panels");
  next = element("div", "iw-panel");
  facts = element("div", "iw-hint");
  path = element("div", "iw-panel");
  heading = element("div", "iw-caption");
  chart = element("div");
  exact = element("details");
  list = element("div");
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
    this.curve = new RankCurve(this.chart);
    const summary = element("summary", "", "These ranks as a table");
    holdShortcuts(summary);
    this.exact.append(summary, this.list);
    this.path.append(this.heading, this.chart, this.exact);
    this.panels.append(this.next, this.path);
    this.body.append(this.hint, this.controls, this.grid);
    this.foot.before(this.panels);
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
      (/** @type {string} */ colour) => [colour, COLOURS[colour][0]]));
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
    this.hint.textContent = READ + COLOURS[model.get("colour")][1];
    this.foot.textContent = model.get("origins")[readings.lens];
    this.buildSheet(model.get("colour"));
    this.buildGrid();
    this.curve.rebuild(this.path.clientWidth - 4, model.get("rows"), this.worst());
  }

  /** @param {string} colour */
  buildSheet(colour) {
    const { readings, slot } = this;
    const worst = Math.log10(this.worst());
    const most = colour === "entropy" || colour === "divergence"
      ? largest(readings[colour]) || 1 : 1;
    /** @type {Record<string, [top: number, value: (at: number) => number]>} */
    const scales = {
      probability: [1, (at) => readings.shares[at * readings.kept]],
      rank: [worst, (at) => worst - Math.log10(readings.ranks[at * readings.slots + slot])],
      entropy: [most, (at) => readings.entropy[at]],
      divergence: [Math.log1p(most), (at) => Math.log1p(readings.divergence[at])],
    };
    const [top, value] = scales[colour];
    this.sheet = readings.sheet((row, column) => value(readings.at(row, column)));
    this.shade = this.colours.shade(0, top);
    const masked = this.sheet.values.some(Number.isNaN) ? "not computed" : undefined;
    const mark = element("span", "iw-masked");
    const framed = slot === 0 ? "says already what the output says" : "the target is on top";
    mark.append(element("span", "iw-swatch iw-framed"), framed);
    const shown = legend(COLOURS[colour][2], this.ticks(colour, most), { masked });
    shown.append(mark);
    this.legend.replaceChildren(shown);
  }

  /** @param {string} colour @param {number} most @returns {string[]} */
  ticks(colour, most) {
    if (colour === "probability") return ["0", "0.25", "0.5", "0.75", "1"];
    if (colour === "entropy") return [0, 0.5, 1].map((part) => short(part * most));
    if (colour === "divergence") {
      return [0, 0.5, 1].map((part) => short(Math.expm1(part * Math.log1p(most))));
    }
    const tens = Math.log10(this.worst());
    return Array.from({ length: tens + 1 }, (_, ten) => count(10 ** (tens - ten)));
  }

  /** The worst rank that there is, rounded up to a power of ten. */
  worst() {
    return 10 ** Math.max(1, Math.ceil(Math.log10(largest(this.readings.ranks) || 1)));
  }

  buildGrid() {
    const { model, readings, words, colours, shade, slot } = this;
    const names = model.get("words");
    if (!shade) return;
    const text = cellText(words.matrix, shade, colours.style("muted"),
      (row, column) => names[readings.best(row, column)[0].word]);
    const before = words.matrix.part.columns;
    words.rebuild({
      room: this.grid.clientWidth - 4,
      rows: { title: "stopped after", labels: model.get("rows") },
      columns: { title: "the text, token by token", labels: model.get("tokens") },
      height: HIGH,
      label: "What the model would say next, from each row down to each token across. " +
        "Arrow keys move, Enter keeps, Escape lets go.",
      over: (context, shown) => {
        text?.(context, shown);
        const { part, cell, box: [left, top] } = words.matrix;
        context.lineWidth = 2;
        for (let row = 0; row < part.rows; row += 1) {
          for (let column = 0; column < part.columns; column += 1) {
            if (readings.rank(part.row + row, part.column + column, slot) !== 1) continue;
            context.strokeStyle = shade.ink[Math.max(0, shade.level(shown.at(row, column)))];
            context.strokeRect(left + column * cell.width + 2, top + row * cell.height + 2,
              cell.width - 4, cell.height - 4);
          }
        }
      },
    }, colours, WIDTHS);
    if (words.matrix.part.columns !== before) this.revealed = "";
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
    const far = readings.divergence[readings.at(row, column)];
    this.facts.textContent = [
      `entropy ${readings.entropy[readings.at(row, column)].toFixed(2)} nats`,
      Number.isNaN(far) ? "" : `divergence from the output ${far.toFixed(2)} nats`,
    ].filter(Boolean).join(" · ");
    this.drawNext(row, column);
    this.drawPath(row, column);
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

  /** @param {number} row @param {number} column */
  drawNext(row, column) {
    const { readings, model, slot } = this;
    const names = model.get("word_names");
    const best = readings.best(row, column);
    const target = this.followed(column);
    const rank = readings.rank(row, column, slot);
    if (rank > best.length) {
      best.push({ word: target, share: readings.share(row, column, slot), rank });
    }
    const lines = best.map((one) =>
      [count(one.rank), names[one.word], bar(one.share, share(one.share))]);
    const shown = table("Most likely next tokens", ["rank", "token", "probability"], lines,
      (place) => best[place].word === target);
    this.next.replaceChildren(shown, this.facts);
  }

  /** @param {number} row @param {number} column */
  drawPath(row, column) {
    const { readings, model, slot } = this;
    const name = model.get("word_names")[this.followed(column)];
    const rows = model.get("row_names");
    const ranks = rows.map((/** @type {string} */ _, /** @type {number} */ place) =>
      readings.rank(place, column, slot));
    const said = slot === 0 ? " (what the output says here)" : "";
    this.heading.textContent = `Rank of ${name}${said}, layer by layer`;
    this.curve.draw(ranks, row, this.colours,
      `Rank of ${name} from the first row to the output: ${ranks.map(count).join(", ")}`);
    const lines = ranks.map((/** @type {number} */ rank, /** @type {number} */ place) =>
      [rows[place], count(rank), share(readings.share(place, column, slot))]);
    this.list.replaceChildren(table(`Rank of ${name}`, ["read", "rank", "probability"],
      lines, (place) => place === row));
  }
}

/** @param {string[]} names @returns {Options} */
function numbered(names) {
  return names.map((name, place) => [String(place), name]);
}

/** @param {number} value as many digits as help */
function share(value) {
  if (Number.isNaN(value)) return "not computed";
  return value === 0 || value >= 0.0005 ? value.toFixed(3) : value.toExponential(1);
}

/** @param {number} rank */
function count(rank) {
  return Number.isNaN(rank) ? "not computed" : rank.toLocaleString("en");
}

/** @param {number} value */
function short(value) {
  return value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2)).toString();
}

const render = renderer(LensView);
export default { render };
