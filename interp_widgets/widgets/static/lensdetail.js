import { element, holdShortcuts } from "./base.js";
import { RankCurve } from "./curve.js";
import { worstRank } from "./lenscolours.js";
import { bar, table } from "./tables.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {import("./readings.js").Readings} Readings */

/** What is said of one cell: the next best tokens, and the way of one token through the rows. */
export class Detail {
  box = element("div", "iw-panels");
  next = element("div", "iw-panel");
  facts = element("div", "iw-hint");
  path = element("div", "iw-panel");
  heading = element("div", "iw-caption");
  exact = element("details");
  list = element("div");
  /** @type {string[]} */
  words = [];
  /** @type {string[]} */
  rows = [];

  /** @param {() => void} redraw */
  constructor(redraw) {
    const chart = element("div");
    const summary = element("summary", "", "These ranks as a table");
    holdShortcuts(summary);
    this.exact.append(summary, this.list);
    this.exact.addEventListener("toggle", redraw);
    this.curve = new RankCurve(chart);
    this.path.append(this.heading, chart, this.exact);
    this.box.append(this.next, this.path);
  }

  /** @param {Readings} readings @param {Model} model @param {number} room for the curve */
  rebuild(readings, model, room) {
    this.words = model.get("word_names");
    this.rows = model.get("row_names");
    this.curve.rebuild(room, model.get("rows"), worstRank(readings));
  }

  /**
   * @param {Readings} readings
   * @param {{row: number, column: number}} place
   * @param {number} slot which token is followed
   * @param {number} target that token's word
   * @param {Colours} colours
   */
  draw(readings, { row, column }, slot, target, colours) {
    this.drawNext(readings, row, column, slot, target);
    this.drawFacts(readings, row, column);
    const name = this.words[target];
    const ranks = this.rows.map((_, at) => readings.rank(at, column, slot));
    const own = slot === 0 ? " (what the output says here)" : "";
    this.heading.textContent = `Rank of ${name}${own}, layer by layer`;
    this.curve.draw(ranks, row, colours,
      `Rank of ${name} from the first row to the output: ${ranks.map(count).join(", ")}`);
    if (!this.exact.open) return; // of a deep model it is long
    const lines = ranks.map((rank, at) =>
      [this.rows[at], count(rank), share(readings.share(at, column, slot))]);
    this.list.replaceChildren(table(`Rank of ${name}`, ["read", "rank", "probability"],
      lines, (at) => at === row));
  }

  /**
   * @param {Readings} readings
   * @param {number} row
   * @param {number} column
   * @param {number} slot
   * @param {number} target
   */
  drawNext(readings, row, column, slot, target) {
    const best = readings.best(row, column);
    const rank = readings.rank(row, column, slot);
    if (rank > best.length) {
      best.push({ word: target, share: readings.share(row, column, slot), rank });
    }
    const lines = best.map((one) =>
      [count(one.rank), this.words[one.word], bar(one.share, share(one.share))]);
    const shown = table("Most likely next tokens", ["rank", "token", "probability"], lines,
      (at) => best[at].word === target);
    this.next.replaceChildren(shown, this.facts);
  }

  /** @param {Readings} readings @param {number} row @param {number} column */
  drawFacts(readings, row, column) {
    const at = readings.at(row, column);
    const far = readings.divergence[at];
    this.facts.textContent = [
      `entropy ${readings.entropy[at].toFixed(2)} nats`,
      Number.isNaN(far) ? "" : `divergence from the output ${far.toFixed(2)} nats`,
    ].filter(Boolean).join(" · ");
  }
}

/** @param {number} value @returns {string} with as many digits as help */
export function share(value) {
  if (Number.isNaN(value)) return "not computed";
  return value === 0 || value >= 0.0005 ? value.toFixed(3) : value.toExponential(1);
}

/** @param {number} rank */
export function count(rank) {
  return Number.isNaN(rank) ? "not computed" : rank.toLocaleString("en");
}
