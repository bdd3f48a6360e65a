import { element } from "./base.js";
import { TEXT_FONT, stage } from "./paint.js";

/** @typedef {import("./paint.js").Colours} Colours */

const HEIGHT = 170; // CSS pixels, like every length here
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 16, 12, 22];
const WIDEST = 460;
const DOT = 3;

/** A line of ranks, 1 at the top, on a scale that counts in tens. */
export class RankCurve {
  canvas = element("canvas");
  width = 0;
  most = 10;
  /** @type {string[]} */
  labels = [];

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.canvas.setAttribute("role", "img");
    parent.append(this.canvas);
  }

  /**
   * @param {number} room width at hand
   * @param {string[]} labels of the ranks, from left to right
   * @param {number} most the end of the scale, a power of ten
   */
  rebuild(room, labels, most) {
    this.width = Math.max(160, Math.min(room, WIDEST));
    this.labels = labels;
    this.most = most;
  }

  /**
   * @param {number[]} ranks from 1; NaN where there is none
   * @param {number} marked place of the one in question
   * @param {Colours} colours
   * @param {string} label what it shows, for those who hear it
   */
  draw(ranks, marked, colours, label) {
    this.canvas.setAttribute("aria-label", label);
    stage(this.canvas, this.width, HEIGHT,
      (context) => this.drawAll(context, ranks, marked, colours));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number[]} ranks
   * @param {number} marked
   * @param {Colours} colours
   */
  drawAll(context, ranks, marked, colours) {
    const { width, most } = this;
    const wide = width - LEFT - RIGHT;
    const high = HEIGHT - TOP - BOTTOM;
    const x = (/** @type {number} */ place) => LEFT + (wide * (place + 0.5)) / ranks.length;
    const y = (/** @type {number} */ rank) => TOP + (high * Math.log10(rank)) / Math.log10(most);
    this.drawScale(context, colours, y);
    this.drawLabels(context, colours, x, marked);
    context.fillStyle = colours.style("accent");
    context.fillRect(x(marked) - 0.75, TOP, 1.5, high);
    drawLine(context, ranks, x, y, colours.style("text"));
    ranks.forEach((rank, place) => {
      if (Number.isNaN(rank)) return;
      context.beginPath();
      context.arc(x(place), y(rank), place === marked ? DOT + 2.5 : DOT, 0, 2 * Math.PI);
      context.fillStyle = colours.style(place === marked ? "accent" : "text");
      context.fill();
    });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Colours} colours
   * @param {(rank: number) => number} y
   */
  drawScale(context, colours, y) {
    const { width, most } = this;
    context.font = TEXT_FONT;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (let tick = 1; tick <= most; tick *= 10) {
      context.fillStyle = colours.style("line");
      context.fillRect(LEFT, y(tick) - 0.5, width - LEFT - RIGHT, 1);
      context.fillStyle = colours.style("muted");
      context.fillText(tick.toLocaleString("en"), LEFT - 6, y(tick));
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Colours} colours
   * @param {(place: number) => number} x
   * @param {number} marked
   */
  drawLabels(context, colours, x, marked) {
    const { labels, width } = this;
    const widths = labels.map((label) => context.measureText(label).width);
    const every = Math.ceil((Math.max(...widths) + 10) / (x(1) - x(0)));
    context.textBaseline = "bottom";
    context.textAlign = "center";
    labels.forEach((label, place) => {
      const own = place === marked;
      if (!own && (place % every > 0 || Math.abs(place - marked) < every)) return;
      const half = widths[place] / 2;
      context.fillStyle = colours.style(own ? "accent" : "muted");
      context.fillText(label, Math.max(half, Math.min(width - half, x(place))), HEIGHT - 3);
    });
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} ranks
 * @param {(place: number) => number} x
 * @param {(rank: number) => number} y
 * @param {string} colour
 */
function drawLine(context, ranks, x, y, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  ranks.forEach((rank, place) => {
    if (Number.isNaN(rank)) return;
    const gap = place === 0 || Number.isNaN(ranks[place - 1]);
    if (gap) context.moveTo(x(place), y(rank));
    else context.lineTo(x(place), y(rank));
  });
  context.stroke();
}
