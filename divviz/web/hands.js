// Points of a picture that the hand drags: each a slider, along x, along y or both.

import { h, put, s } from "./dom.js";
import { CALLED_OFF, answered, pressed, within } from "./press.js";
import { stand, standing } from "./standing.js";

const ACROSS = "M-10 -3.5L-13.5 0L-10 3.5M10 -3.5L13.5 0L10 3.5", UPRIGHT = "M-3.5 -10L0 -13.5L3.5 -10M-3.5 10L0 13.5L3.5 10";
const ARROWS = { x: ACROSS, y: UPRIGHT, xy: ACROSS + UPRIGHT };
const FINE = 4; // digits of the way between the ends that a drag tells

export function hands(board) {
  const element = h("div", { class: "dv-grips" }), grips = standing(element, make);
  const held = new Map(); // by id: {at: {x, y}, until}
  let given = [], act = [];

  const one_of = (id) => given.find((one) => one.id === id);
  const shown = (one) => ({ ...one, ...(held.get(one.id) || {}).at });

  function make(id) {
    const node = h("div", { class: "dv-grip", role: "slider", tabindex: 0, "data-grip": id },
      s("svg", { viewBox: "-16 -16 32 32", "aria-hidden": "true" }, s("path"), s("circle", { r: 6.5 })));
    let from = null, off = null;
    node.onkeydown = (event) => step(event, one_of(id));
    pressed(node, board.element, {
      start(point) {
        const one = one_of(id), at = pixels(one);
        if (!at) return false;
        node.focus({ preventScroll: true });
        from = { x: shown(one).x, y: shown(one).y };
        off = { x: at.x - point.x, y: at.y - point.y };
        return true;
      },
      move(points) {
        const one = one_of(id), row = one && board.row(one.row), last = points[points.length - 1];
        if (!row) return;
        const to = { x: row.x_at(last.x + off.x), y: row.y_at(last.y + off.y) };
        held.set(id, { at: reach(one, to), until: null });
        const sent = act_of(one);
        board.hooks.live(() => sent);
        place();
      },
      end() {
        const now = held.get(id);
        if (now && now.until === null) now.until = board.hooks.commit(act_of(one_of(id)));
      },
      cancel() {
        if (!held.has(id) || held.get(id).until !== null) return;
        held.set(id, { at: from, until: CALLED_OFF });
        board.hooks.cancel();
        place();
      },
    });
    return node;
  }

  // Where a hand may go: on the axes it moves on, between its ends, to a tenth of a thousandth of the way.
  function reach(one, to) {
    const at = {};
    ["x", "y"].forEach((axis, i) => {
      if (!one.move.includes(axis)) return;
      const low = one.low[i], high = one.high[i], unit = 10 ** (Math.floor(Math.log10(high - low)) - FINE);
      const near = high > low ? +(Math.round(to[axis] / unit) * unit).toPrecision(12) : low;
      at[axis] = within(near, low, high);
    });
    return at;
  }

  function act_of(one) {
    const now = shown(one);
    return [...act, one.id, now.x, now.y];
  }

  function step(event, one) {
    const across = one.move === "y" ? "y" : "x", upward = one.move === "x" ? "x" : "y";
    const to = { ArrowRight: [across, 1], ArrowLeft: [across, -1], ArrowUp: [upward, 1], ArrowDown: [upward, -1],
      PageUp: [upward, 10], PageDown: [upward, -10], Home: [across, -Infinity], End: [across, Infinity] }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [axis, times] = to, i = axis === "x" ? 0 : 1;
    const next = within(+(shown(one)[axis] + times * one.step[i]).toPrecision(12), one.low[i], one.high[i]);
    const now = { at: { ...(held.get(one.id) || {}).at, [axis]: next }, until: null };
    held.set(one.id, now);
    now.until = board.hooks.commit(act_of(one));
    place();
  }

  function pixels(one) { // seen even where its numbers are out of the picture
    const row = board.row(one.row), now = shown(one);
    if (!row) return null;
    const { x, y, w, h: tall } = row.box;
    return { x: within(row.x(now.x), x, x + w), y: within(row.y(now.y), y, y + tall) };
  }

  function place() {
    for (const one of given) {
      const node = grips.node(one.id), at = pixels(one) || { x: NaN, y: NaN }, i = one.move === "y" ? 1 : 0;
      stand(node, at.x, at.y);
      put(node, "aria-valuenow", i ? shown(one).y : shown(one).x);
      put(node, "aria-valuemin", one.low[i]); put(node, "aria-valuemax", one.high[i]);
    }
  }

  return {
    element, place,
    show({ hands: next = [], act: verb = [] }, reply) {
      given = next; act = verb;
      for (const [id, { until }] of held) {
        if (!one_of(id) && until === null) board.hooks.cancel();
        if (!one_of(id) || answered(until, reply)) held.delete(id);
      }
      grips.show(given);
      for (const one of given) {
        const node = grips.node(one.id);
        put(node, "aria-label", one.label); put(node, "aria-valuetext", one.text); put(node, "data-move", one.move);
        if (one.move === "y") put(node, "aria-orientation", "vertical");
        put(node.firstChild.firstChild, "d", ARROWS[one.move]);
      }
    },
    colours() {
      for (const one of given) board.tint(grips.node(one.id), "--dv-grip", one.colour || "@m");
    },
  };
}
