import { element, pointerGrid } from "./base.js";
import { TEXT_FONT, sized } from "./paint.js";

/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {[value: number, name: string]} Guide */

/**
 * @typedef {object} BarLayout
 * @property {number} room width at hand, in CSS pixels
 * @property {ArrayLike<number>} values
 * @property {string[]} labels one under each bar
 * @property {string} title what the labels are
 * @property {number} top value at the upper end
 * @property {Guide[]} guides values that mean something, the smallest first
 * @property {string} label what it shows, for those who hear it
 */

const TALL = 130; // CSS pixels of the bars, like every length here
const [BESIDE, OVER, UNDER] = [34, 10, 36];
const BROAD = 54; // of a bar, at most
const LINE = 12; // from one line's name to the next, at least

/** A bar for each of some numbers, with lines at values that mean something. */
export class Bars {
  canvas = element("canvas");
  /** @type {BarLayout} */
  layout = { room: 0, values: [], labels: [], title: "", top: 1, guides: [], label: "" };
  step = 1; // from one bar to the next

  /**
   * @param {HTMLElement} parent
   * @param {(place: number | null) => void} hover
   * @param {(place: number) => void} click
   */
  constructor(parent, hover, click) {
    this.canvas.setAttribute("role", "img");
    parent.append(this.canvas);
    pointerGrid(this.canvas, (x) => this.locate(x), {
      hover: (found) => hover(found && found.place),
      click: ({ place }) => click(place),
    });
  }

  /** @param {number} x */
  locate(x) {
    const place = Math.floor((x - BESIDE) / this.step);
    return place >= 0 && place < this.layout.values.length ? { place } : null;
  }

  /** @param {BarLayout} layout */
  rebuild(layout) {
    this.layout = layout;
    this.canvas.setAttribute("aria-label", layout.label);
  }

  /** @param {number} marked place of the bar in question; -1 for none @param {Colours} colours */
  draw(marked, colours) {
    const { room, values, top, labels, title, guides } = this.layout;
    const context = sized(this.canvas, Math.max(room, 120), OVER + TALL + UNDER);
    context.font = TEXT_FONT;
    const named = Math.max(0, ...guides.map(([, name]) => context.measureText(name).width));
    const wide = Math.max(room, 120) - BESIDE - named - 12;
    this.step = Math.min(BROAD, wide / values.length);
    const used = Math.max(this.step * values.length, Math.min(wide, context.measureText(title).width));
    const y = (/** @type {number} */ value) => OVER + TALL * (1 - Math.min(1, value / top));
    this.drawGuides(context, colours, used, y);
    for (let place = 0; place < values.length; place += 1) {
      context.fillStyle = colours.style(place === marked ? "accent" : "muted");
      const high = OVER + TALL - y(values[place]);
      const gap = this.step > 6 ? 2 : 0;
      context.fillRect(BESIDE + place * this.step + gap / 2, y(values[place]),
        Math.max(this.step - gap, 0.5), high);
    }
    this.drawLabels(context, colours, labels, marked);
    context.fillStyle = colours.style("muted");
    context.textAlign = "left";
    context.fillText(title, BESIDE, OVER + TALL + UNDER - 2);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Colours} colours
   * @param {number} wide
   * @param {(value: number) => number} y
   */
  drawGuides(context, colours, wide, y) {
    context.textBaseline = "middle";
    let last = Infinity;
    for (const [value, name] of [.../** @type {Guide[]} */ ([[0, ""]]), ...this.layout.guides]) {
      context.fillStyle = colours.style("line");
      context.fillRect(BESIDE, y(value) - 0.5, wide, 1);
      if (last - y(value) < LINE) continue;
      last = y(value);
      context.fillStyle = colours.style("muted");
      context.textAlign = "right";
      context.fillText(String(Number(value.toFixed(2))), BESIDE - 5, y(value));
      context.textAlign = "left";
      context.fillText(name, BESIDE + wide + 6, y(value));
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Colours} colours
   * @param {string[]} labels
   * @param {number} marked
   */
  drawLabels(context, colours, labels, marked) {
    const widest = Math.max(...labels.map((label) => context.measureText(label).width));
    const every = Math.ceil((widest + 6) / this.step);
    context.textAlign = "center";
    context.textBaseline = "bottom";
    labels.forEach((label, place) => {
      const own = place === marked;
      if (!own && (place % every > 0 || (marked >= 0 && Math.abs(place - marked) < every))) return;
      context.fillStyle = colours.style(own ? "accent" : "text");
      context.fillText(label, BESIDE + (place + 0.5) * this.step, OVER + TALL + 18);
    });
  }
}
