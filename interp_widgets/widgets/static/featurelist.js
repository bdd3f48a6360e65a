import { element, holdShortcuts } from "./base.js";
import { choice } from "./controls.js";
import { percent, short } from "./featurewords.js";
import { TokenStrip } from "./strip.js";

/** @typedef {import("./featuredata.js").Features} Features */
/** @typedef {import("./paint.js").Shade} Shade */
/** @typedef {import("./view.js").View} View */

const MOST = 600; // lines that are laid out; with many more, a page is slow to follow the mouse
const LEAST_DIGITS = 3;

/** @type {[string, string][]} */
const ORDERS = [["number", "number"], ["peak", "largest activation"],
  ["often", "how often active, most first"], ["rarely", "how often active, least first"]];

/** The features as a list that can be sorted and searched. */
export class FeatureList {
  box = element("div", "iw-side");
  caption = element("div", "iw-caption");
  heads = element("div", "iw-heads");
  more = element("div", "iw-hint");
  search = element("input");
  /** @type {number[]} the features in the list, in its order */
  places = [];

  /**
   * @param {View} view
   * @param {() => number} now the feature that the keys move on from
   * @param {() => void} changed
   */
  constructor(view, now, changed) {
    const label = element("label", "iw-control", "Search");
    this.order = choice("Sort by", ORDERS, changed);
    Object.assign(this.search, { type: "search", placeholder: "number, name or token" });
    holdShortcuts(this.search);
    this.search.addEventListener("input", changed);
    label.append(this.search);
    const controls = element("div", "iw-controls");
    controls.append(this.order.box, label);
    this.box.append(this.caption, controls, this.heads);
    const place = (/** @type {number} */ line) => ({ item: this.places[line] });
    this.search.addEventListener("keydown", ({ key }) => {
      if (key === "Enter" && this.places.length) view.commit(place(0));
    });
    this.strip = new TokenStrip(this.box, view, place, () => this.places.indexOf(now()));
    this.box.append(this.more);
  }

  /** @param {Features} features @param {number} open the feature that must not be missing */
  rebuild(features, open) {
    const found = sorted(features, features.search(this.search.value), this.order.input.value);
    const at = found.indexOf(open);
    const start = at < MOST ? 0 : Math.min(at - MOST / 2, found.length - MOST);
    this.places = found.slice(start, start + MOST);
    const wide = Math.max(LEAST_DIGITS, ...this.places.map((at) => String(features.numbers[at]).length));
    const lines = this.places.map((at) => line([String(features.numbers[at]),
      percent(features.densities[at]), short(features.peaks[at]), features.names[at] ?? ""], wide));
    this.caption.textContent = found.length === features.count ? `${count(found.length)} features`
      : `${count(found.length)} of ${count(features.count)} features`;
    this.heads.textContent = line(["no.", "active", "largest", ""], wide);
    this.more.textContent = found.length <= MOST ? ""
      : `Only ${this.places.length} are listed here. Search, or sort in another way, to find the others.`;
    this.strip.rebuild(lines, this.places.map((at) => features.name(at)));
  }

  /** @param {Shade} shade @param {number} place the feature that is open or pointed at */
  draw(shade, place) {
    const label = "Features; arrow keys move, Enter opens";
    this.strip.draw(label, null, shade, this.places.indexOf(place));
  }
}

/** @param {Features} features @param {number[]} places @param {string} order */
function sorted(features, places, order) {
  const { peaks, densities, numbers } = features;
  /** @type {Record<string, (one: number, other: number) => number>} */
  const by = {
    number: (one, other) => numbers[one] - numbers[other],
    peak: (one, other) => peaks[other] - peaks[one],
    often: (one, other) => densities[other] - densities[one],
    rarely: (one, other) => densities[one] - densities[other],
  };
  return places.sort(by[order]);
}

/** @param {string[]} parts @param {number} wide digits of the largest number */
function line([number, active, largest, name], wide) {
  return `${number.padStart(wide)} ${active.padStart(7)} ${largest.padStart(8)} ${name}`.trimEnd();
}

/** @param {number} whole */
function count(whole) {
  return whole.toLocaleString("en");
}
