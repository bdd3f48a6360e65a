import { clamp, element, keyboardGrid, pointerGrid } from "./base.js";
import { TOKEN_FONT, drawAxisTitles, drawSheet, fit, sized, stage } from "./paint.js";

/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {import("./paint.js").Shade} Shade */
/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./sheet.js").Part} Part */
/** @typedef {import("./view.js").View} View */
/** @typedef {{title: string, labels: string[]}} Axis */
/** @typedef {{row: number, column: number}} Cell */
/** @typedef {{row: number | null, column: number | null}} Mark */

/**
 * How a matrix is laid out; a length is in CSS pixels.
 * @typedef {object} Layout
 * @property {number} room width at hand
 * @property {Axis} rows
 * @property {Axis} columns
 * @property {string} label what it is, for those who hear it
 * @property {number} [cell] width of a cell, at most
 * @property {number} [height] of a cell; as high as wide where it is not given
 * @property {boolean} [part] whether only as many cells are shown as there is room for; where a
 *   height is given, as many columns
 * @property {(context: CanvasRenderingContext2D, shown: Sheet) => void} [over] draws over the cells
 */

const CELL = 30; // CSS pixels, like every length here
const RULED = 14; // from here on lines part the cells
const LABEL = 13; // that a line of text takes
const TITLE = 20; // for the name of an axis
const NARROWEST = 120; // what is narrower is on its way in or out of the page
const TALLEST = 480; // unless it is as wide
/** @type {("row" | "column")[]} */
const AXES = ["row", "column"];
const NO_AXIS = { title: "", labels: [] };

/** Cells in rows and columns with labels, the pointed row and column outlined. */
export class Matrix {
  canvas = element("canvas", "iw-matrix");
  still = element("canvas"); // all but the marks
  /** @type {[number, number, number, number]} where the cells are */
  box = [0, 0, 0, 0];
  cell = { width: 0, height: 0 };
  /** @type {Part} of the data that is shown */
  part = { row: 0, column: 0, rows: 0, columns: 0 };
  /** @type {any[]} what `still` was drawn from */
  drawn = [];
  /** @type {Layout} */
  layout = { room: 0, rows: NO_AXIS, columns: NO_AXIS, label: "" };
  pointed = false; // whether the mouse is on a cell

  /**
   * @param {HTMLElement} parent
   * @param {View} view
   * @param {(cell: Cell) => any} place that a cell stands for in the view
   * @param {() => Cell} [now] where it is a tab stop: the cell that the keys move on from
   */
  constructor(parent, view, place, now) {
    this.canvas.setAttribute("role", now ? "application" : "img");
    parent.append(this.canvas);
    pointerGrid(this.canvas, (x, y) => this.locate(x, y), {
      hover: (cell) => {
        this.pointed = cell !== null;
        view.hover(cell && place(cell));
      },
      click: (cell) => view.commit(place(cell)),
    });
    if (!now) return;
    const go = (/** @type {number} */ row, /** @type {number} */ column) => {
      const { rows, columns } = this.layout;
      view.key(place({
        row: clamp(row, rows.labels.length), column: clamp(column, columns.labels.length),
      }));
    };
    keyboardGrid(this.canvas, {
      move: (rows, columns) => go(now().row + rows, now().column + columns),
      edge: (end) => go(now().row, end ? Infinity : 0),
      commit: () => view.commit(place(now())),
      letGo: () => view.letGo(),
    });
  }

  /** @param {Layout} layout @param {Colours} colours */
  rebuild(layout, colours) {
    const room = Math.max(layout.room, NARROWEST);
    this.layout = { ...layout, room };
    this.colours = colours;
    this.drawn = [];
    this.canvas.setAttribute("aria-label", layout.label);
    const { rows, columns, cell = CELL, height } = layout;
    const [left, top] = [rows, columns].map(({ labels }) => TITLE + this.widest(labels));
    const space = room - left - 2;
    const most = layout.part ? Math.floor(space / cell) : Infinity;
    const across = Math.min(columns.labels.length, most);
    const down = height ? rows.labels.length : Math.min(rows.labels.length, most);
    const tallest = height ? Infinity : Math.max(space, TALLEST) / down;
    const width = Math.min(cell, space / across, tallest);
    this.cell.width = width > 4 ? Math.floor(width) : width;
    this.cell.height = height ?? this.cell.width;
    this.part = { row: 0, column: 0, rows: down, columns: across };
    this.box = [left, top, this.cell.width * across, this.cell.height * down];
  }

  /** @param {string[]} labels @returns {number} room that they need */
  widest(labels) {
    const context = sized(this.still, 1, 1);
    context.font = TOKEN_FONT;
    const long = [...labels].sort((left, right) => right.length - left.length).slice(0, 40);
    const width = Math.max(...long.map((label) => context.measureText(label).width));
    return Math.ceil(Math.min(width + 10, 110, this.layout.room * 0.28));
  }

  /** @param {number} x @param {number} y @returns {Cell | null} */
  locate(x, y) {
    const { box, cell, part } = this;
    const row = Math.floor((y - box[1]) / cell.height);
    const column = Math.floor((x - box[0]) / cell.width);
    const inside = row >= 0 && column >= 0 && row < part.rows && column < part.columns;
    return inside ? { row: part.row + row, column: part.column + column } : null;
  }

  /** Bring a cell to the middle of what is shown. @param {Cell} cell */
  centre({ row, column }) {
    const { part, layout } = this;
    const start = (/** @type {number} */ at, /** @type {"rows" | "columns"} */ side) =>
      clamp(at - (part[side] >> 1), layout[side].labels.length - part[side] + 1);
    this.part = { ...part, row: start(row, "rows"), column: start(column, "columns") };
  }

  /**
   * @param {Sheet} sheet
   * @param {Shade} shade
   * @param {Mark} marked
   * @param {Part} [framed] a part to frame: the one that another matrix shows enlarged
   */
  draw(sheet, shade, marked, framed) {
    const { colours, box: [left, top, width, height] } = this;
    if (!colours) return;
    const [wide, high] = [left + width + 2, top + height + 2];
    const from = [sheet, shade, this.part.row, this.part.column];
    if (from.some((part, at) => part !== this.drawn[at])) {
      this.drawStill(sized(this.still, wide, high), sheet, shade, colours);
      this.drawn = from;
    }
    stage(this.canvas, wide, high, (context) => {
      context.drawImage(this.still, 0, 0, wide, high);
      if (framed) this.frame(context, framed, colours.style("text"), 1.5);
      this.drawMarks(context, marked, colours);
    });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Sheet} sheet
   * @param {Shade} shade
   * @param {Colours} colours
   */
  drawStill(context, sheet, shade, colours) {
    const { box, layout } = this;
    const shown = sheet.part(this.part);
    drawSheet(context, shown, shade, colours.style("masked"), box);
    if (this.cell.height >= RULED) this.drawRules(context, colours);
    drawAxisTitles(context, colours, [layout.columns.title, layout.rows.title], box);
    layout.over?.(context, shown);
    for (const axis of AXES) {
      const every = round(LABEL / this.pitch(axis));
      for (let at = Math.ceil(this.part[axis] / every) * every; ; at += every) {
        if (!this.drawLabel(context, axis, at, colours.style("text"))) break;
      }
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Colours} colours */
  drawRules(context, colours) {
    const { box: [left, top, width, height], cell } = this;
    context.fillStyle = colours.style("background");
    for (let y = cell.height; y < height; y += cell.height) {
      context.fillRect(left, top + y - 0.5, width, 1);
    }
    for (let x = cell.width; x < width; x += cell.width) {
      context.fillRect(left + x - 0.5, top, 1, height);
    }
  }

  /** @param {"row" | "column"} axis @returns {number} from one cell to the next */
  pitch(axis) {
    return axis === "row" ? this.cell.height : this.cell.width;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {"row" | "column"} axis
   * @param {number} at place in the data
   * @param {string} colour
   * @param {string} [ground] behind it, where it has to cover its neighbours
   * @returns {boolean} whether it is on show
   */
  drawLabel(context, axis, at, colour, ground) {
    const { part, layout, box: [left, top] } = this;
    const down = axis === "row";
    const side = down ? "rows" : "columns";
    const room = (down ? left : top) - TITLE;
    const place = at - part[axis];
    if (place < 0 || place >= part[side]) return false;
    const middle = (place + 0.5) * this.pitch(axis);
    context.save();
    context.translate(left + (down ? 0 : middle), top + (down ? middle : 0));
    if (!down) context.rotate(-Math.PI / 2);
    context.font = TOKEN_FONT;
    context.textBaseline = "middle";
    context.textAlign = down ? "right" : "left";
    if (ground) {
      context.fillStyle = ground;
      context.fillRect(down ? -room : 0, -LABEL / 2 - 1, room, LABEL + 2);
    }
    context.fillStyle = colour;
    context.fillText(fit(context, layout[side].labels[at], room - 6), down ? -5 : 5, 0);
    context.restore();
    return true;
  }

  /** @param {CanvasRenderingContext2D} context @param {Mark} marked @param {Colours} colours */
  drawMarks(context, marked, colours) {
    const [accent, ground] = [colours.style("accent"), colours.style("background")];
    for (const axis of AXES) {
      const at = marked[axis];
      if (at === null || !this.drawLabel(context, axis, at, accent, ground)) continue;
      const line = axis === "row" ? { row: at, rows: 1 } : { column: at, columns: 1 };
      this.frame(context, { ...this.part, ...line }, accent, 1.5);
    }
    const { row, column } = marked;
    if (row === null || column === null) return;
    this.frame(context, { row, column, rows: 1, columns: 1 }, accent, 3);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Part} framed
   * @param {string} colour
   * @param {number} thickness
   */
  frame(context, framed, colour, thickness) {
    const { box: [left, top, width, height], cell, part } = this;
    const room = cell.width < LABEL ? 1.5 : 0; // small cells are framed from further out
    const x = left + (framed.column - part.column) * cell.width - room;
    const y = top + (framed.row - part.row) * cell.height - room;
    const wide = framed.columns * cell.width + 2 * room;
    const high = framed.rows * cell.height + 2 * room;
    if (x + wide < left || y + high < top || x > left + width || y > top + height) return;
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.strokeRect(x, y, wide, high);
  }
}

/** Round up to a step that people count in: 1, 2, 5, 10, 20 ... @param {number} least */
function round(least) {
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((part) => part * ten).find((step) => step >= least) ?? ten;
}
