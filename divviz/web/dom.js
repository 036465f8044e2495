// Small builders of elements. Text always goes in as text nodes: what came from a link is never markup.

export const SIDES = ["p", "q"];

const SVG = "http://www.w3.org/2000/svg";

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const h = (tag, attributes = {}, ...children) =>
  build(document.createElement(tag), attributes, children);

export const s = (tag, attributes = {}, ...children) =>
  build(document.createElementNS(SVG, tag), attributes, children);

// Writing an attribute or text that already stands there still costs a style pass: look first.
export function put(node, name, value) {
  const text = String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const READERS = { f4: Float32Array, f8: Float64Array, u2: Uint16Array, i4: Int32Array };

function bytes_of(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const plain = atob(text), bytes = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) bytes[i] = plain.charCodeAt(i);
  return bytes;
}

// {dtype, bdata} is Plotly's own spelling of a typed array; the stage's curves use the same one.
export function unpack(packed) {
  if (Array.isArray(packed)) return packed;
  return new READERS[packed.dtype](bytes_of(packed.bdata).buffer);
}

export function ticks(low, high, most) {
  const span = high - low;
  if (!(span > 0) || !isFinite(span)) return [low];
  const raw = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((m) => m >= raw);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(k * step);
  return found;
}

export function label(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(1) : String(+value.toPrecision(4));
  return text.replace("-", "\u2212");
}

// **strong**, *emphasis* and `code`, as the lessons' Markdown writes them; anything else is text.
const MARKS = /(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/;
const said = new WeakMap();

export function rich(node, text) {
  if (said.get(node) === text) return;
  said.set(node, text);
  node.replaceChildren(...text.split(MARKS).filter(Boolean).map((part) => {
    if (!MARKS.test(part)) return part;
    if (part[0] === "`") return h("code", {}, part.slice(1, -1));
    return part.startsWith("**") ? h("strong", {}, part.slice(2, -2)) : h("em", {}, part.slice(1, -1));
  }));
}
