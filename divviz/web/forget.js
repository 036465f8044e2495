// The button that clears all that this browser keeps for the site.

import { h } from "./dom.js";
import { all_kept, forget } from "./memory.js";
import { follow_theme } from "./theme.js";
import { button } from "./widgets.js";

const shown = new WeakMap();

export default function mount({ data, parentElement }) {
  if (!data) return;
  const known = shown.get(parentElement);
  if (known) { if (known.lang === data.lang) return; known.root.remove(); }
  const { words } = data, root = h("div", { class: "dv-board dv-forget" });
  const told = h("div", { role: "status" });
  const say = (...texts) => told.replaceChildren(...texts.map((text) => h("p", {}, text)));
  if (!all_kept().length) say(words.none);
  const clear = button(words.clear, () => {
    const { pages, theme } = forget();
    const cleared = [pages && words.pages.replace("{count}", pages), theme && words.theme].filter(Boolean);
    say(...(cleared.length ? cleared : [words.none]));
  }, { "data-action": "forget" });
  root.append(h("div", { class: "dv-tools" }, clear), told);
  parentElement.append(root);
  shown.set(parentElement, { root, lang: data.lang });
  document.documentElement.lang = data.lang === "zh" ? "zh-Hans" : data.lang;
  follow_theme(root, parentElement, () => {});
}
