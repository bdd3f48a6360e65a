import { element } from "./base.js";
import { TEXT_FONT, sized } from "./paint.js";

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
    Object.assign(this, { shade, coloured, width, ends: [write(shade.low), write(shade.high)] });
    const { low, high } = shade;
    const bins = Math.max(8, Math.floor(width / BIN));
    this.counts = Array(bins).fill(0);
    for (const value of values) if (value === value) this.counts[this.bin(value)] += 1;
    this.most = Math.max(...this.counts);
    const fullest = this.counts.indexOf(this.most);
    const edge = (/** @type {number} */ bin) => write(low + (bin / bins) * (high - low));
    this.canvas.setAttribute("aria-label", `How often each value occurs, from ${write(low)} to ` +
      `${write(high)}; most often, ${this.most} times, between ${edge(fullest)} and ` +
      `${edge(fullest + 1)}`);
  }

  /** @type {Shade | null} */
  shade = null;
  coloured = true;
  width = 0;
  /** @type {string[]} */
  ends = [];

  /** @param {number} value */
  share(value) {
    const { low, high } = /** @type {Shade} */ (this.shade);
    return Math.max(0, Math.min(1, (value - low) / (high - low)));
  }

  /** @param {number} value */
  bin(value) {
    return Math.min(this.counts.length - 1, Math.floor(this.share(value) * this.counts.length));
  }

  /** @param {number} marked the value of what is pointed at; NaN for none @param {Colours} colours */
  draw(marked, colours) {
    const { canvas, counts, most, shade, width } = this;
    if (!shade) return;
    const context = sized(canvas, width, MARK + HEIGHT + AXIS);
    const step = width / counts.length;
    const floor = MARK + HEIGHT;
    counts.forEach((count, bin) => {
      if (count === 0) return;
      const high = Math.max(LEAST, (count / most) * HEIGHT);
      const middle = shade.low + ((bin + 0.5) / counts.length) * (shade.high - shade.low);
      context.fillStyle = this.coloured ? shade.css[shade.level(middle)] : colours.style("muted");
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
