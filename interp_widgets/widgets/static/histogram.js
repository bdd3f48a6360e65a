import { element } from "./base.js";
import { TEXT_FONT, stage } from "./paint.js";

/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {import("./paint.js").Shade} Shade */

const HEIGHT = 64; // CSS pixels of the bars
const AXIS = 18; // of the numbers under them
const MARK = 8; // of the marker over them
const BIN = 6; // width of a bar, roughly
const LEAST = 2; // height of a bar of one, which must not be missed

/** How often each value occurs, and where one of them stands. */
export class Histogram {
  canvas = element("canvas");
  /** @type {number[]} */
  counts = [];
  most = 0;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.canvas.setAttribute("role", "img");
    parent.append(this.canvas);
  }

  /**
   * @param {Float32Array} values NaN where there is none
   * @param {Shade} shade the range, and the colours of the bars
   * @param {boolean} coloured whether the bars have those colours
   * @param {number} width in CSS pixels
   * @param {(value: number) => string} write
   */
  rebuild(values, shade, coloured, width, write) {
    const bins = Math.max(8, Math.floor(width / BIN));
    const counts = Array(bins).fill(0);
    this.range = [shade.low, shade.high];
    for (const value of values) if (value === value) counts[this.bin(value, bins)] += 1;
    this.lay(counts, this.range, coloured ? shade : null, width, write);
  }

  /**
   * Take counts that were made elsewhere.
   * @param {number[]} counts of bins that are equally wide
   * @param {[low: number, high: number]} range where the first begins and the last ends
   * @param {Shade | null} shade colours of the bars; null for plain ones
   * @param {number} width in CSS pixels
   * @param {(value: number) => string} write
   * @param {(count: number) => number} [tall] what the height of a bar grows with
   */
  lay(counts, range, shade, width, write, tall = (count) => count) {
    const [low, high] = range;
    Object.assign(this, { counts, range, shade, width, tall, ends: [write(low), write(high)] });
    this.most = Math.max(...counts);
    const fullest = counts.indexOf(this.most);
    const edge = (/** @type {number} */ bin) => write(low + (bin / counts.length) * (high - low));
    this.canvas.setAttribute("aria-label", `How often each value occurs, from ${write(low)} to ` +
      `${write(high)}; most often, ${this.most} times, between ${edge(fullest)} and ` +
      `${edge(fullest + 1)}`);
  }

  /** @type {[low: number, high: number]} */
  range = [0, 1];
  /** @type {Shade | null} */
  shade = null;
  width = 0;
  /** @type {string[]} */
  ends = [];
  /** @type {(count: number) => number} */
  tall = (count) => count;

  /** @param {number} value */
  share(value) {
    const [low, high] = this.range;
    return Math.max(0, Math.min(1, (value - low) / (high - low)));
  }

  /** @param {number} value @param {number} bins */
  bin(value, bins) {
    return Math.min(bins - 1, Math.floor(this.share(value) * bins));
  }

  /** @param {number} marked the value of what is pointed at; NaN for none @param {Colours} colours */
  draw(marked, colours) {
    if (!this.counts.length) return;
    stage(this.canvas, this.width, MARK + HEIGHT + AXIS,
      (context) => this.drawAll(context, marked, colours));
  }

  /** @param {CanvasRenderingContext2D} context @param {number} marked @param {Colours} colours */
  drawAll(context, marked, colours) {
    const { counts, most, shade, width, tall, range: [low, end] } = this;
    const step = width / counts.length;
    const floor = MARK + HEIGHT;
    counts.forEach((count, bin) => {
      if (count === 0) return;
      const high = Math.max(LEAST, (tall(count) / tall(most)) * HEIGHT);
      const middle = low + ((bin + 0.5) / counts.length) * (end - low);
      context.fillStyle = shade ? shade.css[shade.level(middle)] : colours.style("muted");
      context.fillRect(bin * step, floor - high, step - 1, high);
      context.strokeStyle = colours.style("muted"); // the colour of zero is nearly the ground's
      context.lineWidth = 0.5;
      context.strokeRect(bin * step, floor - high, step - 1, high);
    });
    context.fillStyle = colours.style("line");
    context.fillRect(0, floor, width, 1);
    this.drawEnds(context, colours);
    if (marked === marked) this.drawMark(context, colours, this.share(marked) * width);
  }

  /** @param {CanvasRenderingContext2D} context @param {Colours} colours */
  drawEnds(context, colours) {
    const { ends: [low, high], width } = this;
    context.font = TEXT_FONT;
    context.fillStyle = colours.style("muted");
    context.textBaseline = "bottom";
    context.textAlign = "left";
    context.fillText(low, 0, MARK + HEIGHT + AXIS);
    context.textAlign = "right";
    context.fillText(high, width, MARK + HEIGHT + AXIS);
  }

  /** @param {CanvasRenderingContext2D} context @param {Colours} colours @param {number} x */
  drawMark(context, colours, x) {
    const at = Math.max(1, Math.min(this.width - 1, x));
    context.fillStyle = colours.style("accent");
    context.fillRect(at - 1, 0, 2, MARK + HEIGHT);
    context.beginPath();
    context.moveTo(at - 5, 0);
    context.lineTo(at + 5, 0);
    context.lineTo(at, 7);
    context.fill();
  }
}
