// A table that is painted: its cells as squares over the picture, raised and erased by hand or by keys.

import { h, label, put, unpack, write } from "./dom.js";
import { CALLED_OFF, answered, pressed, within } from "./press.js";

const SPOKEN = "{row}, {column}: {value}";

export function squares(board) {
  const element = h("div", { class: "dv-squares", role: "grid" });
  let part = null, held = null, brush = 0, last = null, before = null; // held: {values, until}
  let cells = [], built = "", words = "", now = 0; // now: the cell that Tab reaches
  let turned = { x: false, y: false }; // whether the first column stands at the right, the first row at the bottom

  const values = () => (held ? held.values : part.values);
  // A brush of its own paints over other weights; without one every weight is erased.
  const turned_over = (v) => ((part.brush === undefined ? v > 0 : v === part.brush) ? 0 : part.brush ?? part.most);
  const act = () => [...part.act, Array.from(values())];

  // A cell is [row, column] as the eye counts, from the left and from the top.
  const index = ([r, c]) => (turned.y ? part.rows - 1 - r : r) * part.columns + (turned.x ? part.columns - 1 - c : c);
  function seen(i) {
    const r = Math.floor(i / part.columns), c = i % part.columns;
    return [turned.y ? part.rows - 1 - r : r, turned.x ? part.columns - 1 - c : c];
  }

  function under(point) {
    const { x, y, w, h: tall } = box();
    const cell = (share, n) => within(Math.floor(share * n), 0, n - 1);
    return [cell((point.y - y) / tall, part.rows), cell((point.x - x) / w, part.columns)];
  }

  function box() {
    const row = board.row(part.row), xs = part.x.map(row.x), ys = part.y.map(row.y);
    return { x: Math.min(...xs), y: Math.min(...ys), w: Math.abs(xs[1] - xs[0]), h: Math.abs(ys[1] - ys[0]) };
  }

  function follow(points) { // no cell between two points is missed
    if (!held) return; // the table became another one under the hand
    for (const point of points) {
      const here = under(point), from = last || here;
      const steps = Math.max(Math.abs(here[0] - from[0]), Math.abs(here[1] - from[1]), 1);
      for (let k = 0; k <= steps; k++) {
        held.values[index([0, 1].map((i) => Math.round(from[i] + (k / steps) * (here[i] - from[i]))))] = brush;
      }
      last = here;
    }
    board.hooks.live(act);
    fill_cells();
  }

  pressed(element, board.element, {
    start(point) {
      if (!board.row(part.row)) return false;
      const i = index(under(point));
      before = Array.from(values());
      held = { values: Array.from(before), until: null };
      brush = turned_over(before[i]);
      last = null;
      go(i);
      follow([point]);
      return true;
    },
    move: follow,
    end() { if (held) held.until = board.hooks.commit(act()); },
    cancel() {
      if (held) held = { values: before, until: CALLED_OFF };
      board.hooks.cancel();
      fill_cells();
    },
  });

  function go(i) {
    put(cells[now], "tabindex", -1);
    now = i;
    put(cells[now], "tabindex", 0);
    cells[now].focus({ preventScroll: true });
  }

  element.onkeydown = (event) => {
    if (event.altKey || event.metaKey) return;
    const [r, c] = seen(now), all = event.ctrlKey, v = values()[now];
    const to = { ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1],
      Home: [all ? 0 : r, 0], End: [all ? part.rows - 1 : r, part.columns - 1] }[event.key];
    const level = { " ": turned_over(v), Enter: turned_over(v), "+": v + 1, "=": v + 1, "-": v - 1 }[event.key];
    if (to === undefined && (level === undefined || all)) return;
    event.preventDefault();
    if (to) return go(index([within(to[0], 0, part.rows - 1), within(to[1], 0, part.columns - 1)]));
    if (within(level, 0, part.most) === v) return;
    held = { values: Array.from(values()), until: null };
    held.values[now] = within(level, 0, part.most);
    held.until = board.hooks.commit(act());
    fill_cells();
  };

  function build_cells() {
    const { rows: n, columns: m } = part, focused = element.contains(document.activeElement);
    cells = Array.from({ length: n * m }, () => h("div", { class: "dv-square", role: "gridcell", tabindex: -1 }));
    const line = (r) => h("div", { role: "row" }, ...Array.from({ length: m }, (_, c) => cells[index([r, c])]));
    element.replaceChildren(...Array.from({ length: n }, (_, r) => line(r)));
    now = within(now, 0, n * m - 1);
    put(cells[now], "tabindex", 0);
    if (focused) go(now);
  }

  function fill_cells() {
    const text = JSON.stringify([part.cell, part.row_names, part.column_names, part.most, part.written]), same = text === words;
    words = text;
    values().forEach((v, i) => {
      const node = cells[i];
      if (same && node.level === v) return;
      node.level = v;
      node.style.setProperty("--dv-level", `${(100 * v) / part.most}%`);
      put(node, "data-level", v);
      write(node, part.written ? label(v) : "");
      put(node, "aria-label", said(i, v));
    });
  }

  function said(i, v) {
    const r = Math.floor(i / part.columns), c = i % part.columns;
    const parts = { row: (part.row_names || [])[r] ?? r + 1, column: (part.column_names || [])[c] ?? c + 1, value: v, most: part.most };
    return (part.cell || SPOKEN).replace(/\{(\w+)\}/g, (all, name) => parts[name] ?? all);
  }

  function place() {
    const row = part && board.row(part.row);
    element.hidden = !row;
    if (!row) return;
    turned = { x: row.x(part.x[0]) > row.x(part.x[1]), y: row.y(part.y[0]) > row.y(part.y[1]) };
    const key = JSON.stringify([part.rows, part.columns, turned]), { x, y, w, h: tall } = box();
    if (key !== built) build_cells();
    built = key;
    Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${tall}px` });
    fill_cells();
  }

  // What a saved picture shows of the table: rows(mark) are the figure's rows, tint(token, share) a colour.
  function ink(pen, rows, tint) {
    const row = part && rows.get(part.row || "");
    if (!row) return;
    const xs = part.x.map(row.x), ys = part.y.map(row.y), most = part.written ? 0.5 : 1;
    const wide = (xs[1] - xs[0]) / part.columns, tall = (ys[1] - ys[0]) / part.rows;
    values().forEach((v, i) => {
      const x = xs[0] + (i % part.columns) * wide, y = ys[0] + Math.floor(i / part.columns) * tall;
      pen.beginPath();
      pen.rect(Math.min(x, x + wide), Math.min(y, y + tall), Math.abs(wide), Math.abs(tall));
      pen.fillStyle = tint(part.colour || "@m", (most * v) / part.most);
      pen.fill();
      Object.assign(pen, { strokeStyle: tint("@grid", 1), lineWidth: 0.5 });
      pen.stroke();
      if (!part.written) return;
      Object.assign(pen, { fillStyle: tint("@ink", 1), font: "16px sans-serif", textAlign: "center", textBaseline: "middle" });
      pen.fillText(label(v), x + wide / 2, y + tall / 2);
    });
  }

  return {
    element, place, ink,
    show({ paint }, reply) {
      const other = part && (paint.rows !== part.rows || paint.columns !== part.columns);
      part = { ...paint, values: Array.from(unpack(paint.values)) };
      if (held && (other || answered(held.until, reply))) held = null;
      put(element, "aria-label", part.label);
      element.classList.toggle("dv-written", Boolean(part.written));
    },
    colours() { board.tint(element, "--dv-square", part.colour || "@m"); },
  };
}
