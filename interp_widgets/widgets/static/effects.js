import { Sheet, numbers, strongest } from "./sheet.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {{word: string, share: number}} Top */

/** What each patch does to the metric, and which tokens it makes likely. */
export class Effects {
  rows = 0;
  columns = 0;
  kept = 0; // top tokens of each patched run

  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    [this.rows, this.columns, this.kept] = model.get("shape");
    this.metrics = numbers(model.get("metrics"), "Float32");
    this.words = model.get("words");
    this.patched = this.tops("top", "top_probs");
    this.ends = {
      clean: this.tops("clean_top", "clean_probs"),
      corrupted: this.tops("corrupted_top", "corrupted_probs"),
    };
    const denoising = model.get("direction") === "denoising";
    this.base = model.get(denoising ? "corrupted" : "clean");
    this.donor = model.get(denoising ? "clean" : "corrupted");
  }

  /** Whether parts of the gap are shown; without a gap there are none. */
  get normalised() {
    return this.model.get("effect") === "normalised" && this.model.get("defined");
  }

  /** @returns {Sheet} what the colours stand for */
  sheet() {
    const gap = this.normalised ? this.donor - this.base : 1;
    return new Sheet(this.metrics.map((metric) => (metric - this.base) / gap), this.rows,
      this.columns);
  }

  /** The end of the colour scale: all of the gap, or more where a cell goes further. */
  peak(/** @type {Sheet} */ { values }) {
    const most = Math.abs(values[strongest(values, 1)[0]]);
    return this.normalised ? Math.max(1, most) : most || 1;
  }

  /** @param {"clean" | "corrupted"} run @returns {Top[]} its most likely tokens */
  of(run) {
    return this.named(this.ends[run], 0, Infinity);
  }

  /** @param {number} row @param {number} column @returns {Top[]} those of a patched run */
  at(row, column) {
    return this.named(this.patched, (row * this.columns + column) * this.kept, this.kept);
  }

  /** @param {string} top @param {string} probs */
  tops(top, probs) {
    return {
      places: numbers(this.model.get(top), "Int32"),
      shares: numbers(this.model.get(probs), "Float32"),
    };
  }

  /**
   * @param {{places: Float32Array, shares: Float32Array}} tops
   * @param {number} start
   * @param {number} count
   * @returns {Top[]}
   */
  named({ places, shares }, start, count) {
    return Array.from(places.slice(start, start + count),
      (place, at) => ({ word: this.words[place], share: shares[start + at] }));
  }
}

/** Write a number with its sign; one that rounds to 0 is 0. @param {number} value @param {number} digits */
export function signed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return "0";
  return (value < 0 ? "−" : "+") + text;
}

/** As many digits after the point as tell values of a scale apart. @param {number} peak */
export function digitsFor(peak) {
  return Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(peak))));
}
