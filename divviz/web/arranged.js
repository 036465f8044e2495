// What a link hides and locks. What is hidden is hidden by one style sheet, and what is locked is kept so by one
// watcher: whatever draws a part anew, it comes back hidden or locked.
//
// data-hides="sentence kl_pq"   what the part is called in a link, and what else takes it away when it is hidden
// data-withheld                 what tells a number that is still to be predicted
// data-keeps="q.mu"             a lock that disables the controls inside; "q.*" is any lock of Q
// data-lock="q.mu"              where a padlock goes that a teacher opens and closes (arranging.js)

import { h, put } from "./dom.js";

const ID = "dv-arranged";
const NAME = /^[A-Za-z0-9_.]{1,64}$/;
const CONTROLS = "button, input, select, textarea";
const WRITTEN = /^(text\.\d+|notes)$/; // what Streamlit writes, in containers of its own
const MOST = 128; // names in one part of the address, as on the server
const ASKED = ["hide", "lock", "predict"];

const selector = (page, flag) => (WRITTEN.test(flag) ? `[class*="_${page}-${flag.replace(".", "-")}-"]` : `[data-hides~="${flag}"]`);
// A part of a lesson leaves no gap between the paragraphs either.
const place = (flag) => `.stElementContainer:has([data-alone-in="${flag}"])`;

// `on.arranged` is {hide, lock, predict}, which stays the same object; `gated()` says whether numbers are withheld.
export function arrange(on, gated) {
  let editing = false, edited = false, watch = null, seen = said();

  // ---- hiding ----------------------------------------------------------------------------------------------
  function sheet() {
    const style = document.getElementById(ID) || h("style", { id: ID });
    if (!style.isConnected) document.head.append(style);
    return style;
  }

  function apply() {
    const hidden = on.arranged.hide.filter((flag) => NAME.test(flag));
    const rules = hidden.map((flag) => (editing ? `${selector(on.page, flag)} { opacity: 0.35 }` : `${selector(on.page, flag)}, ${place(flag)} { display: none !important }`));
    if (gated() && !editing) rules.push('[data-withheld], .dv-desk [data-action="save"] { display: none !important }');
    sheet().textContent = rules.join("\n");
    put(document.documentElement, "data-arranged", "");
    hold();
    spread();
  }

  // Two columns of which one has nothing to show are one.
  function spread() {
    for (const two of on.root.querySelectorAll(".dv-main, .dv-sides")) {
      const empty = [...two.children].map((one) => one.getBoundingClientRect().height < 1);
      put(two, "data-alone", empty.some(Boolean));
    }
  }

  // ---- locking ---------------------------------------------------------------------------------------------
  function keeps(name) {
    const { lock } = on.arranged, [side] = name.split(".");
    if (name.endsWith(".*")) return lock.some((one) => one === side || one.startsWith(`${side}.`));
    return lock.includes(name) || lock.includes(side);
  }

  function hold() {
    if (!watch && !on.arranged.lock.length) return;
    if (!watch) {
      watch = new MutationObserver(() => (on.root.isConnected ? hold() : watch.disconnect()));
      watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled", "data-keeps"] });
    }
    for (const part of document.querySelectorAll("[data-keeps]")) {
      const kept = part.dataset.keeps.split(" ").some(keeps);
      if (kept) put(part, "data-kept", "true"); else part.removeAttribute("data-kept");
      const inside = part.matches(CONTROLS) ? [part] : [...part.querySelectorAll(CONTROLS)];
      for (const control of inside) if (control.closest("[data-keeps]") === part) disable(control, kept);
    }
  }

  function disable(control, kept) {
    if (kept && !control.disabled) { control.disabled = true; put(control, "data-held", ""); }
    if (!kept && control.dataset.held !== undefined) { control.disabled = false; control.removeAttribute("data-held"); }
  }

  // ---- the address -----------------------------------------------------------------------------------------
  function write() {
    const parts = [...location.search.slice(1).split("&").filter((part) => part && !/^(hide|lock)=/.test(part)),
      ...["hide", "lock"].filter((name) => on.arranged[name].length).map((name) => `${name}=${on.arranged[name].join(",")}`)];
    history.replaceState(history.state, "", location.pathname + (parts.length ? `?${parts.join("&")}` : "") + location.hash);
    seen = said();
    edited = true;
  }

  // An address that was gone back to may hide something else; what it does not change stays.
  function back() {
    const now = said();
    for (const name of ASKED) if (now[name] !== seen[name]) on.arranged[name] = now[name].split(",").map((one) => one.trim()).filter((one) => NAME.test(one)).slice(0, MOST);
    seen = now;
    apply();
  }

  on.hooks.keeps = keeps;
  apply();
  return {
    apply, back, write, spread,
    keep() { if (edited) write(); }, // after Streamlit has written the address
    edit(yes) { editing = yes; apply(); },
  };
}

function said() {
  const given = new URLSearchParams(location.search);
  return Object.fromEntries(ASKED.map((name) => [name, given.get(name) || ""]));
}

// The keys of the numbers whose symbol stands in a text: whoever hides one does not want it said elsewhere.
export const named = (measures, text) => measures.filter((one) => text.includes(one.symbol)).map((one) => one.key);

export const hides = (node, ...names) => { put(node, "data-hides", [...new Set(names)].join(" ")); return node; };

// Which lock forbids an act of a table's cell or of a drawing: a knob by its name, else the side it draws.
export function keeper([verb, first]) {
  if (verb === "knob") return first;
  return first === "p" || first === "q" ? `${first}.*` : null;
}
