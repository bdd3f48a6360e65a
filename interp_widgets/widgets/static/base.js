// What every view shares: elements, numbers from bytes, colours, keys and the selection.
// Text reaches the page only as text nodes or canvas text, so a token can never become markup.

/**
 * What anywidget hands to a view, and what the exported page stands in for.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(changes: any, value?: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listener: (...args: any[]) => void) => void} on
 * @property {(event: string, listener: (...args: any[]) => void) => void} off
 * @property {(content: any) => void} send
 * @property {{get_model: (id: string) => Promise<Model>}} widget_manager
 */

/**
 * @typedef {object} Packed
 * @property {DataView} bytes
 * @property {"uint8" | "uint16"} dtype
 * @property {number} scale value of one step
 * @property {"full" | "tril"} packing "tril" leaves out what lies above each square's diagonal
 */

/** @typedef {{low: number[], ramp: Uint32Array, css: string[], ink: string[], style: (name: string) => string}} Colours */

const LEVELS = 256;

/**
 * Make an element that holds text and nothing else.
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

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
 * Call back at most once per frame, however often it is asked for.
 * @param {() => void} draw
 */
export function oncePerFrame(draw) {
  let waiting = 0;
  return () => {
    if (waiting) return;
    waiting = requestAnimationFrame(() => {
      waiting = 0;
      draw();
    });
  };
}

/**
 * Call back when the colours or the width of an element may have changed.
 * @param {HTMLElement} root
 * @param {() => void} changed
 * @returns {() => void} stops it
 */
export function watchLook(root, changed) {
  let width = -1; // only the width: a size taken from the parent's height would feed back
  const resizes = new ResizeObserver(() => {
    if (root.clientWidth !== width) {
      width = root.clientWidth;
      changed();
    }
  });
  resizes.observe(root);
  const hosts = new MutationObserver(changed);
  for (const host of [document.documentElement, document.body]) {
    hosts.observe(host, { attributeFilter: ["class", "theme", "data-jp-theme-light"] });
  }
  const preference = matchMedia("(prefers-color-scheme: dark)");
  preference.addEventListener("change", changed);
  return () => {
    resizes.disconnect();
    hosts.disconnect();
    preference.removeEventListener("change", changed);
  };
}

/**
 * Keep JupyterLab's shortcuts off while an element has the focus. The mark must stand on that
 * element itself: JupyterLab tries the element its shortcuts match before it looks further up.
 * @param {HTMLElement} focusable
 */
export function holdShortcuts(focusable) {
  focusable.dataset.lmSuppressShortcuts = "true";
}

/**
 * Make an element one tab stop that the keyboard moves inside of.
 * @param {HTMLElement} target
 * @param {{move: (rows: number, columns: number) => void, edge: (end: boolean) => void,
 *   commit: () => void, leave: () => void}} on
 */
export function keyboardGrid(target, on) {
  target.tabIndex = 0;
  holdShortcuts(target);
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowUp: () => on.move(-1, 0),
    ArrowDown: () => on.move(1, 0),
    ArrowLeft: () => on.move(0, -1),
    ArrowRight: () => on.move(0, 1),
    Home: () => on.edge(false),
    End: () => on.edge(true),
    Enter: on.commit,
    " ": on.commit,
    Escape: () => {
      on.leave();
      target.blur();
    },
  };
  target.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has its own plans for arrows, Enter and Escape
    action();
  });
}

/**
 * Report where the mouse is over a canvas, and clicks.
 * @param {HTMLCanvasElement} canvas
 * @param {(x: number, y: number) => any} locate cell under a point, or null
 * @param {{hover: (cell: any) => void, click: (cell: any) => void}} on
 */
export function pointerGrid(canvas, locate, on) {
  const cellAt = (/** @type {MouseEvent} */ event) => locate(event.offsetX, event.offsetY);
  canvas.addEventListener("pointermove", (event) => on.hover(cellAt(event)));
  canvas.addEventListener("pointerleave", () => on.hover(null));
  canvas.addEventListener("click", (event) => {
    const cell = cellAt(event);
    if (cell) on.click(cell);
  });
}

/**
 * Make the legend of a palette: what the colours mean, in numbers.
 * @param {string} caption
 * @param {string[]} ticks from the lowest value to the highest, evenly spread
 * @param {string} [masked] what the colour of cells without a value means
 */
export function legend(caption, ticks, masked) {
  const box = element("div", "iw-legend");
  const scale = element("div", "iw-scale");
  scale.append(element("div", "iw-ramp"), element("div", "iw-ticks"));
  for (const tick of ticks) scale.lastElementChild?.append(element("span", "", tick));
  box.append(element("span", "", caption), scale);
  if (masked) {
    const note = element("span", "iw-masked");
    note.append(element("span", "iw-swatch"), masked);
    box.append(note);
  }
  return box;
}

/**
 * Start a view's element. Its class tells the frozen picture beside it, by CSS alone, that the
 * view itself is on the page.
 * @param {HTMLElement} el
 * @param {Model} model
 * @param {string} name of the view, for the style sheet
 */
export function openRoot(el, model, name) {
  const root = element("section", `iw iw-view iw-${name} iw-live-${model.get("view_id")}`);
  el.replaceChildren(root);
  return root;
}

/**
 * Find the selection a view was given; views that share it follow each other without the kernel.
 * @param {Model} model
 * @returns {Promise<Model>}
 */
export function selectionOf(model) {
  return model.widget_manager.get_model(model.get("selection").replace("IPY_MODEL_", ""));
}
