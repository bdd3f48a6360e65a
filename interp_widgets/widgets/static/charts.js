// Draws the charts of a page: plotly's code has come before, their data lie in the page.
const { Plotly } = /** @type {any} */ (globalThis);
const charts = JSON.parse(document.getElementById("charts")?.textContent ?? "");
for (const [place, { data, layout, config }] of charts.entries()) {
  const options = { ...config, responsive: true, displaylogo: false };
  Plotly.newPlot(`chart-${place}`, data, { ...layout, width: undefined }, options);
}
