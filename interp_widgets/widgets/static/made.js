import { element } from "./base.js";
import { rounded, short } from "./featurewords.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./passages.js").Passage} Passage */

/**
 * An input that was optimised: tokens with values, or an image whose pixels begin at `start`.
 * @typedef {{feature: number, activation: number, tokens?: string[], names: string[],
 *   values: number[], width?: number, height: number, start: number}} Made
 */

/** What was made to excite a feature, beside what was found. */
export class MadeInput {
  canvas = element("canvas");

  /** @param {Passage} passage */
  constructor(passage) {
    this.passage = passage;
    this.canvas.setAttribute("role", "img");
    passage.panel.append(this.canvas);
  }

  /** @param {Model} model @param {number} feature its number @param {number} peak */
  show(model, feature, peak) {
    /** @type {Made | undefined} */
    const made = model.get("made").find((/** @type {Made} */ one) => one.feature === feature);
    this.canvas.hidden = made?.width === undefined;
    if (!made) {
      this.passage.clear();
      return;
    }
    const { activation, tokens = [], names, values } = made;
    const row = { label: rounded(activation), tokens: tokens.map((shown, at) => (
      { shown, value: values[at], name: `token ${at} ${names[at]}`, strong: false })) };
    this.passage.fill("made to excite it", `Optimised, not found in any text: it reaches ` +
      `${short(activation)}, the strongest example ${short(peak)}. Compare what the two have in ` +
      "common.", tokens.length ? [row] : []);
    if (made.width !== undefined) this.paint(model.get("pictures"), made.width, made);
  }

  /** @param {DataView} bytes @param {number} width @param {Made} made */
  paint({ buffer, byteOffset }, width, { height, start, activation }) {
    const colours = new Uint8Array(buffer, byteOffset + start, 3 * width * height);
    Object.assign(this.canvas, { width, height });
    this.canvas.setAttribute("aria-label", `Image made to reach ${short(activation)}`);
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const image = context.createImageData(width, height);
    image.data.fill(255);
    colours.forEach((value, at) => (image.data[Math.floor(at / 3) * 4 + (at % 3)] = value));
    context.putImageData(image, 0, 0);
  }
}
