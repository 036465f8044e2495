// An animation: one knob that is stepped, played, slowed and scrubbed. The time runs here, not on the server.

import { h, put, write } from "./dom.js";
import { button } from "./widgets.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4];

export function player(on, first) {
  const { name } = first, say = (word) => on.words[`lesson_play_${word}`];
  let at = first.value, last = first.high, speed = 1, playing = 0, before = 0, due = 0, sent = 0;
  const value = (steps) => +(steps * first.size).toPrecision(12);
  const act = () => ["knob", name, value(at)];
  // `sent` is the message that said where it is now: older answers do not move it back.
  const send = (commit) => { if (commit) sent = on.hooks.commit(act()); else on.hooks.live(act); };

  const range = h("input", { type: "range", min: 0, max: last, step: 1, "data-param": name, "aria-label": first.title,
    oninput() { stop(); at = +range.value; tell(); send(false); },
    onchange() { at = +range.value; send(true); } });
  const back = button("«", () => go(0), { "aria-label": say("first"), title: say("first"), "data-play": "first" });
  const less = button("−1", () => go(at - 1), { "aria-label": say("back"), title: say("back"), "data-play": "back" });
  const play = button("▶", toggle, { "data-play": "play" });
  const more = button("+1", () => go(at + 1), { "aria-label": say("step"), title: say("step"), "data-play": "step" });
  const pace = h("select", { "aria-label": say("speed"), "data-play": "speed", onchange: () => { speed = +pace.value; } },
    ...SPEEDS.map((s) => h("option", { value: s, selected: s === 1 }, `×${s}`)));
  const where = h("output", { class: "dv-where" });
  const element = h("div", { class: "dv-player", role: "group", "aria-label": first.title, "data-keeps": name, "data-lock": name, "data-called": first.title, onkeydown: keys },
    h("span", { class: "dv-playbuttons" }, back, less, play, more, pace), range, where);

  function go(to) {
    stop();
    at = Math.min(Math.max(to, 0), last);
    tell();
    send(true);
  }

  function toggle() {
    if (playing) { stop(); send(true); return; }
    if (at >= last) at = 0;
    before = performance.now(); due = 0;
    playing = requestAnimationFrame(tick);
    tell();
  }

  function tick(now) {
    if (!element.isConnected) { playing = 0; return; }
    due += (now - before) * first.rate * speed / 1000;
    before = now;
    if (due >= 1) {
      at = Math.min(at + Math.floor(due), last);
      due %= 1;
      send(at >= last);
    }
    playing = at < last ? requestAnimationFrame(tick) : 0;
    tell();
  }

  function stop() { if (playing) cancelAnimationFrame(playing); playing = 0; tell(); }

  function tell() {
    write(play, playing ? "⏸" : "▶");
    put(play, "aria-label", playing ? say("pause") : say("play"));
    put(play, "title", playing ? say("pause") : say("play"));
    if (+range.value !== at) range.value = at;
    write(where, `${value(at)} / ${value(last)}`);
    put(range, "aria-valuetext", value(at));
    less.disabled = back.disabled = at <= 0;
    more.disabled = at >= last;
  }

  function keys(event) {
    if (event.target === range || event.target === pace || on.hooks.keeps(name)) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  }

  tell();
  return {
    element,
    show(block, reply) {
      last = block.high;
      put(range, "max", last);
      if (!playing && reply.seq >= sent && document.activeElement !== range) at = block.value;
      tell();
    },
  };
}
