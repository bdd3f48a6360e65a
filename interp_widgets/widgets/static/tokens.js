import { element, legend } from "./base.js";
import { choice, offer, tick } from "./controls.js";
import { Histogram } from "./histogram.js";
import { TokenRows } from "./rows.js";
import { numbers, strongest } from "./sheet.js";
import { View, renderer } from "./view.js";

/** @typedef {import("./base.js").Model} Model */

/**
 * What is pointed at or chosen: the place of a channel, and of a token among those of all rows.
 * @typedef {{channel: number, token: number | null}} Place
 */

const READ = {
  positive: "The stronger a token's colour, the larger its value. ",
  signed: "Colours run two ways from 0: the stronger a token's colour, the farther its value is " +
    "from 0 on that side. ",
  use: "Point at a token to read its value, click to keep it.",
};
const OWN = "the strongest colour is then the largest value of its row, whatever that is";
const WIDEST = 420; // CSS pixels of the histogram; a wider one says no more
const TOP = 3;

/** Text, coloured by the numbers of one channel at a time. */
export class TokenView extends View {
  controls = element("div", "iw-controls");
  hint = element("div", "iw-hint");
  facts = element("div", "iw-facts");
  legend = element("div");
  chart = element("div", "iw-chart");
  caption = element("div", "iw-caption");
  loose = ["token"];
  /** @type {Float32Array} */
  values = new Float32Array(); // of all channels, one behind the other
  count = 0; // tokens in all rows
  /** @type {number[]} of each channel the value that is farthest from 0 */
  peaks = [];
  drawn = ""; // which channel is laid out, and on which scale
  /** @type {Float32Array} */
  line = new Float32Array(); // values of that channel
  /** @type {Float32Array} */
  shares = new Float32Array(); // what their colours stand for

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "tokens");
    this.shade = this.colours.shade(0, 1);
    this.picker = choice("Channel", [], (channel) => this.keep({ channel: Number(channel) }));
    this.order = choice("Order of channels", [
      ["", "as given"], ["peak", "largest value first"],
      ["here", "largest at the kept token first"],
    ], () => this.list());
    this.own = tick("A scale for each row", OWN, (on) => this.save("scale", on ? "own" : "shared"));
    this.controls.append(this.picker.box, this.order.box, this.own.box);
    this.body.append(this.controls, this.hint);
    const place = (/** @type {number} */ token) => ({ token });
    this.strip = new TokenRows(this.body, this, place, () => this.now().token ?? 0);
    this.chart.append(this.caption);
    this.histogram = new Histogram(this.chart);
    this.facts.append(this.legend, this.chart);
    this.body.append(this.facts);
  }

  name() {
    return "Tokens";
  }

  load() {
    const { model } = this;
    const [channels, count] = model.get("shape");
    this.count = count;
    this.values = numbers(model.get("numbers"), "Float32");
    this.peaks = Array.from({ length: channels }, (_, channel) => farthest(this.of(channel)));
    const lengths = model.get("lengths");
    this.strip.rebuild(model.get("tokens"), model.get("names"));
    this.strip.arrange(lengths);
    this.picker.box.hidden = channels === 1;
    this.order.box.hidden = channels === 1;
    this.own.box.hidden = lengths.length === 1;
    this.list();
  }

  /** Offer the channels, each with its largest value, in the order that was asked for. */
  list() {
    const by = this.order.input.value;
    const { token = null } = /** @type {Partial<Place>} */ (this.committed());
    const sizes = by === "here" && token !== null ? this.across(token) : this.peaks;
    const order = this.peaks.map((_, channel) => channel);
    const size = (/** @type {number} */ channel) => Math.abs(sizes[channel]) || 0;
    if (by !== "") order.sort((one, other) => size(other) - size(one));
    const names = this.model.get("channels");
    const said = (/** @type {number} */ channel) => (Number.isNaN(sizes[channel]) ? "no value"
      : this.write(short(sizes[channel]), sizes[channel]));
    const what = sizes === this.peaks ? "largest" : "here";
    offer(this.picker.input, order.map((channel) => [
      String(channel), `${names[channel]} · ${what} ${said(channel)}`,
    ]));
    this.redraw();
  }

  /** The numbers of a token, one for each channel. @param {number} token */
  across(token) {
    return Float32Array.from(this.peaks, (_, channel) => this.values[channel * this.count + token]);
  }

  get signed() {
    return this.model.get("signed");
  }

  /** The numbers of a channel. @param {number} channel */
  of(channel) {
    return this.values.subarray(channel * this.count, (channel + 1) * this.count);
  }

  build() {
    const { model } = this;
    this.notice.textContent = model.get("notice");
    this.hint.textContent = (this.signed ? READ.signed : READ.positive) + READ.use;
    this.own.input.checked = model.get("scale") === "own";
    this.drawn = "";
    const rows = this.strip.starts.length;
    this.foot.textContent = [
      rows > 1 && `${rows} rows of text, counted from 0`,
      `${this.count} tokens${rows > 1 ? ", counted from 0 in each row" : ", counted from 0"}`,
      this.peaks.length > 1 && `${this.peaks.length} channels`,
      "32-bit numbers, as they were given",
    ].filter(Boolean).join(" · ");
  }

  /** @returns {Place} */
  now() {
    return /** @type {Place} */ (super.now());
  }

  rest() {
    return { channel: 0, token: null };
  }

  committed() {
    const { selection, model } = this;
    if (!selection) return {};
    /** @type {Partial<Place>} */
    const place = {};
    const channel = model.get("features").indexOf(selection.get("feature"));
    const [pos, row] = [selection.get("pos"), model.get("row")];
    if (channel >= 0) place.channel = channel;
    if (pos !== null && pos < (model.get("lengths")[row] ?? 0)) place.token = this.strip.starts[row] + pos;
    return place;
  }

  /** @param {Partial<Place>} place */
  chosen({ channel, token }) {
    const chosen = {};
    const { model, strip } = this;
    if (channel !== undefined && model.get("channels").length) {
      Object.assign(chosen, { feature: model.get("features")[channel] });
    }
    if (token === undefined) return chosen;
    const pos = token === null ? null : token - strip.starts[strip.row(token)];
    return { ...chosen, pos, key: null, token_id: null };
  }

  /** Keep a token, its channel included. @param {Partial<Place>} place */
  commit(place) {
    const { channel } = this.now();
    super.commit(this.model.get("channels").length ? { channel, ...place } : place);
  }

  /** The selection has the place within a row; the row is the view's own. @param {Partial<Place>} place */
  keep(place) {
    if (typeof place.token === "number") this.save("row", this.strip.row(place.token));
    super.keep(place);
  }

  follow() {
    this.strip.follow = true;
    if (this.order.input.value === "here") this.list();
    super.follow();
  }

  draw() {
    const { channel, token } = this.now();
    const own = this.model.get("scale") === "own";
    const wanted = `${channel} ${own}`;
    if (wanted !== this.drawn) this.show(channel, own);
    this.drawn = wanted;
    this.picker.input.value = String(channel);
    const label = `Tokens coloured by ${this.what(channel)}; arrow keys move, Enter keeps`;
    this.strip.draw(label, this.shares, this.shade, token ?? -1);
    this.histogram.draw(token === null ? NaN : this.line[token], this.colours);
    this.readout.textContent = token === null ? this.sayChannel(channel)
      : this.sayToken(channel, token);
  }

  /** Lay out a channel. @param {number} channel @param {boolean} own whether rows have own scales */
  show(channel, own) {
    const { signed, colours, chart } = this;
    const peak = Math.abs(this.peaks[channel]) || 1;
    this.line = this.of(channel);
    this.shares = own ? this.byRow(this.line) : this.line;
    const range = (/** @type {number} */ high) => colours.shade(signed ? -high : 0, high);
    this.shade = range(own ? 1 : peak);
    const most = own ? "largest of its row" : short(peak);
    const middle = own ? [] : [short(peak / 2)];
    const masked = this.line.some(Number.isNaN) ? "no value" : "";
    this.legend.replaceChildren(legend(this.what(channel), signed
      ? [`−${most}`, "0", `+${most}`] : ["0", ...middle, most], { masked, diverging: signed }));
    this.caption.textContent = `How often each value occurs in ${this.count} tokens`;
    const width = Math.min(WIDEST, chart.clientWidth);
    const write = (/** @type {number} */ value) => this.write(short(value), value);
    this.histogram.rebuild(this.line, range(peak), !own, width, write);
  }

  /** Divide values by the largest of their row. @param {Float32Array} line */
  byRow(line) {
    const shares = Float32Array.from(line);
    this.strip.starts.forEach((start, row) => {
      const end = this.strip.starts[row + 1] ?? this.count;
      const peak = Math.abs(farthest(line.subarray(start, end))) || 1;
      for (let token = start; token < end; token += 1) shares[token] /= peak;
    });
    return shares;
  }

  /** @param {number} channel @returns {string} what the numbers are called */
  what(channel) {
    const name = this.model.get("channels")[channel] ?? "value";
    return /^\d+$/.test(name) ? `channel ${name}` : name;
  }

  /** @param {string} digits @param {number} value */
  write(digits, value) {
    const text = digits.replace("-", "−");
    return this.signed && value > 0 ? `+${text}` : text;
  }

  /** @param {number} token */
  place(token) {
    const row = this.strip.row(token);
    const pos = token - this.strip.starts[row];
    return (this.strip.starts.length > 1 ? `row ${row} ` : "") + `token ${pos} ${this.model.get("names")[token]}`;
  }

  /** @param {number} channel @param {number} token */
  sayToken(channel, token) {
    const { line } = this;
    const value = line[token];
    const where = this.place(token);
    if (Number.isNaN(value)) return `${where} has no value`;
    const others = line.filter((other) => other === other).length - 1;
    const below = line.filter((other) => other < value).length;
    const said = `${where}: ${this.what(channel)} is ${this.write(exact(value), value)}`;
    const rank = others ? `, larger than ${below} of the ${others} others` : "";
    return said + rank + this.sayChannels(token);
  }

  /** Which channels stand out at a token. @param {number} token */
  sayChannels(token) {
    if (this.peaks.length === 1) return "";
    const here = this.across(token);
    const most = strongest(here, TOP).filter((channel) => here[channel] !== 0);
    const names = this.model.get("channels");
    const list = most.map((channel) => `${names[channel]} ${this.write(short(here[channel]), here[channel])}`);
    return list.length ? `. Strongest channels here: ${list.join(", ")}` : ". Every channel is 0 here";
  }

  /** @param {number} channel */
  sayChannel(channel) {
    const { line } = this;
    const most = strongest(line, TOP);
    if (!most.length) return `No token has a value of ${this.what(channel)}`;
    if (!line[most[0]]) return `Every value of ${this.what(channel)} is 0`;
    const list = most.filter((token) => line[token] !== 0)
      .map((token) => `${this.place(token)} ${this.write(short(line[token]), line[token])}`);
    return `${this.what(channel)}, ${this.signed ? "farthest from 0" : "largest"}: ${list.join("; ")}`;
  }
}

/** @param {Float32Array} values @returns {number} the one farthest from 0; NaN where there is none */
function farthest(values) {
  return values[strongest(values, 1)[0]] ?? NaN;
}

/** @param {number} value @returns {string} at most four digits that count */
function short(value) {
  return String(Number(value.toPrecision(4)));
}

/** @param {number} value of 32 bits @returns {string} the fewest digits that tell it from others */
function exact(value) {
  let digits = 1;
  while (digits < 9 && Math.fround(Number(value.toPrecision(digits))) !== value) digits += 1;
  return String(Number(value.toPrecision(digits)));
}

const render = renderer(TokenView);
export default { render };
