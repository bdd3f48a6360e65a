import { square } from "./paint.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./attention.js").Place} Place */

const EXACT_KEPT = 64; // heads whose 16-bit numbers stay in memory

/** The numbers of one view: 8 bits for every head, 16 for the heads that were looked at. */
export class Weights {
  layers = 0;
  heads = 0;
  size = 0;
  causal = false;
  asked = -1; // the head that was asked for and has not come
  wanted = -1;
  /** @type {"full" | "tril"} */
  packing = "full";
  /** @type {Map<number, Float32Array | null>} null where there are no better numbers */
  exact = new Map();
  /** @type {{index: number, values: Float32Array}} the head of the overview that was read last */
  rough = { index: -1, values: new Float32Array() };

  /** @param {Model} model @param {() => void} arrived called when better numbers came */
  constructor(model, arrived) {
    this.model = model;
    this.arrived = arrived;
    this.load();
  }

  load() {
    const { model } = this;
    const [layers, heads, , size] = model.get("shape");
    this.layers = layers;
    this.heads = heads;
    this.size = size;
    this.packing = model.get("packing");
    this.causal = this.packing === "tril";
    this.exact.clear();
    this.rough = { index: -1, values: new Float32Array() };
    this.asked = -1;
    this.wanted = -1;
  }

  /** @param {number} index layer by layer @returns {Float32Array} */
  overview(index) {
    const { model } = this;
    return square({
      bytes: model.get("overview"), dtype: model.get("dtype"),
      scale: model.get("scale"), packing: this.packing,
    }, index, this.size);
  }

  /** The best numbers at hand for a head; asks for better ones. @param {Place} place */
  best({ layer, head }) {
    this.wanted = layer * this.heads + head;
    if (this.asked < 0 && !this.exact.has(this.wanted)) this.ask();
    const exact = this.exact.get(this.wanted);
    if (exact) return { values: exact, bits: 16 };
    if (this.rough.index !== this.wanted) {
      this.rough = { index: this.wanted, values: this.overview(this.wanted) };
    }
    return { values: this.rough.values, bits: 8 };
  }

  ask() { // one message in flight at a time: a mouse crosses many heads on its way to one
    this.asked = this.wanted;
    this.model.send({ type: "focus", index: this.asked, rev: this.model.get("rev") });
  }

  /** @param {any} message @param {DataView[]} buffers */
  receive(message, buffers) {
    if (message.type !== "focus" || message.rev !== this.model.get("rev")) return;
    this.asked = -1;
    if (this.exact.size >= EXACT_KEPT) this.exact.delete([...this.exact.keys()][0]);
    const packed = { ...message, bytes: buffers[0] };
    this.exact.set(message.index, buffers.length ? square(packed, 0, this.size) : null);
    if (this.wanted >= 0 && !this.exact.has(this.wanted)) this.ask();
    this.arrived();
  }
}
