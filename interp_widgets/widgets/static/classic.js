// Draws a view of circuitsvis inside a frame, and tells the page around it how high it is.

const data = JSON.parse(document.getElementById("data").textContent);
const packed = Uint8Array.from(atob(data.code), (letter) => letter.charCodeAt(0));
const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
const script = document.createElement("script");
script.textContent = await new Response(unpacked).text();
document.head.append(script); // the page's policy knows its hash

function tell() {
  parent.postMessage({ height: document.getElementById("view").offsetHeight }, "*");
}

CircuitsVis.render("view", CircuitsVis[data.view], data.properties);
tell(); // a frame that is not on the screen yet is never told of its size
new ResizeObserver(tell).observe(document.body);
