// Paints a figure of figures.py on a canvas, in about a millisecond, while the hand moves.
// Plotly takes ten times that for the same lines, so it gets its turn when the hand rests.

import { label, ticks, unpack } from "./dom.js";
import { on_paper } from "./theme.js";

const PRINTED = 3; // pixels of a printed picture to one of the page: 288 to the inch
const DASH = { solid: [], dash: [9, 9], dot: [3, 3] };
const FACE = '"Open Sans", verdana, arial, sans-serif'; // what Plotly writes in
const LINE = 1.3; // of a letter's size, from line to line

export function sketch(canvas, { data, layout }, width) {
  const height = layout.height, dense = on_paper() ? PRINTED : devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, width, height);
  drawn(pen, { data, layout }, width);
}

// The same with any pen that takes a canvas's strokes.
export function drawn(pen, { data, layout }, width) {
  pen.lineJoin = "round";
  const every = rows(layout, width);
  for (const one of every.values()) grid(pen, one);
  let previous = null;
  for (const trace of data) {
    const one = every.get(trace.xaxis.slice(1));
    const points = trace.mode === "none" ? null : places(trace, one);
    if (points) curve(pen, trace, one, points, previous);
    previous = points || previous;
  }
  for (const one of every.values()) names(pen, one);
  for (const note of layout.annotations) remark(pen, note, every, paper_of(layout, width));
}

const paper_of = ({ height, margin }, width) => ({
  x: margin.l, y: margin.t, w: width - margin.l - margin.r, h: height - margin.t - margin.b,
});

// Each row of a figure at this width, by "" or "2": its axes, its box in pixels, and between the two both ways.
export function rows(layout, width) {
  const paper = paper_of(layout, width);
  return new Map(["", "2"].filter((mark) => layout[`xaxis${mark}`]).map((mark) => [mark, row(layout, mark, paper)]));
}

function row(layout, mark, paper) {
  const xaxis = layout[`xaxis${mark}`], yaxis = layout[`yaxis${mark}`];
  const [low, high] = yaxis.domain || [0, 1];
  const box = { x: paper.x, w: paper.w, y: paper.y + (1 - high) * paper.h, h: (high - low) * paper.h };
  const [x0, x1] = xaxis.range, [y0, y1] = yaxis.range;
  return {
    xaxis, yaxis, box,
    x: (v) => box.x + ((v - x0) / (x1 - x0)) * box.w,
    y: (v) => box.y + (1 - (v - y0) / (y1 - y0)) * box.h,
    x_at: (pixel) => x0 + ((pixel - box.x) / box.w) * (x1 - x0),
    y_at: (pixel) => y0 + (1 - (pixel - box.y) / box.h) * (y1 - y0),
  };
}

const marks = (axis) => axis.tickvals
  ? axis.tickvals.map((v, i) => [v, axis.ticktext[i]])
  : ticks(axis.range[0], axis.range[1], axis.nticks || 8).map((v) => [v, label(+v.toPrecision(12))]);

function rule(pen, colour, x0, y0, x1, y1) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

function grid(pen, { xaxis, yaxis, box, x, y }) {
  pen.setLineDash([]);
  if (yaxis.showgrid !== false) for (const [v] of marks(yaxis)) rule(pen, yaxis.gridcolor, box.x, y(v), box.x + box.w, y(v));
  if (xaxis.showgrid !== false) for (const [v] of marks(xaxis)) rule(pen, xaxis.gridcolor, x(v), box.y, x(v), box.y + box.h);
  if (yaxis.zeroline) rule(pen, yaxis.zerolinecolor, box.x, y(0), box.x + box.w, y(0));
  if (xaxis.zeroline) rule(pen, xaxis.zerolinecolor, x(0), box.y, x(0), box.y + box.h);
}

function places(trace, one) {
  const xs = unpack(trace.x), ys = unpack(trace.y), points = [];
  for (let i = 0; i < xs.length; i++) points.push([one.x(xs[i]), one.y(ys[i])]);
  return points;
}

function trail(pen, points, onward = false) { // a gap in the numbers is a gap in the line
  let down = onward;
  for (const [x, y] of points) {
    if (!isFinite(x) || !isFinite(y)) down = onward;
    else if (down) pen.lineTo(x, y);
    else { pen.moveTo(x, y); down = true; }
  }
}

function curve(pen, trace, one, points, previous) {
  pen.save();
  pen.beginPath();
  pen.rect(one.box.x, one.box.y - 1, one.box.w, one.box.h + 2);
  pen.clip();
  if (trace.fill) fill(pen, trace, one, points, previous);
  if (trace.line.width > 0) {
    pen.strokeStyle = trace.line.color;
    pen.lineWidth = trace.line.width;
    pen.setLineDash(DASH[trace.line.dash] || []);
    pen.beginPath();
    trail(pen, points);
    pen.stroke();
  }
  pen.restore();
}

function fill(pen, trace, one, points, previous) {
  const solid = points.filter(([x, y]) => isFinite(x) && isFinite(y));
  if (!solid.length) return;
  pen.beginPath();
  if (trace.fill === "tozeroy") {
    for (const part of unbroken(points)) {
      pen.moveTo(part[0][0], one.y(0));
      trail(pen, part, true);
      pen.lineTo(part[part.length - 1][0], one.y(0));
    }
  } else {
    trail(pen, trace.fill === "toself" ? points : solid);
    if (trace.fill === "tonexty" && previous) trail(pen, [...previous].reverse(), true);
  }
  pen.fillStyle = trace.fillpattern ? trace.fillpattern.bgcolor : trace.fillcolor;
  pen.fill();
  if (trace.fillpattern) {
    pen.fillStyle = pen.hatch ? pen.hatch(trace.fillpattern) : hatch(pen, trace.fillpattern);
    pen.fill();
  }
}

function unbroken(points) {
  const parts = [[]];
  for (const point of points) {
    if (isFinite(point[0]) && isFinite(point[1])) parts[parts.length - 1].push(point);
    else if (parts[parts.length - 1].length) parts.push([]);
  }
  return parts.filter((part) => part.length);
}

const hatches = new Map();

function hatch(pen, { size, solidity, fgcolor }) {
  const key = `${size} ${solidity} ${fgcolor}`;
  if (!hatches.has(key)) {
    const tile = document.createElement("canvas"), ink = tile.getContext("2d");
    tile.width = tile.height = size;
    ink.strokeStyle = fgcolor;
    ink.lineWidth = size * solidity;
    for (const k of [-size, 0, size]) { ink.moveTo(k, size); ink.lineTo(k + size, 0); }
    ink.stroke();
    hatches.set(key, pen.createPattern(tile, "repeat"));
  }
  return hatches.get(key);
}

const said = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&#64;/g, "@").replace(/&amp;/g, "&");

function say(pen, text, x, y, font, across, down) {
  pen.font = `${font.size}px ${FACE}`;
  pen.fillStyle = font.color;
  pen.textAlign = across;
  pen.textBaseline = down;
  const lines = text.split("<br>"), apart = LINE * font.size, first = { top: 0, middle: 0.5, bottom: 1 }[down] * (lines.length - 1);
  lines.forEach((line, i) => pen.fillText(said(line), x, y + (i - first) * apart));
}

function names(pen, { xaxis, yaxis, box, x, y }) {
  const inside = (at, from, span) => at >= from - 1 && at <= from + span + 1;
  if (xaxis.showticklabels !== false) {
    for (const [v, text] of marks(xaxis)) if (inside(x(v), box.x, box.w)) say(pen, text, x(v), box.y + box.h + 4, xaxis.tickfont, "center", "top");
  }
  if (yaxis.showticklabels !== false) {
    for (const [v, text] of marks(yaxis)) if (inside(y(v), box.y, box.h)) say(pen, text, box.x - 4, y(v), yaxis.tickfont, "right", "middle");
  }
}

const DOWN = { top: "top", bottom: "bottom", middle: "middle" };

function remark(pen, note, rows, paper) {
  const one = note.xref === "paper" ? null : rows.get(note.xref.slice(1));
  const x = one ? one.x(note.x) : paper.x + note.x * paper.w;
  const y = note.yref === "paper" ? paper.y + (1 - note.y) * paper.h : rows.get(note.yref.slice(1)).y(note.y);
  say(pen, note.text, x + (note.xshift || 0), y - (note.yshift || 0), note.font, note.xanchor || "center", DOWN[note.yanchor] || "middle");
}
