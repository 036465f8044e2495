// A lesson's page. Its parts stand between the paragraphs, each an element of its own; one of them, the head,
// holds the conversation with the server and hands each part what it is to show.

import { activity } from "./activity.js";
import { arrange } from "./arranged.js";
import { stack } from "./blocks.js";
import { desk } from "./desk.js";
import { drawing } from "./drawing.js";
import { h, put, write } from "./dom.js";
import { embed } from "./embed.js";
import { memory } from "./memory.js";
import { prediction } from "./predict.js";
import { toolbar_of } from "./lessonbar.js";
import { printing } from "./printing.js";
import { talk } from "./talk.js";
import { follow_theme } from "./theme.js";

const NEAR = "400px"; // parts this far out of sight are kept up to date
const PATIENCE = 20000; // ms
const SOON = 150; // ms of rest before what takes long is asked for

// Streamlit mounts the parts in any order, and each may run a copy of this script: they meet here.
const MEET = Symbol.for("divviz.lesson");
const meeting = () => (globalThis[MEET] = globalThis[MEET] || { page: "", slots: new Map(), head: null });
const heads = new WeakMap();

export default function mount({ data, setStateValue, parentElement }) {
  if (!data) return;
  const met = meeting();
  if (met.page !== data.page) Object.assign(met, { page: data.page, slots: new Map(), head: null });
  if (data.slot) { seat(met, data.slot, parentElement); return; }
  let head = heads.get(parentElement);
  if (!head) {
    head = make(parentElement, data, met);
    heads.set(parentElement, head);
    met.head = head;
    for (const [id, parent] of met.slots) head.join(id, parent);
  }
  head.through((message) => setStateValue("message", message));
  head.receive(data);
}

function seat(met, id, parent) {
  met.slots.set(id, parent);
  if (met.head) met.head.join(id, parent);
}

function make(parent, first, met) {
  const root = h("div", { class: "dv-board dv-lesson" });
  parent.append(root);
  const parts = new Map(), readers = new Map(), coloured = new Set();
  let palette = null, version = 0, soon = 0, asking = false, whole = false;

  const arranged = first.arranged || { hide: [], lock: [], predict: [] };
  const conversation = talk({ root, path: first.channel, names: first.names, arranged, page: {
    asks, words, speaks: () => Boolean(on.words), numbers, rest, settled, tell, too_long: () => on.words.too_long, back: () => on.arranging.back() } });

  // What all parts share.
  const on = {
    hooks: conversation.hooks, root, arranged, page: first.page, plotly: first.plotly, memory: memory(first.page), words: null, lang: "", choices: {}, plane: null,
    coloured(one) { coloured.add(one); if (palette) one.colours(palette); return one; },
    reads(key, node, show) { if (!readers.has(key)) readers.set(key, new Map()); readers.get(key).set(node, show); },
    answered() { for (const part of parts.values()) part.repeat(); foot(); },
    progress: () => foot(),
    stack: () => stack(on), drawing,
    told(text) { write(status, text); },
    href,
  };

  const notices = h("div", { class: "dv-notices", role: "status" }), status = h("p", { class: "dv-unseen", role: "status" });
  const takes = desk(on), bar = toolbar_of(on, takes.element), outside = embed(on, first.embedding), task = activity(on);
  on.committed = outside.committed;
  on.expected = prediction(on, () => { on.arranging.apply(); for (const part of parts.values()) part.repeat(); });
  on.arranging = arrange(on, on.expected.gated);
  put(takes.element, "data-hides", "share");
  root.append(h("div", { class: "dv-outside" }, outside.told, outside.way), notices, status, task.element, on.expected.element);

  const eyes = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const part = [...parts.values()].find((one) => one.root === target);
      if (part) part.near = isIntersecting;
    }
    later();
  }, { root: parent.closest(".stMain"), rootMargin: NEAR }); // what scrolls is Streamlit's own element

  function join(id, place) {
    const known = parts.get(id);
    if (known && known.root.isConnected && known.root.parentNode === place) return;
    place.replaceChildren();
    const inner = h("div", { class: "dv-board dv-part", "data-slot": id });
    place.append(inner);
    follow_theme(inner, parent, () => {});
    const part = { id, root: inner, near: false, seen: -1, blocks: null, reply: null, shown: null };
    part.show = (blocks, reply) => {
      part.blocks = blocks; part.reply = reply;
      if (!part.shown) { part.shown = on.stack(); put(part.shown.element, "data-hides", id); if (id !== first.main) put(part.shown.element, "data-alone-in", id); inner.replaceChildren(part.shown.element, ...(id === first.main ? [bar.element] : [])); }
      part.shown.show(blocks, reply);
    };
    part.repeat = () => { if (part.blocks) part.show(part.blocks, { ...part.reply, live: false }); };
    parts.set(id, part);
    eyes.observe(inner);
    if (first.parts[id] && on.words) part.show(first.parts[id], first);
    if (id === "foot") foot();
  }

  // ---- asking ---------------------------------------------------------------------------------------------
  const near = () => [...parts.values()].filter((part) => (part.near || whole) && part.root.isConnected);
  const stale = () => near().filter((part) => part.seen !== version && part.id !== "foot");

  function asks(live, draw) {
    const wanted = (live ? near() : asking ? stale() : near().filter((part) => !first.slow.includes(part.id))).map((part) => part.id);
    asking = false;
    const roots = live ? near().map((part) => part.root) : [];
    const keys = [...readers].filter(([, nodes]) => [...nodes.keys()].some((node) => roots.some((one) => one.contains(node)))).map(([key]) => key);
    return { page: first.page, lang: on.lang, parts: wanted, more: keys, view: live && on.plane ? on.plane.view() : null,
      ...(!live && arranged.predict.length ? { predict: arranged.predict } : {}), ...(draw ? task.asks() : {}) };
  }

  function later() {
    clearTimeout(soon);
    soon = setTimeout(() => {
      if (!on.words || !root.isConnected || !stale().length) return;
      if (root.dataset.busy !== undefined) return later();
      asking = true;
      on.hooks.ask();
    }, SOON);
  }

  // Every part, also out of sight, brought up to date; a part that the server never gives is waited for in vain.
  async function complete() {
    const late = performance.now() + PATIENCE;
    whole = true;
    later();
    while ((stale().length || root.dataset.busy !== undefined) && root.isConnected && performance.now() < late) await new Promise(requestAnimationFrame);
    whole = false;
  }
  printing(on, complete);

  // ---- showing --------------------------------------------------------------------------------------------
  function words(reply) {
    Object.assign(on, { lang: reply.lang, words: reply.words, choices: reply.choices, measures: reply.measures });
    document.documentElement.lang = on.lang === "zh" ? "zh-Hans" : on.lang;
    for (const part of parts.values()) Object.assign(part, { shown: null, seen: -1 });
    first.contents = reply.contents;
    bar.speak(); takes.speak(); outside.speak(); on.arranging.keep();
    foot();
  }

  function numbers(reply) {
    for (const [key, [value, spelled]] of Object.entries(reply.numbers)) {
      const nodes = readers.get(key);
      if (!nodes) continue;
      for (const [node, show] of nodes) {
        if (node.isConnected) show(value, spelled, reply.reasons[key], reply.seq);
        else nodes.delete(node);
      }
    }
  }

  function rest(reply) {
    if (!reply.live) on.expected.show(reply, on.hooks.base());
    task.show(reply);
    for (const [id, blocks] of Object.entries(reply.parts)) {
      first.parts[id] = blocks;
      const part = parts.get(id);
      if (!part) continue;
      part.show(blocks, reply);
      if (!reply.live) part.seen = version;
    }
    bar.show(reply);
    if (!reply.live) later();
  }

  let scene = null;
  function settled(past, future, now) {
    if (now !== scene) { scene = now; version += 1; }
    bar.history(past, future);
  }

  function tell(texts) { notices.replaceChildren(...texts.map((text) => h("p", {}, text))); }

  // ---- contents, and where to go next -----------------------------------------------------------------------
  function foot() {
    const part = parts.get("foot");
    if (!part || !on.words) return;
    const at = first.contents.findIndex(([name]) => name === first.page);
    const to = (i, text, way) => (first.contents[i] ? h("a", { class: `dv-${way}`, href: href(first.contents[i][0]), rel: way, target: "_self" }, text.replace("{title}", first.contents[i][1])) : h("span"));
    const list = h("ol", { class: "dv-contents", start: 0 }, ...first.contents.map(([name, title, marks]) => {
      const done = memory(name).count(marks), here = name === first.page;
      return h("li", {}, h("a", { href: href(name), target: "_self", "aria-current": here ? "page" : null }, title), marks.length
        ? h("span", { class: "dv-caption", "data-progress": name }, ` ${on.words.lesson_progress.replace("{done}", done).replace("{all}", marks.length)}`) : null);
    }));
    const open = part.root.querySelector("details")?.open || false;
    part.root.replaceChildren(h("nav", { "aria-label": on.words.lesson_contents, class: "dv-foot", "data-hides": "contents" },
      h("div", { class: "dv-ways" }, to(at - 1, on.words.lesson_previous, "prev"), to(at + 1, on.words.lesson_next, "next")),
      h("details", { class: "dv-details", open, "data-part": "contents" }, h("summary", {}, on.words.lesson_contents), list)));
  }

  function href(name, link = "") {
    const kept = location.search.slice(1).split("&").filter((part) => /^(lang|theme|embed|embed_options|notes)=/.test(part));
    return `${document.baseURI.replace(/[?#].*/, "").replace(/[^/]*$/, "")}?${[`page=${name}`, link, ...kept].filter(Boolean).join("&")}`;
  }

  follow_theme(root, parent, (next) => {
    palette = next;
    for (const one of coloured) if (one.element.isConnected) one.colours(next); else coloured.delete(one);
  });
  return { receive: conversation.receive, through: conversation.through, join };
}
