import { Sheet, numbers } from "./sheet.js";

/** @typedef {import("./base.js").Model} Model */

/**
 * A token that is named; its rank counts from 1 and is NaN where it is not known.
 * @typedef {{word: number, share: number, rank: number}} Named
 */

/** What a lens reads at every place: shaped (lens, row, column, ...), as the kernel sent it. */
export class Readings {
  lenses = 1;
  rows = 0;
  columns = 0;
  kept = 0; // most likely tokens of each place
  slots = 0; // tokens that are followed through the rows

  /** @param {Model} model */
  constructor(model) {
    const floats = (/** @type {string} */ name) => numbers(model.get(name), "Float32");
    /** @type {number[]} */
    const [lenses, rows, columns, kept, slots] = model.get("shape");
    Object.assign(this, { lenses, rows, columns, kept, slots });
    this.top = numbers(model.get("top"), "Int32");
    this.shares = floats("top_probs");
    this.entropy = floats("entropy");
    this.divergence = floats("divergence");
    this.ranks = numbers(model.get("ranks"), "Int32").map((rank) => (rank < 0 ? NaN : rank + 1));
    this.probs = floats("probs");
    this.lens = 0;
  }

  /** @param {number} row @param {number} column @returns {number} where its numbers are */
  at(row, column) {
    return (this.lens * this.rows + row) * this.columns + column;
  }

  /** The most likely next tokens of a place, best first. @returns {Named[]} */
  best(/** @type {number} */ row, /** @type {number} */ column) {
    const start = this.at(row, column) * this.kept;
    const found = Array.from({ length: this.kept }, (_, place) => ({
      word: this.top[start + place], share: this.shares[start + place], rank: place + 1,
    }));
    return found.filter(({ word }) => word >= 0);
  }

  /**
   * @param {number} row
   * @param {number} column
   * @param {number} slot 0 for what the output says there, then the followed tokens
   */
  rank(row, column, slot) {
    return this.ranks[this.at(row, column) * this.slots + slot];
  }

  /** @param {number} row @param {number} column @param {number} slot */
  share(row, column, slot) {
    return this.probs[this.at(row, column) * this.slots + slot];
  }

  /** Whether any place of this lens has no rank. @param {number} slot */
  unknown(slot) {
    return this.sheet((row, column) => this.rank(row, column, slot)).values.some(Number.isNaN);
  }

  /** @param {(row: number, column: number) => number} value */
  sheet(value) {
    const { rows, columns } = this;
    const values = Float32Array.from({ length: rows * columns },
      (_, place) => value(Math.floor(place / columns), place % columns));
    return new Sheet(values, rows, columns);
  }
}

/** Largest number of a list, of those that are numbers. @param {Float32Array} values */
export function largest(values) {
  return values.reduce((most, value) => (value > most ? value : most), 0);
}
