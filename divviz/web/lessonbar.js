// What a lesson's head offers: undo, redo, start over, and the unit of information.

import { h, put } from "./dom.js";
import { button } from "./widgets.js";

export function toolbar_of(on, more) {
  const element = h("div", { class: "dv-tools dv-lessonbar", role: "group", "data-hides": "tools" });
  let undo = null, redo = null, units = [], steps = [0, 0];
  function history(past, future) {
    steps = [past, future];
    if (!undo) return;
    undo.disabled = !past;
    redo.disabled = !future;
  }
  return {
    element, history,
    speak() {
      const { words, choices, hooks } = on;
      put(element, "aria-label", words.actions);
      undo = button(words.undo, hooks.undo, { title: "Ctrl+Z", "data-action": "undo" });
      redo = button(words.redo, hooks.redo, { title: "Ctrl+Shift+Z", "data-action": "redo" });
      units = choices.units.map(([unit, text]) =>
        button(text, () => hooks.commit(["unit", unit]), { "data-unit": unit, "aria-pressed": "false" }));
      element.replaceChildren(undo, redo, button(words.lesson_reset, hooks.reset, { "data-action": "reset" }),
        h("div", { class: "dv-segments", role: "group", "aria-label": words.unit, "data-hides": "unit", "data-keeps": "unit", "data-lock": "unit" }, ...units), more);
      history(...steps);
    },
    show(reply) {
      for (const one of units) put(one, "aria-pressed", one.dataset.unit === reply.unit);
    },
  };
}
