// Inside a page of another site: its parent is told the height and, where the link asks for it, each committed
// answer, and nothing else. Nothing is heard from it.
//   {divviz: 1, type: "height", height}                                  pixels, whenever it changes
//   {divviz: 1, type: "answer", page, question, answer, correct, link?}  to the parent that the link names

import { h, put, write } from "./dom.js";

const APART = 100; // ms between two heights
const LONGEST = 8000; // characters of a link that is sent along

// The server hides the parent from Streamlit, which would talk to it.
const outer = globalThis[Symbol.for("divviz.parent")] || window.parent;
export const embedded = outer !== window;

// `on` is the page: {hooks, page, root, words}; `first` is {target, answers} as the link says.
export function embed(on, first) {
  const { target, answers } = first || { target: null, answers: false };
  const reports = embedded && answers && target !== null;
  const told = h("p", { class: "dv-caption dv-reports" });
  const way = h("a", { class: "dv-own", target: "_blank", rel: "noopener" });
  for (const name of ["pointerdown", "focus", "click", "contextmenu"]) way.addEventListener(name, lead);
  if (embedded) {
    put(document.documentElement, "data-embedded", "");
    if (target !== null) watch_height();
  }

  function send(message) { outer.postMessage({ divviz: 1, ...message }, target); }

  function watch_height() {
    let last = 0, timer = 0;
    const measure = () => {
      timer = 0;
      const height = height_of(on.root);
      if (height > 0 && height !== last) send({ type: "height", height: last = height });
    };
    const watch = new ResizeObserver(() => {
      if (on.root.isConnected) timer = timer || setTimeout(measure, APART);
      else watch.disconnect();
    });
    const place = () => (on.root.isConnected ? watch.observe(block_of(on.root)) : requestAnimationFrame(place));
    place();
  }

  // The same state in a window of its own: all of the address but what is for the frame.
  function lead() {
    const now = on.hooks.base() || "", base = now.length > LONGEST ? "" : now; // the address does not hold a longer one either
    const ours = new Set(base.split("&").map(name_of));
    const kept = location.search.slice(1).split("&").filter((part) => part && !ours.has(name_of(part)) && !FRAME.has(name_of(part)));
    put(way, "href", `${location.href.replace(/[?#].*/, "")}?${[base, ...kept].filter(Boolean).join("&")}`);
  }

  return {
    told, way,
    speak() {
      lead();
      write(way, on.words.embed_open);
      put(way, "title", on.words.embed_open_says);
      write(told, reports ? on.words.embed_reports.replace("{site}", target.replace(/^https?:\/\//, "")) : "");
      told.hidden = !reports;
      way.hidden = !embedded;
    },
    // A question of the page, what was answered (a text, a number, a list of them), and whether it is right.
    committed(question, answer, correct = null) {
      if (!reports) return;
      const link = on.hooks.base();
      send({ type: "answer", page: on.page, question, answer, correct, ...(link && link.length <= LONGEST ? { link } : {}) });
    },
  };
}

const FRAME = new Set(["embed", "embed_options", "parent", "answers"]);
const name_of = (part) => part.split("=")[0];

// What scrolls is Streamlit's own element; what stands in it has its natural height, whatever the frame's is.
const block_of = (root) => root.closest(".stMainBlockContainer") || document.body;

function height_of(root) {
  const block = block_of(root), main = block.closest(".stMain");
  const above = main ? block.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop : 0;
  return Math.ceil(above + block.getBoundingClientRect().height);
}
