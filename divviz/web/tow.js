// Something is moved from one mark to another: drag it, or pick it up and choose where it goes.

import { h, put, s, write } from "./dom.js";
import { pressed } from "./press.js";
import { stand, standing } from "./standing.js";

const NEAR = 64; // px: the arrow takes hold of a mark as close as this
const SLACK = 4; // px that a tap may shake
const CLICK = 600; // ms within which a click belongs to the press before it
const BARB = 9; // px
const RIM = 12; // px from the middle of a mark to where an arrow ends
let tows = 0;

export function tow(board) {
  const id = `dv-tow-${++tows}`;
  const hint = h("p", { class: "dv-towhint", id }), from = h("div"), to = h("div");
  const element = h("div", { class: "dv-tow" }, hint, from, to);
  const rope = s("path", { class: "dv-rope" });
  board.lines.append(rope);
  const sources = standing(from, make_source), targets = standing(to, make_target);
  let part = null, picked = null, dragged = false; // picked: {id, target, point, until}

  const one_of = (list, key) => part[list].find((one) => one.id === key);
  const open = () => picked !== null && picked.until === null; // something is in the hand

  function make_source(key) {
    const node = h("button", { type: "button", class: "dv-post dv-from", "aria-describedby": id, "data-from": key });
    let start = null, ended = -Infinity;
    pressed(node, board.element, {
      start(point) { start = point; dragged = false; return true; },
      move(points) {
        const point = points[points.length - 1];
        if (!dragged && Math.hypot(point.x - start.x, point.y - start.y) < SLACK) return;
        dragged = true;
        picked = { id: key, target: nearest(point), point, until: null };
        place();
      },
      end() { ended = performance.now(); if (dragged) drop(); else choose(key); },
      cancel() { if (dragged) let_go(); },
    });
    // A finger that taps at once after a flick gets no click from Chromium, so its press is what counts.
    node.onclick = (event) => {
      if (event.detail > 0 && performance.now() - ended < CLICK) return;
      choose(key);
      if (event.detail === 0 && open() && part.to.length) first_target(key).focus({ preventScroll: true });
    };
    return node;
  }

  function choose(key) {
    if (open() && picked.id === key) return let_go();
    picked = { id: key, target: null, point: null, until: null };
    place();
  }

  function make_target(key) {
    const node = h("button", { type: "button", class: "dv-post dv-to", "data-to": key });
    node.onfocus = node.onpointerenter = () => aim(key);
    node.onclick = () => { aim(key); drop(); };
    return node;
  }

  function aim(key) {
    if (!open() || picked.point) return;
    picked.target = key;
    place();
  }

  function nearest(point) {
    const far = (one) => { const at = pixels(one); return Math.hypot(at.x - point.x, at.y - point.y); };
    const close = part.to.map((one) => [far(one), one.id]).sort((a, b) => a[0] - b[0])[0];
    return close && close[0] <= NEAR ? close[1] : null;
  }

  function first_target(key) {
    const x = pixels(one_of("from", key)).x, far = (one) => Math.abs(pixels(one).x - x);
    return targets.node([...part.to].sort((a, b) => far(a) - far(b))[0].id);
  }

  function drop() {
    if (!open() || picked.target === null) return let_go();
    picked.until = board.hooks.commit([...part.act, picked.id, picked.target]);
    back();
  }

  function let_go() {
    const key = picked && picked.id;
    picked = null;
    back(key);
  }

  function back(key = picked.id) { // the hand returns to where it picked up
    const node = sources.node(key);
    if (element.contains(document.activeElement) && node) node.focus({ preventScroll: true });
    place();
  }

  element.onkeydown = (event) => {
    if (!open()) return;
    if (event.key === "Escape") { event.stopPropagation(); return let_go(); }
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!way || !part.to.length) return;
    event.preventDefault();
    const i = part.to.findIndex((one) => one.id === picked.target), n = part.to.length;
    const next = i < 0 ? first_target(picked.id) : targets.node(part.to[(i + way + n) % n].id);
    next.focus({ preventScroll: true });
  };

  function pixels(one) {
    const row = board.row(one.row ?? part.row);
    return row ? { x: row.x(one.x), y: row.y(one.y) } : { x: NaN, y: NaN };
  }

  function place() {
    if (!part) return;
    for (const one of part.from) {
      const at = pixels(one), node = sources.node(one.id), mine = open() && picked.id === one.id;
      stand(node, at.x, at.y);
      put(node, "aria-pressed", mine);
    }
    for (const one of part.to) {
      const at = pixels(one), node = targets.node(one.id), aimed = open() && picked.target === one.id;
      stand(node, at.x, at.y);
      if (node.disabled === open()) node.disabled = !open();
      if (aimed !== node.hasAttribute("data-aimed")) node.toggleAttribute("data-aimed", aimed);
    }
    put(rope, "d", picked ? arrow() : "");
  }

  function arrow() {
    const source = one_of("from", picked.id), target = picked.target !== null && one_of("to", picked.target);
    const end = target ? pixels(target) : picked.point;
    if (!source || !end) return "";
    const a = pixels(source), turn = Math.atan2(end.y - a.y, end.x - a.x), rim = target ? RIM : 0;
    const back = (from, by, angle) => ({ x: from.x - by * Math.cos(angle), y: from.y - by * Math.sin(angle) });
    const tip = back(end, Math.min(rim, Math.hypot(end.x - a.x, end.y - a.y)), turn);
    const [from, to, left, right] = [a, tip, back(tip, BARB, turn + 0.5), back(tip, BARB, turn - 0.5)]
      .map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    return `M${from}L${to}M${left}L${to}L${right}`;
  }

  return {
    element, place,
    show({ tow: next }, reply) {
      part = next;
      if (picked && (!one_of("from", picked.id) || (picked.until !== null && reply.seq >= picked.until))) picked = null;
      if (picked && picked.target !== null && !one_of("to", picked.target)) picked.target = null;
      const at = part.from.findIndex((one) => sources.node(one.id) === document.activeElement);
      const lost = at < 0 && from.contains(document.activeElement);
      const i = lost ? [...from.children].indexOf(document.activeElement) : -1;
      sources.show(part.from); targets.show(part.to);
      for (const one of part.from) put(sources.node(one.id), "aria-label", one.label);
      for (const one of part.to) put(targets.node(one.id), "aria-label", one.label);
      write(hint, part.hint || "");
      if (lost && from.children.length) from.children[Math.min(i, from.children.length - 1)].focus({ preventScroll: true });
    },
    gone() { rope.remove(); },
  };
}
