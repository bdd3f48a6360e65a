// Draws a view of circuitsvis inside a frame, and tells the page around it how high it is.

const place = /** @type {HTMLElement} */ (document.getElementById("view"));
const data = JSON.parse(document.getElementById("data")?.textContent ?? "");
const packed = Uint8Array.from(atob(data.code), (letter) => letter.charCodeAt(0));
const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
const script = document.createElement("script");
script.textContent = await new Response(unpacked).text();
document.head.append(script); // the page's policy knows its hash

function tell() {
  parent.postMessage({ height: place.offsetHeight }, "*");
}

const { CircuitsVis } = /** @type {any} */ (globalThis); // now that its code has run
new ResizeObserver(tell).observe(place);
new MutationObserver(tell).observe(place, { childList: true, subtree: true }); // off the screen too
CircuitsVis.render("view", CircuitsVis[data.view], data.properties);
