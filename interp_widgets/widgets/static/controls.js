import { element, holdShortcuts } from "./base.js";

// Labelled inputs, each one tab stop that keeps the notebook's shortcuts off.

/**
 * @param {string} label
 * @param {[value: string, text: string][]} options
 * @param {(value: string) => void} changed
 */
export function choice(label, options, changed) {
  const box = element("label", "iw-control");
  const input = element("select");
  offer(input, options);
  holdShortcuts(input);
  input.addEventListener("change", () => changed(input.value));
  box.append(label, input);
  return { box, input };
}

/**
 * Give a choice other options; what is chosen stays chosen where it is still offered.
 * @param {HTMLSelectElement} input
 * @param {[value: string, text: string][]} options
 */
export function offer(input, options) {
  const chosen = input.value;
  input.replaceChildren(...options.map(([value, text]) => {
    const option = element("option", "", text);
    option.value = value;
    return option;
  }));
  if (options.some(([value]) => value === chosen)) input.value = chosen;
}

/**
 * @param {string} label
 * @param {string} hint what it does, in small print
 * @param {(on: boolean) => void} changed
 */
export function tick(label, hint, changed) {
  const box = element("label", "iw-control");
  const input = element("input");
  input.type = "checkbox";
  holdShortcuts(input);
  input.addEventListener("change", () => changed(input.checked));
  box.append(input, label, element("span", "iw-hint", hint));
  return { box, input };
}

/**
 * @param {string} label
 * @param {[value: string, text: string][]} options
 * @param {(value: string) => void} changed
 */
export function radios(label, options, changed) {
  const box = element("div", "iw-controls");
  const name = `iw-radios-${Math.random()}`; // each view runs this module anew and cannot count
  box.setAttribute("role", "radiogroup");
  box.setAttribute("aria-label", label);
  const inputs = options.map(([value, text]) => {
    const line = element("label", "iw-control");
    const input = element("input");
    Object.assign(input, { type: "radio", name, value });
    holdShortcuts(input);
    input.addEventListener("change", () => changed(value));
    line.append(input, text);
    box.append(line);
    return input;
  });
  const check = (/** @type {string} */ value) => {
    for (const input of inputs) input.checked = input.value === value;
  };
  return { box, check };
}
