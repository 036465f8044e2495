// Predict, commit, reveal, explain. The answer stays in this browser: the page knows the truth and every
// explanation, and shows them once the visitor has committed to a choice, a number or a drawing.

import { drawing } from "./drawing.js";
import { h, put, rich, write } from "./dom.js";
import { button, number_field, read_number } from "./widgets.js";

let count = 0;

// block: {name, ask, form: "choice" | "number" | "drawn", choices: [[key, text, why]], truth, unit, whys, shown, revealed}
export function question(on, first) {
  const key = `ask.${first.name}`, id = `dv-ask-${++count}`;
  const ask = h("p", { class: "dv-ask", id }), before = on.stack(), after = on.stack();
  const answer = h("div", { class: "dv-answer" }), verdict = h("p", { class: "dv-verdict" }), why = h("p", { class: "dv-why" });
  const because = h("details", { class: "dv-details" }, h("summary", {}, on.words.lesson_why), why);
  const again = button(on.words.lesson_again, () => { on.memory.drop(key); form = null; on.answered(); fill(); }, { "data-again": first.name });
  const result = h("div", { class: "dv-result", role: "status" }, verdict), rest = h("div", { class: "dv-result" }, after.element, because, again);
  const element = h("section", { class: "dv-question", "data-question": first.name, "aria-labelledby": id }, ask, before.element, answer, result, rest);
  let block = first, reply = { seq: 0, live: false }, form = null;

  function commit(value) {
    on.memory.set(key, value);
    on.answered();
    fill();
  }

  function fill() {
    const given = on.memory.get(key), done = given !== undefined;
    rich(ask, block.ask);
    before.show(block.shown || [], reply);
    if (!form) { form = FORMS[block.form](block, commit, on); answer.replaceChildren(form.element); }
    form.show(block, given);
    result.hidden = rest.hidden = !done;
    put(element, "data-answered", done);
    if (!done) { write(verdict, ""); return; }
    const told = given.skipped ? ["", block.whys.right] : form.judge(block, given);
    rich(verdict, told[0]);
    rich(why, told[1]);
    after.show(block.revealed || [], reply);
  }

  return { element, show(next, now) { block = next; reply = now; fill(); } };
}

const FORMS = { choice, number, drawn };

function choice(block, commit, on) {
  const made = block.choices.map(([key, text]) =>
    h("button", { type: "button", class: "dv-option", "data-option": key, "aria-pressed": "false", onclick: () => commit({ choice: key }) }, text));
  const element = h("div", { class: "dv-options", role: "group", "aria-label": on.words.lesson_choose }, ...made);
  return {
    element,
    show(now, given) {
      now.choices.forEach(([key, text], i) => {
        write(made[i], text);
        put(made[i], "aria-pressed", Boolean(given && given.choice === key));
        made[i].disabled = given !== undefined;
        put(made[i], "data-truth", given !== undefined && key === now.truth);
      });
    },
    judge(now, given) {
      const right = given.choice === now.truth, row = now.choices.find(([key]) => key === given.choice);
      return [right ? on.words.lesson_right : on.words.lesson_wrong.replace("{truth}", now.choices.find(([key]) => key === now.truth)[1]),
        row ? row[2] : now.whys.right];
    },
  };
}

function number(block, commit, on) {
  const field = number_field(block.ask, "", () => {});
  const send = () => {
    const value = read_number(field.value);
    if (value === null) return on.hooks.tell(on.words.not_number.replace("{text}", field.value.slice(0, 20)));
    commit({ number: value });
  };
  field.onkeydown = (event) => { if (event.key === "Enter") send(); };
  const press = button(on.words.lesson_commit, send, { "data-commit": block.name });
  const element = h("div", { class: "dv-tools" }, field, h("span", {}, block.unit || ""), press);
  return {
    element,
    show(now, given) {
      const done = given !== undefined;
      field.readOnly = done;
      press.hidden = done;
      if (done && given.number !== undefined) field.value = given.number;
    },
    judge(now, given) {
      const gap = given.number - now.truth, near = Math.abs(gap) <= now.near;
      const told = (near ? on.words.lesson_near : on.words.lesson_gap).replace("{guess}", round(given.number)).replace("{truth}", now.spelled).replace("{gap}", round(Math.abs(gap)));
      return [told, near ? now.whys.right : gap < 0 ? now.whys.low : now.whys.high];
    },
  };
}

// A line drawn over the picture; the truth is laid beside it after the commit.
function drawn(block, commit, on) {
  let values = block.pen.values.slice(), touched = false;
  const hooks = { live(act) { values = act().at(-1); touched = true; return 0; }, commit(act) { values = act.at(-1); touched = true; draw(); return 0; }, cancel() {} };
  const plot = on.coloured(drawing(hooks));
  const press = button(on.words.lesson_commit, () => {
    if (!touched) return on.hooks.tell(on.words.lesson_draw_first);
    commit({ drawn: values });
  }, { "data-commit": block.name });
  const element = h("div", {}, plot.element, press);
  let now = block, given;
  function draw() {
    const done = given !== undefined, line = done && given.drawn ? given.drawn : values;
    plot.show({ ...now, kind: "drawing", act: [], figure: done ? now.after : now.figure, pen: { ...now.pen, values: line, still: done, act: ["draw"] } }, { seq: 1, live: false });
    press.hidden = done;
  }
  return {
    element,
    show(next, had) { now = next; given = had; draw(); },
    judge(next, had) {
      const gap = had.drawn.reduce((sum, v, i) => sum + Math.abs(v - next.truth[i]), 0) / next.truth.length;
      const near = gap <= next.near;
      return [(near ? on.words.lesson_line_near : on.words.lesson_line_gap).replace("{gap}", round(gap)), near ? next.whys.right : next.whys.wrong];
    },
  };
}

const round = (v) => String(+v.toPrecision(3)).replace("-", "\u2212");
