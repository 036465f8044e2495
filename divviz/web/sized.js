// How wide an element is, told whenever that changes. The width is kept, not asked for: asking makes the browser
// lay out the page in mid-update. Only where paper is laid out at once, `measure` asks for all of them.

const known = new Map();

export function sized(element, take) {
  known.set(element, take);
  new ResizeObserver(([entry]) => take(entry.contentRect.width, entry.contentRect.height)).observe(element);
}

export function measure() {
  for (const [element, take] of known) {
    const { width, height } = element.getBoundingClientRect();
    if (element.isConnected) take(width, height); else known.delete(element);
  }
}
