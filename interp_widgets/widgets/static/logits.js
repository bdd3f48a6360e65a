import { element } from "./base.js";
import { signed } from "./featurewords.js";
import { bar, table } from "./tables.js";

/** @typedef {import("./featuredata.js").Features} Features */

/**
 * Make the tables of what a feature pushes up and down, their bars on one scale.
 * @param {Features} features
 * @param {number} place of the feature
 * @param {string[]} names of the words
 */
export function logitTables(features, place, names) {
  const sides = [features.push(place, 0), features.push(place, 1)];
  const sizes = sides.flat().map(({ logit }) => Math.abs(logit));
  const largest = Math.max(...sizes) || 1;
  const box = element("div", "iw-logits");
  box.append(...sides.map((side, at) => {
    const lines = side.map(({ word, logit }) =>
      [names[word], bar(Math.abs(logit) / largest, signed(logit, 3))]);
    const caption = `Logits pushed ${at === 0 ? "up" : "down"}`;
    return table(caption, ["token", "for one unit of activation"], lines, () => false);
  }));
  return box;
}
