// What every view shares: elements, keys, pointer, look and selection.
// Text reaches the page only as text nodes or canvas text, so a token can never become markup.

/**
 * What anywidget hands to a view, and what the exported page stands in for.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(changes: Record<string, any>) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listener: (...args: any[]) => void) => void} on
 * @property {(event: string, listener: (...args: any[]) => void) => void} off
 * @property {(content: any) => void} send
 * @property {{get_model: (id: string) => Promise<Model>}} widget_manager
 * @property {boolean} [exported] whether it stands on a page of its own, without a notebook
 * @property {boolean} [comm_live] known of a raw model only: whether a kernel holds its other end
 */

/**
 * Make an element that holds text and nothing else.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
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
 * Call back with the width of an element when it, or the colours, may have changed. The width comes
 * from where the page has laid itself out: whoever asks for it in between makes it do so again.
 * @param {HTMLElement} root
 * @param {(width: number) => void} changed
 * @returns {() => void} stops it
 */
export function watchLook(root, changed) {
  let width = -1; // only the width: a size taken from the parent's height would feed back
  const resizes = new ResizeObserver(([{ contentRect, borderBoxSize }]) => {
    if (contentRect.width !== width) {
      width = contentRect.width;
      changed(width);
    } else {
      // It may grow under a resting mouse but not shrink: a page that is scrolled to its end
      // would move, the mouse would point at something else, and so on without an end.
      root.style.minHeight = `${Math.ceil(borderBoxSize[0].blockSize)}px`;
    }
  });
  resizes.observe(root);
  // JupyterLab hides everything for a moment while it changes its theme, and what is hidden has
  // no width to draw for. Observing anew reports the width once the page is laid out again.
  const hosts = new MutationObserver(() => {
    width = -1;
    resizes.unobserve(root);
    resizes.observe(root);
  });
  for (const host of [document.documentElement, document.body]) {
    hosts.observe(host, { attributeFilter: ["class", "theme", "data-jp-theme-light"] });
  }
  const recolour = () => changed(Math.max(0, width)); // the ground's colour, however it changed
  root.addEventListener("transitionrun", recolour);
  return () => {
    resizes.disconnect();
    hosts.disconnect();
    root.removeEventListener("transitionrun", recolour);
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

const PAGE = 10; // steps of PageUp and PageDown

/**
 * What the keys do in a grid; `letGo` says whether there was anything to let go.
 * @typedef {{move: (rows: number, columns: number) => void, edge: (end: boolean) => void,
 *   commit: () => void, letGo: () => boolean}} Keys
 */

/**
 * Make an element one tab stop that the keyboard moves inside of.
 * @param {HTMLElement} target
 * @param {Keys} on
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
    PageUp: () => on.move(-PAGE, 0),
    PageDown: () => on.move(PAGE, 0),
    Home: () => on.edge(false),
    End: () => on.edge(true),
    Enter: on.commit,
    " ": on.commit,
    Escape: () => {
      if (!on.letGo()) target.blur();
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
 * @template Cell
 * @param {HTMLCanvasElement} canvas
 * @param {(x: number, y: number) => Cell | null} locate
 * @param {{hover: (cell: Cell | null) => void, click: (cell: Cell) => void}} on
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
 * @param {{masked?: string, diverging?: boolean}} [more] what the colour of cells without a value
 *   means, and whether the palette runs both ways from zero
 */
export function legend(caption, ticks, { masked, diverging } = {}) {
  const box = element("div", "iw-legend");
  const scale = element("div", "iw-scale");
  const ends = element("div", "iw-ticks");
  ends.append(...ticks.map((tick) => element("span", "", tick)));
  scale.append(element("div", diverging ? "iw-ramp iw-diverging" : "iw-ramp"), ends);
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

/** Keep a place within what there is. @param {number} value @param {number} count */
export function clamp(value, count) {
  return Math.max(0, Math.min(count - 1, value));
}
