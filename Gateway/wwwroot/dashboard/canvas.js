// A canvas as sharp as the screen, redrawn when its size changes. `draw(context, width, height)` works in CSS pixels.
export function sharpCanvas(canvas, draw) {
  const observer = new ResizeObserver(redraw);
  observer.observe(canvas);

  function redraw() {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height);
  }

  return { redraw, dispose: () => observer.disconnect() };
}
