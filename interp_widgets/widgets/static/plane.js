import { clamp, element, keyboardGrid, pointerGrid } from "./base.js";
import { TEXT_FONT, sized } from "./paint.js";
import { hull } from "./vectors.js";

/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {import("./vectors.js").Vectors} Vectors */
/** @typedef {import("./view.js").View} View */

const REACH = 24; // CSS pixels from a vector's end at which it is pointed at
const WIDE = 420; // of the whole, at most
const EDGE = 34; // around it, for the numbers at the ends
const CLOSE = 9; // two ends that cannot have a number each
const CROWD = 40; // features; of more than these only the one in question has its number

/** Vectors of two dimensions, each from the middle to its end, and the shape that they span. */
export class Plane {
  canvas = element("canvas");
  side = 0;
  /** @type {number[][]} where each vector ends, on the canvas */
  ends = [];

  /**
   * @param {HTMLElement} parent
   * @param {View} view
   * @param {() => number} now the feature that the keys move on from
   */
  constructor(parent, view, now) {
    this.canvas.setAttribute("role", "application");
    parent.append(this.canvas);
    const place = (/** @type {number} */ feature) => ({ feature, other: null });
    pointerGrid(this.canvas, (x, y) => this.locate(x, y), {
      hover: (found) => view.hover(found && place(found.feature)),
      click: (found) => view.commit(place(found.feature)),
    });
    const go = (/** @type {number} */ feature) => view.key(place(clamp(feature, this.ends.length)));
    keyboardGrid(this.canvas, {
      move: (rows, columns) => go(now() + rows + columns),
      edge: (end) => go(end ? Infinity : 0),
      commit: () => view.commit(place(now())),
      letGo: () => view.letGo(),
    });
  }

  /** @param {number} room @param {string} label what it is, for those who hear it */
  rebuild(room, label) {
    this.side = Math.max(160, Math.min(room, WIDE));
    this.canvas.setAttribute("aria-label", label);
  }

  /** @param {number} x @param {number} y */
  locate(x, y) {
    const far = this.ends.map(([u, v]) => Math.hypot(u - x, v - y));
    const feature = far.indexOf(Math.min(...far));
    return far[feature] <= REACH ? { feature } : null;
  }

  /**
   * @param {Vectors} vectors
   * @param {string[]} names number of each feature
   * @param {number} longest length of the longest vector of any instance
   * @param {{feature: number | null, other: number | null}} marked
   * @param {Colours} colours
   */
  draw(vectors, names, longest, { feature, other }, colours) {
    const { side } = this;
    const context = sized(this.canvas, side, side);
    const middle = side / 2;
    const unit = (middle - EDGE) / Math.max(1, longest);
    this.ends = names.map((_, at) => {
      const [x, y] = vectors.end(at);
      return [middle + x * unit, middle - y * unit];
    });
    this.drawGround(context, middle, unit, colours);
    this.drawShape(context, colours);
    names.forEach((name, at) => {
      const alone = feature === null || !this.touch(at, feature);
      const said = alone ? this.numbersAt(at, names) : "";
      if (at !== feature) this.drawVector(context, at, said, colours, at === other ? 2.5 : 1.25);
    });
    if (feature !== null) this.drawVector(context, feature, names[feature], colours, 3, true);
  }

  /** Whether two vectors end at the same place. @param {number} one @param {number} other */
  touch(one, other) {
    const [[x, y], [u, v]] = [this.ends[one], this.ends[other]];
    return Math.hypot(u - x, v - y) < CLOSE;
  }

  /**
   * The first vector that ends at a place names all that do.
   * @param {number} at
   * @param {string[]} names
   */
  numbersAt(at, names) {
    if (names.length > CROWD) return "";
    const here = names.filter((_, other) => this.touch(at, other));
    return here[0] === names[at] ? here.join(", ") : "";
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} middle
   * @param {number} unit
   * @param {Colours} colours
   */
  drawGround(context, middle, unit, colours) {
    context.strokeStyle = colours.style("line");
    context.lineWidth = 1;
    context.beginPath();
    context.arc(middle, middle, unit, 0, 2 * Math.PI);
    context.moveTo(middle - unit, middle);
    context.lineTo(middle + unit, middle);
    context.moveTo(middle, middle - unit);
    context.lineTo(middle, middle + unit);
    context.stroke();
    context.font = TEXT_FONT;
    context.fillStyle = colours.style("muted");
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText("circle: length 1; dashed: around all ends", 2, 2);
  }

  /** @param {CanvasRenderingContext2D} context @param {Colours} colours */
  drawShape(context, colours) {
    context.setLineDash([4, 4]);
    context.strokeStyle = colours.style("muted");
    context.beginPath();
    for (const [x, y] of hull(this.ends)) context.lineTo(x, y);
    context.closePath();
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} at
   * @param {string} name
   * @param {Colours} colours
   * @param {number} thickness
   * @param {boolean} [chosen]
   */
  drawVector(context, at, name, colours, thickness, chosen = false) {
    const middle = this.side / 2;
    const [x, y] = this.ends[at];
    const far = Math.hypot(x - middle, y - middle);
    const colour = colours.style(chosen ? "accent" : "text");
    Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: thickness });
    context.beginPath();
    context.moveTo(middle, middle);
    context.lineTo(x, y);
    context.stroke();
    context.beginPath();
    context.arc(x, y, 2.5 + thickness / 2, 0, 2 * Math.PI);
    context.fill();
    if (!chosen && far < EDGE) return;
    const away = far > 1 ? 1 + (12 + 3 * name.length) / far : 1;
    context.font = chosen ? `bold ${TEXT_FONT}` : TEXT_FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const lift = far > 1 ? 0 : 15;
    context.fillText(name, middle + (x - middle) * away, middle + (y - middle) * away - lift);
  }
}
