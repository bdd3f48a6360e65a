// Gives each frame of a classic view the height that it asks for, and nothing else. One that is not
// on the screen yet may have drawn next to nothing, and then keeps the height that it came with.
addEventListener("message", ({ source, data }) => {
  for (const frame of document.querySelectorAll("iframe.iw-classic")) {
    const height = Math.min(Number(data?.height) || 0, 4000);
    if (frame.contentWindow === source && height > 40) frame.style.height = `${height + 2}px`;
  }
});
