import { element } from "./base.js";

/** @typedef {(string | Node)[]} Line */

/**
 * Make a table, for those who see it and for those who hear it.
 * @param {string} caption
 * @param {string[]} heads of the columns
 * @param {Line[]} lines
 * @param {(place: number) => boolean} marked whether a line is the one in question
 */
export function table(caption, heads, lines, marked) {
  const made = element("table", "iw-table");
  const head = element("tr");
  head.append(...heads.map((text) => {
    const cell = element("th", "", text);
    cell.scope = "col";
    return cell;
  }));
  const body = element("tbody");
  body.append(...lines.map((line, place) => {
    const row = element("tr", marked(place) ? "iw-own" : "");
    row.append(...line.map((content) => {
      const cell = element("td");
      cell.append(content);
      return cell;
    }));
    return row;
  }));
  const top = element("thead");
  top.append(head);
  made.append(element("caption", "", caption), top, body);
  return made;
}

/** A bar from 0 to 1, beside the number that it shows. @param {number} share @param {string} text */
export function bar(share, text) {
  const box = element("span", "iw-bar");
  const filled = element("span", "iw-filled");
  filled.style.width = `${Math.min(1, share) * 100}%`;
  const track = element("span", "iw-track");
  track.append(filled);
  box.append(track, text);
  return box;
}
