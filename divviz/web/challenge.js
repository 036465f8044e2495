// A round of challenges: ten levels, tries that are committed before their numbers are told, and the result to
// paste in a chat. Points and tries stay in this browser; what a try is worth is the server's to say.

import { address } from "./address.js";
import { copies } from "./copying.js";
import { h, put, write } from "./dom.js";
import { button, read_number } from "./widgets.js";

const WHOLE = 100; // points of a level
const MOST_ROUNDS = 20; // kept in this browser
const key_of = (seed) => `round.${seed}`;
const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? fields[name] : whole));

// ---- what this browser remembers: by level the tries, each {answer, points, seconds} -------------------------

function tries(on, seed, level) {
  const kept = on.memory.get(key_of(seed)), list = kept && kept[level];
  return Array.isArray(list) ? list.filter((one) => one && Number.isFinite(one.points) && typeof one.answer === "string") : [];
}

const best = (on, seed, level) => tries(on, seed, level).reduce((top, one) => (top === null || one.points > top.points ? one : top), null);

function add(on, seed, level, one) {
  const rounds = on.memory.keys().filter((key) => key.startsWith("round.") && key !== key_of(seed));
  for (const key of rounds.slice(0, Math.max(0, rounds.length - MOST_ROUNDS + 1))) on.memory.drop(key);
  const kept = on.memory.get(key_of(seed));
  on.memory.set(key_of(seed), { ...(kept && typeof kept === "object" ? kept : {}), [level]: [...tries(on, seed, level), one] });
}

const sum = (on, block) => block.titles.reduce((all, _, i) => all + (best(on, block.seed, i + 1) || { points: 0 }).points, 0);

// ---- what the server has told of a try ------------------------------------------------------------------------

const answers = new WeakMap(); // by page: what is known, by what was asked

function known(on) {
  if (!answers.has(on)) answers.set(on, new Map());
  return answers.get(on);
}

const name_of = (on, { unit, seed, level }, answer) => JSON.stringify([on.lang, unit, seed, level, answer]);

function telling(on, block, { answer }) {
  const all = known(on), name = name_of(on, block, answer);
  if (!all.has(name)) {
    all.set(name, null);
    // Not in the midst of an answer that is being shown.
    setTimeout(async () => {
      try {
        all.set(name, await on.hooks.wish("judge", block.seed, block.level, answer));
        on.answered();
      } catch (problem) { on.hooks.tell(problem.message); }
    });
  }
  return all.get(name);
}

const last = (on, block) => tries(on, block.seed, block.level).at(-1);

// ---- the ten levels -------------------------------------------------------------------------------------------

export function levels(on, { words }) {
  const list = h("div", { class: "dv-levels", role: "group", "aria-label": words.levels }), total = h("p", { class: "dv-total", "data-measure": "points" });
  let made = [];
  return {
    element: h("div", { class: "dv-stack" }, list, total),
    show(block, reply) {
      if (made.length !== block.titles.length) {
        made = block.titles.map((_, i) => {
          const points = h("span", { class: "dv-points" });
          return { points, node: h("button", { type: "button", "data-level": i + 1, onclick: () => on.hooks.jump(["knob", "level", i + 1]) }, h("span", {}, String(i + 1)), points) };
        });
        list.replaceChildren(...made.map((one) => one.node));
      }
      made.forEach(({ node, points }, i) => {
        const one = best(on, block.seed, i + 1), open = i + 1 === block.level;
        write(points, one ? String(one.points) : words.none);
        put(node, "aria-label", `${fill(words.open, { level: i + 1 })}: ${block.titles[i]}${one ? `, ${fill(words.points, { points: one.points })}` : ""}`);
        put(node, "title", block.titles[i]);
        if (open) put(node, "aria-current", "step"); else node.removeAttribute("aria-current");
        put(node, "data-done", Boolean(one));
      });
      write(total, fill(words.total, { points: sum(on, block), all: WHOLE * block.titles.length, seed: block.seed }));
      put(total, "data-value", sum(on, block));
      put(total, "data-seq", reply.seq);
    },
  };
}

// ---- one try --------------------------------------------------------------------------------------------------

export function attempt(on, { words }) {
  const orders = h("div", { class: "dv-options", role: "group", "aria-label": words.choices }), clock = h("output", { class: "dv-clock", "aria-label": words.clock, "aria-live": "off" });
  const left = h("span", { class: "dv-caption" }), told = h("p", { class: "dv-told", role: "status" }), points = h("p", { class: "dv-verdict", role: "status", tabindex: -1 }), said = on.stack();
  const commit = button(words.commit, send, { "data-action": "commit" });
  const next = button(words.next, onward, { "data-action": "next" });
  const solve = button(words.solve, () => on.hooks.jump(["solve"]), { "data-action": "solve" });
  const element = h("div", { class: "dv-attempt" }, orders, h("div", { class: "dv-tools" }, commit, left, clock), told, points, said.element,
    h("div", { class: "dv-tools" }, next, solve));
  let block = null, reply = null, order = "", place = "", made = [], busy = false;
  const watch = stopwatch_of(on);

  function onward() {
    const to = block.level + 1;
    on.hooks.jump(["knob", "level", to]);
    element.closest(".dv-part").querySelector(`[data-level="${to}"]`).focus(); // this button may go
  }

  async function send() {
    if (busy) return;
    const { unit, seed, level } = block, before = last(on, block);
    if (block.orders.length && !order) return write(told, words.choose);
    if (!block.orders.length && block.fresh) return write(told, words.fresh);
    if (before && before.answer === block.answer && !block.orders.length) return write(told, words.same);
    write(told, "");
    busy = true;
    const seconds = on.memory.get("timed") === true ? Math.round(watch.stop()) : null;
    show();
    try {
      const given = await on.hooks.wish("judge", seed, level, order);
      known(on).set(name_of(on, { unit, seed, level }, given.answer), given);
      add(on, seed, level, { answer: given.answer, points: given.points, seconds });
      on.committed?.(`challenge.${seed}.${level}`, given.answer, given.points === WHOLE);
    } catch (problem) { on.hooks.tell(problem.message); }
    busy = false;
    on.answered();
    if (commit.hidden) points.focus();
  }

  function choose() {
    if (String(made.map((one) => one.dataset.order)) === String(block.orders.map(([name]) => name))) return;
    made = block.orders.map(([name, text]) => h("button", { type: "button", class: "dv-option", "data-order": name, onclick: () => { order = name; write(told, ""); show(); } }, text));
    orders.replaceChildren(...made);
  }

  function show() {
    const done = tries(on, block.seed, block.level), one = done.at(-1), rest = left_of(done);
    choose();
    orders.hidden = !made.length;
    for (const node of made) { put(node, "aria-pressed", node.dataset.order === (rest ? order : one.answer)); node.disabled = !rest; }
    commit.hidden = !rest;
    put(commit, "aria-disabled", busy);
    write(left, rest > 1 ? fill(words.left, { tries: rest }) : rest ? words.left_one : done.length < block.tries ? "" : words.over);
    clock.hidden = on.memory.get("timed") !== true;
    write(points, one ? [fill(words.points, { points: one.points }), ...(done.length > 1 ? [fill(words.best, { points: best(on, block.seed, block.level).points })] : [])].join(" · ") : "");
    const given = one && telling(on, block, one);
    said.show(given ? given.said : [], { ...reply, live: false });
    next.hidden = !one || block.level >= block.last;
    solve.hidden = rest > 0 || whole(done) || block.orders.length > 0;
  }

  // Whoever has all points is done.
  const whole = (done) => done.some((one) => one.points === WHOLE);
  const left_of = (done) => (whole(done) ? 0 : Math.max(0, block.tries - done.length));

  // The clock runs while a level is open and a hand is at work; it rests from a commit to the next move.
  function time(fresh) {
    if (on.memory.get("timed") !== true || !left_of(tries(on, block.seed, block.level))) watch.stop();
    else if (fresh || !watch.runs()) watch.start();
  }

  return {
    element,
    show(now, answer) {
      const to = JSON.stringify([now.seed, now.level]), moved = block && now.answer !== undefined && now.answer !== block.answer;
      block = { ...(to === place ? block : {}), ...now };
      reply = answer;
      watch.ticks(() => write(clock, spelled(watch.seconds())));
      if (to !== place || moved) write(told, "");
      if (to !== place) { place = to; order = ""; watch.at(to); time(true); }
      else if (!busy && (moved || !last(on, block) || on.memory.get("timed") !== true)) time(false);
      write(clock, spelled(watch.seconds()));
      show();
    },
  };
}

const watches = new WeakMap(); // by page: a level that is drawn and one to order have boards of their own
function stopwatch_of(on) {
  if (!watches.has(on)) watches.set(on, stopwatch());
  return watches.get(on);
}

// Seconds spent, kept by place: time spent elsewhere does not count.
function stopwatch() {
  const spent = new Map();
  let place = "", since = null, timer = 0, tick = null;
  const so_far = () => (spent.get(place) || 0) + (since === null ? 0 : (performance.now() - since) / 1000);
  return {
    runs: () => since !== null,
    seconds: so_far,
    ticks(next) { tick = next; },
    at(next) { this.stop(); place = next; },
    start() { this.stop(); since = performance.now(); timer = setInterval(() => tick(), 1000); },
    stop() { spent.set(place, so_far()); since = null; clearInterval(timer); return spent.get(place); },
  };
}

const spelled = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// ---- the pictures of the last try ------------------------------------------------------------------------------

export function verdict(on) {
  const inside = on.stack();
  return {
    element: inside.element,
    show(block, reply) {
      const one = last(on, block), given = one && telling(on, block, one);
      inside.show(given ? given.shown : [], { ...reply, live: false });
    },
  };
}

// ---- the round and its result ----------------------------------------------------------------------------------

export function round(on, { words }) {
  const seed = h("input", { type: "text", inputmode: "numeric", class: "dv-number", autocomplete: "off", "data-action": "seed", onkeydown: (event) => { if (event.key === "Enter") open(); } });
  const timed = h("input", { type: "checkbox", "data-action": "timed", onchange: () => { on.memory.set("timed", timed.checked); on.answered(); } });
  const fresh = button(words.new, () => on.hooks.jump(["round", 1 + Math.floor(Math.random() * 9999)]), { "data-action": "new" });
  const result = h("textarea", { class: "dv-code", readonly: true, spellcheck: "false", rows: 13, "data-part": "result" });
  const told = h("p", { class: "dv-told", role: "status" });
  const copy = copies(words.copy, result, on.words, { "data-action": "copy-result" });
  const clear = button(words.clear, () => { on.memory.drop(key_of(block.seed)); on.answered(); }, { "data-action": "clear" });
  const element = h("div", { class: "dv-stack" },
    h("div", { class: "dv-tools" }, h("label", { class: "dv-tools" }, h("span", {}, words.seed), seed), button(words.play, open, { "data-action": "play" }), fresh), told,
    h("label", { class: "dv-tools dv-switch" }, timed, h("span", {}, words.timed)),
    h("label", { class: "dv-stack" }, h("strong", {}, words.result), result), h("div", { class: "dv-tools" }, copy.press, clear, copy.told));
  let block = null;

  function open() {
    const typed = read_number(seed.value);
    const wrong = typed === null || !Number.isInteger(typed) || typed < 0 || typed > block.highest;
    write(told, wrong ? fill(words.seed_wrong, { highest: block.highest }) : "");
    if (!wrong) on.hooks.jump(["round", typed]);
  }

  function lines() {
    const rows = block.titles.map((text, i) => {
      const one = best(on, block.seed, i + 1);
      return `${i + 1}. ${text}: ${one ? one.points : words.none}${one && Number.isFinite(one.seconds) ? ` (${spelled(one.seconds)})` : ""}`;
    });
    return [fill(words.head, { seed: block.seed }), ...rows, fill(words.sum, { points: sum(on, block), all: WHOLE * rows.length }), address([`page=${on.page}`, `seed=${block.seed}`])].join("\n");
  }

  return {
    element,
    show(next, reply) {
      if (!block || block.seed !== next.seed || document.activeElement !== seed) seed.value = next.seed;
      block = next;
      timed.checked = on.memory.get("timed") === true;
      clear.hidden = !on.memory.has(key_of(block.seed));
      if (result.value !== lines()) { copy.clear(); result.value = lines(); }
      put(element, "data-seq", reply.seq);
    },
  };
}
