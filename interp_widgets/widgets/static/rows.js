import { clamp, element } from "./base.js";
import { TokenStrip } from "./strip.js";

/** Several rows of tokens as one list, in which the keys also go up and down. */
export class TokenRows extends TokenStrip {
  starts = [0]; // the first token of each row

  /** @param {number[]} lengths how many tokens each row has */
  arrange(lengths) {
    let end = 0;
    this.starts = lengths.map((length) => (end += length) - length);
    if (lengths.length > 1) this.box.replaceChildren(...this.starts.map(this.line, this));
  }

  /** Put a row behind its number. @param {number} start @param {number} row */
  line(start, row) {
    const line = element("div", "iw-row");
    line.setAttribute("role", "group");
    line.setAttribute("aria-label", `row ${row}`);
    line.dataset.row = String(row);
    line.append(...this.spans.slice(start, this.starts[row + 1]));
    return line;
  }

  /** @param {number} token */
  row(token) {
    return this.starts.filter((start) => start <= token).length - 1;
  }

  /** Go to another row, or along a single one. @param {number} token @param {number} rows */
  moved(token, rows) {
    if (this.starts.length === 1 || rows === 0) return token + rows;
    const row = this.row(token);
    const start = this.starts[clamp(row + rows, this.starts.length)];
    return Math.min(start + token - this.starts[row], this.edge(start, true));
  }

  /** @param {number} token @param {boolean} end @returns {number} where its row ends or begins */
  edge(token, end) {
    const row = this.row(token);
    return end ? (this.starts[row + 1] ?? this.spans.length) - 1 : this.starts[row];
  }
}
