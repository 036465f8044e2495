// What a teacher takes from a page: buttons at its head, each of which opens a dialog.

import { h, put, write } from "./dom.js";
import { opener } from "./open.js";
import { save } from "./save.js";
import { share } from "./share.js";
import { button } from "./widgets.js";

// Rows of [name, make]: make(on) gives {show(close)}, which returns what the dialog holds, made anew each time
// it opens. The words of a button and of its dialog's title are `desk_NAME`.
const TOOLS = [["share", share], ["save", save], ["open", opener]];

// `on` is the page: {hooks, page, root, words, lang, memory, arranged}; hooks.base() is its present link.
export function desk(on) {
  const element = h("div", { class: "dv-tools dv-desk", role: "group" });
  const tools = TOOLS.map(([name, make]) => [name, make(on)]);
  return {
    element,
    speak() {
      put(element, "aria-label", on.words.desk);
      element.replaceChildren(...tools.map(([name, tool]) =>
        button(on.words[`desk_${name}`], () => open(on, name, tool), { "data-action": name, "aria-haspopup": "dialog" })));
    },
  };
}

// A dialog in the page's own element, which carries the colours; the browser keeps the focus inside and gives it back.
function open(on, name, tool) {
  const title = h("h2", { id: `dv-dialog-${name}` }), body = h("div", { class: "dv-dialogbody" });
  const close = () => element.close();
  const element = h("dialog", { class: "dv-dialog", "data-dialog": name, "aria-labelledby": title.id },
    h("div", { class: "dv-dialoghead" }, title, button(on.words.desk_close, close, { "data-action": "close" })), body);
  write(title, on.words[`desk_${name}`]);
  element.onclose = () => element.remove();
  element.onclick = (event) => { if (event.target === element) close(); }; // beside it, on the backdrop
  on.root.append(element);
  body.append(...[tool.show(close)].flat());
  element.showModal();
}
