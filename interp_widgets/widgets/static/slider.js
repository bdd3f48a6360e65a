import { element, holdShortcuts } from "./base.js";

/**
 * Make a slider over named steps.
 * @param {string} label
 * @param {(step: number) => void} changed
 */
export function slider(label, changed) {
  const box = element("label", "iw-control");
  const input = element("input");
  const said = element("span");
  Object.assign(input, { type: "range", min: "0", max: "0", step: "1" }); // no steps until shown
  holdShortcuts(input);
  input.addEventListener("input", () => changed(Number(input.value)));
  box.append(label, input, said);
  const show = (/** @type {string[]} */ names, /** @type {number} */ step) => {
    input.max = String(names.length - 1);
    input.value = String(step);
    input.setAttribute("aria-valuetext", names[step]);
    said.textContent = names[step];
  };
  return { box, show };
}
