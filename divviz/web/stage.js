// The live board. What the hand does becomes a message {seq, base, acts}; the server answers with numbers,
// curves and words for exactly that scene. The page holds nothing that the scene's text does not say.

import { channel } from "./channel.js";
import { estimates } from "./data.js";
import { SIDES, h, put, write } from "./dom.js";
import { chosen, more } from "./more.js";
import { chooser, sides, table, toolbar } from "./panel.js";
import { picture } from "./picture.js";
import { surface } from "./surface.js";

const IN_FLIGHT = 2;
const DRAW_EVERY = 33; // ms between curves and pictures while the hand moves: the numbers come first
const APART = 8; // ms at least between two messages: some mice report a thousand moves a second
const LOST_AFTER = 4000; // ms without any answer before the last message is sent again
const PER_MS = 50; // characters of data that may take a millisecond more
const LATE = 24; // moves after which a number that did not follow is shown as left behind
const LONGEST = 8000; // characters of a scene in the address: many a server takes lines of 8 kB
const MOST_PAST = 200, LONGEST_PAST = 2e7; // steps to undo, and characters in all of them
const boards = new WeakMap();

const PALETTES = {
  light: { p: "#0b5cad", q: "#b8450b", m: "#5b3fa0", more: "#0b5cad", less: "#b8450b", ink: "#1b1f24", grid: "#d5dae0", paper: "#ffffff" },
  dark: { p: "#6cb2ff", q: "#ffa05c", m: "#c3a6ff", more: "#6cb2ff", less: "#ffa05c", ink: "#e8ebee", grid: "#38414c", paper: "#11151a" },
};

export default function mount({ data, setStateValue, parentElement }) {
  if (!data) return;
  let board = boards.get(parentElement);
  if (!board) {
    board = make(parentElement, data);
    boards.set(parentElement, board);
  }
  board.send = (message) => setStateValue("message", message);
  board.receive(data);
}

function make(parent, first) {
  const root = h("div", { class: "dv-board" });
  parent.append(root);

  // ---- the conversation -------------------------------------------------------------------------
  let seq = 0, answered = 0, base = null, pending = [], live = null, dirty = false, watchdog = 0;
  let drawn = -Infinity, sent = -Infinity, pause = 0, pace = DRAW_EVERY;
  const left = new Map(); // when each message without its answer left // curves last asked for; the hand may stop between two
  const short = channel(first.channel, (reply) => { receive(reply); return root.isConnected; }, () => { answered = seq; post(); });
  let settled = 0; // the newest committed message that has its answer
  const past = [], future = [];
  let travelling = null; // "undo", "redo", "link": the next committed scene is not a new step
  let jumping = false; // the next committed scene gets a history entry of its own

  function post() {
    root.dataset.busy = "";
    if (seq - answered >= IN_FLIGHT) { dirty = true; return seq + 1; }
    const early = live ? APART - (performance.now() - sent) : 0;
    if (early > 1) {
      clearTimeout(pause);
      pause = setTimeout(() => { if (live) post(); }, early);
      return seq + 1;
    }
    dirty = false;
    seq += 1;
    for (const one of pending) one.seq = one.seq || seq;
    const acts = pending.map((one) => one.act), now = performance.now(), draw = !live || now - drawn >= pace;
    if (draw) drawn = now;
    left.set(seq, now);
    sent = now;
    const message = { seq, base, acts: live ? [...acts, live()] : acts, live: Boolean(live), draw, view: live ? plot.view() : null, lang: board.lang };
    const keys = list.wanted(Boolean(live));
    if (keys) message.more = keys;
    if (guesses.wanted(Boolean(live))) message.estimates = true;
    if (!live || !short.send(message)) board.send(message); // what is committed is Streamlit's to keep
    clearTimeout(pause);
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { answered = seq; post(); }, LOST_AFTER + weight(acts) / PER_MS);
    return seq;
  }

  const weight = (acts) => acts.reduce((sum, act) => sum + (act[0] === "data" ? act[2].length : 0), (base || "").length);

  const hooks = {
    live(act) { live = act; post(); }, // a function: what the hand has made of it when the message leaves
    commit(act) { live = null; pending.push({ act, seq: 0 }); return post(); },
    jump(act) { jumping = true; hooks.commit(act); },
    ask() { if (board.words) post(); },
    cancel(notice) { live = null; const asked = post(); if (notice) hooks.tell(notice, asked); },
    tell(text, until = seq) { board.told = until; tell([text]); },
    undo() { travel("undo", past, future); },
    redo() { travel("redo", future, past); },
  };

  function travel(how, from, to) {
    if (!from.length) return;
    to.push(base);
    open(from.pop(), how);
  }

  function open(scene, how) {
    base = scene; pending = []; live = null; travelling = how;
    board.opened = post();
  }

  // ---- what is on the page ---------------------------------------------------------------------------
  const plot = surface(hooks), tools = toolbar(hooks), choose = chooser(hooks), panels = sides(hooks), cells = table(hooks);
  const list = more(hooks), order = chosen(hooks), guesses = estimates(hooks);
  const chart = picture(first.plotly);
  const notices = h("div", { class: "dv-notices", role: "status" });
  const sentence = h("p", { class: "dv-sentence", "aria-live": "polite" });
  const numbers = h("div", { class: "dv-numbers", role: "group" });
  const hands = h("div", { class: "dv-hands", role: "group" });
  const picked = h("h2", { class: "dv-picked" }), says = h("p", { class: "dv-caption" }), caption = h("p", { class: "dv-caption" });
  const hint = h("p", { class: "dv-caption" });
  let places = {};
  root.append(
    choose.element, notices,
    h("div", { class: "dv-main" },
      h("div", { class: "dv-left" }, h("div", { class: "dv-top" }, hands, hint), plot.element),
      h("div", { class: "dv-right" }, numbers, list.press)),
    list.element, order.element, sentence,
    h("div", { class: "dv-main dv-below" },
      h("div", { class: "dv-controls" }, tools.element, panels.element, guesses.element, cells.element),
      h("section", { class: "dv-picture" }, picked, says, chart.element, caption)),
  );

  const tell = (texts) => notices.replaceChildren(...texts.map((text) => h("p", {}, text)));

  function hold(side) {
    board.side = side;
    plot.side(side);
    for (const one of hands.children) put(one, "aria-pressed", one.dataset.hand === side);
  }

  function speak({ lang, words, choices, measures }) {
    board.lang = lang;
    document.documentElement.lang = lang === "zh" ? "zh-Hans" : lang;
    board.words = words;
    hands.replaceChildren(...SIDES.map((side) =>
      h("button", { type: "button", class: `dv-hand dv-${side}`, "data-hand": side, onclick: () => hold(side) },
        words.draw.replace("{side}", side.toUpperCase()))));
    write(hint, words.hint);
    put(hands, "aria-label", words.hands);
    put(numbers, "aria-label", words.numbers);
    places = {}; board.picture = "";
    numbers.replaceChildren(...measures.filter((one) => one.first && !one.under).map((one) => {
      const value = h("span", { class: "dv-value", "data-measure": one.key });
      const reason = h("span", { class: "dv-reason" });
      const symbol = h("span", { class: "dv-symbol" }, one.symbol), parts = [symbol, value];
      const places_of = [[one.key, value]];
      for (const extra of measures.filter((other) => other.under === one.key)) {
        const small = h("span", { class: "dv-value dv-small", "data-measure": extra.key });
        parts.push(h("span", { class: "dv-extra" }, extra.symbol, " = ", small));
        places_of.push([extra.key, small]);
      }
      const press = h("button", { type: "button", class: "dv-numberbox", "data-show": one.key, title: one.name,
        onclick: () => hooks.commit(["show", one.key]) }, ...parts, reason);
      for (const [key, node] of places_of) {
        places[key] = key === one.key ? { node, press, reason, symbol, plain: one.symbol } : { node };
      }
      return press;
    }));
    list.speak(words, measures, places); order.speak(words); guesses.speak(words);
    plot.speak({ ...words, lang }); tools.speak(words); choose.speak(words, choices); panels.speak(words, choices); cells.speak(words);
    tools.history(past.length, future.length);
    hold(board.side || "p");
  }

  function show_numbers(reply) {
    for (const [key, [value, text]] of Object.entries(reply.numbers)) {
      const place = places[key];
      if (!place) continue;
      write(place.node, text);
      put(place.node, "data-value", value);
      put(place.node, "data-seq", reply.seq);
      place.seq = reply.seq;
      if (place.reason) write(place.reason, reply.reasons[key] || "");
      if (key === board.show) order.number(text, value);
    }
    for (const place of Object.values(places)) {
      const late = reply.live && reply.seq - place.seq > LATE;
      if (place.late !== late) place.node.classList.toggle("dv-late", place.late = late);
    }
  }

  function show_chosen(reply) {
    const picture = JSON.stringify([reply.show, reply.chosen, board.lang]);
    if (picture !== board.picture) press_chosen(reply);
    board.picture = picture;
    const apart = places[reply.show].press.closest(".dv-numbers") === null;
    order.show(reply, apart);
    if (reply.show !== board.show && reply.numbers[reply.show]) order.number(reply.numbers[reply.show][1], reply.numbers[reply.show][0]);
    if (board.show === null && apart) list.open(true); // a link to one of the others shows where it is
    board.show = reply.show;
  }

  function press_chosen(reply) {
    for (const [key, { press, symbol, order: own, plain }] of Object.entries(places)) {
      if (!press) continue;
      const picked = reply.show === key;
      put(press, "aria-pressed", picked);
      if (symbol) {
        write(symbol, picked ? reply.chosen.symbol : plain);
        press.classList.toggle("dv-other", symbol.textContent !== plain); // √JS is that of equal weights
      }
      else write(own, picked && reply.chosen.order ? ` (${reply.chosen.order})` : plain);
    }
  }

  // ---- answers --------------------------------------------------------------------------------------------
  function receive(reply) {
    // A server that was restarted knows nothing of this tab and answers the address it was opened
    // with: tell it again what is here.
    if (reply.seq === 0 && answered > 0) { answered = seq; post(); return; }
    // The short way may have overtaken the answer to what was committed before.
    if (reply.seq < answered) { if (!reply.live && reply.seq > settled) settle(reply); return; }
    if (reply.seq > seq) seq = reply.seq; // the page was opened on a state that a tab had sent before
    answered = Math.max(answered, reply.seq);
    board.took = performance.now() - (left.get(reply.seq) || sent);
    for (const one of left.keys()) if (one <= reply.seq) left.delete(one);
    if (reply.live) list.pace(board.took);
    if (answered >= seq) clearTimeout(watchdog);
    if (reply.words) speak(reply);
    if (!board.words) { post(); return; }
    if (board.opened && reply.seq < board.opened) { if (dirty) post(); return; }
    board.opened = 0;
    if (!reply.live) settle(reply);
    show_numbers(reply);
    if (reply.plot) show_rest(reply);
    else pause = setTimeout(() => { if (live) post(); }, pace);
    if (dirty) post();
    else if (answered >= seq) delete root.dataset.busy;
  }

  function show_rest(reply) {
    // What takes long to draw is drawn seldom: the numbers between have the way for themselves.
    if (reply.live) pace = Math.max(DRAW_EVERY, 2 * board.took - 2 * DRAW_EVERY);
    plot.show(reply);
    panels.show(reply);
    show_chosen(reply);
    put(sentence, "aria-live", reply.live ? "off" : "polite"); // a reader is told where the hand came to rest
    if (reply.figure) { write(sentence, reply.sentence); chart.show(reply.figure); }
    if (!reply.live) {
      pace = DRAW_EVERY;
      choose.show(reply); cells.show(reply); guesses.show(reply);
      write(hint, reply.hint || board.words.hint);
      offer(reply.canvas);
      write(picked, reply.picked); write(says, reply.says); write(caption, reply.caption);
      const long = base.length > LONGEST, told = long && !board.long ? [...reply.notices, board.words.too_long] : reply.notices;
      board.long = long;
      if (reply.seq > board.told) { board.told = reply.seq; tell(told); }
    }
  }

  // A hand is offered where there is something to draw.
  function offer(canvas) {
    for (const one of hands.children) one.disabled = !canvas[one.dataset.hand];
    const other = board.side === "p" ? "q" : "p";
    if (!canvas[board.side] && canvas[other]) hold(other);
  }

  function settle(reply) {
    settled = reply.seq;
    pending = pending.filter((one) => !one.seq || one.seq > reply.seq);
    if (base !== null && base !== reply.scene && !travelling) { past.push(base); future.length = 0; forget(); }
    const changed = base !== reply.scene || travelling;
    base = reply.scene;
    if (changed && reply.seq > 0) address(travelling === "link" ? "none" : jumping ? "push" : "replace");
    travelling = null; jumping = false;
    tools.history(past.length, future.length);
  }

  function forget() {
    let length = past.reduce((sum, one) => sum + one.length, 0);
    while (past.length > MOST_PAST || (length > LONGEST_PAST && past.length > 1)) length -= past.shift().length;
  }

  // The address holds the scene and whatever else it held (language, embedding).
  function address(how) {
    if (how === "none" || base.length > LONGEST) return;
    const kept = location.search.slice(1).split("&").filter((part) => part && !/^(p|q|unit|show)=/.test(part));
    const url = `${location.pathname}?${[base, ...kept].join("&")}${location.hash}`;
    if (url === location.pathname + location.search + location.hash) return;
    history[how === "push" ? "pushState" : "replaceState"](history.state, "", url);
  }

  const here = () => location.search.slice(1).split("&").filter((part) => /^(p|q|unit|show)=/.test(part)).join("&");

  function alive() {
    if (root.isConnected) return true;
    removeEventListener("popstate", came_back);
    removeEventListener("keydown", keys, true);
    return false;
  }

  function came_back() {
    if (alive() && here() !== base) open(here(), "link");
  }

  function keys(event) {
    if (!alive() || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "range") return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) hooks.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) hooks.redo();
    else return;
    event.preventDefault();
  }
  addEventListener("popstate", came_back);
  addEventListener("keydown", keys, true);

  // ---- colours follow Streamlit's theme --------------------------------------------------------------------
  function theme() {
    const style = getComputedStyle(parent.closest(".stApp") || document.body);
    const [r, g, b] = (style.backgroundColor.match(/[\d.]+/g) || [255, 255, 255]).map(Number);
    const name = 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
    if (root.dataset.theme === name) return;
    root.dataset.theme = name;
    for (const [key, value] of Object.entries(PALETTES[name])) root.style.setProperty(`--dv-${key}`, value);
    chart.colours(PALETTES[name]);
  }
  theme();
  const watch = new MutationObserver(() => (root.isConnected ? theme() : watch.disconnect()));
  watch.observe(parent.closest(".stApp") || document.body, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });

  const board = { receive, side: "p", told: -1, opened: 0, show: null, picture: "", long: false, took: 0 };
  return board;
}
