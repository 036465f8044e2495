// What a lesson's part is made of: text, numbers, pictures, controls. The server says which blocks stand there;
// a block keeps its elements as long as the same kind of block stands at its place.

import { attempt, levels, round, verdict } from "./challenge.js";
import { hides, keeper, named } from "./arranged.js";
import { drawing } from "./drawing.js";
import { h, put, rich, write } from "./dom.js";
import { picture } from "./picture.js";
import { plane } from "./plane.js";
import { player } from "./player.js";
import { GATE, gate } from "./predict.js";
import { question } from "./question.js";
import { tasks } from "./tasks.js";
import { button, number_field, read_number, slider } from "./widgets.js";

const TELLING = ["numbers", "table", "code", "figure"]; // what waits for the question of the link

// A block's maker gets `on`: what all parts of the page share (hooks, words, memory, colours, numbers).
const MAKERS = {
  say, numbers, figure, knob, choice, buttons, table, details, row, code,
  plane, player, question, tasks,
  levels, attempt, verdict, round,
  drawing: (on) => on.coloured(drawing(on.hooks)),
};

// A stack of blocks: show(blocks, reply) builds, updates or takes away.
export function stack(on) {
  const element = h("div", { class: "dv-stack" });
  let made = [];

  function build(block) {
    const one = MAKERS[block.kind](on, block);
    one.kind = block.kind; one.name = block.name;
    return one;
  }

  return {
    element,
    show(blocks, reply) {
      const open = blocks.map((block) => (closed(on, block) ? { kind: "gate", name: closed(on, block) } : block))
        .filter((block, i, all) => block.kind !== "gate" || !all[i - 1] || all[i - 1].kind !== "gate" || all[i - 1].name !== block.name); // one gate for neighbours
      const kept = open.map((block, i) => (made[i] && made[i].kind === block.kind && made[i].name === block.name ? made[i]
        : block.kind === "gate" ? { ...gate(on, block.name), kind: "gate", name: block.name } : build(block)));
      if (kept.length !== made.length || kept.some((one, i) => one !== made[i])) arrange(element, kept.map((one) => one.element));
      made = kept;
      made.forEach((one, i) => one.show(open[i], reply));
    },
  };
}

// The question that a block waits for: its own, or that of the link.
function closed(on, block) {
  if (block.gate && !on.memory.has(`ask.${block.gate}`)) return block.gate;
  return TELLING.includes(block.kind) && on.expected && on.expected.gated() ? GATE : "";
}

// The nodes in their order; one that stays is not moved, for a hand may hold something in it.
function arrange(element, nodes) {
  for (const node of [...element.children]) if (!nodes.includes(node)) node.remove();
  nodes.forEach((node, i) => { if (element.children[i] !== node) element.insertBefore(node, element.children[i] || null); });
}

function say(on) {
  const element = h("p", { class: "dv-say" });
  return {
    element,
    show(block, reply) {
      put(element, "class", block.style ? `dv-say dv-${block.style}` : "dv-say");
      const told = block.names || (block.style === "result" ? named(on.measures, block.text) : []);
      if (told.length) hides(element, "said", ...told);
      if (told.length || block.style === "result") put(element, "data-withheld", "");
      if (block.style === "result") put(element, "aria-live", reply.live ? "off" : "polite");
      rich(element, block.text);
    },
  };
}

// Rows of [key, symbol, value, spelled, reason].
function numbers(on) {
  const element = h("div", { class: "dv-numbers dv-readings", "data-hides": "numbers" });
  let key = "", boxes = [];
  return {
    element,
    show(block, reply) {
      const now = JSON.stringify(block.rows.map((row) => [row[0], row[1]]));
      if (now !== key) {
        key = now;
        boxes = block.rows.map(([name, symbol]) => {
          const value = h("span", { class: "dv-value", "data-measure": name }), reason = h("span", { class: "dv-reason" });
          return { element: h("div", { class: "dv-reading", "data-hides": name }, h("span", { class: "dv-symbol" }, symbol), value, reason), value, reason };
        });
        element.replaceChildren(...boxes.map((one) => one.element));
      }
      block.rows.forEach(([name, , value, spelled, reason], i) => {
        read(boxes[i], value, spelled, reason, reply.seq);
        if (block.measures) on.reads(name, boxes[i].value, (v, s, why, seq) => read(boxes[i], v, s, why, seq));
      });
    },
  };
}

function read(box, value, spelled, reason, seq) {
  write(box.value, spelled);
  put(box.value, "data-value", value);
  put(box.value, "data-seq", seq);
  write(box.reason, reason || "");
}

function figure(on) {
  const one = picture(on.plotly);
  on.coloured(one);
  put(one.element, "role", "img");
  return { element: one.element, show(block) { put(one.element, "aria-label", block.label); one.show(block.figure); } };
}

function knob(on, block) {
  const one = slider({ key: block.name, full: block.title, title: block.title, value: block.value, low: block.low, high: block.high,
    step: block.step, act: (v) => ["knob", block.name, v], words: on.words, hooks: on.hooks });
  const title = one.element.firstChild;
  return { element: h("div", { class: "dv-orders dv-knob" }, one.element), show(next, reply) { write(title, next.title); one.show(next.value, reply.seq); } };
}

function choice(on, block) {
  const element = h("div", { class: "dv-choice", "data-keeps": block.name, "data-lock": block.name, "data-called": block.title }), title = h("span", { class: "dv-choicetitle" });
  const group = h("div", { class: "dv-segments", role: "group" });
  element.append(title, group);
  let key = "", made = [];
  return {
    element,
    show(next) {
      const now = JSON.stringify(next.options);
      if (now !== key) {
        key = now;
        made = next.options.map(([value, text]) => button(text, () => on.hooks.commit(["knob", block.name, value]), { "data-choice": `${block.name}.${value}` }));
        group.replaceChildren(...made);
      }
      write(title, next.title);
      put(group, "aria-label", next.title);
      next.options.forEach(([value], i) => put(made[i], "aria-pressed", value === next.value));
    },
  };
}

// Rows of [text, {act}, {open} or {page, open}, enabled].
function buttons(on) {
  const element = h("div", { class: "dv-tools" });
  let key = "", made = [];
  const does = (what) => () => (what.page !== undefined ? location.assign(on.href(what.page, what.open)) : what.open !== undefined ? on.hooks.open(what.open) : on.hooks.jump(what.act));
  return {
    element,
    show(block) {
      const now = JSON.stringify(block.rows.map((row) => row[0]));
      if (now !== key) { key = now; made = block.rows.map(([text]) => button(text, null)); element.replaceChildren(...made); }
      block.rows.forEach(([, what, enabled], i) => {
        made[i].onclick = does(what);
        made[i].disabled = enabled === false;
        put(made[i], "data-does", what.open !== undefined ? "open" : what.act.join("."));
      });
    },
  };
}

// Heads and rows; a cell is text, or {value, act, label}: a number to type.
function table(on) {
  const head = h("tr"), body = h("tbody"), caption = h("caption", { class: "dv-caption" });
  const element = h("div", { class: "dv-tablewrap", tabindex: 0, role: "group" }, h("table", { class: "dv-table dv-cells" }, caption, h("thead", {}, head), body));
  let key = "", cells = [];

  function build(block) {
    head.replaceChildren(...block.heads.map((text) => h("th", { scope: "col" }, text)));
    cells = block.rows.map((row) => row.map((cell, k) => (typeof cell === "object" ? field(cell) : h(k ? "td" : "th", k ? {} : { scope: "row" }))));
    body.replaceChildren(...cells.map((row) => h("tr", {}, ...row.map((one) => (one.tagName === "INPUT" ? h("td", {}, one) : one)))));
  }

  function field(cell) {
    const one = number_field(cell.label, cell.value, () => {
      const typed = read_number(one.value);
      if (typed === null) { on.hooks.tell(on.words.not_number.replace("{text}", one.value.slice(0, 20))); one.value = one.dataset.now; return; }
      on.hooks.commit([...cell.act, typed]);
    });
    put(one, "data-cell", cell.act.join("."));
    if (keeper(cell.act)) put(one, "data-keeps", keeper(cell.act));
    return one;
  }

  return {
    element,
    show(block) {
      const now = JSON.stringify([block.heads, block.rows.map((row) => row.map((cell) => (typeof cell === "object" ? cell.act : 0)))]);
      if (now !== key) { key = now; build(block); }
      write(caption, block.caption || "");
      put(element, "aria-label", block.caption || block.heads.join(", "));
      block.rows.forEach((row, i) => row.forEach((cell, k) => {
        const one = cells[i][k];
        if (typeof cell !== "object") return write(one, cell);
        one.dataset.now = cell.value;
        if (document.activeElement !== one) one.value = cell.value;
      }));
    },
  };
}

function details(on, block) {
  const inside = on.stack(), summary = h("summary");
  const element = h("details", { class: "dv-details", "data-part": block.name }, summary, inside.element);
  element.open = block.open === true;
  return { element, show(next, reply) { write(summary, next.title); inside.show(next.blocks, reply); } };
}

function row(on) {
  const element = h("div", { class: "dv-row2" });
  let made = [];
  return {
    element,
    show(block, reply) {
      if (made.length !== block.columns.length) { made = block.columns.map(() => on.stack()); element.replaceChildren(...made.map((one) => one.element)); }
      put(element, "data-columns", block.columns.length);
      block.columns.forEach((blocks, i) => made[i].show(blocks, reply));
    },
  };
}

// The present numbers as programs: [name, text] a tab.
function code(on) {
  const tabs = h("div", { class: "dv-segments", role: "group" }), listing = h("pre", { class: "dv-code", tabindex: 0 });
  const copy = button(on.words.lesson_copy, async () => {
    try { await navigator.clipboard.writeText(listing.textContent); write(copy, on.words.lesson_copied); } catch { getSelection().selectAllChildren(listing); }
  }, { "data-action": "copy-code" });
  const element = h("div", { class: "dv-codes" }, h("div", { class: "dv-tools" }, tabs, copy), listing);
  let now = null, chosen = 0;
  function fill() {
    write(listing, now.programs[chosen][1]);
    put(listing, "aria-label", now.programs[chosen][0]);
    [...tabs.children].forEach((one, i) => put(one, "aria-pressed", i === chosen));
    write(copy, on.words.lesson_copy);
  }
  return {
    element,
    show(block) {
      if (JSON.stringify(now) === JSON.stringify(block)) return;
      now = block;
      chosen = Math.min(chosen, block.programs.length - 1);
      tabs.replaceChildren(...block.programs.map(([name], i) => button(name, () => { chosen = i; fill(); }, { "data-code": name })));
      fill();
    },
  };
}
