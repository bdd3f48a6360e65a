import { element } from "./base.js";
import { TokenRows } from "./rows.js";

/** @typedef {import("./paint.js").Shade} Shade */
/** @typedef {import("./view.js").View} View */

/**
 * A row of text: its tokens, and what stands beside it.
 * @typedef {object} Row
 * @property {string} label
 * @property {{shown: string, name: string, value: number, strong: boolean}[]} tokens
 */

/** Rows of text under a heading, each token on the colour of its value. */
export class Passage extends TokenRows {
  /** @type {HTMLElement} */
  panel;
  heading = element("div", "iw-caption");
  note = element("div", "iw-hint");
  values = new Float32Array();
  /** @type {Row[]} */
  rows = [];

  /**
   * @param {View} view
   * @param {number} number which passage of the view
   * @param {() => {passage: number | null, token: number | null}} now
   */
  constructor(view, number, now) {
    const panel = element("div", "iw-panel");
    super(panel, view, (token) => ({ passage: number, token }),
      () => (now().passage === number ? now().token ?? 0 : 0));
    this.panel = panel;
    this.panel.prepend(this.heading, this.note);
  }

  /** Hide it. */
  clear() {
    this.fill("", "", []);
    this.panel.hidden = true;
  }

  /** @param {string} heading @param {string} note @param {Row[]} rows */
  fill(heading, note, rows) {
    this.panel.hidden = false;
    this.heading.textContent = heading;
    this.note.textContent = note;
    this.rows = rows;
    const tokens = rows.flatMap((row) => row.tokens);
    this.values = Float32Array.from(tokens, ({ value }) => value);
    this.rebuild(tokens.map(({ shown }) => shown), tokens.map(({ name }) => name));
    tokens.forEach(({ strong }, place) => this.spans[place].classList.toggle("iw-strong", strong));
    this.arrange(rows.map((row) => row.tokens.length));
    this.box.hidden = tokens.length === 0;
  }

  /** Put every row behind its label, also a single one. @param {number[]} lengths */
  arrange(lengths) {
    super.arrange(lengths);
    this.box.replaceChildren(...this.starts.map(this.line, this));
  }

  /** @param {number} start @param {number} row */
  line(start, row) {
    const line = super.line(start, row);
    line.dataset.row = this.rows[row].label;
    return line;
  }
}
