import { element, legend } from "./base.js";
import { Features } from "./featuredata.js";
import { FeatureList } from "./featurelist.js";
import { percent, rounded, short, signed } from "./featurewords.js";
import { Histogram } from "./histogram.js";
import { logitTables } from "./logits.js";
import { MadeInput } from "./made.js";
import { OwnText } from "./owntext.js";
import { Passage } from "./passages.js";
import { TokenStrip } from "./strip.js";
import { View, renderer } from "./view.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./featuredata.js").Examples} Examples */
/** @typedef {import("./passages.js").Row} Row */

/**
 * What is open, pointed at or kept: the place of the open feature, of one in a list, and of a token
 * in a passage.
 * @typedef {{feature: number, item: number | null, passage: number | null, token: number | null}} Place
 */

const HINT = "Each feature is shown by what makes it active (examples, from the strongest to " +
  "random ones) and by what it does to the prediction (logits). The stronger a token's colour, " +
  "the larger the activation; the underlined token is the one that an example is about. ";
const SIGNED = "Colours run two ways from 0. ";
const USE = "Point at a token to read its activation and find it in the histogram, click to keep it.";
const RANDOM = "Drawn from all tokens, so this is what it mostly sees.";
const ABSENT = "The examples of this feature are not on this page. Its list, logits and " +
  "neighbours are.";
const FETCHING = "Fetching the examples of this feature …";
const WIDEST = 420; // CSS pixels of the histogram

/** The dashboards of features, one of them open. */
export class FeatureView extends View {
  hint = element("div", "iw-hint");
  columns = element("div", "iw-columns");
  main = element("div", "iw-main");
  heading = element("div", "iw-heading");
  facts = element("div", "iw-hint");
  chart = element("div", "iw-chart");
  caption = element("div", "iw-hint", "How often each activation occurs (bars grow with the logarithm)");
  legend = element("div");
  texts = element("div", "iw-texts");
  absent = element("div", "iw-notice");
  logits = element("div");
  relatives = element("div", "iw-panel");
  own = new OwnText(() => this.ask());
  loose = ["token"];
  /** @type {Passage[]} */
  passages = [];
  /** @type {any[]} what is laid out */
  drawn = [];
  /** @type {number[]} */
  neighbours = [];
  cosines = new Float32Array();

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "features");
    this.features = new Features(model);
    this.shade = this.colours.shade(0, 1);
    this.nearness = this.shade;
    this.histogram = new Histogram(this.chart);
    this.reading = new Passage(this, 0, () => this.now());
    this.made = new MadeInput(this.reading);
    this.list = new FeatureList(this, () => this.now().item ?? this.now().feature, () => {
      this.list.rebuild(this.features, this.now().feature);
      this.redraw();
    });
    this.relatives.append(element("div", "iw-caption", "Most similar directions"),
      element("div", "iw-hint", "By the cosine between what they write; Enter or a click opens one."));
    this.kin = new TokenStrip(this.relatives, this, (at) => ({ item: this.neighbours[at] }),
      () => Math.max(0, this.neighbours.indexOf(this.now().item ?? -1)));
    this.kin.box.classList.add("iw-kin");
    this.chart.prepend(this.caption);
    const facts = element("div", "iw-facts");
    facts.append(this.chart, this.legend);
    this.main.append(this.heading, this.facts, facts, this.readout, this.own.box, this.absent,
      this.texts, this.logits, this.relatives);
    this.columns.append(this.list.box, this.main);
    this.body.append(this.hint, this.columns);
    this.listen(model, "msg:custom", (message, buffers) => this.receive(message, buffers ?? []));
  }

  name() {
    return "Features";
  }

  load() {
    const { model } = this;
    this.features = new Features(model);
    this.own.answer = null;
    this.list.rebuild(this.features, this.now().feature);
    this.list.strip.follow = true;
    const now = () => this.now();
    const bands = model.get("bands").length;
    this.passages = Array.from({ length: bands + 2 }, (_, at) => new Passage(this, at, now));
    const [strongest, ...others] = this.passages.slice(0, bands - 1);
    const [random, made, own] = this.passages.slice(bands - 1);
    this.made = new MadeInput(made);
    this.reading = own;
    this.own.box.hidden = Boolean(model.exported);
    const best = element("div", "iw-panel");
    best.append(made.panel, strongest.panel);
    this.texts.replaceChildren(best, ...[random, ...others].map(({ panel }) => panel));
    this.own.box.append(own.panel);
  }

  build() {
    const { model, features } = this;
    this.notice.textContent = model.get("notice");
    this.hint.textContent = HINT + (features.signed ? SIGNED : "") + USE;
    this.foot.textContent = `${model.get("origin")} · 32-bit numbers`;
    this.drawn = [];
  }

  /** @returns {Place} */
  now() {
    return /** @type {Place} */ (super.now());
  }

  rest() {
    return { feature: 0, item: null, passage: null, token: null };
  }

  committed() {
    const { selection, features } = this;
    const feature = features.place(selection?.get("feature") ?? null);
    const record = features.record(Math.max(0, feature));
    const [pos, example] = [selection?.get("pos") ?? null, this.model.get("example")];
    const passage = features.bands[example];
    const token = record && pos !== null && example >= 0
      ? features.band(record, passage).findIndex((one) => one.example === example && one.pos === pos)
      : -1;
    return { ...(feature >= 0 ? { feature } : {}), ...(token >= 0 ? { passage, token } : {}) };
  }

  /** @param {Partial<Place>} place */
  chosen({ feature, passage, token }) {
    const { features, model } = this;
    const nothing = { pos: null, key: null, token_id: null };
    if (feature !== undefined) return { feature: features.numbers[feature], ...nothing };
    if (typeof token !== "number") return nothing;
    const found = this.example(passage ?? -1, token);
    return found ? { feature: features.numbers[this.now().feature], key: null, pos: found.pos,
      token_id: model.get("word_ids")[found.word] } : {};
  }

  /** The example's token in a passage; none in a text that is no example.
   * @param {number} passage @param {number} token */
  example(passage, token) {
    const record = this.features.record(this.now().feature);
    return record && this.features.band(record, passage)[token];
  }

  /** What is pointed at in a list is opened. @param {Partial<Place>} place */
  commit(place) {
    if (place.item === undefined) super.commit(place);
    else if (place.item !== null) this.open(place.item);
  }

  /** @param {number} feature its place */
  open(feature) {
    this.keyed = {};
    this.hovered = {};
    this.keep({ feature });
  }

  /** The selection has the place in a document; the example is the view's own.
   * @param {Partial<Place>} place */
  keep(place) {
    if (typeof place.token === "number") {
      const found = this.example(place.passage ?? -1, place.token);
      if (!found) return;
      this.save("example", found.example);
    }
    super.keep(place);
  }

  follow() {
    this.keyed = {};
    const { feature } = this.now();
    if (!this.list.places.includes(feature)) this.list.rebuild(this.features, feature);
    this.list.strip.follow = true;
    super.follow();
  }

  draw() {
    const { features, colours } = this;
    const { feature, item, passage, token } = this.now();
    const record = features.record(feature);
    const wanted = [feature, record, this.own.answer, colours];
    if (wanted.some((one, at) => one !== this.drawn[at])) this.show(feature, record);
    this.drawn = wanted;
    this.list.draw(this.shade, item ?? feature);
    this.kin.draw("Most similar features; arrow keys move, Enter opens", this.cosines,
      this.nearness, this.neighbours.indexOf(item ?? -1));
    this.passages.forEach((one, at) => one.draw(
      `${one.heading.textContent}; arrow keys move, Enter keeps`, one.values, this.shade,
      at === passage ? token ?? -1 : -1));
    const value = passage === null || token === null ? NaN : this.passages[passage].values[token];
    this.histogram.draw(value, colours);
    this.readout.textContent = passage === null || token === null
      ? this.sayFeature(item ?? feature) : this.sayToken(this.passages[passage], token);
  }

  /** Lay out a feature. @param {number} feature @param {Examples | null} record */
  show(feature, record) {
    const { features, model, selection } = this;
    const number = features.numbers[feature];
    this.heading.textContent = features.name(feature);
    this.facts.textContent = `active (above 0) on ${percent(features.densities[feature])} of tokens` +
      `, ${short(features.peaks[feature])} at most`;
    this.showScale(feature);
    this.logits.replaceChildren(logitTables(features, feature, model.get("word_names")));
    this.showNeighbours(feature);
    const here = record && record.counts.length > 0;
    const gone = record || selection?.comm_live === false;
    this.absent.textContent = here ? "" : gone ? ABSENT : FETCHING;
    this.chart.hidden = !here;
    if (here) this.showExamples(feature, record);
    else for (const passage of this.passages) passage.clear();
    this.made.show(model, number, features.peaks[feature]);
    if (!this.own.show(this.reading, number)) this.ask();
  }

  /** @param {number} feature */
  showScale(feature) {
    const { features, colours } = this;
    const most = features.most(feature);
    this.shade = colours.shade(features.signed ? -most : 0, most);
    this.nearness = colours.shade(0, 1);
    const ticks = features.signed ? [short(-most), "0", `+${short(most)}`]
      : ["0 or less", short(most / 2), short(most)];
    this.legend.replaceChildren(legend("activation", ticks,
      { diverging: features.signed, masked: "does not count" }));
  }

  /** @param {number} feature */
  showNeighbours(feature) {
    const { features } = this;
    const found = features.neighbours(feature);
    this.neighbours = found.map(({ place }) => place);
    this.cosines = Float32Array.from(found, ({ cosine }) => cosine);
    this.kin.rebuild(found.map(({ place, cosine }) => `${features.numbers[place]} ${rounded(cosine)}`),
      this.neighbours.map((place) => features.name(place)));
    this.relatives.hidden = found.length === 0;
  }

  /** @param {number} feature @param {Examples} record */
  showExamples(feature, record) {
    const { features, histogram, chart } = this;
    const [low, high] = features.ends.subarray(2 * feature, 2 * feature + 2);
    const width = Math.min(WIDEST, chart.clientWidth);
    histogram.lay([...record.counts], [low, high], null, width, short, Math.log1p);
    /** @type {string[]} */
    const bands = this.model.get("bands");
    bands.forEach((band, at) => {
      const rows = this.rows(record, at);
      const note = at === bands.length - 1 ? RANDOM : rows.length ? "" : "None in this corpus.";
      this.passages[at].fill(band, note, rows);
    });
  }

  /** The examples of a band as rows. @param {Examples} record @param {number} band @returns {Row[]} */
  rows(record, band) {
    const { features, model } = this;
    const [names, centre] = [model.get("word_names"), model.get("centre")];
    /** @type {Map<number, Row>} */
    const rows = new Map();
    for (const { example, slot, word, value, pos } of features.band(record, band)) {
      const row = rows.get(example) ?? { label: "", tokens: [] };
      const strong = slot === centre;
      if (strong) row.label = rounded(value);
      row.tokens.push({ shown: features.words[word], value, strong,
        name: `document ${record.documents[example]} token ${pos} ${names[word]}` });
      rows.set(example, row);
    }
    return [...rows.values()];
  }

  /** Have the text that is typed read by the open feature. */
  ask() {
    const { model, features, selection } = this;
    this.own.ask(model, features.numbers[this.now().feature], selection?.comm_live !== false);
  }

  /** @param {any} message @param {DataView[]} buffers */
  receive(message, buffers) {
    if (message.type === "feature") this.features.receive(message.feature, buffers);
    else this.own.receive(message, buffers);
    this.redraw();
  }

  /** @param {Passage} passage @param {number} token */
  sayToken({ heading, spans, values }, token) {
    const value = values[token];
    const where = `${heading.textContent}: ${spans[token].title}`;
    return Number.isNaN(value) ? `${where} does not count`
      : `${where} has activation ${signed(value)}`;
  }

  /** @param {number} feature */
  sayFeature(feature) {
    const { features } = this;
    const names = this.model.get("word_names");
    const words = (/** @type {0 | 1} */ side) =>
      features.push(feature, side).slice(0, 3).map(({ word }) => names[word]).join(", ");
    return `${features.name(feature)}: active on ${percent(features.densities[feature])} of tokens, ` +
      `${short(features.peaks[feature])} at most. Pushes up ${words(0)}; down ${words(1)}.`;
  }
}

const render = renderer(FeatureView);
export default { render };
