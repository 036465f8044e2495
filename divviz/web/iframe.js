// An iframe for another page: its size, the line of HTML, and on request what it will look like.

import { copies } from "./copying.js";
import { h, put, write } from "./dom.js";
import { button } from "./widgets.js";

const SIZES = { width: [280, 2400, 800], height: [200, 4000, 760] }; // px: least, most, to begin with
const MARKUP = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escaped = (text) => text.replace(/[&<>"]/g, (mark) => MARKUP[mark]);

const html = ({ src, title, width, height }) => `<iframe src="${escaped(src)}" title="${escaped(title)}" width="${width}" height="${height}" `
  + `style="border:0;max-width:100%" loading="lazy" allow="clipboard-write"></iframe>`;

export function frame_of(on) {
  const { words } = on, size = {};
  let given = { src: "", title: "" }, seen = null;

  const field = h("textarea", { class: "dv-html", rows: 4, readonly: true, spellcheck: "false", "aria-label": words.share_html, "data-field": "html" });
  const copy = copies(words.share_copy_html, field, words, { "data-copy": "html" });
  const wrong = h("p", { class: "dv-caption", role: "status" });
  const box = h("div", { class: "dv-preview", hidden: true });
  const look = button(words.share_look, () => turn(!seen), { "aria-expanded": "false", "data-action": "look" });

  function measure(name) {
    const [least, most, first] = SIZES[name];
    size[name] = first;
    const input = h("input", { type: "number", min: least, max: most, step: 1, value: first, inputmode: "numeric", "data-field": name });
    input.onchange = () => {
      const good = input.value !== "" && input.validity.valid;
      put(input, "aria-invalid", !good);
      write(wrong, good ? "" : words.share_size.replace("{least}", least).replace("{most}", most));
      if (good) { size[name] = +input.value; show(); }
    };
    return h("label", {}, h("span", {}, words[`share_${name}`]), input);
  }

  function turn(open) {
    seen = open ? h("iframe") : null;
    box.hidden = !open;
    box.replaceChildren(...(open ? [seen] : []));
    put(look, "aria-expanded", open);
    write(look, open ? words.share_unlook : words.share_look);
    if (open) { show(); box.scrollIntoView({ block: "nearest" }); }
  }

  // At the size that it will have, made smaller where the dialog has less room.
  function fit() {
    if (!seen) return;
    const scale = Math.min(1, box.clientWidth / size.width);
    seen.style.transform = `scale(${scale})`;
    box.style.height = `${Math.ceil(size.height * scale)}px`;
  }
  new ResizeObserver(fit).observe(box);

  function show() {
    const all = { ...given, ...size };
    field.value = html(all);
    copy.clear();
    if (!seen) return;
    for (const name of ["title", "width", "height", "src"]) put(seen, name, all[name]);
    fit();
  }

  const element = h("div", { class: "dv-iframes" }, h("div", { class: "dv-fields" }, measure("width"), measure("height")), wrong, field,
    h("div", { class: "dv-tools" }, copy.press, look, copy.told), box);
  return { element, show(next) { given = next; show(); } };
}
