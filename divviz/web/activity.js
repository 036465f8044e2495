// An activity: what an author asks on this page, how far it is reached, and on request a hint and the explanation.

import { h, put, rich, write } from "./dom.js";
import { button } from "./widgets.js";

const TRIES = 6; // states that were tried before the explanation is offered

// `on` is the page: {hooks, words, memory, arranged, committed}. The first answer brings the activity, each later
// one how far it is reached: [whether, [[comparison, holds, [[key, symbol, value], ...]], ...], unit].
export function activity(on) {
  const title = h("h2", { id: "dv-activity" }), question = h("p", { class: "dv-ask" });
  const options = h("div", { class: "dv-options", role: "group" }), verdict = h("p", { class: "dv-verdict" }), why = h("p", { class: "dv-why" });
  const mark = h("span", { class: "dv-tick", "aria-hidden": "true" }), state = h("span"), line = h("p", { class: "dv-state", role: "status" }, mark, state);
  const again = button("", start, { "data-action": "again" });
  const hint = fold("hint"), checks = fold("checks"), explanation = fold("explanation");
  const unit = h("p", { class: "dv-caption" }), rows = h("ul", { class: "dv-checks" });
  checks.body.append(rows, unit);
  // Where the hand is at work out of sight of it, it is told at the edge of the window.
  const pin = h("button", { type: "button", class: "dv-button dv-pin", hidden: true, onclick: () => { element.scrollIntoView({ block: "center" }); again.focus({ preventScroll: true }); } });
  const element = h("section", { class: "dv-activity", "aria-labelledby": title.id, hidden: true },
    title, question, options, h("div", { class: "dv-result", role: "status" }, verdict, why),
    h("div", { class: "dv-activityline" }, line, again, hint.element, checks.element, explanation.element), pin);
  let away = false;
  new IntersectionObserver(([seen]) => { away = !seen.isIntersecting; pin.hidden = !away || !reached; }).observe(element);
  let now = null, reached = null, tries = 0, last = null;

  const key = () => `activity.${now.name}`;
  const given = () => on.memory.get(key());

  function take(reply) {
    const other = !now || now.name !== reply.activity.name;
    now = reply.activity;
    if (other) { tries = 0; last = reply.scene; }
    put(element, "data-activity", now.name);
    write(title, now.title); rich(question, now.question); write(again, on.words[now.choices.length ? "lesson_again" : "activity_again"]);
    for (const [one, name] of [[hint, "hint"], [checks, "checks"], [explanation, "explanation"]]) write(one.summary, on.words[`activity_${name}`]);
    rich(hint.body, now.hint); rich(explanation.body, now.explanation);
    put(options, "aria-label", on.words.lesson_choose);
    options.replaceChildren(...now.choices.map(([text], i) =>
      h("button", { type: "button", class: "dv-option", "data-option": i, onclick: () => choose(i) }, text)));
    element.hidden = false;
  }

  function start() {
    if (now.choices.length) on.memory.drop(key());
    tries = 0;
    explanation.element.open = false;
    if (on.hooks.base() !== now.start) on.hooks.open(now.start);
    fill(false);
  }

  function choose(i) {
    on.memory.set(key(), { choice: i });
    on.committed?.(key(), now.choices[i][0], now.choices[i][2]);
    explanation.element.open = true;
    fill(false);
  }

  // What is reached counts when the hand rests: on its way it passes through much.
  function settle(reply) {
    if (reply.scene !== last) { last = reply.scene; tries += 1; }
    if (!reached[0] || given() || !tries) return; // a link may lead to where it is reached already
    on.memory.set(key(), { reached: true });
    on.committed?.(key(), reply.scene, true);
    explanation.element.open = true;
  }

  function show(reply) {
    if (reply.activity) take(reply);
    if (!now) return;
    if (reply.reached) {
      reached = reply.reached;
      if (!reply.live) settle(reply);
    }
    fill(reply.live);
  }

  function fill(live) {
    const had = given(), chosen = had && now.choices[had.choice];
    options.hidden = !now.choices.length;
    now.choices.forEach(([, , right], i) => {
      const one = options.children[i];
      put(one, "aria-pressed", Boolean(chosen) && had.choice === i);
      one.disabled = Boolean(chosen);
      put(one, "data-truth", Boolean(chosen) && right);
    });
    rich(verdict, chosen ? judged(chosen) : "");
    rich(why, chosen ? chosen[1] : "");
    line.hidden = !reached;
    again.hidden = now.choices.length > 0 && !chosen;
    put(line, "aria-live", live ? "off" : "polite");
    if (reached) told(had);
    hint.element.hidden = !now.hint;
    checks.element.hidden = !reached;
    explanation.element.hidden = !now.explanation || (!had && tries < TRIES);
  }

  function judged([, , right]) {
    return right ? on.words.lesson_right : on.words.lesson_wrong.replace("{truth}", now.choices.find((one) => one[2])[0]);
  }

  function told(had) {
    const [whole, parts, other] = reached;
    put(element, "data-reached", whole);
    write(mark, whole ? "✓" : "○");
    write(state, on.words[whole ? "activity_reached" : had ? "activity_before" : "activity_open"]);
    write(pin, `${mark.textContent} ${state.textContent}`);
    pin.hidden = !away;
    write(unit, other ? on.words.activity_unit.replace("{unit}", other) : "");
    if (rows.children.length !== parts.length) rows.replaceChildren(...parts.map(() => h("li", {}, h("span", { class: "dv-tick", role: "img" }), " ", h("span"), h("span", { class: "dv-caption" }))));
    parts.forEach(([text, holds, names], i) => {
      const [tick, , comparison, values] = rows.children[i].childNodes;
      write(tick, holds ? "✓" : "○");
      put(tick, "aria-label", holds ? on.words.lesson_done : on.words.lesson_open);
      write(comparison, text);
      write(values, names.filter(([name]) => told_of(name)).map(([, symbol, value]) => `  ${symbol} = ${value}`).join(","));
    });
  }

  // What the link hides, or leaves to a prediction, is not told here either.
  function told_of(name) {
    const { hide, predict } = on.arranged;
    const number = name.split("(")[0];
    if (hide.includes(number) || hide.includes("numbers")) return false;
    return !predict.length;
  }

  return { element, show, asks: () => (now ? { activity: now.given } : {}) };
}

function fold(name) {
  const summary = h("summary"), body = h("div", { class: "dv-foldbody" });
  return { summary, body, element: h("details", { class: "dv-details", "data-part": `activity.${name}`, hidden: true }, summary, body) };
}
