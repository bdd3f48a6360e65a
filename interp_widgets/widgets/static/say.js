import { strongest } from "./sheet.js";
import { LEAST } from "./weights.js";

// The sentences that say what is pointed at, and how good its numbers are.

/** @typedef {import("./weights.js").Known} Known */
/** @typedef {import("./weights.js").Weights} Weights */
/** @typedef {{queries: string[], keys: string[]}} Names */

/**
 * @param {number} value
 * @param {Weights} weights
 * @param {Known} known
 * @returns {string} no more digits than the numbers are good for, a difference with its sign
 */
export function digits(value, weights, { bits }) {
  if (!weights.signed) return value.toFixed(bits === 16 ? 3 : 2);
  const finer = Math.max(0, Math.floor(-Math.log10(weights.peak || 1)));
  const text = Math.abs(value).toFixed((bits === 16 ? 3 : 2) + finer);
  if (Number(text) === 0) return text;
  return (value < 0 ? "−" : "+") + text;
}

/**
 * @param {Weights} weights
 * @param {Known} known
 * @param {Names} names
 * @param {number} layer
 * @param {number} query
 * @param {number} key
 */
export function sayCell(weights, known, names, layer, query, key) {
  const [from, to] = [names.queries[query], names.keys[key]];
  const unseen = weights.unseen(layer, query, key);
  if (unseen === "later") return `query ${from} cannot see the later key ${to}`;
  if (unseen === "far") {
    const back = `this layer looks back over ${weights.windows[layer]} tokens, itself included`;
    return `query ${from} cannot see key ${to}: ${back}`;
  }
  if (weights.hideFirst && !known.first && key === 0) return `key ${to} is left out`;
  const value = known.sheet.at(query, key);
  if (Number.isNaN(value)) return `query ${from} ${sayFaint(known)}`;
  const block = known.sheet.whole ? "" : " at most, in their block";
  return `query ${from} to key ${to}, ${digits(value, weights, known)}${block}`;
}

/**
 * @param {Weights} weights
 * @param {Known} known
 * @param {Names} names
 * @param {"query" | "key"} side that the token stands on
 * @param {number} token
 */
export function sayLine(weights, known, names, side, token) {
  const asks = side === "query";
  const line = asks ? known.sheet.row(token) : known.sheet.column(token);
  const others = asks ? names.keys : names.queries;
  const most = strongest(line, 3).filter((place) => line[place] !== 0);
  const said = most.map((place) => `${others[place]} ${digits(line[place], weights, known)}`);
  const list = said.join(", ") || (weights.signed ? "no place" : "nothing");
  if (!asks && weights.hideFirst && !known.first && token === 0) {
    return `key ${names.keys[0]} is left out`;
  }
  if (asks && line.every(Number.isNaN)) return `query ${names.queries[token]} ${sayFaint(known)}`;
  const verb = {
    query: weights.signed ? "differs most at" : "looks most at",
    key: weights.signed ? "is looked at most differently by" : "is looked at most by",
  }[side];
  return `${side} ${(asks ? names.queries : names.keys)[token]} ${verb} ${list}`;
}

/** @param {Known} known */
function sayFaint({ bits }) {
  return `leaves less than ${LEAST[bits]} for all but the first token, too little to show`;
}

/** Say how good the numbers are. @param {Weights} weights @param {Known} known */
export function sayPrecision(weights, { sheet, bits, scale, first }) {
  const blocks = [sheet.height / sheet.rows, sheet.width / sheet.columns];
  const even = blocks.every(Number.isInteger) ? "" : "up to ";
  const size = `${even}${blocks.map(Math.ceil).join(" x ")}`;
  const precision = bits === 16 ? "16-bit numbers for this head"
    : `8-bit numbers, within ${Number((scale / 2).toPrecision(1))}`;
  const largest = weights.signed ? "difference" : "weight";
  return [
    sheet.whole ? precision : `blocks of ${size} tokens, the largest ${largest} of each`,
    first && "the first token is still in",
  ].filter(Boolean).join(" · ");
}
