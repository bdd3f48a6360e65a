import { numbers, strongest } from "./sheet.js";

// Channels of numbers over the tokens of a text, and how their numbers are written.

/** @typedef {import("./base.js").Model} Model */

export class Channels {
  /** @param {Model} model that has `numbers`, their `shape`, the names in `channels`, and `signed` */
  constructor(model) {
    const [count, tokens] = model.get("shape");
    this.count = count;
    this.tokens = tokens;
    /** @type {string[]} none for a single channel that was given no name */
    this.names = model.get("channels");
    this.signed = model.get("signed");
    this.values = numbers(model.get("numbers"), "Float32");
    /** Of each channel the value that is farthest from 0. */
    this.peaks = Array.from({ length: count }, (_, channel) => farthest(this.line(channel)));
  }

  /** The values of a channel, one for each token. @param {number} channel */
  line(channel) {
    return this.values.subarray(channel * this.tokens, (channel + 1) * this.tokens);
  }

  /** The values of a token, one for each channel. @param {number} token */
  across(token) {
    return Float32Array.from(this.peaks, (_, channel) => this.values[channel * this.tokens + token]);
  }

  /** @param {number} channel @returns {string} what its numbers are called */
  what(channel) {
    const name = this.names[channel] ?? "value";
    return /^\d+$/.test(name) ? `channel ${name}` : name;
  }

  /** At most four digits that count. @param {number} value */
  short(value) {
    return this.sign(value, Number(value.toPrecision(4)));
  }

  /** The fewest digits that tell a number of 32 bits from all others. @param {number} value */
  exact(value) {
    let digits = 1;
    while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== value) digits += 1;
    return this.sign(value, Number(value.toPrecision(digits)));
  }

  /** @param {number} value @param {number} rounded */
  sign(value, rounded) {
    if (Number.isNaN(value)) return "no value";
    const text = String(rounded).replaceAll("-", "−");
    return this.signed && value > 0 ? `+${text}` : text;
  }
}

/** Divide values by the largest of their row. @param {Float32Array} line @param {number[]} starts */
export function byRow(line, starts) {
  const shares = Float32Array.from(line);
  starts.forEach((start, row) => {
    const part = shares.subarray(start, starts[row + 1]);
    const peak = Math.abs(farthest(part)) || 1;
    part.forEach((value, token) => (part[token] = value / peak));
  });
  return shares;
}

/** @param {Float32Array} values @returns {number} the one farthest from 0; NaN where there is none */
function farthest(values) {
  return values[strongest(values, 1)[0]] ?? NaN;
}
