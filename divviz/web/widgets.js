// Controls that the panels share: a select with groups, a field for numbers, a slider that follows the hand.

import { h, label, put } from "./dom.js";

const THUMB = 16; // px, the width of Chromium's own

const option = (chosen) => ([value, text]) => h("option", { value, selected: value === chosen }, text);

export function select(name, options, chosen, pick) {
  const box = h("select", { "aria-label": name, onchange: () => pick(box.value) }, ...options.map(option(chosen)));
  return box;
}

// Groups are [title, [[value, text], ...]]; a first option of its own stands before them.
export function grouped(name, groups, chosen, pick, first = null) {
  const box = select(name, first ? [["", first]] : [], chosen, pick);
  box.append(...groups.map(([title, options]) => h("optgroup", { label: title }, ...options.map(option(chosen)))));
  return box;
}

export const button = (text, action, extra = {}) =>
  h("button", { type: "button", class: "dv-button", onclick: action, ...extra }, text);

export function number_field(name, value, change) {
  const field = h("input", { type: "text", inputmode: "decimal", class: "dv-number", "aria-label": name, autocomplete: "off", spellcheck: "false" });
  field.value = value;
  field.onchange = () => change(field);
  return field;
}

// Commas as decimal marks are how half the world types; anything else is told, not guessed.
export function read_number(text) {
  const plain = text.trim().replace("\u2212", "-").replace(",", ".");
  return plain === "" || !isFinite(Number(plain)) ? null : Number(plain);
}

const ENDLESS = /^\+?(∞|inf(inity)?)$/i;
export const spelled = (value) => (value === Infinity ? "∞" : value === -Infinity ? "\u2212∞" : label(value));

// A number that may be infinite; null for what is none.
export function read_endless(text) {
  const plain = text.trim().replace("\u2212", "-");
  if (ENDLESS.test(plain)) return Infinity;
  return plain[0] === "-" && ENDLESS.test(plain.slice(1)) ? -Infinity : read_number(text);
}

// One parameter: what it is called, a slider, and a field. `act` makes of a value what the hand does;
// `endless` is the name of a button for infinity, where the parameter goes that far.
export function slider({ key, full, title, value, low, high, step, act, endless, words, hooks }) {
  const tidy = (v) => +(Math.round(v / step) * step).toPrecision(12);
  const range = h("input", { type: "range", min: low, max: high, step: "any", "data-param": key, "aria-label": full });
  let due = 0; // the message that said where the slider is now: older answers do not move it back
  const commit = (v) => { due = hooks.commit(act(v)); };
  range.value = value === Infinity ? high : value;
  const field = number_field(full, spelled(value), () => {
    const typed = endless && ENDLESS.test(field.value.trim()) ? Infinity : read_number(field.value);
    if (typed === null) return hooks.tell(words.not_number.replace("{text}", field.value.slice(0, 20)));
    commit(typed);
  });
  let held = false, track = null, guess = null, last = null;
  const live = (v) => {
    if (v === last) return;
    last = v;
    hooks.live(() => act(v));
  };
  range.onpointerdown = (event) => { held = true; track = event.pointerType === "mouse" ? range.getBoundingClientRect() : null; };
  // A slider that came back to where it started fires no change: what was shown is committed all the same.
  range.onpointerup = range.onpointercancel = () => { held = false; setTimeout(() => { if (last !== null) range.onchange(); }); };
  // The slider takes its value with the next frame; where the pointer is, is known before. A browser
  // whose slider does not follow the pointer's centre is found out by the first difference.
  range.onpointerrawupdate = (event) => {
    if (!held || !track || !event.buttons) return;
    const share = (event.clientX - track.left - THUMB / 2) / (track.width - THUMB);
    guess = low + Math.min(Math.max(share, 0), 1) * (high - low);
    live(tidy(guess));
  };
  range.oninput = () => {
    const v = tidy(+range.value);
    if (guess !== null && Math.abs(guess - v) > (high - low) / 100 + step) track = null;
    guess = null;
    held = true;
    field.value = spelled(v);
    live(v);
  };
  range.onchange = () => {
    held = false; last = guess = null;
    commit(tidy(+range.value));
  };
  range.onkeydown = (event) => {
    const at = +range.value, far = Math.max(step, (high - low) / 10);
    const to = { ArrowRight: at + step, ArrowUp: at + step, ArrowLeft: at - step, ArrowDown: at - step,
      PageUp: at + far, PageDown: at - far, Home: low, End: high }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    range.value = Math.min(Math.max(to, low), high);
    field.value = spelled(tidy(+range.value));
    commit(tidy(+range.value));
  };
  const far = endless ? button("∞", () => commit(Infinity), { "aria-label": `${full}: ${endless}`, title: endless, class: "dv-endless" }) : null;
  const element = h(endless ? "div" : "label", { class: endless ? "dv-param dv-farther" : "dv-param", "data-keeps": key }, h("span", { "data-lock": key, "data-called": full }, title), range, field, far);
  return {
    element, ends: [low, high],
    show(v, seq = Infinity) {
      if (seq < due) return;
      if (document.activeElement !== field) field.value = spelled(v);
      if (!held) range.value = v === Infinity ? high : v;
      put(range, "aria-valuetext", spelled(v));
      if (far) put(far, "aria-pressed", v === Infinity);
    },
  };
}
