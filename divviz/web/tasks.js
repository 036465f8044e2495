// Tasks that check themselves on the live scene: ticked when reached, a hint after a while.

import { h, put, rich, write } from "./dom.js";
import { button } from "./widgets.js";

const HINT_AFTER = 20; // moves of the hand without reaching it

export function tasks(on) {
  const element = h("ul", { class: "dv-tasks", "data-hides": "tasks" });
  let rows = new Map();

  function make(task) {
    const mark = h("span", { class: "dv-tick", role: "img" }), text = h("span", {}), hint = h("p", { class: "dv-caption", hidden: true });
    const ask = button(on.words.lesson_hint, () => { hint.hidden = !hint.hidden; put(ask, "aria-expanded", !hint.hidden); }, { "data-hint": task.name, "aria-expanded": "false" });
    const start = task.open ? button(on.words.lesson_start, () => on.hooks.open(task.open), { "data-start": task.name }) : null;
    const item = h("li", { "data-task": task.name }, mark, h("div", {}, text, " ", start, " ", ask, hint));
    rich(text, task.text); rich(hint, task.hint);
    ask.hidden = true;
    return { item, mark, ask, start, moves: 0 };
  }

  return {
    element,
    show(block, reply) {
      const now = new Map(block.rows.map((task) => [task.name, rows.get(task.name) || make(task)]));
      if (now.size !== rows.size || [...now.keys()].some((name) => !rows.has(name))) element.replaceChildren(...[...now.values()].map((one) => one.item));
      rows = now;
      for (const task of block.rows) {
        const row = rows.get(task.name), key = `task.${task.name}`;
        if (task.done && !on.memory.has(key) && !on.memory.blanked()) { on.memory.set(key, true); on.progress(); if (!reply.live) on.told(on.words.lesson_reached); }
        const done = on.memory.has(key);
        put(row.item, "data-done", done);
        if (row.start) row.start.disabled = Boolean(task.held);
        write(row.mark, done ? "✓" : "○");
        put(row.mark, "aria-label", done ? on.words.lesson_done : on.words.lesson_open);
        row.moves += reply.seq > 0 ? 1 : 0;
        if (row.moves > HINT_AFTER && !done) row.ask.hidden = false;
        if (done) row.ask.hidden = true;
      }
    },
  };
}
