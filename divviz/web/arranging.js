// Where a teacher clicks away what visitors should not see: over each part of the page lies a mark with an eye, and
// beside what can be locked a padlock. What is chosen is in the address at once.

import { h, put, s } from "./dom.js";
import { follow_theme } from "./theme.js";
import { button } from "./widgets.js";

const ICONS = {
  seen: "M1.5 10S5 4.5 10 4.5 18.5 10 18.5 10 15 15.5 10 15.5 1.5 10 1.5 10ZM10 7.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5",
  gone: "M1.5 10S5 4.5 10 4.5 18.5 10 18.5 10 15 15.5 10 15.5 1.5 10 1.5 10ZM3 17L17 3",
  open: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 5.8-1",
  shut: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3",
};
const CHIP = 28, APART = 2, SMALL = 60; // px
const PARTS = '[data-hides], [data-lock], [class*="-text-"], [class*="-notes-"]';
const WRITTEN = /^st-key-.+-(text-\d+|notes)-\d+$/; // what Streamlit writes
const FOLDS = 'details.dv-details:not([open]):has([data-hides], [data-lock]), .dv-unfold[aria-expanded="false"]';

export async function arranging(on) {
  if (document.querySelector(".dv-arranging")) return;
  try {
    begin(on, await on.hooks.wish("parts"));
  } catch (error) {
    on.hooks.tell(error.message);
  }
}

function begin(on, known) {
  const { words, arranged } = on, page = on.root.closest(".stMain") || document.body;
  const told = document.activeElement;
  const marks = new Map(); // by kind and node
  const folds = [...page.querySelectorAll(FOLDS)];
  const hint = h("p", { id: "dv-arranging" }, words.arrange_hint);
  const end = button(words.arrange_done, () => over(), { "data-action": "arranged" });
  const all = button(words.arrange_all, () => { arranged.hide.length = 0; changed(); }, { "data-action": "show-all" });
  const bar = h("div", { class: "dv-arrangebar" }, hint, h("div", { class: "dv-tools" }, all, end));
  const layer = h("div", { class: "dv-board dv-arranging", role: "dialog", "aria-modal": "true", "aria-labelledby": hint.id, onkeydown: keys }, bar);
  const eyes = new ResizeObserver(() => place());

  // ---- the marks -------------------------------------------------------------------------------------------
  function flag_of(node) {
    if (node.dataset.hides) return node.dataset.hides.split(" ")[0];
    const written = [...node.classList].map((name) => name.match(WRITTEN)).find(Boolean);
    return written ? written[1].replace("-", ".") : "";
  }

  function wanted() {
    const found = [], first = new Set();
    for (const node of page.querySelectorAll(PARTS)) {
      if (layer.contains(node) || !node.getClientRects().length) continue;
      const flag = flag_of(node);
      if (known.hides[flag]) { found.push({ kind: "hide", name: flag, node, first: !first.has(flag) }); first.add(flag); }
      const lock = node.dataset.lock;
      if (known.locks.includes(lock)) { found.push({ kind: "lock", name: lock, node, first: !first.has(`${lock} locked`) }); first.add(`${lock} locked`); }
    }
    return found;
  }

  function make({ kind, name, node, first }) {
    const title = kind === "hide" ? words.arrange_hide.replace("{name}", known.hides[name])
      : words.arrange_lock.replace("{name}", node.dataset.called || node.getAttribute("aria-label") || name);
    const path = s("path"), icon = s("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, path);
    const chip = first ? h("button", { type: "button", class: "dv-chip", "aria-label": title, title, [`data-${kind}`]: name }, icon) : null;
    const mark = h("div", { class: `dv-mark dv-mark-${kind}`, onclick: () => turn(kind, name) }, chip);
    return { kind, name, node, mark, chip, path };
  }

  function turn(kind, name) {
    const list = arranged[kind], at = list.indexOf(name);
    if (at < 0) list.push(name); else list.splice(at, 1);
    changed();
  }

  function changed() {
    on.arranging.edit(true);
    on.arranging.write();
    place();
  }

  // ---- where they stand ------------------------------------------------------------------------------------
  function place() {
    const found = wanted(), before = new Map(marks);
    marks.clear();
    for (const one of found) marks.set(one, [...before.values()].find((old) => old.kind === one.kind && old.node === one.node && old.name === one.name) || make(one));
    const now = [...marks.values()];
    for (const old of before.values()) if (!now.includes(old)) old.mark.remove();
    now.forEach((one, i) => { if (layer.children[i + 1] !== one.mark) layer.insertBefore(one.mark, layer.children[i + 1] || null); });
    layer.style.height = "0px";
    layer.style.height = `${page.scrollHeight}px`;
    const origin = layer.getBoundingClientRect(), taken = [];
    const boxes = now.map((one) => one.node.getBoundingClientRect());
    now.forEach((one, i) => stand(one, boxes[i], origin, now, taken));
  }

  function stand({ kind, name, node, mark, chip, path }, box, origin, now, taken) {
    const on_it = arranged[kind].includes(name);
    const at = { left: box.left - origin.left, top: box.top - origin.top, width: box.width, height: box.height };
    for (const [side, value] of Object.entries(at)) mark.style[side] = `${value}px`;
    put(mark, "data-on", on_it);
    if (!chip) return;
    put(chip, "aria-pressed", on_it);
    put(path, "d", kind === "hide" ? ICONS[on_it ? "gone" : "seen"] : ICONS[on_it ? "shut" : "open"]);
    const holds = kind === "hide" && now.some((other) => other.kind === "hide" && other.node !== node && node.contains(other.node));
    const right = at.left + at.width;
    const spot = holds ? { x: at.left - 8, y: at.top - 10, way: 1 }
      : kind === "lock" ? { x: at.width < SMALL ? right + APART : right - CHIP, y: at.top + (at.height - CHIP) / 2, way: -1 }
        : { x: right - CHIP, y: at.top, way: -1 };
    spot.x = Math.min(Math.max(spot.x, APART), origin.width - CHIP - APART);
    const taking = () => taken.find((other) => Math.abs(other.x - spot.x) < CHIP + APART && Math.abs(other.y - spot.y) < CHIP);
    for (let tries = 0; tries < 8 && taking(); tries++) spot.x = taking().x + spot.way * (CHIP + APART);
    taken.push(spot);
    chip.style.left = `${spot.x - at.left}px`;
    chip.style.top = `${spot.y - at.top}px`;
  }

  // ---- the keyboard, and the end ---------------------------------------------------------------------------
  function keys(event) {
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); return over(); }
    if (event.key !== "Tab") return;
    const stops = [...layer.querySelectorAll("button")], last = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== last) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }

  function over() {
    eyes.disconnect();
    layer.remove();
    page.style.paddingTop = "";
    on.arranging.edit(false);
    for (const one of folds) if (one.isConnected) fold(one, false);
    on.hooks.ask(); // what is locked now is the server's to say
    const back = told && told.isConnected && told !== document.body ? told : on.root.ownerDocument.querySelector('.dv-desk [data-action="share"]');
    if (back) back.focus();
  }

  const fold = (one, open) => { if (one.tagName === "DETAILS") one.open = open; else if ((one.getAttribute("aria-expanded") === "true") !== open) one.click(); };

  for (const one of folds) fold(one, true);
  page.append(layer);
  page.style.paddingTop = `${bar.offsetHeight}px`;
  follow_theme(layer, on.root, () => {});
  on.arranging.edit(true);
  place();
  for (const one of [page.firstElementChild, on.root].filter(Boolean)) eyes.observe(one);
  end.focus({ preventScroll: true });
}
