import { element, legend } from "./base.js";
import { Bars } from "./bars.js";
import { cellText } from "./celltext.js";
import { Magnified } from "./magnified.js";
import { Plane } from "./plane.js";
import { Sheet } from "./sheet.js";
import { slider } from "./slider.js";
import { Vectors } from "./vectors.js";
import { View, renderer } from "./view.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./bars.js").Guide} Guide */

/**
 * What is pointed at: a feature, and in the table of products another.
 * @typedef {{feature: number | null, other: number | null}} Place
 */

const WHAT = "Each feature becomes one vector of the hidden dimensions. Two features whose vectors " +
  "are not at a right angle disturb each other when both are active; the rarer features are " +
  "active, the more of them a model lets share a dimension.";
const SLIDE = " The slider goes through models trained on features of different density, which is " +
  "how often a feature is active.";
/** @type {Guide[]} what the dimensionality of a feature is in regular shapes */
const SHAPES = [
  [2 / 5, "pentagon"], [1 / 2, "opposite pair"], [2 / 3, "triangle"], [1, "shares with none"],
];
const PRODUCTS = 400; // CSS pixels of the table of products, like every length here
const [CELL_LEAST, CELL_MOST] = [26, 76];
const LEGIBLE = 42; // from here on a cell has its number in it

/** How features share the hidden dimensions of small models. */
export class SuperpositionView extends View {
  hint = element("div", "iw-hint");
  controls = element("div", "iw-controls");
  panels = element("div", "iw-panels");
  arrows = element("div", "iw-panel");
  table = element("div", "iw-panel");
  legend = element("div");
  strip = element("div", "iw-panel");
  family = element("div", "iw-panel");
  flat = element("div", "iw-hint");
  loose = ["feature"];
  /** @type {string[]} */
  names = [];

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "superposition");
    this.vectors = new Vectors(model);
    this.slider = slider("Trained instance", (step) => this.save("instance", step));
    this.controls.append(this.slider.box);
    this.arrows.append(element("div", "iw-caption", "The vector of each feature"));
    this.plane = new Plane(this.arrows, this, () => this.place().feature ?? 0);
    this.table.append(element("div", "iw-caption", "Each vector times each (W-transpose-W)"));
    const pictures = element("div", "iw-pictures");
    this.table.append(pictures);
    this.products = new Magnified(pictures, this,
      ({ row, column }) => ({ feature: row, other: column === row ? null : column }),
      () => this.cell());
    this.products.unit = "";
    this.table.append(this.legend);
    this.strip.append(element("div", "iw-caption",
      "Dimensionality: how much of a dimension each feature has to itself"));
    this.bars = new Bars(this.strip,
      (feature) => this.hover(feature === null ? null : { feature, other: null }),
      (feature) => this.commit({ feature }));
    this.family.append(element("div", "iw-caption", "Features per hidden dimension (squared lengths / dimensions)"));
    this.all = new Bars(this.family, () => {}, (step) => this.save("instance", step));
    this.panels.append(this.arrows, this.table, this.strip, this.family);
    this.body.append(this.hint, this.controls, this.flat, this.panels);
  }

  name() {
    return "Superposition";
  }

  load() {
    const { model } = this;
    this.vectors = new Vectors(model);
    this.names = model.get("features").map(String);
    const single = this.vectors.instances === 1;
    this.controls.hidden = single;
    this.family.hidden = single;
  }

  build() {
    const { model, vectors, colours } = this;
    vectors.instance = model.get("instance");
    this.notice.textContent = model.get("notice");
    this.foot.textContent = model.get("origin");
    this.slider.show(model.get("instances"), vectors.instance);
    this.sheet = new Sheet(vectors.products(), vectors.features, vectors.features);
    const peak = model.get("peak");
    this.shade = colours.shade(-peak, peak);
    const ends = [`−${short(peak)}`, "0", `+${short(peak)}`];
    this.legend.replaceChildren(legend("product of two vectors", ends, { diverging: true }));
    this.hint.textContent = model.get("densities").length > 1 ? WHAT + SLIDE : WHAT;
    this.buildPlane();
    this.buildProducts();
    this.buildBars();
  }

  buildPlane() {
    const { vectors, plane, flat } = this;
    const planar = vectors.hidden <= 2;
    this.arrows.hidden = !planar;
    this.table.classList.toggle("iw-wide", !planar);
    flat.textContent = planar ? "" : `These vectors have ${vectors.hidden} dimensions, so they ` +
      "cannot be drawn on a page. The products and the dimensionality say how they share.";
    plane.rebuild(this.arrows.clientWidth - 4, `The vectors of ${vectors.features} features in ` +
      "two hidden dimensions. Arrow keys go through the features, Enter keeps, Escape lets go.");
  }

  buildProducts() {
    const { sheet, shade, colours, products, names } = this;
    if (!sheet || !shade) return;
    const axis = { title: "feature", labels: names };
    const { whole } = products;
    const write = cellText(whole, shade, colours.style("muted"),
      (row, column) => product(sheet.at(row, column)));
    products.rebuild({
      room: this.table.clientWidth - 4, rows: axis, columns: axis,
      cell: Math.max(CELL_LEAST, Math.min(CELL_MOST, PRODUCTS / names.length)),
      label: "Each vector times each. Arrow keys move, Enter keeps the row's feature, Escape " +
        "lets go.",
      over: (context, shown) => {
        if (!products.large && whole.cell.width >= LEGIBLE) write?.(context, shown);
      },
    }, colours);
  }

  buildBars() {
    const { model, vectors, names } = this;
    const parts = vectors.dimensionality();
    /** @type {number[]} */
    const per = model.get("per_dimension");
    this.bars.rebuild({
      room: this.strip.clientWidth - 4, values: parts, labels: names, title: "feature", top: 1,
      guides: SHAPES,
      label: `Dimensionality of each feature: ${list(names, parts)}`,
    });
    const densities = model.get("densities");
    const labels = densities.length ? densities.map(short) : per.map((_, place) => String(place));
    const all = vectors.features / vectors.hidden;
    const title = densities.length ? "density: how often a feature is active" : "instance";
    this.all.rebuild({
      room: this.family.clientWidth - 4, values: per, labels, title,
      top: Math.max(1, all, ...per) * 1.05,
      guides: /** @type {Guide[]} */ ([[1, "one each"], [all, "all, at length 1"]])
        .sort(([one], [other]) => one - other),
      label: `Features per hidden dimension: ${list(model.get("instances"), per)}`,
    });
  }

  rest() {
    return { feature: null, other: null };
  }

  committed() {
    const feature = this.model.get("features").indexOf(this.selection?.get("feature") ?? null);
    return feature >= 0 ? { feature } : {};
  }

  /** @param {{feature: number | null}} place */
  chosen({ feature }) {
    return { feature: feature === null ? null : this.model.get("features")[feature] };
  }

  /** Only the feature of the row is kept. @param {Partial<Place>} place */
  commit({ feature }) {
    super.commit({ feature });
  }

  /** @returns {Place} */
  place() {
    return /** @type {Place} */ (this.now());
  }

  cell() {
    const { feature, other } = this.place();
    return { row: feature ?? 0, column: other ?? feature ?? 0 };
  }

  draw() {
    const { vectors, sheet, shade, colours, names, model } = this;
    if (!sheet || !shade) return;
    const place = this.place();
    const { feature, other } = place;
    if (vectors.hidden <= 2) {
      this.plane.draw(vectors, names, Math.sqrt(model.get("peak")), place, colours);
    }
    const column = feature === null ? null : other ?? feature;
    this.products.draw(sheet, shade, { row: feature, column });
    this.bars.draw(feature ?? -1, colours);
    this.all.draw(vectors.instance, colours);
    this.readout.textContent = feature === null ? this.sayAll()
      : other === null ? this.sayFeature(feature) : this.sayPair(feature, other);
  }

  sayAll() {
    const { model, vectors } = this;
    const { instance } = vectors;
    const loss = model.get("losses")[instance];
    const per = model.get("per_dimension")[instance].toFixed(2);
    const parts = vectors.dimensionality();
    return `${model.get("instances")[instance]}: ${per} features per hidden dimension` +
      (loss === undefined ? "" : `, loss ${loss.toPrecision(3)}`) +
      `; a feature has ${Math.min(...parts).toFixed(2)} to ${Math.max(...parts).toFixed(2)} of a ` +
      "dimension to itself. Point at a feature, click to keep it.";
  }

  /** @param {number} feature */
  sayFeature(feature) {
    const { vectors, names, model } = this;
    const importance = model.get("importance")[feature];
    const part = vectors.dimensionality()[feature].toFixed(2);
    return `feature ${names[feature]}: length ${vectors.length(feature).toFixed(2)}, ` +
      `dimensionality ${part}` +
      (importance === undefined ? "" : `, importance ${short(importance)}`) +
      this.sayRival(feature);
  }

  /** Which feature disturbs one most. @param {number} feature */
  sayRival(feature) {
    const { sheet, names } = this;
    const line = sheet ? sheet.row(feature) : new Float32Array();
    line[feature] = 0;
    const sizes = line.map(Math.abs);
    const rival = sizes.indexOf(Math.max(...sizes));
    if (!(sizes[rival] >= 0.005)) return "; it disturbs no other";
    return `; it overlaps most with feature ${names[rival]}, product ${product(line[rival])}`;
  }

  /** @param {number} feature @param {number} other */
  sayPair(feature, other) {
    const { vectors, names } = this;
    const value = vectors.product(feature, other);
    const angle = Math.acos(Math.max(-1, Math.min(1,
      value / (vectors.length(feature) * vectors.length(other)))));
    const apart = Number.isNaN(angle) ? "" : `, ${Math.round((angle * 180) / Math.PI)}° apart`;
    return `feature ${names[feature]} times feature ${names[other]}: ${product(value)}${apart}`;
  }
}

/** @param {number} value @returns {string} with two digits after the point, and its sign */
function product(value) {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return "0";
  return (value < 0 ? "−" : "+") + text;
}

/** @param {number} value @returns {string} with no more digits than help */
function short(value) {
  return String(Number(value.toPrecision(2)));
}

/** @param {string[]} names @param {ArrayLike<number>} values */
function list(names, values) {
  return names.map((name, place) => `${name} ${values[place].toFixed(2)}`).join(", ");
}

const render = renderer(SuperpositionView);
export default { render };
