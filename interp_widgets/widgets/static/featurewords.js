// How the numbers of features are written.

/** @param {number} share */
export function percent(share) {
  const digits = share === 0 || share >= 0.1 ? 1 : 2;
  return `${(100 * share).toFixed(digits)} %`;
}

/** At most four digits that count. @param {number} value */
export function short(value) {
  if (Number.isNaN(value)) return "no value";
  return String(Number(value.toPrecision(4))).replaceAll("-", "−");
}

/** @param {number} value @param {number} [digits] that count, also where they are zeros */
export function signed(value, digits) {
  const text = digits ? value.toPrecision(digits).replace("-", "−") : short(value);
  return value > 0 ? `+${text}` : text;
}

/** Two digits behind the point, for where there is little room. @param {number} value */
export function rounded(value) {
  return short(Number(value.toFixed(2)));
}
