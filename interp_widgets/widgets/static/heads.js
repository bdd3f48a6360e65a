import { clamp, element, keyboardGrid, pointerGrid } from "./base.js";
import { TEXT_FONT, drawAxisTitles, drawSharp, paint, pooled, sized } from "./paint.js";

/** @typedef {import("./attention.js").AttentionView} AttentionView */
/** @typedef {import("./attention.js").Place} Place */

const THUMB_LEAST = 14; // CSS pixels, like every length here
const THUMB_MOST = 84;
const GUTTER = 36; // for the numbers of layers and heads

/** Every head as a thumbnail, layers down and heads across. */
export class HeadGrid {
  step = 0; // from one thumbnail to the next
  thumb = 0;
  width = 0;
  height = 0;

  /** @param {AttentionView} view @param {HTMLElement} parent */
  constructor(view, parent) {
    this.view = view;
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", "iw-grid"));
    this.canvas.setAttribute("role", "application");
    this.picture = document.createElement("canvas");
    parent.append(this.canvas);
    pointerGrid(this.canvas, (x, y) => this.locate(x, y), {
      hover: (cell) => view.hover(cell),
      click: (cell) => view.commit(cell),
    });
    keyboardGrid(this.canvas, {
      move: (rows, columns) => {
        const { layer, head } = view.now();
        view.key({
          layer: clamp(layer + rows, view.weights.layers),
          head: clamp(head + columns, view.weights.heads),
        });
      },
      edge: (end) => view.key({ head: end ? view.weights.heads - 1 : 0 }),
      commit: () => view.commit({ layer: view.now().layer, head: view.now().head }),
      letGo: () => view.letGo(),
    });
  }

  /** @param {number} room width in CSS pixels */
  rebuild(room) {
    const { weights, colours } = this.view;
    const { layers, heads } = weights;
    const step = Math.floor((room - GUTTER) / heads);
    this.step = Math.max(THUMB_LEAST, Math.min(THUMB_MOST, step));
    this.thumb = this.step - (this.step > 24 ? 4 : 2);
    this.width = GUTTER + heads * this.step;
    this.height = GUTTER + layers * this.step;
    const context = sized(this.picture, this.width, this.height);
    this.drawNumbers(context);
    for (let index = 0; index < layers * heads; index += 1) {
      const [x, y] = this.corner(Math.floor(index / heads), index % heads);
      const small = pooled(weights.overview(index), weights.size, this.thumb);
      const image = paint(small.values, small.size, weights.causal, colours);
      drawSharp(context, image, x, y, this.thumb);
    }
    const label = `All heads: ${layers} layers by ${heads} heads. Arrow keys choose, Enter keeps.`;
    this.canvas.setAttribute("aria-label", label);
  }

  /** @param {CanvasRenderingContext2D} context */
  drawNumbers(context) {
    const { view, step } = this;
    const every = Math.ceil(22 / step); // two digits need about 22 pixels
    drawAxisTitles(context, view.colours, ["head", "layer"], GUTTER, this.width, this.height);
    context.textAlign = "center";
    context.textBaseline = "middle";
    view.model.get("heads").forEach((/** @type {number} */ number, /** @type {number} */ at) => {
      if (at % every === 0) context.fillText(String(number), GUTTER + (at + 0.5) * step, 26);
    });
    view.model.get("layers").forEach((/** @type {number} */ number, /** @type {number} */ at) => {
      if (at % every === 0) context.fillText(String(number), 26, GUTTER + (at + 0.5) * step);
    });
  }

  /** @param {number} layer @param {number} head */
  corner(layer, head) {
    const inset = (this.step - this.thumb) / 2;
    return [GUTTER + head * this.step + inset, GUTTER + layer * this.step + inset];
  }

  /** @param {number} x @param {number} y */
  locate(x, y) {
    const layer = Math.floor((y - GUTTER) / this.step);
    const head = Math.floor((x - GUTTER) / this.step);
    const { layers, heads } = this.view.weights;
    const inside = layer >= 0 && head >= 0 && layer < layers && head < heads;
    return inside ? { layer, head } : null;
  }

  /** @param {Place} place */
  draw({ layer, head }) {
    const context = sized(this.canvas, this.width, this.height);
    context.drawImage(this.picture, 0, 0, this.width, this.height);
    const [x, y] = this.corner(layer, head);
    context.strokeStyle = this.view.colours.style("accent");
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, this.thumb + 2, this.thumb + 2);
  }
}
