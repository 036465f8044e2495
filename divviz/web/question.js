// Predict, commit, reveal, explain. The answer stays in this browser: the page knows the truth and every
// explanation, and shows them once the visitor has committed to a choice, a number or a drawing.

import { h, put, rich, write } from "./dom.js";
import { button, number_field, read_endless, read_number, spelled } from "./widgets.js";

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
  let block = first, reply = { seq: 0, live: false }, form = null, had = false;

  function commit(value) {
    on.memory.set(key, value);
    on.committed?.(block.name, Object.values(value)[0], form.right(block, value));
    on.answered();
    fill();
  }

  function fill() {
    const given = on.memory.get(key), done = given !== undefined;
    rich(ask, block.ask);
    before.show(block.shown || [], reply);
    if (had && !done) form = null;
    had = done;
    if (!form) { form = FORMS[block.form](block, commit, on); answer.replaceChildren(form.element); }
    form.show(block, given);
    result.hidden = rest.hidden = !done;
    put(element, "data-answered", done);
    if (!done) { rich(verdict, ""); return; }
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
    right: (now, given) => given.choice === now.truth,
    judge(now, given) {
      const row = now.choices.find(([key]) => key === given.choice);
      return [this.right(now, given) ? on.words.lesson_right : on.words.lesson_wrong.replace("{truth}", now.spelled || now.choices.find(([key]) => key === now.truth)[1]),
        row ? row[2] : now.whys.right];
    },
  };
}

function number(block, commit, on) {
  const field = number_field(block.ask, "", () => {});
  const send = () => {
    const value = block.endless ? read_endless(field.value) : read_number(field.value);
    if (value === null) return on.hooks.tell(on.words.not_number.replace("{text}", field.value.slice(0, 20)));
    commit({ number: Number.isFinite(value) ? value : String(value) }); // JSON has no infinity
  };
  field.onkeydown = (event) => { if (event.key === "Enter") send(); };
  const press = button(on.words.lesson_commit, send, { "data-commit": block.name });
  const far = block.endless ? button("∞", () => { field.value = "∞"; field.focus(); }, { "aria-label": on.words.endless, title: on.words.endless, class: "dv-endless" }) : null;
  const element = h("div", { class: "dv-tools" }, field, h("span", {}, block.unit || ""), far, press);
  return {
    element,
    show(now, given) {
      const done = given !== undefined;
      field.readOnly = done;
      press.hidden = done;
      if (far) far.hidden = done;
      if (done && given.number !== undefined) field.value = block.endless ? spelled(Number(given.number)) : given.number;
    },
    right: (now, given) => String(given.number) === String(now.truth) || Math.abs(given.number - now.truth) <= now.near,
    judge(now, given) {
      const gap = given.number - now.truth, near = this.right(now, given);
      const told = (near ? on.words.lesson_near : Number.isFinite(gap) ? on.words.lesson_gap : on.words.lesson_far).replace("{guess}", round(Number(given.number))).replace("{truth}", now.spelled).replace("{gap}", round(Math.abs(gap)));
      return [told, near ? now.whys.right : gap < 0 ? now.whys.low : now.whys.high];
    },
  };
}

// A line drawn over the picture; the truth is laid beside it after the commit.
function drawn(block, commit, on) {
  let values = block.pen.values.slice(), touched = false;
  const hooks = { live(act) { values = act().at(-1); touched = true; return 0; }, commit(act) { values = act.at(-1); touched = true; draw(); return 0; }, cancel() {} };
  const plot = on.coloured(on.drawing(hooks));
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
    right: (next, had) => off(next, had) <= next.near,
    judge(next, had) {
      const near = this.right(next, had);
      return [(near ? on.words.lesson_line_near : on.words.lesson_line_gap).replace("{gap}", round(off(next, had))), near ? next.whys.right : next.whys.wrong];
    },
  };
}

const off = (block, given) => given.drawn.reduce((sum, v, i) => sum + Math.abs(v - block.truth[i]), 0) / block.truth.length;
const round = (v) => String(+v.toPrecision(3)).replace("-", "\u2212").replace("Infinity", "∞");
