import { element, oncePerFrame, openRoot, selectionOf, watchLook } from "./base.js";
import { readColours } from "./paint.js";

/** @typedef {import("./base.js").Model} Model */

/** @typedef {Record<string, any>} Place what is pointed at or chosen, by name; null for nothing */

const GONE = "The kernel was restarted or has stopped, so Python no longer hears what is chosen " +
  "here. Run the cells of the notebook again to bring this view back.";

/**
 * What every view does with what is pointed at, gone to by key or chosen, with its look and with
 * its data. A view gives `load`, `rest`, `committed`, `chosen`, `build` and `draw`.
 */
export class View {
  title = element("div", "iw-title");
  notice = element("div", "iw-notice");
  gone = element("div", "iw-notice");
  body = element("div", "iw-body");
  readout = element("div", "iw-readout");
  foot = element("div", "iw-foot");
  /** @type {Model | null} */
  selection = null;
  /** @type {Place} */
  keyed = {};
  /** @type {Place} */
  hovered = {};
  /** @type {string[]} names of a place that Escape and a second click let go of */
  loose = [];
  /** @type {(() => void)[]} */
  stops = [];
  rev = NaN;
  built = false;
  width = 0; // of the view, in CSS pixels; 0 while it is hidden or not on the page yet
  /** @type {Map<HTMLElement, number>} what room there was in each panel at this width */
  rooms = new Map();

  /** @param {Model} model @param {HTMLElement} el @param {string} name for the style sheet */
  constructor(model, el, name) {
    this.model = model;
    this.root = openRoot(el, model, name);
    this.colours = readColours(this.root);
    this.readout.setAttribute("role", "status");
    this.gone.setAttribute("role", "alert");
    this.root.append(
      this.title, this.gone, this.notice, this.body, this.readout, this.foot,
    );
    this.redraw = oncePerFrame(() => this.built && this.draw());
  }

  /** Take new data. */
  load() {}

  /** Lay everything out for the width and the colours at hand. */
  build() {}

  /** Show what is pointed at. */
  draw() {}

  /** @returns {Place} what is shown when nothing is chosen */
  rest() {
    return {};
  }

  /** @returns {Place} what the selection has chosen, as far as it exists here */
  committed() {
    return {};
  }

  /** @param {Place} _place @returns {Record<string, any>} the selection's fields that say it */
  chosen(_place) {
    return {};
  }

  start() {
    this.listen(this.model, "change", () => this.take());
    this.stops.push(watchLook(this.root, (width) => {
      this.width = width;
      this.rooms.clear();
      this.rebuild(true);
    }));
    selectionOf(this.model).then((selection) => {
      this.selection = selection;
      this.listen(selection, "change", () => this.follow());
      this.listen(selection, "comm_live_update", () => this.tellKernel());
      this.tellKernel();
      this.follow();
    });
    this.take();
  }

  /** @param {Model} model @param {string} event @param {(...details: any[]) => void} listener */
  listen(model, event, listener) {
    model.on(event, listener);
    this.stops.push(() => model.off(event, listener));
  }

  stop() {
    for (const stop of this.stops) stop();
  }

  /** The kernel raises `rev` when the data are new; other changes only look different. */
  take() {
    const rev = this.model.get("rev");
    if (rev !== this.rev) {
      this.rev = rev;
      this.keyed = {};
      this.hovered = {};
      this.load();
    }
    this.rebuild();
  }

  /** @param {boolean} anew whether the colours may be others */
  rebuild(anew = false) {
    const { model, root } = this;
    const title = model.get("title") || this.name();
    root.setAttribute("aria-label", title);
    this.title.textContent = title;
    this.built = this.width > 0;
    if (!this.built) return;
    if (anew) this.colours = readColours(root);
    root.style.minHeight = "";
    this.build();
    this.draw();
  }

  /**
   * Measure the room in a panel that is as wide as the view lets it be, without the padding that
   * shows a focus ring. The page lays itself out to answer, so it is asked once for each width.
   * @param {HTMLElement} panel
   */
  room(panel) {
    const known = this.rooms.get(panel) ?? panel.clientWidth - 4;
    this.rooms.set(panel, known);
    return known;
  }

  /** @returns {string} title of a view that was given none */
  name() {
    return "";
  }

  /** A raw model knows whether a kernel holds its other end; what stands in for one does not. */
  tellKernel() {
    this.gone.textContent = this.selection?.comm_live === false ? GONE : "";
  }

  /** @returns {Place} hovered before keyed before committed before rest */
  now() {
    return { ...this.rest(), ...this.committed(), ...this.keyed, ...this.hovered };
  }

  /** The selection has changed. */
  follow() {
    this.keyed = {};
    this.redraw();
  }

  /** @param {Place | null} place */
  hover(place) {
    this.hovered = place ?? {};
    this.redraw();
  }

  /** @param {Place} place */
  key(place) {
    this.hovered = {};
    this.keyed = { ...this.keyed, ...place };
    this.redraw();
  }

  /** Keep a place; one that is kept already is let go. @param {Place} place */
  commit(place) {
    const before = this.committed();
    const repeated = Object.keys(place).every((name) => place[name] === before[name]);
    this.keyed = {};
    this.keep(repeated && this.loose.some((name) => name in place) ? this.loosened() : place);
  }

  /** Let go of what is kept. @returns {boolean} whether anything was */
  letGo() {
    const before = this.committed();
    const kept = this.loose.some((name) => (before[name] ?? null) !== null);
    if (kept) this.keep(this.loosened());
    this.keyed = {};
    this.hovered = {};
    this.redraw();
    return kept;
  }

  loosened() {
    return Object.fromEntries(this.loose.map((name) => [name, null]));
  }

  /** Write a place, or what is given of it, into the selection. @param {Place} place */
  keep(place) {
    if (!this.selection) return;
    this.selection.set(this.chosen(place));
    this.selection.save_changes();
    this.redraw();
  }

  /** Change a trait that Python shares. @param {string} name @param {any} value */
  save(name, value) {
    this.model.set({ [name]: value });
    this.model.save_changes();
  }
}

/**
 * Make the function that anywidget asks of a module.
 * @param {new (model: Model, el: HTMLElement) => View} Kind
 */
export function renderer(Kind) {
  return (/** @type {{model: Model, el: HTMLElement}} */ { model, el }) => {
    const view = new Kind(model, el);
    view.start();
    return () => view.stop();
  };
}
