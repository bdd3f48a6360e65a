import { numbers } from "./sheet.js";

/** @typedef {import("./base.js").Model} Model */

/**
 * All that is known of one feature's activations.
 * @typedef {object} Examples
 * @property {Float32Array} ids words of the windows, -1 beyond a document's ends
 * @property {Float32Array} values NaN beyond the ends and where a token does not count
 * @property {Float32Array} documents of each example, -1 for none
 * @property {Float32Array} starts position in its document of each window's first place
 * @property {Float32Array} counts of the histogram
 */

/** @typedef {{example: number, slot: number, word: number, value: number, pos: number}} Token */

const RECORD = 5; // parts of what is sent of one feature

/** Features by their place in the list, as the kernel sent them. */
export class Features {
  count = 0;
  examples = 0;
  slots = 0; // tokens of a window
  pushes = 0; // tokens pushed up, and as many pushed down
  nearest = 0;
  bins = 0;
  held = 0; // features whose examples came along
  tops = 0;
  /** @type {Map<number, Examples | null>} what was opened; null while on its way */
  records = new Map();

  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    const [count, examples, slots, pushes, nearest, bins, held, tops] = model.get("shape");
    Object.assign(this, { count, examples, slots, pushes, nearest, bins, held, tops });
    const whole = (/** @type {string} */ name) => numbers(model.get(name), "Int32");
    const real = (/** @type {string} */ name) => numbers(model.get(name), "Float32");
    this.numbers = whole("features");
    this.densities = real("densities");
    this.peaks = real("peaks");
    this.ends = real("ends");
    this.pushed = whole("pushed");
    this.pushedBy = real("pushes");
    this.near = whole("near");
    this.cosines = real("cosines");
    this.topWords = whole("tops");
    this.ids = whole("ids");
    this.values = real("values");
    this.documents = whole("documents");
    this.starts = whole("starts");
    this.counts = whole("counts");
    /** @type {string[]} */
    this.words = model.get("words");
    /** @type {string[]} */
    this.names = model.get("names");
    /** @type {number[]} the band of each example */
    this.bands = model.get("example_bands");
    this.signed = model.get("kind") === "direction";
  }

  /** Find a feature by its number. @param {number | null} feature */
  place(feature) {
    return feature === null ? -1 : this.numbers.indexOf(feature);
  }

  /** @param {number} place */
  name(place) {
    const called = this.names.length ? ` ${this.names[place]}` : "";
    return `${this.model.get("kind")} ${this.numbers[place]}${called}`;
  }

  /** The value of the strongest colour. @param {number} place */
  most(place) {
    const low = this.signed ? -this.ends[2 * place] : 0;
    return Math.max(this.peaks[place], low) || 1;
  }

  /** Tokens that are pushed up, or down. @param {number} place @param {0 | 1} side */
  push(place, side) {
    const start = (2 * place + side) * this.pushes;
    return Array.from({ length: this.pushes }, (_, at) => (
      { word: this.pushed[start + at], logit: this.pushedBy[start + at] }));
  }

  /** Its most similar features, by their places, and how similar they are. @param {number} place */
  neighbours(place) {
    const start = place * this.nearest;
    const found = Array.from({ length: this.nearest }, (_, at) => (
      { place: this.place(this.near[start + at]), cosine: this.cosines[start + at] }));
    return found.filter((one) => one.place >= 0); // others may have been left out
  }

  /** Whether it has to do with any of some words. @param {number} place @param {Set<number>} words */
  concerns(place, words) {
    const some = (/** @type {Float32Array} */ list, /** @type {number} */ size) =>
      list.subarray(place * size, (place + 1) * size).some((word) => words.has(word));
    return some(this.pushed, 2 * this.pushes) || some(this.topWords, this.tops);
  }

  /** Find features by number, name or word. @param {string} wanted @returns {number[]} places */
  search(wanted) {
    const all = [...this.numbers.keys()];
    const typed = wanted.trim().toLowerCase();
    if (!typed) return all;
    const words = new Set([...this.words.keys()].filter(
      (word) => this.words[word].toLowerCase().includes(typed)));
    return all.filter((place) => String(this.numbers[place]).startsWith(typed) ||
      this.names[place]?.toLowerCase().includes(typed) || this.concerns(place, words));
  }

  /** @param {number} place @returns {Examples | null} null until the kernel has sent them */
  record(place) {
    let known = this.records.get(place);
    if (known === undefined) {
      known = place < this.held ? this.kept(place) : this.fetch(place);
      this.records.set(place, known);
    }
    return known;
  }

  /** @param {number} place */
  kept(place) {
    const { examples, slots, bins } = this;
    const part = (/** @type {Float32Array} */ list, /** @type {number} */ size) =>
      list.subarray(place * size, (place + 1) * size);
    return {
      ids: part(this.ids, examples * slots),
      values: part(this.values, examples * slots),
      documents: part(this.documents, examples),
      starts: part(this.starts, examples),
      counts: part(this.counts, bins),
    };
  }

  /** @param {number} place */
  fetch(place) {
    this.model.send({ type: "feature", feature: this.numbers[place] });
    return null;
  }

  /** Take what was asked for; a page that does not hold it sends nothing. @param {number} feature
   * @param {DataView[]} buffers */
  receive(feature, buffers) {
    const nothing = new DataView(new ArrayBuffer(0));
    const [ids, values, documents, starts, counts] = buffers.length ? buffers
      : Array(RECORD).fill(nothing);
    const whole = (/** @type {DataView} */ bytes) => numbers(bytes, "Int32");
    this.records.set(this.place(feature), {
      ids: whole(ids), values: numbers(values, "Float32"), documents: whole(documents),
      starts: whole(starts), counts: whole(counts),
    });
  }

  /** The tokens of a band's examples behind one another. @param {Examples} record
   * @param {number} band @returns {Token[]} */
  band(record, band) {
    const { slots, bands } = this;
    const examples = [...bands.keys()].filter((one) => bands[one] === band &&
      record.documents[one] >= 0);
    return examples.flatMap((example) => Array.from({ length: slots }, (_, slot) => ({
      example, slot, word: record.ids[example * slots + slot],
      value: record.values[example * slots + slot], pos: record.starts[example] + slot,
    }))).filter(({ word }) => word >= 0);
  }
}
