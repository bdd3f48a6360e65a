import { clamp, element, keyboardGrid } from "./base.js";

/** @typedef {import("./paint.js").Shade} Shade */
/** @typedef {import("./view.js").View} View */

let strips = 0; // ids must differ when one view is shown twice

/** Text as a row of tokens, each with the colour of its value behind it. */
export class TokenStrip {
  box = element("div", "iw-strip");
  /** @type {HTMLElement[]} */
  spans = [];
  /** @type {number[]} level of the palette behind each token, so that only changes are painted */
  levels = [];
  /** @type {Shade | null} */
  shade = null;
  selected = -1;
  follow = false; // whether the keys may have walked out of what is scrolled into sight
  name = `iw-strip-${(strips += 1)}`;

  /**
   * @param {HTMLElement} parent
   * @param {View} view
   * @param {(token: number) => any} place that a token stands for in the view
   * @param {() => number} now the token that the keys move on from
   */
  constructor(parent, view, place, now) {
    this.box.setAttribute("role", "listbox");
    parent.append(this.box);
    const hover = (/** @type {number} */ token) => view.hover(place(token));
    const commit = (/** @type {number} */ token) => view.commit(place(token));
    this.box.addEventListener("pointerover", (event) => point(event, hover));
    this.box.addEventListener("pointerleave", () => view.hover(null));
    this.box.addEventListener("click", (event) => point(event, commit));
    const go = (/** @type {number} */ token) => {
      this.follow = true;
      view.key(place(clamp(token, this.spans.length)));
    };
    keyboardGrid(this.box, {
      move: (rows, columns) => go(this.moved(now(), rows) + columns),
      edge: (end) => go(this.edge(now(), end)),
      commit: () => commit(now()),
      letGo: () => view.letGo(),
    });
  }

  /** @param {string[]} tokens as they are shown @param {string[]} names as they are spoken of */
  rebuild(tokens, names) {
    this.spans = tokens.map((token, place) => {
      const span = element("span", "iw-token", token);
      span.id = `${this.name}-${place}`;
      span.title = names[place];
      span.dataset.place = String(place);
      span.setAttribute("role", "option");
      span.setAttribute("aria-selected", "false");
      return span;
    });
    this.levels = tokens.map(() => PLAIN);
    this.selected = -1;
    this.box.replaceChildren(...this.spans);
  }

  /** Go up or down, which in a single row is to go along. @param {number} token @param {number} rows */
  moved(token, rows) {
    return token + rows;
  }

  /** @param {number} _token @param {boolean} end @returns {number} where its row ends or begins */
  edge(_token, end) {
    return end ? Infinity : 0;
  }

  /**
   * @param {string} label what it shows, for those who hear it
   * @param {Float32Array | null} values of the tokens, NaN where there is none; null for plain text
   * @param {Shade} shade
   * @param {number} selected the token to outline; -1 for none
   */
  draw(label, values, shade, selected) {
    this.box.setAttribute("aria-label", label);
    const anew = shade !== this.shade;
    this.shade = shade;
    this.spans.forEach((span, place) => {
      const level = values ? shade.level(values[place]) : PLAIN;
      if (level === this.levels[place] && !anew) return;
      this.levels[place] = level;
      span.classList.toggle("iw-hidden", level === -1);
      span.style.background = level < 0 ? "" : shade.css[level];
      span.style.color = level < 0 ? "" : shade.ink[level];
    });
    if (selected !== this.selected) this.select(selected);
  }

  /** @param {number} place */
  select(place) {
    this.spans[this.selected]?.setAttribute("aria-selected", "false");
    this.selected = place;
    const span = this.spans[place];
    this.box.removeAttribute("aria-activedescendant");
    if (!span) return;
    span.setAttribute("aria-selected", "true");
    this.box.setAttribute("aria-activedescendant", span.id);
    if (this.follow) this.box.scrollTop += outOfSight(this.box, span);
    this.follow = false;
  }

}

const PLAIN = -2;

/** @param {HTMLElement} box @param {HTMLElement} span @returns {number} how far it is out of sight */
function outOfSight(box, span) {
  const [outer, inner] = [box.getBoundingClientRect(), span.getBoundingClientRect()];
  return Math.min(0, inner.top - outer.top) + Math.max(0, inner.bottom - outer.bottom);
}

/** @param {Event} event @param {(place: number) => void} act */
function point({ target }, act) {
  if (target instanceof HTMLElement && target.dataset.place) act(Number(target.dataset.place));
}
