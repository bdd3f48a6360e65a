import { element } from "./base.js";
import { TokenStrip } from "./strip.js";

/** @typedef {import("./attention.js").AttentionView} AttentionView */
/** @typedef {import("./attention.js").Side} Side */
/** @typedef {import("./sheet.js").Sheet} Sheet */

const SHOWS = { query: "where each looks", key: "who looks at each" };

/**
 * @param {Side} side
 * @param {number} token
 * @returns {{query: number | null, key: number | null}}
 */
export function line(side, token) {
  return side === "query" ? { query: token, key: null } : { query: null, key: token };
}

/** The text itself; where queries and keys are two texts, each of them on its own line. */
export class Sentence {
  /** @param {AttentionView} view */
  constructor(view) {
    this.view = view;
    this.lines = [this.make("query", "Queries"), this.make("key", "Keys")];
  }

  /** @param {Side} own the side it stands for where each has its line @param {string} name */
  make(own, name) {
    const { view } = this;
    const side = () => (view.cross ? own : view.mode);
    const box = element("div", "iw-sentence");
    const caption = element("div", "iw-caption", name);
    box.append(caption);
    view.body.append(box);
    const place = (/** @type {number} */ token) => line(side(), token);
    return { box, caption, strip: new TokenStrip(box, view, place, () => view.token(side())) };
  }

  /** @param {string[]} keys @param {string[]} queries none where they are the keys */
  load(keys, queries) {
    const { cross, names } = this.view;
    const [first, second] = this.lines;
    first.caption.hidden = !cross;
    second.box.hidden = !cross;
    first.strip.rebuild(cross ? queries : keys, names.queries);
    second.strip.rebuild(cross ? keys : [], names.keys);
  }

  /** @param {Sheet} sheet */
  draw(sheet) {
    const { view } = this;
    const { shade } = view;
    const side = view.side();
    const token = view.token(side);
    const values = side === "query" ? sheet.row(token) : sheet.column(token);
    const label = (/** @type {string} */ what, /** @type {Side} */ of) =>
      `${what}; arrow keys show ${SHOWS[of]}, Enter keeps`;
    const [first, second] = this.lines.map(({ strip }) => strip);
    if (!view.cross) return first.draw(label("Tokens", side), values, shade, token);
    const { query, key } = view.now();
    first.draw(label("Queries", "query"), side === "key" ? values : null, shade, query ?? -1);
    return second.draw(label("Keys", "key"), side === "query" ? values : null, shade, key ?? -1);
  }
}
