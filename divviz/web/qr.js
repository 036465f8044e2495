// A QR code: black on white in either theme, as a picture in the page, over the whole screen, or as a file.

import { copies_picture } from "./copying.js";
import { h, put, s } from "./dom.js";
import { button } from "./widgets.js";

const PIXELS = 8; // a module of the copied picture

const drawn = ({ size, path }, name) => s("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${size} ${size}`, class: "dv-qr", role: "img", "aria-label": name, "shape-rendering": "crispEdges" },
  s("rect", { width: size, height: size, fill: "#fff" }), s("path", { d: path, fill: "#000" }));

function paint(canvas, { size, path }) {
  canvas.width = canvas.height = PIXELS * size;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(PIXELS, PIXELS);
  context.fillStyle = "#000";
  context.fill(new Path2D(path));
}

function save(code, name, file) {
  const text = new XMLSerializer().serializeToString(drawn(code, name));
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  h("a", { href: url, download: `${file}.svg` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Over the whole window, for a projector; a press anywhere or Escape closes it.
function enlarge(on, code, name) {
  const close = () => element.close();
  const element = h("dialog", { class: "dv-qrscreen", "aria-label": name }, drawn(code, name), button(on.words.desk_close, close));
  element.onclose = () => element.remove();
  element.onclick = close;
  on.root.append(element);
  element.showModal();
}

// `file` is what a saved picture is called.
export function code_of(on, file) {
  const { words } = on, name = words.share_code_name;
  const place = h("div", { class: "dv-qrplace", "aria-live": "polite" });
  let code = null;
  const copy = copies_picture(words.share_copy_code, (canvas) => paint(canvas, code), words, { "data-copy": "code" });
  const presses = [button(words.share_large, () => enlarge(on, code, name), { "data-action": "large" }),
    button(words.share_svg, () => save(code, name, file), { "data-action": "svg" }), copy.press];
  const element = h("div", { class: "dv-qrbox" }, place, h("div", { class: "dv-tools" }, ...presses, copy.told));
  return {
    element,
    show(found) {
      code = found;
      copy.clear();
      for (const one of presses) one.disabled = !code;
      place.replaceChildren(...(code ? [drawn(code, name)] : []));
    },
    refuse(sentence) { this.show(null); place.append(h("p", {}, sentence)); },
  };
}
