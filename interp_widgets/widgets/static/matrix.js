import { clamp, element, keyboardGrid, pointerGrid } from "./base.js";
import { TOKEN_FONT, drawAxisTitles, drawSharp, fit, paint, sized } from "./paint.js";

/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {import("./attention.js").AttentionView} AttentionView */

const CELL_MOST = 30; // CSS pixels, like every length here
const CELL_LABELLED = 12;
const CELL_RULED = 14;
const TITLE = 20; // for the name of an axis

/** One head: queries down, keys across, the pointed row and column outlined. */
export class HeadMatrix {
  labels = 0; // room for the longest token
  origin = 0; // where the cells begin, across and down
  cell = 0;
  side = 0;
  extent = 0;
  /** @type {{values?: Float32Array, colours?: Colours, image: HTMLCanvasElement}} */
  painted = { image: document.createElement("canvas") };

  /** @param {AttentionView} view @param {HTMLElement} parent */
  constructor(view, parent) {
    this.view = view;
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", "iw-matrix"));
    this.canvas.setAttribute("role", "application");
    parent.append(this.canvas);
    const cell = () => {
      const { query, key } = view.now();
      const row = query ?? view.weights.size - 1;
      return { query: row, key: key ?? view.strongest(row) };
    };
    pointerGrid(this.canvas, (x, y) => this.locate(x, y), {
      hover: (place) => view.hover(place),
      click: (place) => view.commit({ ...view.head(), ...place }),
    });
    keyboardGrid(this.canvas, {
      move: (rows, columns) => {
        const { query, key } = cell();
        const { size } = view.weights;
        view.key({ query: clamp(query + rows, size), key: clamp(key + columns, size) });
      },
      edge: (end) => view.key({ ...cell(), key: end ? view.weights.size - 1 : 0 }),
      commit: () => view.commit({ ...view.head(), ...cell() }),
      letGo: () => view.letGo(),
    });
  }

  /** @param {number} room width in CSS pixels */
  rebuild(room) {
    const { weights, tokens } = this.view;
    const context = sized(this.canvas, 1, 1);
    context.font = TOKEN_FONT;
    const widest = Math.max(...tokens.map((token) => context.measureText(token).width));
    this.labels = Math.ceil(Math.min(widest + 10, 110, room * 0.28));
    this.origin = TITLE + this.labels;
    const cell = Math.min(CELL_MOST, (room - this.origin - 2) / weights.size);
    this.cell = cell > 4 ? Math.floor(cell) : cell;
    this.side = this.cell * weights.size;
    this.extent = this.origin + this.side + 2;
    const label = "One head, from each query down to each key across. " +
      "Arrow keys move, Enter keeps, Escape lets go.";
    this.canvas.setAttribute("aria-label", label);
  }

  /** @param {number} x @param {number} y */
  locate(x, y) {
    const query = Math.floor((y - this.origin) / this.cell);
    const key = Math.floor((x - this.origin) / this.cell);
    const { size } = this.view.weights;
    const inside = query >= 0 && key >= 0 && query < size && key < size;
    return inside ? { query, key } : null;
  }

  /** @param {Float32Array} values @param {{query: number | null, key: number | null}} marked */
  draw(values, marked) {
    const { weights, colours } = this.view;
    const context = sized(this.canvas, this.extent, this.extent);
    if (this.painted.values !== values || this.painted.colours !== colours) {
      const image = paint(values, weights.size, weights.causal, colours);
      this.painted = { values, colours, image };
    }
    drawSharp(context, this.painted.image, this.origin, this.origin, this.side);
    if (this.cell >= CELL_RULED) this.drawRules(context);
    const titles = ["to (key)", "from (query)"];
    drawAxisTitles(context, colours, titles, this.origin, this.extent, this.extent);
    this.drawLabels(context, marked);
    this.drawCross(context, marked);
  }

  /** @param {CanvasRenderingContext2D} context */
  drawRules(context) {
    context.fillStyle = this.view.colours.style("background");
    for (let line = 1; line < this.view.weights.size; line += 1) {
      const at = this.origin + line * this.cell - 0.5;
      context.fillRect(at, this.origin, 1, this.side);
      context.fillRect(this.origin, at, this.side, 1);
    }
  }

  /**
   * Label every token there is room for, and always the marked ones.
   * @param {CanvasRenderingContext2D} context
   * @param {{query: number | null, key: number | null}} marked
   */
  drawLabels(context, { query, key }) {
    const every = Math.ceil(CELL_LABELLED / this.cell);
    context.font = TOKEN_FONT;
    context.textBaseline = "middle";
    for (const axis of ["query", "key"]) {
      const chosen = axis === "query" ? query : key;
      for (let place = 0; place < this.view.weights.size; place += every) {
        const crowded = chosen !== null && Math.abs(place - chosen) < every && place !== chosen;
        if (!crowded && place !== chosen) this.drawLabel(context, axis, place, "text");
      }
      if (chosen !== null) this.drawLabel(context, axis, chosen, "accent");
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {string} axis
   * @param {number} place
   * @param {string} colour
   */
  drawLabel(context, axis, place, colour) {
    const middle = this.origin + (place + 0.5) * this.cell;
    context.save();
    if (axis === "query") context.translate(this.origin - 5, middle);
    else context.translate(middle, this.origin - 5);
    if (axis === "key") context.rotate(-Math.PI / 2);
    context.textAlign = axis === "query" ? "right" : "left";
    context.fillStyle = this.view.colours.style(colour);
    context.fillText(fit(context, this.view.tokens[place], this.labels - 6), 0, 0);
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{query: number | null, key: number | null}} marked
   */
  drawCross(context, { query, key }) {
    const { origin, side, cell } = this;
    const room = cell < CELL_LABELLED ? 2 : 0; // small cells are framed from further out
    const [y, x] = [query, key].map((place) => origin + (place ?? 0) * cell - room);
    const frame = cell + 2 * room;
    context.strokeStyle = this.view.colours.style("accent");
    context.lineWidth = 1.5;
    if (query !== null) context.strokeRect(origin, y, side, frame);
    if (key !== null) context.strokeRect(x, origin, frame, side);
    if (query === null || key === null) return;
    context.lineWidth = 3;
    context.strokeRect(x, y, frame, frame);
  }
}
