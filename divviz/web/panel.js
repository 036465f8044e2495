// The controls around the plot: actions, families with their sliders, and the table of numbers.

import { data } from "./data.js";
import { SIDES, h, label, put, unpack, write } from "./dom.js";
import { button, grouped, number_field, read_number, select, slider } from "./widgets.js";

const BOTH = "p.* q.*"; // the locks that forbid what changes P and Q at once
const TABLE_ROWS = 16; // a density is edited as the mass of this many intervals

export function toolbar(hooks) {
  const element = h("div", { class: "dv-tools", role: "group" });
  let parts = null;
  return {
    element,
    speak(words) {
      const act = (name, ...rest) => () => hooks.jump([name, ...rest]);
      const undo = button(words.undo, hooks.undo, { title: "Ctrl+Z", "data-action": "undo" });
      const redo = button(words.redo, hooks.redo, { title: "Ctrl+Shift+Z", "data-action": "redo" });
      put(element, "aria-label", words.actions);
      element.replaceChildren(
        undo, redo,
        button(words.swap, act("swap"), { "data-action": "swap", "data-keeps": BOTH }),
        button(words.copy, act("copy"), { "data-action": "copy", "data-keeps": "q.*" }),
        button(words.random, () => hooks.jump(["random", Math.floor(Math.random() * 2 ** 31)]), { "data-action": "random", "data-keeps": BOTH }),
        button(words.reset, hooks.reset, { "data-action": "reset" }),
      );
      parts = { undo, redo };
    },
    history(past, future) {
      if (!parts) return;
      parts.undo.disabled = !past;
      parts.redo.disabled = !future;
    },
  };
}

export function chooser(hooks) { // preset, kind of pair, unit
  const element = h("div", { class: "dv-chooser" });
  let kinds = [], units = [];
  return {
    element,
    speak(words, choices) {
      const presets = select(words.preset, [["", words.preset], ...choices.presets], "", (name) => {
        if (name) hooks.jump(["preset", name]);
        presets.value = "";
      });
      presets.dataset.choose = "preset";
      put(presets, "data-hides", "presets"); put(presets, "data-keeps", BOTH);
      kinds = ["discrete", "continuous"].map((kind) =>
        button(words[kind], () => hooks.jump(["kind", kind]), { "data-kind": kind, "aria-pressed": "false" }));
      units = choices.units.map(([unit, text]) =>
        button(text, () => hooks.commit(["unit", unit]), { "data-unit": unit, "aria-pressed": "false" }));
      element.replaceChildren(
        presets,
        h("div", { class: "dv-segments", role: "group", "aria-label": words.kind, "data-hides": "kind", "data-keeps": BOTH }, ...kinds),
        h("div", { class: "dv-segments", role: "group", "aria-label": words.unit, "data-hides": "unit", "data-keeps": "unit", "data-lock": "unit" }, ...units),
      );
    },
    show(reply) {
      for (const one of kinds) put(one, "aria-pressed", one.dataset.kind === reply.kind);
      for (const one of units) put(one, "aria-pressed", one.dataset.unit === reply.unit);
    },
  };
}

export function sides(hooks) {
  const element = h("div", { class: "dv-sides" });
  const given = { p: data("p", hooks), q: data("q", hooks) };
  let words = {}, choices = {}, keys = { p: "", q: "" }, made = {}, now = null, objective = "kl_pq";

  function build(which) {
    const side = now.sides[which], title = which.toUpperCase(), any = `${which}.*`;
    const family = grouped(`${words.family} ${title}`, choices.families[side.offers], side.family, (name) => switch_to(which, name));
    family.dataset.family = which;
    const rows = side.params.map((param) => row(which, param));
    const fits = grouped(`${words.fit} ${title}`, choices.fits[side.fits], "", (name) => name && hooks.jump(["fit", which, name, objective]), words.fit);
    fits.dataset.fit = which;
    const least = select(`${words.objective} (${title})`, choices.objectives, objective, (key) => {
      objective = key;
      for (const one of SIDES) if (made[one]) made[one].least.value = key;
    });
    least.dataset.objective = which;
    const text = number_field(`${words.formula} ${title}`, side.text, (field) => hooks.jump(["set", which, field.value]));
    text.className = "dv-formula";
    put(text, "inputmode", "text");
    put(text, "data-formula", which);
    put(text, "placeholder", now.kind === "discrete" ? "pmf(0.2,0.8)" : "normal(0,1)");
    const about = h("p", { class: "dv-caption dv-made" });
    put(family, "data-hides", "family"); put(family, "data-keeps", any); put(family, "data-lock", `${which}.family`);
    put(text, "data-hides", "formula"); put(text, "data-keeps", any);
    put(given[which].element, "data-hides", "data"); put(given[which].element, "data-keeps", any);
    for (const one of rows) put(one.element, "data-hides", "sliders");
    const body = [h("div", { class: "dv-sidehead" }, h("strong", { class: `dv-${which}`, "data-lock": which, "data-called": title }, title), family), about, ...rows.map((one) => one.element)];
    if (side.interval) body.push(interval(which, side.interval));
    given[which].speak(words, choices, side.offers);
    body.push(h("div", { class: "dv-fit", "data-hides": "fit", "data-keeps": any }, fits, least), text, given[which].element);
    const panel = h("div", { class: `dv-side dv-side-${which}`, role: "group", "aria-label": title, "data-hides": `${which}.controls` }, ...body);
    if (made[which]) made[which].panel.replaceWith(panel); else element.append(panel);
    made[which] = { panel, rows, text, family, least, about };
  }

  // What is made of numbers needs some; where there are some, the same ones are used another way.
  function switch_to(which, name) {
    const from = now.sides[which].family;
    const made_of = (family) => choices.how.some(([how]) => how === family);
    if (!made_of(name) || made_of(from)) return hooks.jump(["family", which, name]);
    made[which].family.value = from;
    given[which].open(name);
  }

  function row(which, [name, title, value, low, high, step]) {
    const one = slider({ key: `${which}.${name}`, full: `${title} (${which.toUpperCase()})`, title, value, low, high, step,
      act: (v) => ["param", which, name, v], words, hooks });
    return { ...one, show: ([, , v], seq) => one.show(v, seq) };
  }

  function interval(which, [a, b]) {
    const send = () => {
      const [low, high] = [read_number(from.value), read_number(to.value)];
      if (low === null || high === null) return hooks.tell(words.not_number.replace("{text}", `${from.value} ${to.value}`.slice(0, 20)));
      hooks.jump(["interval", which, low, high]);
    };
    const from = number_field(`${words.from} (${which.toUpperCase()})`, label(a), send);
    const to = number_field(`${words.to} (${which.toUpperCase()})`, label(b), send);
    return h("div", { class: "dv-param dv-interval", "data-keeps": `${which}.*` }, h("span", {}, words.interval), from, to);
  }

  return {
    element,
    speak(next, options) { words = next; choices = options; keys = { p: "", q: "" }; },
    show(reply) {
      now = { sides: reply.sides, kind: reply.kind };
      for (const which of SIDES.filter((one) => reply.sides[one])) {
        const side = reply.sides[which];
        // The ends of a slider that stands outside its usual range follow its value, but not under the hand.
        const kept = reply.live && made[which] && made[which].rows;
        const ends = (i, low, high) => (kept && kept[i] ? kept[i].ends : [low, high]);
        const key = JSON.stringify([reply.kind, side.offers, side.fits, side.family, side.interval, side.params.map(([n, t, , low, high], i) => [n, t, ...ends(i, low, high)])]);
        const focused = made[which] && made[which].panel.contains(document.activeElement) ? document.activeElement : null;
        if (key !== keys[which]) {
          const again = focused && ["data-param", "data-family", "data-fit", "data-objective", "data-formula", "data-numbers", "data-how", "data-rule", "data-member", "data-upload", "data-use"].map((a) => [a, focused.getAttribute(a)]).find(([, v]) => v);
          keys[which] = key;
          build(which);
          const back = again && made[which].panel.querySelector(`[${again[0]}="${again[1]}"]`);
          if (back) back.focus({ preventScroll: true });
        }
        made[which].rows.forEach((one, i) => one.show(side.params[i], reply.seq));
        if (!reply.live && document.activeElement !== made[which].text) made[which].text.value = side.text;
        made[which].family.value = side.family;
        write(made[which].about, side.made);
      }
    },
  };
}

export function table(hooks) {
  const summary = h("summary"), body = h("div", { class: "dv-tablebody" });
  const element = h("details", { class: "dv-details", "data-part": "table" }, summary, body);
  let words = {}, last = null;
  element.ontoggle = () => last && fill();

  function fill() {
    if (!element.open) return;
    const reply = last, focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.cell : null;
    body.replaceChildren(...(reply.plot.kind === "discrete" ? outcomes(reply) : intervals(reply)));
    const again = focused && body.querySelector(`[data-cell="${focused}"]`);
    if (again) again.focus({ preventScroll: true });
  }

  const grid = (heads, rows) => h("table", { class: "dv-table" },
    h("thead", {}, h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, ...rows));

  function typed(key, title, value, send) {
    const field = number_field(title, value, () => {
      const number = read_number(field.value);
      if (number === null || number < 0) { field.value = value; return hooks.tell(words.not_mass); }
      send(number);
    });
    field.dataset.cell = key;
    return h("td", { "data-keeps": `${key[0]}.*` }, field);
  }

  function outcomes(reply) {
    const names = reply.plot.names, p = unpack(reply.plot.p), q = unpack(reply.plot.q);
    const count = number_field(words.outcomes, String(names.length), () => {
      const n = read_number(count.value);
      if (n === null || !Number.isInteger(n)) return hooks.tell(words.not_whole.replace("{text}", count.value.slice(0, 20)));
      hooks.jump(["outcomes", n]);
    });
    count.dataset.cell = "count";
    const rows = names.map((name, i) => {
      const title = number_field(`${words.label} ${i + 1}`, name, (field) =>
        hooks.jump(["labels", names.map((one, k) => (k === i ? field.value.trim() : one))]));
      title.className = "dv-label"; title.dataset.cell = `label.${i}`; put(title, "inputmode", "text");
      return h("tr", {}, h("th", { scope: "row", "data-keeps": BOTH }, title),
        ...[["p", p], ["q", q]].map(([which, v]) =>
          typed(`${which}.${i}`, `${which.toUpperCase()}(${name})`, label(v[i]), (to) => hooks.commit(["bar", which, i, to]))));
    });
    return [h("label", { class: "dv-count", "data-keeps": BOTH }, h("span", {}, words.outcomes), count), grid([words.outcome, "P", "Q"], rows)];
  }

  // A density: the mass in each of sixteen intervals; a new mass scales the cells that lie in it.
  function intervals(reply) {
    return SIDES.map((which) => {
      if (!reply.canvas[which]) return h("p", { class: "dv-caption" }, words.no_table);
      const { a, b } = reply.canvas[which], levels = Array.from(unpack(reply.canvas[which].levels));
      const total = levels.reduce((x, y) => x + y, 0), each = levels.length / TABLE_ROWS;
      const part = (k) => [Math.round(k * each), Math.round((k + 1) * each)];
      const mass = (k) => levels.slice(...part(k)).reduce((x, y) => x + y, 0) / total;
      const edge = (k) => label(+(a + ((b - a) * k) / TABLE_ROWS).toPrecision(3));
      const rows = Array.from({ length: TABLE_ROWS }, (_, k) => h("tr", {},
        h("th", { scope: "row" }, `${edge(k)} … ${edge(k + 1)}`),
        typed(`${which}.${k}`, `${which.toUpperCase()}: ${edge(k)} … ${edge(k + 1)}`, label(+mass(k).toPrecision(3)), (to) => {
          if (to > 1) return hooks.tell(words.not_mass);
          const [from, upto] = part(k), inside = mass(k);
          const next = levels.map((v, i) => {
            if (i < from || i >= upto) return inside < 1 ? (v * (1 - to)) / (1 - inside) : to < 1 ? (1 - to) / (levels.length - upto + from) : 0;
            return inside > 0 ? (v * to) / inside : (to * total) / (upto - from);
          });
          hooks.commit(["draw", which, a, b, next]);
        })));
      return grid([words.interval, which.toUpperCase()], rows);
    });
  }

  return {
    element,
    speak(next) { words = next; write(summary, words.table); if (last) fill(); },
    show(reply) { if (!reply.live) { last = reply; fill(); } },
  };
}
