// Freehand over an interval: the heights of its equal cells, drawn with the hand or with two sliders.

import { h, label, put, s, unpack } from "./dom.js";
import { CALLED_OFF, answered, pressed, within } from "./press.js";

const CLING = 0.012; // of the height: closer to the low end than this is exactly there
const STOPS = 64; // of the pen's place, for the keyboard
const STEPS = 50; // of its height
const EDGE = 6; // px beyond the interval where a stroke may begin

export function pen(board) {
  const pad = h("div", { class: "dv-pad" });
  const slider = (name, extra) => h("div", { class: `dv-pen${name}`, role: "slider", tabindex: 0, "data-pen": name, ...extra });
  const where = slider("place"), high = slider("height", { "aria-orientation": "vertical" });
  const element = h("div", { class: "dv-pen" }, pad, where, high);
  const echo = s("path", { class: "dv-echo" });
  board.lines.append(echo);
  let part = null, held = null, last = null, before = null, at = 0.5; // held: {values, until}; at: the pen's place, a share

  const values = () => (held ? held.values : part.values);
  const size = () => values().length;
  const cell = () => within(Math.floor(at * size()), 0, size() - 1);
  const middle = () => part.a + ((cell() + 0.5) / size()) * (part.b - part.a);
  const fine = (v) => within(+v.toPrecision(4), part.low, part.high);
  const act = () => [...part.act, ...[values().map(fine)]];

  // Every cell between two points of the hand gets its share of the line between them.
  function touch(point) {
    const row = board.row(part.row), n = size();
    const share = (row.x_at(point.x) - part.a) / (part.b - part.a), tall = part.high - part.low;
    let v = within(row.y_at(point.y), part.low, part.high);
    if (v - part.low < CLING * tall) v = part.low;
    const here = { i: within(Math.floor(share * n), 0, n - 1), v }, from = last || here;
    const way = here.i >= from.i ? 1 : -1;
    for (let i = from.i; i !== here.i + way; i += way) {
      const along = here.i === from.i ? 1 : (i - from.i) / (here.i - from.i);
      if (i !== from.i || here.i === from.i) held.values[i] = from.v + along * (here.v - from.v);
    }
    last = here;
  }

  function follow(points) {
    for (const point of points) touch(point);
    at = (last.i + 0.5) / size();
    board.hooks.live(act);
    place();
  }

  pressed(pad, board.element, {
    start(point) {
      if (!board.row(part.row)) return false;
      before = Array.from(values());
      held = { values: Array.from(before), until: null };
      last = null;
      follow([point]);
      return true;
    },
    move: follow,
    end() { held.until = board.hooks.commit(act()); },
    cancel() {
      held = { values: before, until: CALLED_OFF };
      board.hooks.cancel();
      place();
    },
  });

  function key(event, now, step, low, top) {
    const to = { ArrowUp: now + step, ArrowRight: now + step, ArrowDown: now - step, ArrowLeft: now - step,
      PageUp: now + 10 * step, PageDown: now - 10 * step, Home: low, End: top }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return null;
    event.preventDefault();
    return within(to, low, top);
  }

  where.onkeydown = (event) => {
    const n = size(), to = key(event, cell(), Math.max(1, Math.round(n / STOPS)), 0, n - 1);
    if (to === null) return;
    at = (to + 0.5) / n;
    place();
  };
  high.onkeydown = (event) => {
    const to = key(event, values()[cell()], (part.high - part.low) / STEPS, part.low, part.high);
    if (to === null) return;
    const next = Array.from(values()), wide = Math.floor(size() / STOPS / 2);
    for (let i = Math.max(0, cell() - wide); i <= Math.min(size() - 1, cell() + wide); i++) next[i] = fine(to);
    held = { values: next, until: null };
    held.until = board.hooks.commit(act());
    place();
  };

  function place() {
    const row = part && board.row(part.row);
    element.hidden = !row;
    put(echo, "d", row && held && held.until !== CALLED_OFF ? steps(row) : "");
    if (!row) return;
    const left = row.x(part.a), right = row.x(part.b), { y, h: tall } = row.box;
    const x = row.x(middle()), v = values()[cell()], text = `x = ${label(+middle().toPrecision(3))}`;
    Object.assign(pad.style, { left: `${left - EDGE}px`, top: `${y - EDGE}px` });
    Object.assign(pad.style, { width: `${right - left + 2 * EDGE}px`, height: `${tall + 2 * EDGE}px` });
    Object.assign(where.style, { left: `${x}px`, top: `${y}px`, height: `${tall}px` });
    Object.assign(high.style, { left: `${x}px`, top: `${row.y(v)}px` });
    put(where, "aria-valuenow", middle()); put(where, "aria-valuemin", part.a); put(where, "aria-valuemax", part.b);
    put(where, "aria-valuetext", text);
    put(high, "aria-valuenow", v); put(high, "aria-valuemin", part.low); put(high, "aria-valuemax", part.high);
    put(high, "aria-valuetext", `${text}: ${label(+v.toPrecision(3))}`);
  }

  function steps(row) {
    const n = size(), x = (i) => row.x(part.a + (i / n) * (part.b - part.a)).toFixed(1);
    return `M${x(0)} ${row.y(values()[0]).toFixed(1)}${values().map((v, i) => `V${row.y(v).toFixed(1)}H${x(i + 1)}`).join("")}`;
  }

  return {
    element, place,
    show({ pen: next }, reply) {
      part = { ...next, values: Array.from(unpack(next.values)) };
      if (held && answered(held.until, reply)) held = null;
      put(where, "aria-label", part.label_place); put(high, "aria-label", part.label_height);
    },
    colours() { for (const node of [element, echo]) board.tint(node, "--dv-pen", part.colour || "@m"); },
    gone() { echo.remove(); },
  };
}
