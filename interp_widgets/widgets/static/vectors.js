import { numbers } from "./sheet.js";

/** @typedef {import("./base.js").Model} Model */

/** The feature vectors of one trained instance at a time. */
export class Vectors {
  instances = 1;
  features = 0;
  hidden = 0;

  /** @param {Model} model */
  constructor(model) {
    [this.instances, this.features, this.hidden] = model.get("shape");
    this.weights = numbers(model.get("weights"), "Float32");
    this.parts = numbers(model.get("dimensionality"), "Float32");
    this.instance = 0;
  }

  /** @param {number} feature @returns {Float32Array} one number for each hidden dimension */
  of(feature) {
    const start = (this.instance * this.features + feature) * this.hidden;
    return this.weights.subarray(start, start + this.hidden);
  }

  /** How much two features overlap; a feature with itself has its length squared. */
  product(/** @type {number} */ one, /** @type {number} */ other) {
    const [left, right] = [this.of(one), this.of(other)];
    return left.reduce((sum, value, at) => sum + value * right[at], 0);
  }

  /** All of them, row by row. */
  products() {
    const { features, hidden, weights } = this;
    const start = this.instance * features * hidden;
    const values = new Float32Array(features * features);
    for (let one = 0; one < features; one += 1) {
      for (let other = 0; other <= one; other += 1) {
        let sum = 0;
        for (let axis = 0; axis < hidden; axis += 1) {
          sum += weights[start + one * hidden + axis] * weights[start + other * hidden + axis];
        }
        values[one * features + other] = values[other * features + one] = sum;
      }
    }
    return values;
  }

  /** @param {number} feature */
  length(feature) {
    return Math.sqrt(this.product(feature, feature));
  }

  /** Which part of a dimension each feature has to itself. @returns {Float32Array} */
  dimensionality() {
    const start = this.instance * this.features;
    return this.parts.subarray(start, start + this.features);
  }

  /** Where a vector of up to two dimensions ends. @param {number} feature */
  end(feature) {
    const [x, y = 0] = this.of(feature);
    return [x, y];
  }
}

/**
 * The corners of the smallest convex shape around some points, in order.
 * @param {number[][]} points
 */
export function hull(points) {
  const sorted = [...points].sort(([x, y], [u, v]) => x - u || y - v);
  const half = (/** @type {number[][]} */ line) => {
    /** @type {number[][]} */
    const kept = [];
    for (const point of line) {
      while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) {
        kept.pop();
      }
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

/** Above 0 where the way through three points turns left. */
function turn(/** @type {number[]} */ [x, y], /** @type {number[]} */ [u, v],
  /** @type {number[]} */ [s, t]) {
  return (u - x) * (t - y) - (v - y) * (s - x);
}
