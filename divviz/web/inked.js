// A pen that takes the strokes that sketch.js draws on a canvas, and writes them as SVG. Only attributes that every
// program reads: no styles, no rgba(), no dominant-baseline.

import { s } from "./dom.js";

export const FACE = "Helvetica, Arial, 'Noto Sans', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

const ANCHOR = { left: "start", center: "middle", right: "end" };
const BELOW = { top: 0.78, middle: 0.35, bottom: -0.2, alphabetic: 0 }; // of a letter's size: from there to its foot
const KEPT = ["strokeStyle", "fillStyle", "lineWidth", "lineJoin", "font", "textAlign", "textBaseline", "dash", "place"];

const short = (v) => String(Math.round(v * 100) / 100);

// "rgba(1,2,3,0.5)" as a colour and how much of it.
function tinted(name, colour) {
  const [r, g, b, alpha] = (colour.match(/^rgba\((.+)\)$/) || ["", ""])[1].split(",");
  return alpha === undefined ? { [name]: colour } : { [name]: `rgb(${r},${g},${b})`, [`${name}-opacity`]: alpha };
}

// `element` is the group that is drawn into, `defs` takes what is drawn with; names begin with `mark`.
export function svg_pen(element, defs, mark) {
  const stack = [], hatches = new Map();
  let path = "", count = 0;

  const pen = {
    strokeStyle: "#000", fillStyle: "#000", lineWidth: 1, lineJoin: "round", font: "12px", textAlign: "left", textBaseline: "alphabetic",
    dash: [], place: element,
    save() { stack.push(Object.fromEntries(KEPT.map((name) => [name, pen[name]]))); },
    restore() { Object.assign(pen, stack.pop()); },
    beginPath() { path = ""; },
    moveTo(x, y) { path += `M${short(x)} ${short(y)}`; },
    lineTo(x, y) { path += `L${short(x)} ${short(y)}`; },
    rect(x, y, w, h) { path += `M${short(x)} ${short(y)}h${short(w)}v${short(h)}h${short(-w)}Z`; },
    setLineDash(dash) { pen.dash = dash; },
    clip() {
      const id = `${mark}-${++count}`;
      defs.append(s("clipPath", { id }, s("path", { d: path })));
      const inside = s("g", { "clip-path": `url(#${id})` });
      pen.place.append(inside);
      pen.place = inside;
    },
    fill() { if (path) pen.place.append(s("path", { d: path, ...tinted("fill", pen.fillStyle) })); },
    stroke() {
      if (!path) return;
      pen.place.append(s("path", { d: path, fill: "none", ...tinted("stroke", pen.strokeStyle), "stroke-width": pen.lineWidth,
        "stroke-linejoin": pen.lineJoin, "stroke-dasharray": pen.dash.length ? pen.dash.join(" ") : null }));
    },
    fillText(text, x, y) {
      const size = parseFloat(pen.font);
      const one = s("text", { x: short(x), y: short(y + BELOW[pen.textBaseline] * size), "font-size": size, "text-anchor": ANCHOR[pen.textAlign],
        ...tinted("fill", pen.fillStyle) });
      one.textContent = text;
      pen.place.append(one);
    },
    hatch({ size, solidity, fgcolor }) {
      const key = `${size} ${solidity} ${fgcolor}`;
      if (!hatches.has(key)) {
        const id = `${mark}-${++count}`, d = [-size, 0, size].map((k) => `M${k} ${size}L${k + size} 0`).join("");
        defs.append(s("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" },
          s("path", { d, ...tinted("stroke", fgcolor), "stroke-width": short(size * solidity) })));
        hatches.set(key, `url(#${id})`);
      }
      return hatches.get(key);
    },
  };
  return pen;
}
