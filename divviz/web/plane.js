// The plot of P and Q inside a lesson: the board's own surface, with the hand that draws and, on request,
// the families and their sliders.

import { SIDES, h, put, write } from "./dom.js";
import { sides } from "./panel.js";
import { surface } from "./surface.js";

export function plane(on) {
  const plot = surface(on.hooks), panels = sides(on.hooks);
  const hands = h("div", { class: "dv-hands", role: "group" }), hint = h("p", { class: "dv-caption" });
  const summary = h("summary"), more = h("details", { class: "dv-details", "data-part": "families" }, summary, panels.element);
  put(hands, "data-hides", "hands"); put(hint, "data-hides", "hint"); put(plot.element, "data-hides", "plot");
  const element = h("div", { class: "dv-plane" }, h("div", { class: "dv-top" }, hands, hint), plot.element, more);
  let side = "p", drawable = SIDES, words = null;

  function hold(which) {
    side = which;
    plot.side(which);
    for (const one of hands.children) put(one, "aria-pressed", one.dataset.hand === which);
  }

  function speak(block) {
    words = on.words;
    drawable = [...block.draws];
    const called = (which) => block.called[which] || which.toUpperCase();
    hands.replaceChildren(...drawable.map((which) =>
      h("button", { type: "button", class: `dv-hand dv-${which}`, "data-hand": which, "data-keeps": `${which}.*`, onclick: () => hold(which) },
        words.draw.replace("{side}", called(which)))));
    put(hands, "aria-label", words.hands);
    write(summary, words.lesson_families);
    plot.speak({ ...words, lang: on.lang });
    panels.speak(words, on.choices);
    if (drawable.length) hold(drawable.includes(side) ? side : drawable[0]);
  }

  on.plane = plot;
  return {
    element,
    show(block, reply) {
      if (words !== on.words || String(drawable) !== String([...block.draws])) speak(block);
      put(element, "data-sides", block.sides);
      more.hidden = !block.families;
      write(hint, block.hint);
      plot.show({ ...block, seq: reply.seq, live: reply.live });
      if (block.families) panels.show({ sides: block.sides_of, kind: block.plot.kind, live: reply.live, seq: reply.seq });
      if (block.canvas) for (const one of hands.children) one.disabled = !block.canvas[one.dataset.hand] || on.hooks.keeps(`${one.dataset.hand}.*`);
    },
  };
}
