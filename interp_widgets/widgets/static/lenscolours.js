import { largest } from "./readings.js";

/** @typedef {import("./readings.js").Readings} Readings */

/**
 * What the cells can be coloured by: how it is offered, what a strong colour means, its legend.
 * @type {Record<string, {choice: string, stronger: string, legend: string}>}
 */
export const COLOURS = {
  probability: {
    choice: "probability of the token in the cell",
    stronger: "surer it is.",
    legend: "probability of the token in the cell",
  },
  rank: {
    choice: "rank of the target",
    stronger: "closer the target is to being its first choice.",
    legend: "rank of the target, 1 = most likely",
  },
  entropy: {
    choice: "entropy: how undecided it is",
    stronger: "more undecided it is.",
    legend: "entropy in nats, 0 = certain",
  },
  divergence: {
    choice: "divergence: how far from its output",
    stronger: "farther this is from its real output.",
    legend: "KL divergence of the output from this, in nats, 0 = the same",
  },
};

/** The worst rank that there is, rounded up to a power of ten. @param {Readings} readings */
export function worstRank({ ranks }) {
  return 10 ** Math.max(1, Math.ceil(Math.log10(largest(ranks) || 1)));
}

/**
 * Lay the cells' values on a scale from 0 to `top`, the same for every lens.
 * @param {Readings} readings
 * @param {string} colour
 * @param {number} slot which token is followed
 */
export function scale(readings, colour, slot) {
  const tens = Math.log10(worstRank(readings));
  const most = largest(colour === "entropy" ? readings.entropy : readings.divergence) || 1;
  /** @type {Record<string, [top: number, value: (at: number) => number, ticks: number[]]>} */
  const scales = {
    probability: [1, (at) => readings.shares[at * readings.kept], [0, 0.25, 0.5, 0.75, 1]],
    rank: [
      tens, (at) => tens - Math.log10(readings.ranks[at * readings.slots + slot]),
      Array.from({ length: tens + 1 }, (_, ten) => 10 ** (tens - ten)),
    ],
    entropy: [most, (at) => readings.entropy[at], [0, most / 2, most]],
    divergence: [ // a few large ones would make all others look alike
      Math.log1p(most), (at) => Math.log1p(readings.divergence[at]),
      [0, Math.expm1(Math.log1p(most) / 2), most],
    ],
  };
  const [top, value, ticks] = scales[colour];
  const sheet = readings.sheet((row, column) => value(readings.at(row, column)));
  return { sheet, top, ticks: ticks.map(short) };
}

/** @param {number} value */
function short(value) {
  const digits = value >= 10 ? value.toFixed(0) : value.toPrecision(2);
  return Number(digits).toLocaleString("en");
}
