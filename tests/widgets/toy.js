import { element } from "./base.js";
import { View, renderer } from "./view.js";

/** The smallest view there can be: tokens with a number each, of which one is chosen. */
export class Toy extends View {
  loose = ["pos"];
  values = new Float32Array();

  /** @param {import("./base.js").Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "toy");
  }

  name() {
    return "Numbers";
  }

  load() {
    const { buffer, byteOffset, byteLength } = this.model.get("values");
    this.values = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  }

  rest() {
    return { pos: 0 };
  }

  committed() {
    const pos = this.selection?.get("pos") ?? null;
    return pos === null ? {} : { pos };
  }

  /** @param {{pos: number | null}} place */
  chosen({ pos }) {
    return { pos };
  }

  build() {
    this.body.replaceChildren(...this.model.get("tokens").map(
      (/** @type {string} */ token, /** @type {number} */ pos) => {
        const button = element("button", "iw-token", token);
        button.addEventListener("click", () => this.commit({ pos }));
        return button;
      },
    ));
  }

  draw() {
    const { pos } = this.now();
    this.readout.textContent = `${this.model.get("tokens")[pos]} has ${this.values[pos].toFixed(3)}`;
  }
}

const render = renderer(Toy);
export default { render };
