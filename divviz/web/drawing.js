// A picture to take in hand: a figure of sheet.py on a canvas, and over it what can be dragged, drawn, painted or
// towed. Nothing is computed here: the hand's act goes out by the hooks, and a new figure comes back.

import { h, put, s } from "./dom.js";
import { hands } from "./hands.js";
import { offers } from "./offered.js";
import { pen } from "./pen.js";
import { dressed } from "./picture.js";
import { rows, sketch } from "./sketch.js";
import { sized } from "./sized.js";
import { squares } from "./squares.js";
import { on_paper } from "./theme.js";
import { tow } from "./tow.js";

const TOOLS = { paint: squares, pen, tow, hands }; // the later stands above the earlier

export function drawing(hooks) {
  const canvas = h("canvas", { "aria-hidden": "true" }), lines = s("svg", { class: "dv-lines", "aria-hidden": "true" });
  const element = h("div", { class: "dv-drawn" }, canvas, lines);
  const tools = new Map(), stands = Object.keys(TOOLS).map(() => h("div"));
  element.append(...stands);
  let block = null, palette = null, places = new Map(), repaints = 0;
  let width = 0, height = 0; // the width is kept, not asked for: asking lays out the page in mid-update

  const board = {
    element, lines, hooks,
    row: (mark) => places.get(mark || ""),
    tint(node, name, token) {
      const colour = dressed(token, palette);
      if (node[name] !== colour) node.style.setProperty(name, node[name] = colour);
    },
  };

  function paint() {
    if (!block || !palette || !width) return;
    const figure = dressed(block.figure, palette);
    if (figure.layout.height !== height) element.style.height = `${height = figure.layout.height}px`;
    places = rows(figure.layout, width);
    sketch(canvas, figure, width);
    for (const tool of tools.values()) tool.place();
    element.dataset.repaints = repaints += 1;
  }

  function equip() {
    Object.entries(TOOLS).forEach(([name, make], i) => {
      const tool = tools.get(name);
      if (Boolean(tool) === Boolean(block[name])) return;
      if (tool) {
        tool.element.remove();
        if (tool.gone) tool.gone();
        tools.delete(name);
      } else {
        tools.set(name, make(board));
        stands[i].append(tools.get(name).element);
      }
    });
  }

  function tint_tools() {
    for (const tool of tools.values()) if (tool.colours) tool.colours();
  }

  sized(element, (wide) => {
    if (wide === width && !on_paper()) return;
    width = wide;
    paint();
  });
  const over = (...given) => { for (const tool of tools.values()) if (tool.ink) tool.ink(...given); };
  offers(element, () => block && { figure: block.figure, over });

  return {
    element,
    show(next, reply = { seq: 0, live: false }) {
      block = next;
      equip();
      put(element, "role", tools.size ? "group" : "img");
      put(element, "aria-label", block.label);
      for (const tool of tools.values()) tool.show(block, reply);
      if (palette) tint_tools();
      paint();
    },
    colours(next) {
      palette = next;
      for (const [name, colour] of Object.entries(palette)) element.style.setProperty(`--dv-${name}`, colour);
      tint_tools();
      paint();
    },
  };
}
