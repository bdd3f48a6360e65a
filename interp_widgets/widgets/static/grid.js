import { element } from "./base.js";
import { Matrix } from "./matrix.js";

/** @typedef {import("./matrix.js").Cell} Cell */
/** @typedef {import("./matrix.js").Layout} Layout */
/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {import("./view.js").View} View */

/** A matrix with room for a word in each cell, which scrolls sideways and keeps its row labels. */
export class WordGrid {
  box = element("div", "iw-scroll");
  track = element("div");

  /**
   * @param {HTMLElement} parent
   * @param {View} view
   * @param {() => Cell} now
   */
  constructor(parent, view, now) {
    this.matrix = new Matrix(this.track, view, (cell) => cell, now);
    this.box.append(this.track);
    parent.append(this.box);
    this.box.addEventListener("scroll", () => {
      this.matrix.part = { ...this.matrix.part, column: this.scrolled() };
      view.redraw();
    });
  }

  /**
   * @param {Layout} layout
   * @param {Colours} colours
   * @param {[least: number, most: number]} cell width of a cell, in CSS pixels
   */
  rebuild(layout, colours, [least, most]) {
    const { matrix } = this;
    const columns = layout.columns.labels.length;
    matrix.rebuild({ ...layout, part: true, cell: least }, colours);
    const even = Math.floor((layout.room - matrix.box[0] - 2) / columns);
    const cell = Math.max(least, Math.min(most, even));
    matrix.rebuild({ ...layout, part: true, cell }, colours);
    const hidden = columns - matrix.part.columns;
    this.track.style.width = hidden ? `${layout.room + hidden * matrix.cell.width}px` : "auto";
    matrix.part = { ...matrix.part, column: this.scrolled() };
  }

  scrolled() {
    const { part, cell, layout } = this.matrix;
    const hidden = layout.columns.labels.length - part.columns;
    return hidden && Math.min(hidden, Math.round(this.box.scrollLeft / cell.width));
  }

  /** Scroll until a column is on show. @param {number} column */
  reveal(column) {
    const { part, cell } = this.matrix;
    const first = Math.max(Math.min(part.column, column), column - part.columns + 1);
    if (first === part.column) return;
    this.box.scrollLeft = first * cell.width;
    this.matrix.part = { ...part, column: this.scrolled() };
  }

  /**
   * Say which columns are on show, where not all are.
   * @param {number} first number of the first
   * @param {string} what the columns are
   */
  say(first, what = "Tokens") {
    const { part, layout } = this.matrix;
    if (part.columns === layout.columns.labels.length) return "";
    const start = first + part.column;
    return `${what} ${start} to ${start + part.columns - 1} of ${first} to ` +
      `${first + layout.columns.labels.length - 1} are on show: scroll, or use the arrow keys.`;
  }
}
