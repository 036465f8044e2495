// The plot that is drawn on: P and Q, the hand's stroke, the handles. It draws; it computes no measure.

import { SIDES, h, label, put, s, ticks, unpack } from "./dom.js";
import { offers } from "./offered.js";
import { sized } from "./sized.js";
import { on_paper } from "./theme.js";

const MARGIN = { left: 44, right: 12, top: 12, axis: 24, rail: 28 };
const MATES = [["width", "centre"], ["right", "left"]]; // handles that a line joins
const MARK = 7; // px, a value of a sample
const NARROW = 12; // px: bars of less than this stand as one outline
const FAR = 3; // of the plot's height: nothing is drawn further out of sight
const SNAP = 0.012; // of the plot's height: closer to the ground than this is exactly zero
let count = 0;

export function surface(hooks) {
  const id = `dv-hatch-${++count}`, frame = `dv-frame-${count}`;
  const node = {
    ground: s("rect", { class: "dv-ground" }),
    grid: s("g", { class: "dv-grid", "aria-hidden": "true" }),
    p: s("path", { class: "dv-shape dv-p", "clip-path": `url(#${frame})` }),
    q: s("path", { class: "dv-shape dv-q", "clip-path": `url(#${frame})`, fill: `url(#${id})` }),
    marks: { p: s("path", { class: "dv-marks dv-p" }), q: s("path", { class: "dv-marks dv-q" }) },
    inside: s("rect"),
    rails: s("g", { class: "dv-rails" }),
    sliders: s("g", { class: "dv-sliders" }),
    pens: s("g", { class: "dv-pens" }),
  };
  const area = s("g", {}, node.ground, node.sliders); // where the hand may draw, to the pixel
  const svg = s(
    "svg",
    { class: "dv-plot", role: "group" },
    s("defs", {},
      s("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        s("line", { class: "dv-hatch", x1: 0, y1: 0, x2: 0, y2: 6 })),
      s("clipPath", { id: frame }, node.inside)),
    node.grid, node.p, node.q, node.marks.p, node.marks.q, area, node.pens, node.rails,
  );
  const element = h("div", { class: "dv-surface" }, svg);

  let words = {}, plot = null, canvas = null, handles = { p: [], q: [] };
  let side = "p", stroke = null, held = null, settle = 0;
  let size = { width: 600, height: 320 }, top = 1, gridKey = "", sliderKey = "", railKey = "";
  let pen = 0.5, painting = 0;

  const inner = () => ({
    x: MARGIN.left, y: MARGIN.top,
    w: size.width - MARGIN.left - MARGIN.right,
    h: size.height - MARGIN.top - MARGIN.axis - railed().length * MARGIN.rail,
  });
  const railed = () => (on_paper() ? [] : SIDES).filter((which) => handles[which].length > 0);
  const locked = (which) => hooks.keeps(`${which}.*`), kept = (which) => words.kept.replace("{side}", which.toUpperCase());
  const discrete = () => plot.kind === "discrete";

  // ---- coordinates ------------------------------------------------------------------------
  function px(x) {
    const box = inner();
    if (!discrete()) return box.x + ((x - plot.view[0]) / (plot.view[1] - plot.view[0])) * box.w;
    return box.x + ((position(x) + 0.5) / plot.values.length) * box.w;
  }

  function position(x) { // where a value falls among the outcomes, in slots
    const v = plot.values, last = v.length - 1;
    if (last === 0) return 0;
    let i = 1;
    while (i < last && x > v[i]) i++;
    return i - 1 + (x - v[i - 1]) / (v[i] - v[i - 1]);
  }

  function x_of(pixel) {
    const box = inner(), part = (pixel - box.x) / box.w;
    if (!discrete()) return plot.view[0] + part * (plot.view[1] - plot.view[0]);
    const v = plot.values, at = part * v.length - 0.5;
    if (v.length === 1) return v[0];
    const i = Math.min(Math.max(Math.floor(at), 0), v.length - 2);
    return v[i] + (at - i) * (v[i + 1] - v[i]);
  }

  // ---- what stands at each place ------------------------------------------------------------
  // While the hand draws, its own shape stays where the hand put it and the axis is what moves:
  // the weights keep their pixels, and "top" (in probability) follows their sum.
  const scale = () => (stroke && stroke.total > 0 ? stroke.top / stroke.total : top);

  function bars(which) {
    if (stroke && stroke.side === which) return stroke.weights.map((w) => w / stroke.top);
    const unit = scale();
    return Array.from(plot[which], (v) => v / unit);
  }

  function bar_path(which) {
    const box = inner(), slot = box.w / plot.values.length, ground = box.y + box.h;
    if (slot < NARROW) return silhouette(bars(which), box.x, slot, ground, box.h);
    const from = which === "p" || plot.alone ? 0.08 : 0.5, to = which === "p" && !plot.alone ? 0.5 : 0.92;
    let d = "";
    bars(which).forEach((v, i) => {
      const left = (box.x + (i + from) * slot).toFixed(1), right = (box.x + (i + to) * slot).toFixed(1);
      d += `M${left} ${ground}V${(ground - Math.min(v, FAR) * box.h).toFixed(1)}H${right}V${ground}`;
    });
    return d;
  }

  function silhouette(heights, x, width, ground, h) { // steps without gaps
    const steps = heights.map((v, i) => `V${(ground - Math.min(v, FAR) * h).toFixed(1)}H${(x + (i + 1) * width).toFixed(1)}`);
    return `M${x} ${ground}${steps.join("")}V${ground}`;
  }

  function curve_path(which) {
    const box = inner(), ground = box.y + box.h;
    if (stroke && stroke.side === which) {
      const { a, b, weights } = stroke;
      return silhouette(bars(which), px(a), (px(b) - px(a)) / weights.length, ground, box.h);
    }
    const unit = scale(), xs = plot.x, ys = plot[which];
    let d = `M${px(xs[0]).toFixed(1)} ${ground}`;
    for (let i = 0; i < xs.length; i++) {
      d += `L${px(xs[i]).toFixed(1)} ${(ground - Math.min(ys[i] / unit, FAR) * box.h).toFixed(1)}`;
    }
    return d + `V${ground}`;
  }

  // ---- drawing ---------------------------------------------------------------------------------
  function paint() {
    if (!plot || !size.width) return;
    for (const which of SIDES) put(node[which], "d", discrete() ? bar_path(which) : curve_path(which));
    for (const which of SIDES) put(node.marks[which], "d", mark_path(which));
    paint_grid();
    paint_rails();
  }

  // The values of a sample: ticks on the axis, P's above it and Q's below.
  function mark_path(which) {
    const marks = plot.marks && plot.marks[which], box = inner(), ground = box.y + box.h;
    if (!marks) return "";
    return Array.from(marks, (x) => `M${px(x).toFixed(1)} ${ground}v${which === "p" ? -MARK : MARK}`).join("");
  }

  function paint_grid() {
    const box = inner(), unit = scale(), ground = box.y + box.h;
    const ys = ticks(0, unit, Math.max(2, box.h / 45));
    const xs = discrete() ? outcome_ticks(box) : ticks(plot.view[0], plot.view[1], box.w / 55).map((x) => [px(x), label(x)]);
    const key = JSON.stringify([ys.map((y) => Math.round((y / unit) * box.h)), ys, xs, size]);
    if (key === gridKey) return;
    gridKey = key;
    node.grid.replaceChildren(
      ...ys.filter((y) => y > 0).map((y) => s("path", { class: "dv-line", d: `M${box.x} ${(ground - (y / unit) * box.h).toFixed(1)}h${box.w}` })),
      ...ys.map((y) => text(box.x - 6, ground - (y / unit) * box.h + 4, label(y), "end")),
      s("path", { class: "dv-axis", d: `M${box.x} ${ground}h${box.w}` }),
      ...xs.map(([x, t]) => text(x, ground + 16, t, "middle")),
    );
    for (const [rect, edge] of [[node.ground, 0], [node.inside, 2]]) {
      put(rect, "x", box.x - edge); put(rect, "y", box.y);
      put(rect, "width", box.w + 2 * edge); put(rect, "height", box.h + edge);
    }
  }

  function text(x, y, content, anchor) {
    const t = s("text", { x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
    t.textContent = content;
    return t;
  }

  function outcome_ticks(box) {
    const names = plot.names, slot = box.w / names.length;
    const longest = Math.min(12, Math.max(...names.map((n) => n.length)));
    const each = Math.max(1, Math.ceil((longest * 7 + 6) / slot));
    const room = Math.max(2, Math.floor((slot * each) / 7));
    return names.map((name, i) => [box.x + (i + 0.5) * slot, name.length > room ? name.slice(0, room - 1) + "…" : name])
      .filter((_, i) => i % each === 0);
  }

  // ---- handles: one rail a side below the axis, the centre and the width on it --------------------
  function paint_rails() {
    const box = inner();
    const key = railed().map((w) => w + handles[w].map((one) => one.name).join()).join("|");
    if (key !== railKey) build_rails(key);
    railed().forEach((which, row) => {
      const y = box.y + box.h + MARGIN.axis + MARGIN.rail * (row + 0.5);
      const rail = node.rails.children[row];
      put(rail.children[0], "d", `M${box.x} ${y}h${box.w}`);
      put(rail.children[1], "x", box.x - 10); put(rail.children[1], "y", y + 4);
      const seen = handles[which].map((one) => Math.min(Math.max(px(one.x), box.x), box.x + box.w));
      const at = Object.fromEntries(handles[which].map((one, i) => [one.name, seen[i]]));
      const reach = ([name, to]) => [MATES.map(([end, mate]) => name.endsWith(end) && at[name.slice(0, -end.length) + mate])
        .filter(Number.isFinite).map((from) => `M${from} ${y}H${to}`)].flat();
      put(rail.children[2], "d", Object.entries(at).flatMap(reach).join(""));
      handles[which].forEach((one, i) => {
        const grip = rail.children[3 + i];
        put(grip, "transform", `translate(${seen[i].toFixed(1)} ${y})`);
        put(grip, "aria-valuenow", one.x); put(grip, "aria-valuetext", one.text);
        put(grip, "aria-valuemin", one.low); put(grip, "aria-valuemax", one.high);
        put(grip, "aria-disabled", Boolean(one.held));
      });
    });
  }

  function build_rails(key) {
    railKey = key;
    node.rails.replaceChildren(...railed().map((which) => {
      const letter = s("text", { class: `dv-letter dv-${which}`, "text-anchor": "end" });
      letter.textContent = which.toUpperCase();
      return s("g", { class: `dv-rail dv-${which}` },
        s("path", { class: "dv-track" }), letter, s("path", { class: "dv-reach" }),
        ...handles[which].map((one) => {
          const grip = s("g", {
            class: "dv-handle", role: "slider", tabindex: 0,
            "data-handle": `${which}.${one.name}`, "aria-label": one.label,
          }, s("rect", { class: "dv-hit", x: -14, y: -14, width: 28, height: 28 }), shape_of(one.name));
          grip.onkeydown = (event) => handle_key(event, which, one.name);
          return grip;
        }));
    }));
  }

  const shape_of = (name) => name.endsWith("centre")
    ? s("circle", { r: 7 })
    : s("path", { d: name.endsWith("left") ? "M5 -7L-6 0L5 7Z" : "M-5 -7L6 0L-5 7Z" });

  function handle_key(event, which, name) {
    const one = handles[which].find((entry) => entry.name === name);
    const small = one.step, far = 10 * one.step;
    const to = { ArrowRight: one.x + small, ArrowUp: one.x + small, ArrowLeft: one.x - small, ArrowDown: one.x - small,
      PageUp: one.x + far, PageDown: one.x - far, Home: one.low, End: one.high }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (one.held) return hooks.tell(kept(which));
    hooks.commit(["handle", which, name, Math.min(Math.max(to, one.low), one.high)]);
  }

  // ---- bars and pen as sliders: for the keyboard and for screen readers ---------------------------
  function paint_sliders() {
    const box = inner();
    const drawable = !locked(side) && (discrete() || Boolean(canvas && canvas[side]));
    const key = JSON.stringify([plot.kind, plot.names, side, size, words.lang, drawable]);
    if (key !== sliderKey) {
      sliderKey = key;
      const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.slider : null;
      const made = !drawable ? [] : discrete() ? bar_sliders(box) : pen_sliders();
      node.sliders.replaceChildren(...(discrete() ? made : []));
      node.pens.replaceChildren(...(discrete() ? [] : made)); // a pen may reach over the edge
      const again = focused && made.find((one) => one.dataset.slider === focused);
      if (again) again.focus({ preventScroll: true });
    }
    for (const one of [...node.sliders.children, ...node.pens.children]) one.tell();
  }

  function bar_sliders(box) {
    const slot = box.w / plot.values.length;
    return plot.names.map((name, i) => {
      const one = s("rect", {
        class: "dv-bar", role: "slider", tabindex: 0, "data-slider": `${side}.${i}`, "aria-orientation": "vertical",
        "aria-label": words.bar_label.replace("{side}", side.toUpperCase()).replace("{outcome}", name),
        "aria-valuemin": 0, "aria-valuemax": 1, x: box.x + i * slot, y: box.y, width: slot, height: box.h,
      });
      one.tell = () => { put(one, "aria-valuenow", +plot[side][i].toPrecision(6)); put(one, "aria-valuetext", `${name}: ${label(plot[side][i])}`); };
      one.onkeydown = (event) => step_key(event, plot[side][i], 0.01, (v) => hooks.commit(["bar", side, i, v]));
      return one;
    });
  }

  function step_key(event, now, step, send) {
    const to = { ArrowUp: now + step, ArrowRight: now + step, ArrowDown: now - step, ArrowLeft: now - step,
      PageUp: now + 10 * step, PageDown: now - 10 * step, Home: 0, End: 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const value = Math.min(Math.max(Math.round(to / step) * step, 0), 1);
    if (value !== now) send(value);
  }

  // A density has too many cells for a tab stop each: one pen is moved along x, and raised or lowered.
  function pen_sliders() {
    const place = s("g", { class: "dv-penslider", role: "slider", tabindex: 0, "data-slider": `${side}.place`,
      "aria-label": words.pen_place.replace("{side}", side.toUpperCase()), "aria-valuemin": 0, "aria-valuemax": 1 },
      s("path", { class: "dv-penline" }));
    const height = s("g", { class: "dv-penslider", role: "slider", tabindex: 0, "data-slider": `${side}.height`, "aria-orientation": "vertical",
      "aria-label": words.pen_height.replace("{side}", side.toUpperCase()), "aria-valuemin": 0, "aria-valuemax": 1 },
      s("circle", { class: "dv-pendot", r: 8 }));
    place.tell = height.tell = () => {
      const box = inner(), now = canvas && canvas[side];
      if (!now) return;
      const cell = Math.min(Math.floor(pen * now.levels.length), now.levels.length - 1);
      const x = now.a + ((cell + 0.5) / now.levels.length) * (now.b - now.a), level = now.levels[cell] / 4095;
      put(place, "aria-valuenow", pen); put(place, "aria-valuetext", `x = ${label(+x.toPrecision(3))}`);
      put(height, "aria-valuenow", level); put(height, "aria-valuetext", `x = ${label(+x.toPrecision(3))}: ${Math.round(level * 100)} %`);
      put(place.firstChild, "d", `M${px(x)} ${box.y}v${box.h}`);
      put(height.firstChild, "cx", px(x)); put(height.firstChild, "cy", box.y + box.h * (1 - level));
    };
    place.onkeydown = (event) => step_key(event, pen, 1 / 64, (v) => { pen = v; place.tell(); });
    height.onkeydown = (event) => {
      const now = canvas[side], n = now.levels.length, cell = Math.min(Math.floor(pen * n), n - 1);
      step_key(event, now.levels[cell] / 4095, 0.02, (v) => {
        const levels = Array.from(now.levels), reach = Math.max(1, Math.round(n / 64));
        for (let k = Math.max(0, cell - reach); k <= Math.min(n - 1, cell + reach); k++) levels[k] = Math.round(v * 4095);
        if (levels.some((level) => level > 0)) hooks.commit(["draw", side, now.a, now.b, levels]);
      });
    };
    return [place, height];
  }

  // ---- the hand ---------------------------------------------------------------------------------------
  function begin(event) {
    if (!plot || event.button > 0 || !event.isPrimary) return;
    const grip = event.target.closest(".dv-handle");
    const box = inner(), point = at(event);
    if (!grip && point.y > box.y + box.h + 6) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    if (grip) {
      const [, which, name] = grip.dataset.handle.match(/^(.)\.(.+)$/);
      grip.focus({ preventScroll: true });
      if (handles[which].find((one) => one.name === name)?.held) return hooks.tell(kept(which));
      held = { which, name };
      return;
    }
    if (locked(side)) return hooks.tell(kept(side));
    stroke = discrete() ? bar_stroke() : cell_stroke();
    if (!stroke) return hooks.tell(words.no_draw.replace("{side}", side.toUpperCase()));
    element.classList.add("dv-drawing");
    follow(event);
  }

  function bar_stroke() {
    return { side, weights: Array.from(plot[side]), cell: 1, top, total: 1, last: null };
  }

  function cell_stroke() {
    const now = canvas && canvas[side];
    if (!now) return null;
    const n = now.levels.length, cell = (now.b - now.a) / n;
    const sum = now.levels.reduce((a, b) => a + b, 0) * cell;
    return { side, a: now.a, b: now.b, weights: Array.from(now.levels, (v) => v / sum), cell, top, total: 1, last: null };
  }

  const at = (event) => {
    const frame = svg.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };

  function follow(event) {
    if (held) return drag(at(event));
    if (!stroke || stroke.done) return;
    const moves = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const move of moves.length ? moves : [event]) touch(at(move));
    stroke.total = stroke.weights.reduce((a, b) => a + b, 0) * stroke.cell;
    if (!painting) painting = requestAnimationFrame(() => { painting = 0; paint(); });
    if (stroke.total > 0) hooks.live(stroke_act);
  }

  function drag(point) {
    const one = handles[held.which].find((entry) => entry.name === held.name);
    if (!one) return;
    const box = inner(), x = x_of(Math.min(Math.max(point.x, box.x), box.x + box.w));
    const act = held.act = ["handle", held.which, held.name, +x.toPrecision(4)];
    hooks.live(() => act);
  }

  // Every bar between two points of the hand gets its share of the line between them.
  function touch(point) {
    const box = inner(), n = stroke.weights.length;
    const part = discrete() ? (point.x - box.x) / box.w : (x_of(point.x) - stroke.a) / (stroke.b - stroke.a);
    let height = (box.y + box.h - point.y) / box.h;
    height = height < SNAP ? 0 : Math.min(height, 1);
    const here = { i: Math.min(Math.max(Math.floor(part * n), 0), n - 1), v: height * stroke.top };
    const last = stroke.last || here;
    const step = here.i >= last.i ? 1 : -1;
    for (let i = last.i; i !== here.i + step; i += step) {
      const share = here.i === last.i ? 1 : (i - last.i) / (here.i - last.i);
      if (i !== last.i || here.i === last.i) stroke.weights[i] = last.v + share * (here.v - last.v);
    }
    stroke.last = here;
  }

  function stroke_act() {
    if (discrete()) return ["bars", stroke.side, stroke.weights.map((w) => +w.toPrecision(4))];
    const most = Math.max(...stroke.weights);
    return ["draw", stroke.side, stroke.a, stroke.b,
      stroke.weights.map((w) => (w > 0 ? Math.max(1, Math.round((w / most) * 4095)) : 0))];
  }

  function end(event) {
    if (held) {
      const act = held.act;
      held = null;
      if (act) hooks.commit(act);
      return;
    }
    if (!stroke || stroke.done) return;
    element.classList.remove("dv-drawing");
    if (event.type === "pointercancel" || !(stroke.total > 0)) {
      const empty = !(stroke.total > 0);
      stroke = null;
      hooks.cancel(empty ? words.all_zero : null);
      paint();
      return;
    }
    stroke.done = true; // stays drawn until the answer to the commit is here
    settle = hooks.commit(stroke_act());
  }

  svg.onpointerdown = begin;
  // A raw update comes at once, a move only with the next frame: the question leaves that much earlier.
  svg["onpointerrawupdate" in svg ? "onpointerrawupdate" : "onpointermove"] = follow;
  svg.onpointerup = end;
  svg.onpointercancel = end;

  sized(element, (width, height) => {
    if (!width || (width === size.width && height === size.height && !on_paper())) return;
    size = { width, height };
    put(svg, "viewBox", `0 0 ${width} ${height}`);
    gridKey = "";
    paint();
    if (plot) paint_sliders();
  });

  function fit_top() {
    const most = discrete() ? Math.max(...plot.p, ...plot.q) : Math.max(plot.peak.p, plot.peak.q);
    top = Math.max(most * 1.12, 1e-12);
    if (discrete()) top = Math.min(top, 1.04);
  }

  function show(reply) {
    if (reply.plot) {
      plot = { ...reply.plot };
      for (const name of ["x", "p", "q", "values"]) if (plot[name]) plot[name] = unpack(plot[name]);
      if (plot.marks) plot.marks = Object.fromEntries(Object.entries(plot.marks).map(([which, at]) => [which, unpack(at)]));
    }
    if (reply.canvas) {
      canvas = {};
      for (const which of SIDES) canvas[which] = reply.canvas[which] && { ...reply.canvas[which], levels: unpack(reply.canvas[which].levels) };
    }
    if (reply.handles) handles = reply.handles;
    if (stroke && stroke.done && reply.seq >= settle) stroke = null;
    if (!stroke && !held) fit_top();
    paint();
    if (!reply.live) paint_sliders();
  }

  // The plot alone, without the hand's tools, in a size of its own whatever the window's.
  function image(width, tall) {
    if (!plot) return null;
    const before = size;
    size = { width, height: tall + railed().length * MARGIN.rail };
    gridKey = "";
    paint();
    const parts = [svg.querySelector("defs"), node.grid, node.p, node.q, node.marks.p, node.marks.q]
      .filter((one) => one.tagName === "defs" || getComputedStyle(one).display !== "none").map((one) => one.cloneNode(true));
    size = before;
    gridKey = "";
    paint();
    return { parts, height: tall };
  }
  offers(element, image);

  return {
    element, show,
    speak(next) { words = next; sliderKey = ""; railKey = ""; put(svg, "aria-label", words.plot_label); },
    side(next) { side = next; put(area, "data-draw", side); if (plot) paint_sliders(); },
    view: () => (plot && plot.view) || null,
  };
}
