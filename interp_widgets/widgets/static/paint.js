// Turns numbers into colours on a canvas.

/** @typedef {import("./sheet.js").Sheet} Sheet */

const LEVELS = 256;
export const TOKEN_FONT = "12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
export const TEXT_FONT = "12px system-ui, sans-serif";

/**
 * The levels of a palette: each one's colour as canvas memory and as the style sheet write it, and
 * the colour of text on it.
 * @typedef {{ramp: Uint32Array, css: string[], ink: string[]}} Palette
 */

/** A palette laid over a range of values. */
export class Shade {
  /** @param {Palette} palette @param {number} low @param {number} high */
  constructor({ ramp, css, ink }, low, high) {
    this.ramp = ramp;
    this.css = css;
    this.ink = ink;
    this.low = low;
    this.high = high;
  }

  /** @param {number} value @returns {number} level of the palette; -1 where there is no value */
  level(value) {
    if (Number.isNaN(value)) return -1;
    const part = (value - this.low) / (this.high - this.low);
    return Math.round(Math.max(0, Math.min(1, part)) * (LEVELS - 1));
  }
}

/**
 * The colours that the style sheet gives an element now.
 * @typedef {object} Colours
 * @property {(name: string) => string} style one colour of the theme
 * @property {(low: number, high: number) => Shade} shade a range that runs both ways from zero
 *   takes the diverging palette
 */

/** @param {HTMLElement} root @returns {Colours} */
export function readColours(root) {
  const computed = getComputedStyle(root);
  /** @type {Record<string, string>} */
  const known = {}; // asking the page makes it settle all its styles first
  const style = (/** @type {string} */ name) =>
    known[name] ||= computed.getPropertyValue(`--iw-${name}`).trim();
  /** @type {Record<string, Palette>} */
  const palettes = {}; // 256 colours, which every new text would work out again
  const palette = (/** @type {string} */ name) => {
    const unstyled = "#000000,#000000"; // a notebook makes a view before it puts it on the page
    return palettes[name] ||= spread((style(name) || unstyled).split(",").map(parseColour));
  };
  return {
    style,
    shade: (low, high) => new Shade(palette(low < 0 ? "diverging" : "sequential"), low, high),
  };
}

/** @param {number[][]} stops @returns {Palette} */
function spread(stops) {
  const colours = Array.from({ length: LEVELS }, (_, level) => mix(stops, level / (LEVELS - 1)));
  return {
    ramp: Uint32Array.from(colours, pixel),
    css: colours.map((rgb) => `rgb(${rgb})`),
    ink: colours.map((rgb) => (luminance(rgb) > 0.18 ? "#000" : "#fff")),
  };
}

/** @param {string} text `#rrggbb` */
function parseColour(text) {
  const number = parseInt(text.trim().slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** @param {number[]} rgb @returns {number} as canvas memory holds it */
function pixel([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
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
function luminance([red, green, blue]) {
  return 0.2126 * (red / 255) ** 2.2 + 0.7152 * (green / 255) ** 2.2 + 0.0722 * (blue / 255) ** 2.2;
}

const easel = document.createElement("canvas"); // what is painted is drawn before the next

/**
 * Paint a sheet, one pixel each, ready to be drawn at any size.
 * @param {Sheet} sheet
 * @param {Shade} shade
 * @param {string} masked colour of cells without a value
 * @returns {HTMLCanvasElement}
 */
function paint({ values, rows, columns }, shade, masked) {
  Object.assign(easel, { width: columns, height: rows });
  const context = context2d(easel);
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const without = pixel(parseColour(masked));
  for (let place = 0; place < pixels.length; place += 1) {
    const level = shade.level(values[place]);
    pixels[place] = level < 0 ? without : shade.ramp[level];
  }
  context.putImageData(image, 0, 0);
  return easel;
}

/**
 * Draw a sheet at some size, sharp; where it has more cells than the screen has dots, the
 * strongest of those that share a dot shows.
 * @param {CanvasRenderingContext2D} context
 * @param {Sheet} sheet
 * @param {Shade} shade
 * @param {string} masked
 * @param {[x: number, y: number, width: number, height: number]} box in CSS pixels
 */
export function drawSheet(context, sheet, shade, masked, [x, y, width, height]) {
  const density = window.devicePixelRatio || 1;
  const [down, across] = [height, width].map((side) => Math.max(1, Math.round(side * density)));
  context.imageSmoothingEnabled = false; // cells stay squares
  context.drawImage(paint(sheet.pooled(down, across), shade, masked), x, y, width, height);
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
  const [wide, high] = [width, height].map((side) => Math.round(side * density));
  if (canvas.width !== wide || canvas.height !== high) { // a new size costs new memory
    Object.assign(canvas, { width: wide, height: high });
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = context2d(canvas);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

const offstage = document.createElement("canvas");

/**
 * Draw anew what holds text: off the page, which would lay itself out before every text on it.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width in CSS pixels
 * @param {number} height
 * @param {(context: CanvasRenderingContext2D) => void} draw
 */
export function stage(canvas, width, height, draw) {
  draw(sized(offstage, width, height));
  sized(canvas, width, height).drawImage(offstage, 0, 0, width, height);
}

/** @param {HTMLCanvasElement} canvas */
function context2d(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
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
 * Name the axes of what is drawn, and leave their colour and font set.
 * @param {CanvasRenderingContext2D} context
 * @param {Colours} colours
 * @param {[across: string, down: string]} titles
 * @param {[x: number, y: number, width: number, height: number]} box of the cells
 */
export function drawAxisTitles(context, colours, [across, down], [x, y, width, height]) {
  context.font = TEXT_FONT;
  context.fillStyle = colours.style("muted");
  context.save();
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(across, Math.max(x + width / 2, context.measureText(across).width / 2), 8);
  context.translate(8, Math.max(y + height / 2, context.measureText(down).width / 2));
  context.rotate(-Math.PI / 2);
  context.fillText(down, 0, 0);
  context.restore();
}
