// Gives each frame of a classic view the height that it asks for, and nothing else, with room for what
// appears below the mouse. One that has drawn nothing yet, off the screen, keeps its first height.
addEventListener("message", ({ source, data }) => {
  const frames = /** @type {NodeListOf<HTMLIFrameElement>} */ (
    document.querySelectorAll("iframe.iw-classic")
  );
  for (const frame of frames) {
    const height = Math.min(Number(data?.height) || 0, 4000);
    if (frame.contentWindow === source && height) frame.style.height = `${height + 90}px`;
  }
});
