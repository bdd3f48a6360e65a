// Numbers out of bytes, and numbers into colours on a canvas.

/**
 * @typedef {object} Packed
 * @property {DataView} bytes
 * @property {"uint8" | "uint16"} dtype
 * @property {number} scale value of one step
 * @property {"full" | "tril"} packing "tril" leaves out what lies above each square's diagonal
 */

/** @typedef {{low: number[], ramp: Uint32Array, css: string[], ink: string[], style: (name: string) => string}} Colours */

const LEVELS = 256;
export const TOKEN_FONT = "12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
export const TEXT_FONT = "12px system-ui, sans-serif";

/**
 * Read one (size, size) square out of many.
 * @param {Packed} packed
 * @param {number} index which square
 * @param {number} size
 * @returns {Float32Array} row by row; zero where nothing was sent
 */
export function square(packed, index, size) {
  const { bytes, dtype, scale, packing } = packed;
  const width = dtype === "uint16" ? 2 : 1;
  const count = packing === "tril" ? (size * (size + 1)) / 2 : size * size;
  const values = new Float32Array(size * size);
  let offset = index * count * width;
  for (let row = 0; row < size; row += 1) {
    const end = packing === "tril" ? row + 1 : size;
    for (let column = 0; column < end; column += 1) {
      const step = width === 2 ? bytes.getUint16(offset, true) : bytes.getUint8(offset);
      values[row * size + column] = step * scale;
      offset += width;
    }
  }
  return values;
}

/**
 * Read the colours that the style sheet gives an element now.
 * @param {HTMLElement} root
 * @returns {Colours}
 */
export function readColours(root) {
  const computed = getComputedStyle(root);
  const style = (/** @type {string} */ name) => computed.getPropertyValue(`--iw-${name}`).trim();
  const unstyled = "#000000,#000000"; // a notebook makes a view before it puts it on the page
  const stops = (style("sequential") || unstyled).split(",").map(parseColour);
  const ramp = new Uint32Array(LEVELS);
  const css = [];
  const ink = [];
  for (let level = 0; level < LEVELS; level += 1) {
    const [red, green, blue] = mix(stops, level / (LEVELS - 1));
    ramp[level] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    css.push(`rgb(${red},${green},${blue})`);
    ink.push(luminance(red, green, blue) > 0.18 ? "#000" : "#fff");
  }
  return { low: parseColour(style("masked")), ramp, css, ink, style };
}

/** @param {string} text `#rrggbb` */
function parseColour(text) {
  const number = parseInt(text.trim().slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** @param {number[][]} stops @param {number} part from 0 to 1 */
function mix(stops, part) {
  const place = part * (stops.length - 1);
  const left = Math.min(Math.floor(place), stops.length - 2);
  return [0, 1, 2].map((channel) => {
    const from = stops[left][channel];
    return Math.round(from + (stops[left + 1][channel] - from) * (place - left));
  });
}

/** @param {number[]} rgb */
function luminance(...rgb) {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {number} value from 0 to 1 @returns {number} the level of the palette that shows it */
export function levelOf(value) {
  return Math.max(0, Math.min(LEVELS - 1, Math.round(value * (LEVELS - 1))));
}

/**
 * Shrink a square of values, keeping the largest of those that share a place: an average would
 * let a thin diagonal fade away.
 * @param {Float32Array} values
 * @param {number} size
 * @param {number} side at most
 * @returns {{values: Float32Array, size: number}}
 */
export function pooled(values, size, side) {
  if (size <= side) return { values, size };
  const small = new Float32Array(side * side);
  for (let row = 0; row < size; row += 1) {
    const start = Math.floor((row * side) / size) * side;
    for (let column = 0; column < size; column += 1) {
      const place = start + Math.floor((column * side) / size);
      const value = values[row * size + column];
      if (value > small[place]) small[place] = value;
    }
  }
  return { values: small, size: side };
}

/**
 * Paint a square of values, one pixel each, ready to be drawn at any size.
 * @param {Float32Array} values
 * @param {number} size
 * @param {boolean} causal whether cells above the diagonal cannot have a value
 * @param {Colours} colours
 * @returns {HTMLCanvasElement}
 */
export function paint(values, size, causal, colours) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = context2d(canvas);
  const image = context.createImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  const [red, green, blue] = colours.low;
  const masked = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const place = row * size + column;
      const hidden = causal && column > row;
      pixels[place] = hidden ? masked : colours.ramp[levelOf(values[place])];
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * Give a canvas a size in CSS pixels, sharp on any screen, and wipe it.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @returns {CanvasRenderingContext2D}
 */
export function sized(canvas, width, height) {
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = context2d(canvas);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** @param {HTMLCanvasElement} canvas */
function context2d(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw on a canvas.");
  return context;
}

/**
 * Shorten text until it fits.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room in CSS pixels
 */
export function fit(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const letters = Array.from(text);
  let kept = letters.length - 1;
  while (kept > 1 && context.measureText(`${letters.slice(0, kept).join("")}…`).width > room) {
    kept -= 1;
  }
  return `${letters.slice(0, kept).join("")}…`;
}

/**
 * Draw a painted square larger, with sharp cells.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} image
 * @param {number} x
 * @param {number} y
 * @param {number} side
 */
export function drawSharp(context, image, x, y, side) {
  const density = window.devicePixelRatio || 1;
  context.imageSmoothingEnabled = side * density < image.width; // cells stay squares
  context.imageSmoothingQuality = "high";
  context.drawImage(image, x, y, side, side);
}

/**
 * Name the axes of what is drawn, and leave their colour and font set.
 * @param {CanvasRenderingContext2D} context
 * @param {Colours} colours
 * @param {string[]} titles across and down
 * @param {number} origin where the cells begin
 * @param {number} width
 * @param {number} height
 */
export function drawAxisTitles(context, colours, [across, down], origin, width, height) {
  context.font = TEXT_FONT;
  context.fillStyle = colours.style("muted");
  context.save();
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(across, (origin + width) / 2, 8);
  context.translate(8, (origin + height) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(down, 0, 0);
  context.restore();
}
