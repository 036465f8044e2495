// A picture of the page as a file: SVG that needs nothing from elsewhere, and PNG made of it. Always in the light
// colours on white, whatever the theme: it goes on slides and into papers.

import { s } from "./dom.js";
import { FACE, svg_pen } from "./inked.js";
import { dressed } from "./picture.js";
import { drawn, rows } from "./sketch.js";
import { PALETTES } from "./theme.js";

const LIGHT = PALETTES.light, QUIET = "#505459";
const WIDTH = 720, HEIGHT = 340, EDGE = 12; // px
const DENSE = 2; // pixels of a PNG to one of the picture
const LINES = [["title", 15, 700, LIGHT.ink], ["says", 12, 400, QUIET], ["p", 12, 400, LIGHT.p], ["q", 12, 400, LIGHT.q], ["unit", 11, 400, QUIET], ["address", 10, 400, QUIET]];
const LEADING = 1.4;

// What the board's plot looks like, by class; its stylesheet does not travel with it.
const LOOKS = {
  "dv-line": { stroke: LIGHT.grid, "stroke-width": 1 },
  "dv-axis": { stroke: LIGHT.ink, "stroke-width": 1.25 },
  "dv-hatch": { stroke: LIGHT.q, "stroke-width": 1.6, "stroke-opacity": 0.55 },
  "dv-shape dv-p": { stroke: LIGHT.p, "stroke-width": 2, "stroke-linejoin": "round", fill: LIGHT.p, "fill-opacity": 0.26 },
  "dv-shape dv-q": { stroke: LIGHT.q, "stroke-width": 2, "stroke-linejoin": "round", "stroke-dasharray": "7 4" },
  "dv-marks dv-p": { stroke: LIGHT.p, "stroke-width": 1.25, fill: "none" },
  "dv-marks dv-q": { stroke: LIGHT.q, "stroke-width": 1.25, fill: "none" },
};

function look(node) {
  for (const one of [node, ...node.querySelectorAll("*")]) {
    const given = { ...LOOKS[one.getAttribute("class")], ...(one.tagName === "text" ? { "font-size": 12, fill: QUIET } : {}) };
    for (const name of ["class", "style", "aria-hidden"]) one.removeAttribute(name);
    for (const [name, value] of Object.entries(given)) one.setAttribute(name, value);
  }
  return node;
}

// The picture without its caption: {element, height}, null where nothing is drawn.
function inside({ make }) {
  const made = make(WIDTH, HEIGHT);
  if (!made) return null;
  const defs = s("defs"), element = s("g", {}, defs);
  if (made.parts) {
    element.append(...made.parts.map(look));
    return { element, height: made.height };
  }
  const figure = dressed(made.figure, LIGHT), pen = svg_pen(element, defs, "dv");
  drawn(pen, figure, WIDTH);
  if (made.over) made.over(pen, rows(figure.layout, WIDTH), (token, share) => dressed(token.includes("/") ? token : `${token}/${share}`, LIGHT));
  return { element, height: figure.layout.height };
}

const paper = (height, ...children) => s("svg", { xmlns: "http://www.w3.org/2000/svg", width: WIDTH + 2 * EDGE, height, viewBox: `0 0 ${WIDTH + 2 * EDGE} ${height}`,
  "font-family": FACE }, ...children);

const spelled = (svg) => new XMLSerializer().serializeToString(svg);
const ground = (height) => s("rect", { width: WIDTH + 2 * EDGE, height, fill: "#ffffff" });
const moved = (element, y) => s("g", { transform: `translate(${EDGE} ${y})` }, element);

// A small view of the picture for a list, as an address for <img>; null where nothing is drawn.
export function thumbnail(picture) {
  const found = inside(picture);
  if (!found) return null;
  const height = found.height + 2 * EDGE;
  return `data:image/svg+xml,${encodeURIComponent(spelled(paper(height, ground(height), moved(found.element, EDGE))))}`;
}

// A text in lines that fit: between words where there are any, else between letters, as in an address or in Chinese.
function wrapped(text, size, weight) {
  const ruler = document.createElement("canvas").getContext("2d"), lines = [];
  ruler.font = `${weight} ${size}px ${FACE}`;
  let line = "";
  for (const word of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) || []) {
    if (line && ruler.measureText(line + word.trimEnd()).width > WIDTH) { lines.push(line.trimEnd()); line = ""; }
    for (const letter of ruler.measureText(word.trimEnd()).width > WIDTH ? word : [word]) {
      if (line && ruler.measureText(line + letter.trimEnd()).width > WIDTH) { lines.push(line); line = ""; }
      line += letter;
    }
  }
  return [...lines, line.trimEnd()].filter(Boolean);
}

// The picture with its caption, {title, says, p, q, unit, address}, as the text of a file.
export function svg_of(picture, caption) {
  const found = inside(picture);
  if (!found) return null;
  const texts = s("g");
  let y = found.height + 2 * EDGE;
  for (const [name, size, weight, fill] of LINES) {
    for (const line of caption[name] ? wrapped(caption[name], size, weight) : []) {
      y += LEADING * size;
      const node = s("text", { x: EDGE, y: y.toFixed(1), "font-size": size, "font-weight": weight, fill });
      node.textContent = line;
      texts.append(node);
    }
  }
  const height = Math.ceil(y + EDGE), title = s("title"), desc = s("desc");
  title.textContent = caption.title;
  desc.textContent = LINES.slice(1).map(([name]) => caption[name]).filter(Boolean).join("\n");
  const svg = paper(height, title, desc, ground(height), moved(found.element, EDGE), texts);
  svg.setAttribute("role", "img");
  return `<?xml version="1.0" encoding="UTF-8"?>\n${spelled(svg)}\n`;
}

// The same as PNG: a promise of a Blob.
export async function png_of(svg) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = DENSE * image.naturalWidth;
    canvas.height = DENSE * image.naturalHeight;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally { URL.revokeObjectURL(address); }
}
