import { clamp, element, holdShortcuts, keyboardGrid } from "./base.js";
import { levelOf } from "./paint.js";

/** @typedef {import("./attention.js").AttentionView} AttentionView */
/** @typedef {import("./attention.js").Place} Place */
/** @typedef {import("./attention.js").Mode} Mode */

const QUESTIONS = { query: "Where does it look? (query)", key: "Who looks at it? (key)" };

/** The sentence itself: point at a token to see where it looks, or who looks at it. */
export class TokenStrip {
  /** @type {HTMLElement[]} */
  spans = [];
  /** @type {HTMLInputElement[]} */
  radios = [];

  /** @param {AttentionView} view @param {HTMLElement} parent */
  constructor(view, parent) {
    this.view = view;
    this.box = element("div", "iw-strip");
    this.box.setAttribute("role", "listbox");
    this.name = `iw-strip-${view.model.get("view_id")}-${(stripCount += 1)}`;
    parent.append(this.makeModes(), this.box);
    this.box.addEventListener("pointerover", (event) => this.point(event, view.hover.bind(view)));
    this.box.addEventListener("pointerleave", () => view.hover(null));
    this.box.addEventListener("click", (event) => this.point(event, this.commit.bind(this)));
    keyboardGrid(this.box, {
      move: (rows, columns) => this.key((view.token() ?? 0) + rows + columns),
      edge: (end) => this.key(end ? view.weights.size - 1 : 0),
      commit: () => this.commit(this.chosen(view.token() ?? 0)),
      letGo: () => view.letGo(),
    });
  }

  makeModes() {
    const { view } = this;
    const modes = element("div", "iw-modes");
    modes.setAttribute("role", "radiogroup");
    modes.setAttribute("aria-label", "What a token shows");
    for (const mode of /** @type {Mode[]} */ (["query", "key"])) {
      const label = element("label", "");
      const radio = /** @type {HTMLInputElement} */ (element("input", ""));
      Object.assign(radio, { type: "radio", name: this.name, value: mode });
      holdShortcuts(radio);
      radio.addEventListener("change", () => view.setMode(mode));
      label.append(radio, QUESTIONS[mode]);
      modes.append(label);
      this.radios.push(radio);
    }
    return modes;
  }

  rebuild() {
    const { view } = this;
    const names = view.model.get("names");
    this.spans = view.tokens.map((token, place) => {
      const span = element("span", "iw-token", token);
      span.id = `${this.name}-${place}`;
      span.title = names[place];
      span.dataset.place = String(place);
      span.setAttribute("role", "option");
      return span;
    });
    this.box.replaceChildren(...this.spans);
  }

  /** @param {Event} event @param {(place: any) => void} act */
  point(event, act) {
    const { target } = event;
    if (!(target instanceof HTMLElement) || target.dataset.place === undefined) return;
    act(this.chosen(Number(target.dataset.place)));
  }

  /** @param {number} token @returns {Partial<Place>} */
  chosen(token) {
    return this.view.mode === "query" ? { query: token, key: null } : { query: null, key: token };
  }

  /** @param {number} token */
  key(token) {
    this.view.key(this.chosen(clamp(token, this.view.weights.size)));
  }

  /** @param {Partial<Place>} place */
  commit(place) {
    this.view.commit({ ...this.view.head(), ...place });
  }

  /** @param {Float32Array} values */
  draw(values) {
    const { mode, colours, weights } = this.view;
    const { size } = weights;
    const token = this.view.token();
    const question = mode === "query" ? "where each looks" : "who looks at each";
    this.box.setAttribute("aria-label", `Tokens; arrow keys show ${question}, Enter keeps`);
    for (const radio of this.radios) radio.checked = radio.value === mode;
    this.spans.forEach((span, other) => {
      const [query, key] = mode === "query" ? [token, other] : [other, token];
      const hidden = weights.causal && key > query;
      const level = levelOf(values[query * size + key]);
      span.classList.toggle("iw-hidden", hidden);
      span.style.background = hidden ? "" : colours.css[level];
      span.style.color = hidden ? "" : colours.ink[level];
      span.setAttribute("aria-selected", String(other === token));
    });
    this.box.setAttribute("aria-activedescendant", `${this.name}-${token}`);
  }
}

let stripCount = 0; // radio groups and ids must differ when one view is shown twice
