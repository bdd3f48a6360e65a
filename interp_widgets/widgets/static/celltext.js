import { TOKEN_FONT, fit } from "./paint.js";

/** @typedef {import("./matrix.js").Matrix} Matrix */
/** @typedef {import("./paint.js").Shade} Shade */

/**
 * Make what writes text into the cells of a matrix, for its layout's `over`.
 * @param {Matrix} matrix
 * @param {Shade} shade
 * @param {string} muted colour of text where there is no value
 * @param {(row: number, column: number) => string} text
 */
export function cellText(matrix, shade, muted, text) {
  /** @type {import("./matrix.js").Layout["over"]} */
  return (context, shown) => {
    const { part, cell, box: [left, top] } = matrix;
    context.font = TOKEN_FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let row = 0; row < part.rows; row += 1) {
      for (let column = 0; column < part.columns; column += 1) {
        const level = shade.level(shown.at(row, column));
        const words = fit(context, text(part.row + row, part.column + column), cell.width - 6);
        context.fillStyle = level < 0 ? muted : shade.ink[level];
        const middle = top + (row + 0.5) * cell.height;
        context.fillText(words, left + (column + 0.5) * cell.width, middle);
      }
    }
  };
}
