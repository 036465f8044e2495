// The question that a link puts before the numbers. What is predicted stays in this browser, with the truth of its
// moment: the verdict holds when P and Q have moved on, and another pair in the link asks anew.

import { h } from "./dom.js";
import { question } from "./question.js";
import { button } from "./widgets.js";

export const GATE = "predicted";

const FACTOR = 31, WORD = 2 ** 32;
const digest = (text) => [...text].reduce((sum, letter) => (sum * FACTOR + letter.codePointAt(0)) % WORD, text.length);

// What stands in place of numbers until the visitor has said what they expect.
export function gate(on, name) {
  const skip = () => {
    if (name === GATE) return on.expected.skip();
    on.memory.set(`ask.${name}`, { skipped: true });
    on.answered();
  };
  const element = h("p", { class: "dv-gate" }, h("span", {}, on.words.lesson_gated), " ", button(on.words.lesson_show, skip, { "data-gate": name }));
  return { element, show() {} };
}

// `changed()` is called when the numbers come or go. Where they have one place for all, the gate stands there too.
export function prediction(on, changed, { gates } = { gates: false }) {
  const element = h("div", { class: "dv-predict", hidden: true });
  let block = null, shown = null, pair = null;

  const key = () => `ask.predict.${on.arranged.predict.join(".")}`;
  const given = () => {
    const kept = on.memory.get(key());
    return kept && pair !== null && kept.pair === pair ? kept : undefined;
  };
  const gated = () => on.arranged.predict.length > 0 && given() === undefined;

  // The question's own memory is the page's, but for the truth and the pair that it was asked about.
  const memory = {
    get: given,
    set(_, value) { const { truth, spelled, near } = block || {}; on.memory.set(key(), { ...value, pair, truth, spelled, near }); },
    drop() { on.memory.drop(key()); },
  };
  const own = { ...on, memory, answered() { on.answered?.(); changed(); if (shown?.wait) shown.wait.hidden = !gated(); } };

  function show(reply) {
    element.hidden = !block || !on.arranged.predict.length;
    if (element.hidden) return;
    own.words = on.words; own.committed = on.committed; own.stack = on.stack;
    if (!shown || shown.name !== block.name || shown.words !== on.words) {
      const one = question(own, block);
      shown = { one, name: block.name, words: on.words, wait: gates ? gate(on, GATE).element : null };
      element.replaceChildren(...[one.element, shown.wait].filter(Boolean));
    }
    const was = given();
    if (shown.wait) shown.wait.hidden = Boolean(was);
    shown.one.show(was && !was.skipped ? { ...block, truth: was.truth, spelled: was.spelled, near: was.near } : block, reply);
  }

  return {
    element, gated, speak() { shown = null; },
    skip() { memory.set("", { skipped: true }); own.answered(); show({ seq: 0, live: false }); },
    asks: () => on.arranged.predict,
    // After each answer at rest: `link` is its scene.
    show(reply, link) {
      const next = digest(link), was = given();
      pair = next;
      if (was && was.pair !== next) on.memory.set(key(), { ...was, pair }); // it goes on from here
      block = reply.predict || null;
      show(reply);
      if (Boolean(was) !== Boolean(given())) changed();
    },
  };
}
