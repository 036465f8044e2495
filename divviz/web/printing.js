// A page on paper: in light colours, as wide as A4 and Letter both are, its questions open, its pictures drawn
// for print, its link below. All of it happens at once, since a browser that prints waits for nothing.

import { address } from "./address.js";
import { h, put } from "./dom.js";
import { measure } from "./sized.js";
import { paper } from "./theme.js";
import { button } from "./widgets.js";

const LONGEST = 600; // characters of a link that may be typed off a page
const REFUSED = 1000; // ms in which a browser that prints says so

// Prepares a page for the printer as often as it prints. `complete` is a promise of all its parts.
export function printing(on, complete) {
  const sheet = document.documentElement;
  let foot = null, began = false;

  function before() {
    if (!here()) return;
    began = true;
    if (foot) return;
    put(sheet, "data-dv-print", "");
    foot = h("p", { class: "dv-printed" }, linked(on));
    (on.root.closest(".stMainBlockContainer") || document.body).append(foot);
    on.memory.blank(true);
    paper(true);
    measure();
    if (on.answered) on.answered();
  }

  function after() {
    if (!foot) return;
    foot.remove();
    foot = null;
    sheet.removeAttribute("data-dv-print");
    on.memory.blank(false);
    paper(false);
    measure();
    if (on.answered) on.answered();
  }

  function here() {
    if (on.root.isConnected) return true;
    removeEventListener("beforeprint", before);
    removeEventListener("afterprint", after);
    return false;
  }
  addEventListener("beforeprint", before);
  addEventListener("afterprint", after);

  // What is out of sight may not have been asked for yet: with it the handout is whole.
  on.print = async () => {
    await complete();
    began = false;
    print();
    await new Promise((done) => setTimeout(done, REFUSED));
    if (!began) on.hooks.tell(on.words.print_refused); // a frame that may open no dialogs
  };
}

function linked(on) {
  const whole = address([on.page === "playground" ? "" : `page=${on.page}`, on.hooks.base()]);
  if (whole.length <= LONGEST) return on.words.print_link.replace("{link}", () => readable(whole));
  return on.words.print_long.replace("{link}", address([on.page === "playground" ? "" : `page=${on.page}`]));
}

// Names of outcomes as letters, where a browser takes them so too.
function readable(link) {
  try { const plain = decodeURI(link); return /\s/.test(plain) ? link : plain; } catch { return link; }
}

// A part of the Save dialog.
export function handout(on) {
  return h("section", { class: "dv-save", "data-part": "handout" }, h("h3", {}, on.words.print_title), h("p", { class: "dv-caption" }, on.words.print_says),
    button(on.words.print, () => { on.root.querySelector("dialog[open]")?.close(); on.print(); }, { "data-action": "print" }));
}
