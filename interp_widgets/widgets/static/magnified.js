import { Matrix } from "./matrix.js";

/** @typedef {import("./matrix.js").Axis} Axis */
/** @typedef {import("./matrix.js").Cell} Cell */
/** @typedef {import("./matrix.js").Layout} Layout */
/** @typedef {import("./matrix.js").Mark} Mark */
/** @typedef {import("./paint.js").Colours} Colours */
/** @typedef {import("./paint.js").Shade} Shade */
/** @typedef {import("./sheet.js").Sheet} Sheet */
/** @typedef {import("./view.js").View} View */

const SMALLEST = 5; // CSS pixels; where cells are smaller, some are shown enlarged
const MAP = 330; // width of the whole beside its enlarged part
const PART = 560; // width of that part, at most
const ENLARGED = 18; // width of a cell there
const GAP = 14; // between the two

/** A matrix of any size: where cells get too small to read, those in question stand beside it. */
export class Magnified {
  large = false; // whether a part is shown enlarged
  unit = "token number"; // what counts the rows and columns of the whole; "" keeps their labels

  /**
   * @param {HTMLElement} parent
   * @param {View} view
   * @param {(cell: Cell) => any} place that a cell stands for in the view
   * @param {() => Cell} now the cell in question
   */
  constructor(parent, view, place, now) {
    this.now = now;
    this.whole = new Matrix(parent, view, place, now);
    this.part = new Matrix(parent, view, place);
  }

  /** @param {Layout} layout @param {Colours} colours */
  rebuild(layout, colours) {
    const { whole, part } = this;
    const { room, rows, columns } = layout;
    whole.rebuild(layout, colours);
    this.large = whole.cell.width < SMALLEST;
    part.canvas.hidden = !this.large;
    if (!this.large) return;
    const beside = room - MAP - GAP;
    part.rebuild({
      ...layout, room: Math.min(beside < MAP ? room : beside, PART), part: true, cell: ENLARGED,
      label: "The cells around the one in question, enlarged",
    }, colours);
    whole.rebuild({
      ...layout, room: Math.min(room, MAP), rows: this.counted(rows), columns: this.counted(columns),
    }, colours);
  }

  /** @param {Sheet} sheet @param {Shade} shade @param {Mark} marked */
  draw(sheet, shade, marked) {
    const { whole, part } = this;
    if (!this.large) return whole.draw(sheet, shade, marked);
    if (!part.pointed) part.centre(this.now()); // under the mouse it must stand still
    part.draw(sheet, shade, marked);
    return whole.draw(sheet, shade, marked, part.part);
  }

  /** Count the places of an axis, where there is no room for what stands there. @param {Axis} axis */
  counted(axis) {
    const { title, labels } = axis;
    if (!this.unit) return axis;
    return { title: `${title}, ${this.unit}`, labels: labels.map((_, place) => String(place)) };
  }
}
