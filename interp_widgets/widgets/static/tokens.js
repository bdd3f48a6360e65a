import { element, legend } from "./base.js";
import { Channels, byRow } from "./channels.js";
import { choice, offer, tick } from "./controls.js";
import { Histogram } from "./histogram.js";
import { TokenRows } from "./rows.js";
import { strongest } from "./sheet.js";
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
  drawn = ""; // which channel is laid out, and on which scale
  /** @type {Float32Array} */
  line = new Float32Array(); // values of that channel
  /** @type {Float32Array} */
  shares = new Float32Array(); // what their colours stand for

  /** @param {Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "tokens");
    this.shade = this.colours.shade(0, 1);
    this.channels = new Channels(model);
    this.picker = choice("Channel", [], (channel) => this.keep({ channel: Number(channel) }));
    this.order = choice("Order of channels", [
      ["", "as given"], ["peak", "largest value first"], ["here", "largest at the kept token first"],
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
    const { model, strip } = this;
    this.channels = new Channels(model);
    strip.rebuild(model.get("tokens"), model.get("names"));
    strip.arrange(model.get("lengths"));
    this.picker.box.hidden = this.channels.count === 1;
    this.order.box.hidden = this.channels.count === 1;
    this.own.box.hidden = strip.starts.length === 1;
    this.list();
  }

  /** Offer the channels in the order that was asked for, each with the number that it goes by. */
  list() {
    const { channels } = this;
    const by = this.order.input.value;
    const { token = null } = /** @type {Partial<Place>} */ (this.committed());
    const here = by === "here" && token !== null ? channels.across(token) : null;
    const sizes = here ?? channels.peaks;
    const size = (/** @type {number} */ channel) => Math.abs(sizes[channel]) || 0;
    const order = [...channels.peaks.keys()];
    if (by !== "") order.sort((one, other) => size(other) - size(one));
    offer(this.picker.input, order.map((channel) => [String(channel),
      `${channels.names[channel]} · ${here ? "here" : "largest"} ${channels.short(sizes[channel])}`,
    ]));
    this.redraw();
  }

  build() {
    const { model, channels, strip } = this;
    this.notice.textContent = model.get("notice");
    this.hint.textContent = (channels.signed ? READ.signed : READ.positive) + READ.use;
    this.own.input.checked = model.get("scale") === "own";
    this.drawn = "";
    const rows = strip.starts.length;
    this.foot.textContent = [
      rows > 1 && `${rows} rows of text, counted from 0`,
      `${channels.tokens} tokens, counted from 0${rows > 1 ? " in each row" : ""}`,
      channels.count > 1 && `${channels.count} channels`,
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
    const { selection, model, strip } = this;
    if (!selection) return {};
    /** @type {Partial<Place>} */
    const place = {};
    const channel = model.get("features").indexOf(selection.get("feature"));
    const [pos, row] = [selection.get("pos"), model.get("row")];
    if (channel >= 0) place.channel = channel;
    if (pos !== null && pos < (model.get("lengths")[row] ?? 0)) place.token = strip.starts[row] + pos;
    return place;
  }

  /** @param {Partial<Place>} place */
  chosen({ channel, token }) {
    const { model, strip, channels } = this;
    const chosen = {};
    if (channel !== undefined && channels.names.length) {
      Object.assign(chosen, { feature: model.get("features")[channel] });
    }
    if (token === undefined) return chosen;
    const pos = token === null ? null : token - strip.starts[strip.row(token)];
    return { ...chosen, pos, key: null, token_id: null };
  }

  /** Keep a token, its channel included. @param {Partial<Place>} place */
  commit(place) {
    const { channel } = this.now();
    super.commit(this.channels.names.length ? { channel, ...place } : place);
  }

  /** The selection has the place in a row; the row is the view's own. @param {Partial<Place>} place */
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
    const label = `Tokens coloured by ${this.channels.what(channel)}; arrow keys move, Enter keeps`;
    this.strip.draw(label, this.shares, this.shade, token ?? -1);
    this.histogram.draw(token === null ? NaN : this.line[token], this.colours);
    this.readout.textContent = token === null ? this.sayChannel(channel)
      : this.sayToken(channel, token);
  }

  /** Lay out a channel. @param {number} channel @param {boolean} own whether rows have own scales */
  show(channel, own) {
    const { channels, colours, chart } = this;
    const { signed } = channels;
    const peak = Math.abs(channels.peaks[channel]) || 1;
    this.line = channels.line(channel);
    this.shares = own ? byRow(this.line, this.strip.starts) : this.line;
    const range = (/** @type {number} */ high) => colours.shade(signed ? -high : 0, high);
    this.shade = range(own ? 1 : peak);
    this.drawLegend(channel, own ? null : peak);
    this.caption.textContent = `How often each value occurs in ${channels.tokens} tokens`;
    const width = Math.min(WIDEST, this.room(chart));
    this.histogram.rebuild(this.line, range(peak), !own, width, (value) => channels.short(value));
  }

  /** @param {number} channel @param {number | null} peak null where each row has its own */
  drawLegend(channel, peak) {
    const { channels, line } = this;
    const { signed } = channels;
    const [low, high] = peak === null ? ["−largest of its row", "+largest of its row"]
      : [channels.short(-peak), channels.short(peak)];
    const middle = peak === null ? [] : [channels.short(peak / 2)];
    const ticks = signed ? [low, "0", high] : ["0", ...middle, high.replace("+", "")];
    const masked = line.some(Number.isNaN) ? "no value" : "";
    this.legend.replaceChildren(legend(
      channels.what(channel), ticks, { masked, diverging: signed },
    ));
  }

  /** @param {number} token */
  place(token) {
    const { starts } = this.strip;
    const row = this.strip.row(token);
    const several = starts.length > 1 ? `row ${row} ` : "";
    return `${several}token ${token - starts[row]} ${this.model.get("names")[token]}`;
  }

  /** @param {number} channel @param {number} token */
  sayToken(channel, token) {
    const { line, channels } = this;
    const value = line[token];
    const where = this.place(token);
    if (Number.isNaN(value)) return `${where} has no value`;
    const others = line.filter((other) => other === other).length - 1;
    const below = line.filter((other) => other < value).length;
    const rank = others ? `, larger than ${below} of the ${others} others` : "";
    return `${where}: ${channels.what(channel)} is ${channels.exact(value)}${rank}` +
      (channels.count > 1 ? this.sayChannels(token) : "");
  }

  /** Which channels stand out at a token. @param {number} token */
  sayChannels(token) {
    const { channels } = this;
    const here = channels.across(token);
    const most = strongest(here, TOP).filter((channel) => here[channel] !== 0);
    const list = most.map((channel) => `${channels.names[channel]} ${channels.short(here[channel])}`);
    return list.length ? `. Strongest channels here: ${list.join(", ")}` : ". Every channel is 0 here";
  }

  /** @param {number} channel */
  sayChannel(channel) {
    const { line, channels } = this;
    const what = channels.what(channel);
    const most = strongest(line, TOP);
    if (!most.length) return `No token has a value of ${what}`;
    if (!line[most[0]]) return `Every value of ${what} is 0`;
    const list = most.filter((token) => line[token] !== 0)
      .map((token) => `${this.place(token)} ${channels.short(line[token])}`);
    return `${what}, ${channels.signed ? "farthest from 0" : "largest"}: ${list.join("; ")}`;
  }
}

const render = renderer(TokenView);
export default { render };
