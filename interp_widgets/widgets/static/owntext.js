import { element, holdShortcuts } from "./base.js";
import { numbers } from "./sheet.js";

/** @typedef {import("./base.js").Model} Model */
/** @typedef {import("./passages.js").Passage} Passage */

/**
 * A text that the kernel has read with one feature.
 * @typedef {{text: string, feature: number, tokens: string[], names: string[],
 *   values: Float32Array}} Answer
 */

const NO_KERNEL = "To try a text of your own, this view needs a model in a running notebook.";

/** A text of one's own, read by the feature that is open. */
export class OwnText {
  box = element("div", "iw-own-text");
  input = element("input");
  note = element("div", "iw-hint");
  /** @type {Answer | null} */
  answer = null;

  /** @param {() => void} asked */
  constructor(asked) {
    const label = element("label", "iw-control", "Try your own text");
    const button = element("button", "iw-button", "Read");
    button.type = "button";
    Object.assign(this.input, { type: "text", placeholder: "Type a sentence, then press Enter" });
    for (const part of [this.input, button]) holdShortcuts(part);
    this.note.setAttribute("role", "alert");
    button.addEventListener("click", asked);
    this.input.addEventListener("keydown", (event) => { // JupyterLab lets no Enter send a form
      if (event.key === "Enter") asked();
    });
    label.append(this.input);
    this.box.append(label, button, this.note);
  }

  /** @param {Model} model @param {number} feature its number @param {boolean} live */
  ask(model, feature, live) {
    const text = this.input.value;
    if (!text) return;
    const able = live && model.get("readable");
    this.note.textContent = able ? "" : NO_KERNEL;
    if (able) model.send({ type: "read", text, feature });
  }

  /** @param {any} message @param {DataView[]} buffers */
  receive(message, buffers) {
    if (message.text !== this.input.value) return; // something else has been typed since
    this.note.textContent = message.error ?? "";
    if (!message.error) this.answer = { ...message, values: numbers(buffers[0], "Float32") };
  }

  /** @param {Passage} passage @param {number} feature its number @returns {boolean} false where
   * another feature has read the text */
  show(passage, feature) {
    if (this.answer?.feature !== feature) {
      passage.clear();
      return !this.answer;
    }
    const { tokens, names, values } = this.answer;
    passage.fill("your own text", "", [{ label: "", tokens: tokens.map((shown, at) => (
      { shown, value: values[at], name: `token ${at} ${names[at]}`, strong: false })) }]);
    return true;
  }
}
