// The picture of the chosen number. While the hand moves it is sketched at once; when the hand rests
// Plotly draws the same figure, with what it knows of the pointer.

import { h } from "./dom.js";
import { offers } from "./offered.js";
import { sized } from "./sized.js";
import { sketch } from "./sketch.js";
import { on_paper } from "./theme.js";

const REST = 350; // ms without a new figure before Plotly takes its time
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
  const canvas = h("canvas", { "aria-hidden": "true" }), place = h("div", { class: "dv-plotly" });
  const element = h("div", { class: "dv-figure" }, place, canvas);
  // The width is kept, not asked for: asking makes the browser lay out the page in mid-update.
  let figure = null, palette = null, timer = 0, repaints = 0, drawn = null, width = 0, height = 0;

  function paint() {
    if (!figure || !palette || !width) return;
    const now = dressed(figure, palette);
    if (now.layout.height !== height) element.style.height = `${height = now.layout.height}px`;
    element.classList.add("dv-sketched");
    sketch(canvas, now, width);
    element.dataset.repaints = repaints += 1;
    clearTimeout(timer);
    timer = setTimeout(() => settle(now), REST);
  }

  async function settle(now) {
    const plotly = await load(url), wide = width;
    if (!element.isConnected || !wide) return;
    drawn = now;
    const layout = { ...now.layout, width: wide, autosize: false };
    await plotly.react(place, now.data, layout, { displayModeBar: false, scrollZoom: false, doubleClick: false, showTips: false });
    if (drawn === now && width === wide) element.classList.remove("dv-sketched");
  }

  sized(element, (wide) => {
    if (wide === width && !on_paper()) return;
    width = wide;
    paint();
  });
  offers(element, () => figure && { figure });
  return {
    element,
    show(next) { figure = next; drawn = null; if (url) paint(); },
    colours(next) { palette = next; if (url) paint(); },
  };
}
