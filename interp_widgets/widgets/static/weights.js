import { Sheet, unpack } from "./sheet.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./sheet.js").Packed} Packed */

/**
 * Where the numbers of one head are.
 * @typedef {Packed & {at: number, without: boolean}} Source
 * `at` counts the squares before it; `without` says that the kernel left the first token out
 */

/**
 * The numbers of one head, and what they are good for.
 * @typedef {object} Known
 * @property {Sheet} sheet
 * @property {number} bits
 * @property {number} scale value of one step
 * @property {boolean} first whether the first token is in, though it should not be
 */

const EXACT_KEPT = 32e6; // bytes of single heads that stay in memory

/** Of a row that leaves the first token out, the least that can be scaled up, by bits. */
export const LEAST = /** @type {Record<number, number>} */ ({ 8: 0.02, 16: 0.001 });

/** The numbers of one view: few bits for every head, more for the heads that were looked at. */
export class Weights {
  layers = 0;
  heads = 0;
  queries = 0;
  keys = 0;
  thumb = [0, 0];
  causal = false;
  signed = false;
  peak = 1;
  streamed = false;
  hideFirst = false;
  /** @type {number[]} */
  windows = [];
  asked = -1; // the head that was asked for and has not come
  wanted = -1;
  asking = false; // for small squares
  refused = false; // whether no more of them will come
  /** @type {Map<number, Source | null>} heads sent whole; null where there are no better numbers */
  exact = new Map();
  /** @type {Map<number, Source>} small squares that came by message */
  small = new Map();
  /** @type {{key: string, known: Known | null}} what was read last */
  read = { key: "", known: null };

  /**
   * @param {Model} model
   * @param {(small: number[]) => void} arrived called when numbers came,
   *   with the heads that have new thumbnails
   */
  constructor(model, arrived) {
    this.model = model;
    this.arrived = arrived;
  }

  load() {
    const { model } = this;
    [this.layers, this.heads, this.queries, this.keys] = model.get("shape");
    this.thumb = model.get("thumb");
    this.causal = model.get("packing") === "tril";
    this.signed = model.get("dtype") === "int8";
    this.streamed = model.get("streamed");
    this.windows = model.get("windows");
    this.exact.clear();
    this.asked = -1;
    this.wanted = -1;
    this.leaveOut(model.get("hide_first"));
  }

  /** @param {boolean} hideFirst whether the first token is left out */
  leaveOut(hideFirst) {
    this.peak = this.model.get("peak") || 1; // two equal runs differ by nothing
    this.hideFirst = hideFirst;
    this.read = { key: "", known: null };
    this.small.clear();
    this.asking = false;
    this.refused = false;
    this.askSmall();
  }

  /** @param {number} index layer by layer @returns {Source | null} */
  overview(index) {
    if (this.streamed) return null;
    const { model, thumb: [rows, columns] } = this;
    return {
      bytes: model.get("overview"), dtype: model.get("dtype"), scale: model.get("scale"),
      packing: model.get("packing"), rows, columns, at: index, without: false,
    };
  }

  /** The best numbers at hand for a head; asks for better ones. @param {number} index */
  best(index) {
    this.wanted = index;
    if (this.asked < 0 && !this.exact.has(index)) this.ask();
    return this.first([this.exact.get(index), this.overview(index), this.small.get(index)], index);
  }

  /** The numbers of a head's thumbnail. @param {number} index */
  thumbnail(index) {
    return this.first([this.small.get(index), this.overview(index)], index)?.sheet ?? null;
  }

  /**
   * Read the first source that can show what is asked for, else the first there is.
   * @param {(Source | null | undefined)[]} sources @param {number} index
   */
  first(sources, index) {
    const known = sources.filter((source) => !!source);
    const source = known.find((one) => !this.hideFirst || one.without || this.canLeaveOut(one));
    return source || known[0] ? this.know(source ?? known[0], index) : null;
  }

  /** A row can be scaled up only from all of its weights. @param {Source} source */
  canLeaveOut({ rows, columns }) {
    return !this.signed && rows === this.queries && columns === this.keys;
  }

  /** @param {Source} source @param {number} index @returns {Known} */
  know(source, index) {
    const { dtype, rows, columns, scale, without } = source;
    const key = `${index} ${dtype} ${rows} ${without}`;
    if (this.read.known && this.read.key === key) return this.read.known;
    const bits = dtype.endsWith("16") ? 16 : 8;
    const sheet = new Sheet(unpack(source, source.at), rows, columns, this.queries, this.keys);
    const scaled = this.hideFirst && this.canLeaveOut(source) && !without;
    if (scaled) scaleUp(sheet, LEAST[bits]);
    const first = this.hideFirst && !without && !scaled;
    this.mask(sheet, Math.floor(index / this.heads), this.hideFirst && !first);
    const known = { sheet, bits, scale, first };
    this.read = { key, known };
    return known;
  }

  /**
   * Mark the cells that no value can be in; of a block, all its cells must be such.
   * @param {Sheet} sheet
   * @param {number} layer
   * @param {boolean} without the first token
   */
  mask({ values, rows, columns, height, width }, layer, without) {
    const window = this.windows[layer] || Infinity;
    if (!this.causal && window === Infinity && !without) return;
    const [tops, lefts] = [starts(rows, height), starts(columns, width)];
    for (let row = 0; row < rows; row += 1) {
      const last = this.causal ? tops[row + 1] - 1 : width; // key that is seen
      for (let column = 0; column < columns; column += 1) {
        const right = lefts[column + 1] - 1;
        const unseen = lefts[column] > last || right <= tops[row] - window;
        if (unseen || (without && right === 0)) values[row * columns + column] = NaN;
      }
    }
  }

  /**
   * @param {number} layer
   * @param {number} query
   * @param {number} key
   * @returns {"later" | "far" | ""} why a query cannot see a key
   */
  unseen(layer, query, key) {
    if (this.causal && key > query) return "later";
    return key <= query - (this.windows[layer] || Infinity) ? "far" : "";
  }

  /** Say what the colour of a cell without a value means. @param {number} layer */
  sayMasked(layer) {
    const back = this.windows[layer];
    const unseen = [
      this.causal && "a later token",
      back && `one ${back} or more tokens back`,
    ].filter(Boolean).join(", or ");
    return [
      unseen && `${unseen}, out of sight`,
      this.hideFirst && "the first token, left out",
    ].filter(Boolean).join("; ");
  }

  /** Say what the thumbnails do not show yet. */
  sayMissing() {
    const total = this.layers * this.heads;
    if (this.small.size >= total) return "";
    const overview = this.overview(0);
    if (this.hideFirst && overview && !this.canLeaveOut(overview)) {
      return "the first token is still in these";
    }
    return this.streamed ? `${this.small.size} of ${total} have come` : "";
  }

  ask() { // one message in flight at a time: a mouse crosses many heads on its way to one
    this.asked = this.wanted;
    this.model.send({ type: "focus", index: this.asked, rev: this.model.get("rev") });
  }

  /** Ask for as many small squares as the kernel can make at once; it hears others in between. */
  askSmall() {
    const total = this.layers * this.heads;
    if (this.asking || this.refused || this.small.size >= total) return;
    if (!this.streamed && !this.hideFirst) return;
    this.asking = true;
    const first = this.small.size; // they come in order
    const rev = this.model.get("rev");
    this.model.send({ type: "thumbnails", first, hide_first: this.hideFirst, rev });
  }

  /** @param {any} message @param {DataView[]} buffers */
  receive(message, buffers) {
    if (message.rev !== this.model.get("rev")) return;
    if (message.type === "focus") this.receiveHead(message, buffers[0]);
    this.arrived(message.type === "thumbnails" ? this.receiveSmall(message, buffers[0]) : []);
  }

  /** @param {any} message @param {DataView} [bytes] */
  receiveHead(message, bytes) {
    this.asked = -1;
    this.exact.set(message.index, bytes ? { ...message, bytes, at: 0, without: false } : null);
    let kept = 0;
    for (const [index, source] of [...this.exact].reverse()) { // the newest first
      kept += source?.bytes.byteLength ?? 0;
      if (kept > EXACT_KEPT && index !== this.wanted) this.exact.delete(index);
    }
    if (this.wanted >= 0 && !this.exact.has(this.wanted)) this.ask();
  }

  /** @param {any} message @param {DataView} [bytes] @returns {number[]} the heads that came */
  receiveSmall(message, bytes) {
    if (message.hide_first !== this.hideFirst) return []; // asked before the reader changed it
    this.asking = false;
    this.refused = !bytes;
    const peak = message.scale * 127; // scaled up, differences grow
    if (bytes && this.signed) this.peak = Math.max(this.peak, peak);
    const came = Array.from({ length: bytes ? message.count : 0 }, (_, at) => message.first + at);
    came.forEach((index, at) => {
      this.small.set(index, { ...message, bytes, at, without: message.hide_first });
    });
    this.askSmall();
    return came;
  }
}

/** Where each block begins. @param {number} blocks @param {number} size of the data */
function starts(blocks, size) {
  return Array.from({ length: blocks + 1 }, (_, block) => Math.ceil((block * size) / blocks));
}

/**
 * Leave the first token out and scale each row up to add up to one again.
 * @param {Sheet} sheet
 * @param {number} least share of a row that can still be scaled up
 */
function scaleUp({ values, rows, columns }, least) {
  for (let row = 0; row < rows; row += 1) {
    const rest = values.subarray(row * columns + 1, (row + 1) * columns);
    const share = rest.reduce((sum, value) => sum + value, 0);
    for (let key = 0; key < rest.length; key += 1) {
      rest[key] = share < least ? NaN : rest[key] / share;
    }
  }
}
