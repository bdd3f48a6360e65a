// Numbers in rows and columns, and how they come out of bytes.

/**
 * @typedef {object} Packed
 * @property {DataView} bytes squares behind one another, little-endian
 * @property {"uint8" | "int8" | "uint16" | "int16"} dtype
 * @property {number} scale value of one step
 * @property {"full" | "tril"} packing "tril" leaves out what lies above each square's diagonal
 * @property {number} rows
 * @property {number} columns
 */

/** Values row by row, NaN where there can be none; maybe coarser than the data they stand for. */
export class Sheet {
  /**
   * @param {Float32Array} values
   * @param {number} rows of the values
   * @param {number} columns
   * @param {number} [height] rows of the data; where there are more, a value stands for a block
   * @param {number} [width]
   */
  constructor(values, rows, columns, height = rows, width = columns) {
    this.values = values;
    this.rows = rows;
    this.columns = columns;
    this.height = height;
    this.width = width;
  }

  get whole() {
    return this.rows === this.height && this.columns === this.width;
  }

  /** @param {number} row of the data @param {number} column */
  at(row, column) {
    const down = Math.floor((row * this.rows) / this.height);
    return this.values[down * this.columns + Math.floor((column * this.columns) / this.width)];
  }

  /** @param {number} row of the data */
  row(row) {
    return Float32Array.from({ length: this.width }, (_, column) => this.at(row, column));
  }

  /** @param {number} column of the data */
  column(column) {
    return Float32Array.from({ length: this.height }, (_, row) => this.at(row, column));
  }

  /** Cut out a part of the data. @param {Part} part */
  part({ row, column, rows, columns }) {
    if (rows === this.height && columns === this.width) return this;
    const values = new Float32Array(rows * columns);
    for (let place = 0; place < values.length; place += 1) {
      values[place] = this.at(row + Math.floor(place / columns), column + (place % columns));
    }
    return new Sheet(values, rows, columns);
  }

  /**
   * Shrink, keeping the value of largest magnitude of those that share a place: an average would
   * let a thin diagonal fade away.
   * @param {number} rows at most
   * @param {number} columns at most
   */
  pooled(rows, columns) {
    if (this.rows <= rows && this.columns <= columns) return this;
    const [down, across] = [Math.min(rows, this.rows), Math.min(columns, this.columns)];
    const small = new Float32Array(down * across).fill(NaN);
    const bins = Int32Array.from(
      { length: this.columns }, (_, column) => Math.floor((column * across) / this.columns),
    );
    for (let row = 0, place = 0; row < this.rows; row += 1) {
      const start = Math.floor((row * down) / this.rows) * across;
      for (let column = 0; column < this.columns; column += 1, place += 1) {
        const value = this.values[place];
        const bin = start + bins[column];
        if (value === value && !(Math.abs(value) <= Math.abs(small[bin]))) small[bin] = value;
      }
    }
    return new Sheet(small, down, across, this.height, this.width);
  }
}

/** @typedef {{row: number, column: number, rows: number, columns: number}} Part */

/**
 * Read one square of many.
 * @param {Packed} packed
 * @param {number} index which square
 * @returns {Float32Array} row by row; zero where nothing was sent
 */
export function unpack({ bytes, dtype, scale, packing, rows, columns }, index) {
  const width = dtype.endsWith("16") ? 2 : 1;
  const lower = packing === "tril";
  const values = new Float32Array(rows * columns);
  const get = /** @type {"getInt16"} */ (`get${dtype[0].toUpperCase()}${dtype.slice(1)}`);
  let offset = index * (lower ? (rows * (rows + 1)) / 2 : rows * columns) * width;
  for (let row = 0; row < rows; row += 1) {
    const end = row * columns + (lower ? row + 1 : columns);
    for (let place = row * columns; place < end; place += 1, offset += width) {
      values[place] = bytes[get](offset, true) * scale;
    }
  }
  return values;
}

/**
 * Read numbers that were sent exactly, four bytes each.
 * @param {DataView} bytes little-endian
 * @param {"Float32" | "Int32"} kind
 * @returns {Float32Array} in which whole numbers up to 16 million stay exact
 */
export function numbers({ buffer, byteOffset, byteLength }, kind) {
  const copy = buffer.slice(byteOffset, byteOffset + byteLength); // begins where an array may
  return kind === "Float32" ? new Float32Array(copy) : Float32Array.from(new Int32Array(copy));
}

/**
 * Find the values of largest magnitude, the largest first.
 * @param {Float32Array} line
 * @param {number} count at most
 * @returns {number[]} their places
 */
export function strongest(line, count) {
  /** @type {number[]} */
  const found = [];
  for (let place = 0; place < line.length; place += 1) {
    const size = Math.abs(line[place]);
    if (found.length === count && !(size > Math.abs(line[found[count - 1]]))) continue;
    if (Number.isNaN(size)) continue;
    const at = found.findIndex((other) => size > Math.abs(line[other]));
    found.splice(at < 0 ? found.length : at, 0, place);
    found.length = Math.min(found.length, count);
  }
  return found;
}
