// The picture of the chosen number: a Plotly figure in theme colours, repainted when there is time for it.

import { h } from "./dom.js";

const EVERY = 42; // ms between repaints while the hand moves: the numbers come first
let library = null;

function load(url) {
  if (!library) {
    library = new Promise((done, failed) => {
      if (globalThis.Plotly) return done(globalThis.Plotly);
      const script = h("script", { src: url, async: true });
      script.onload = () => done(globalThis.Plotly);
      script.onerror = () => { library = null; failed(new Error("plotly did not load")); };
      document.head.append(script);
    });
  }
  return library;
}

function tint(colour, palette) {
  const [name, alpha] = colour.slice(1).split("/");
  const hex = palette[name];
  if (!hex) return colour;
  if (!alpha) return hex;
  const part = (i) => parseInt(hex.slice(i, i + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
}

export function dressed(value, palette) {
  if (typeof value === "string") return value[0] === "@" ? tint(value, palette) : value;
  if (Array.isArray(value)) return value.map((one) => dressed(one, palette));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === "bdata" ? v : dressed(v, palette)]));
  }
  return value;
}

export function picture(url) {
  const place = h("div", { class: "dv-figure" });
  let figure = null, palette = null, live = false, timer = 0, last = -Infinity, plotly = null;
  const stats = { repaints: 0 };

  async function paint() {
    timer = 0;
    if (!figure || !palette || !place.isConnected) return;
    plotly = plotly || (await load(url));
    last = performance.now();
    const { data, layout } = dressed(figure, palette);
    const height = layout.height || place.clientHeight || 240;
    Object.assign(layout, { width: place.clientWidth || undefined, height, autosize: false });
    if (live) layout.hovermode = false;
    await plotly.react(place, data, layout, { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false, showTips: false });
    stats.repaints += 1;
    place.dataset.repaints = stats.repaints;
  }

  function soon() {
    if (timer || !url) return;
    const wait = live ? Math.max(0, EVERY - (performance.now() - last)) : 0;
    // After the frame that shows the numbers, never before it.
    timer = setTimeout(() => requestAnimationFrame(() => setTimeout(paint)), wait);
  }

  new ResizeObserver(soon).observe(place);
  return {
    element: place,
    show(next, moving) { figure = next; live = moving; soon(); },
    colours(next) { palette = next; soon(); },
  };
}
