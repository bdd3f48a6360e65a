import { clamp, element, keyboardGrid, pointerGrid } from "./base.js";
import { TEXT_FONT, drawAxisTitles, drawSheet, sized } from "./paint.js";

/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {import("./paint.js").Shade} Shade */
/** @typedef {import("./attention.js").AttentionView} AttentionView */
/** @typedef {{layer: number, head: number}} Head as places in the data */
/** @typedef {{layers: number[], heads: number[]}} Numbers the model's own */

const THUMB_LEAST = 14; // CSS pixels, like every length here
const THUMB_MOST = 84;
const GUTTER = 36; // for the numbers of layers and heads
const NAMED = 56; // from here on a thumbnail has room for its name
const NAME = 28; // that two short lines take
const NAMED_MOST = 48; // heads; more would make the panel too tall with their names

/** Every head as a thumbnail: layers down and heads across, or by falling score. */
export class HeadGrid {
  canvas = element("canvas", "iw-grid");
  still = element("canvas"); // all but the marks
  /** @type {number[]} which head stands where, in reading order */
  order = [];
  /** @type {number[] | null} what they are ordered by */
  scores = null;
  /** @type {Numbers} */
  numbers = { layers: [], heads: [] };
  columns = 1;
  step = 0; // from one thumbnail to the next
  line = 0; // from one row of them to the next
  thumb = 0;
  gutter = 0;
  width = 0;
  height = 0;

  /** @param {HTMLElement} parent @param {AttentionView} view */
  constructor(parent, view) {
    this.weights = view.weights;
    this.canvas.setAttribute("role", "application");
    parent.append(this.canvas);
    pointerGrid(this.canvas, (x, y) => this.locate(x, y), {
      hover: (head) => view.hover(head),
      click: (head) => view.commit(head),
    });
    const go = (/** @type {number} */ at) => view.key(this.headAt(clamp(at, this.order.length)));
    const now = () => this.place(view.head());
    keyboardGrid(this.canvas, {
      move: (rows, columns) => {
        const at = now();
        if (this.scores && columns) return go(at + columns); // on into the next line
        const row = clamp(Math.floor(at / this.columns) + rows, this.rows);
        return go(row * this.columns + clamp((at % this.columns) + columns, this.columns));
      },
      edge: (end) => {
        const first = now() - (now() % this.columns);
        go(end ? first + this.columns - 1 : first);
      },
      commit: () => view.commit(view.head()),
      letGo: () => view.letGo(),
    });
  }

  get rows() {
    return Math.ceil(this.order.length / this.columns);
  }

  /** @param {Head} head @returns {number} its place in reading order */
  place({ layer, head }) {
    return this.order.indexOf(layer * this.weights.heads + head);
  }

  /** @param {number} at place in reading order @returns {Head} */
  headAt(at) {
    const { heads } = this.weights;
    return { layer: Math.floor(this.order[at] / heads), head: this.order[at] % heads };
  }

  /**
   * @param {number} room width in CSS pixels
   * @param {Numbers} numbers
   * @param {{name: string, scores: number[]} | null} by what they are ordered by; null for layers
   */
  arrange(room, numbers, by) {
    const { layers, heads } = this.weights;
    this.numbers = numbers;
    this.scores = by && by.scores;
    this.order = Array.from({ length: layers * heads }, (_, index) => index);
    if (by) this.order.sort((left, right) => by.scores[right] - by.scores[left]);
    this.gutter = by ? 0 : GUTTER;
    const most = by ? Math.max(1, Math.floor(room / NAMED)) : heads; // in a line
    this.columns = layers * heads > NAMED_MOST ? heads : Math.min(heads, most);
    const step = Math.floor((room - this.gutter) / this.columns);
    this.step = Math.max(THUMB_LEAST, Math.min(THUMB_MOST, step));
    this.thumb = this.step - (this.step > 24 ? 4 : 2);
    this.line = this.step + (this.named ? NAME : 0);
    this.width = this.gutter + this.columns * this.step;
    this.height = this.gutter + this.rows * this.line;
    this.canvas.setAttribute("aria-label", by
      ? `All heads, highest ${by.name} score first. Arrow keys choose, Enter keeps.`
      : `All heads: ${layers} layers by ${heads} heads. Arrow keys choose, Enter keeps.`);
  }

  get named() {
    return this.scores !== null && this.step >= NAMED;
  }

  /** @param {Shade} shade @param {Colours} colours */
  paint(shade, colours) {
    this.context = sized(this.still, this.width, this.height);
    if (!this.scores) this.drawNumbers(this.context, colours);
    this.paintSome(this.order, shade, colours);
  }

  /**
   * @param {number[]} indexes of heads, layer by layer
   * @param {Shade} shade
   * @param {Colours} colours
   */
  paintSome(indexes, shade, colours) {
    const { context, thumb } = this;
    if (!context) return;
    const places = new Map(this.order.map((index, at) => [index, at]));
    for (const index of indexes) {
      const at = places.get(index) ?? 0;
      const [x, y] = this.corner(at);
      const sheet = this.weights.thumbnail(index);
      context.fillStyle = colours.style("surface");
      context.strokeStyle = colours.style("line");
      if (sheet) drawSheet(context, sheet, shade, colours.style("masked"), [x, y, thumb, thumb]);
      else context.fillRect(x, y, thumb, thumb);
      context.strokeRect(x - 0.5, y - 0.5, thumb + 1, thumb + 1);
      if (this.named) this.drawName(context, colours, at);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Colours} colours */
  drawNumbers(context, colours) {
    const { step, numbers } = this;
    const every = Math.ceil(22 / step); // two digits need about 22 pixels
    const [wide, high] = [this.width - GUTTER, this.height - GUTTER];
    drawAxisTitles(context, colours, ["head", "layer"], [GUTTER, GUTTER, wide, high]);
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const axis of /** @type {const} */ (["heads", "layers"])) {
      numbers[axis].forEach((number, place) => {
        if (place % every) return;
        const middle = GUTTER + (place + 0.5) * step;
        const [x, y] = axis === "heads" ? [middle, 26] : [26, middle];
        context.fillText(String(number), x, y);
      });
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Colours} colours @param {number} at */
  drawName(context, colours, at) {
    const [x, y] = this.corner(at);
    const { layer, head } = this.headAt(at);
    const middle = x + this.thumb / 2;
    context.font = TEXT_FONT;
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillStyle = colours.style("text");
    const { layers, heads } = this.numbers;
    const below = y + this.thumb + 2;
    context.fillText(`L${layers[layer]} H${heads[head]}`, middle, below);
    context.fillStyle = colours.style("muted");
    const score = this.scores?.[this.order[at]] ?? NaN;
    context.fillText(score.toFixed(2), middle, below + 13);
  }

  /** @param {number} at place in reading order */
  corner(at) {
    const inset = (this.step - this.thumb) / 2;
    const [row, column] = [Math.floor(at / this.columns), at % this.columns];
    return [this.gutter + column * this.step + inset, this.gutter + row * this.line + inset];
  }

  /** @param {number} x @param {number} y @returns {Head | null} */
  locate(x, y) {
    const row = Math.floor((y - this.gutter) / this.line);
    const column = Math.floor((x - this.gutter) / this.step);
    const at = row * this.columns + column;
    const inside = row >= 0 && column >= 0 && column < this.columns && at < this.order.length;
    return inside ? this.headAt(at) : null;
  }

  /** @param {Head} head @param {Colours} colours */
  draw(head, colours) {
    const context = sized(this.canvas, this.width, this.height);
    context.drawImage(this.still, 0, 0, this.width, this.height);
    const [x, y] = this.corner(this.place(head));
    context.strokeStyle = colours.style("accent");
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, this.thumb + 2, this.thumb + 2);
  }
}
