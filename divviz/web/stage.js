// The live board. What the hand does becomes a message {seq, base, acts}; the server answers with numbers,
// curves and words for exactly that scene. The page holds nothing that the scene's text does not say.

import { activity } from "./activity.js";
import { arrange, hides, named } from "./arranged.js";
import { estimates } from "./data.js";
import { desk } from "./desk.js";
import { SIDES, h, put, write } from "./dom.js";
import { embed } from "./embed.js";
import { chosen, more } from "./more.js";
import { chooser, sides, table, toolbar } from "./panel.js";
import { memory } from "./memory.js";
import { calls } from "./offered.js";
import { picture } from "./picture.js";
import { prediction } from "./predict.js";
import { printing } from "./printing.js";
import { surface } from "./surface.js";
import { talk } from "./talk.js";
import { follow_theme } from "./theme.js";

const LATE = 24; // moves after which a number that did not follow is shown as left behind
const STATE = ["p", "q", "unit", "show"];
const boards = new WeakMap();

export default function mount({ data, setStateValue, parentElement }) {
  if (!data) return;
  let board = boards.get(parentElement);
  if (!board) {
    board = make(parentElement, data);
    boards.set(parentElement, board);
  }
  board.through((message) => setStateValue("message", message));
  board.receive(data);
}

function make(parent, first) {
  const root = h("div", { class: "dv-board" });
  parent.append(root);

  const arranged = first.arranged || { hide: [], lock: [], predict: [] };
  const conversation = talk({ root, path: first.channel, names: STATE, arranged, page: { asks, words, speaks: () => Boolean(board.words),
    numbers, rest, settled: (past, future) => tools.history(past, future), tell, too_long: () => board.words.too_long, back: () => arranging.back() } });
  const { hooks } = conversation;

  function asks(live, draw) {
    const asked = { view: live ? plot.view() : null, lang: board.lang, ...(draw ? task.asks() : {}) };
    if (!live && arranged.predict.length) asked.predict = arranged.predict;
    const keys = list.wanted(live);
    if (keys) asked.more = keys;
    if (guesses.wanted(live)) asked.estimates = true;
    return asked;
  }

  // ---- what is on the page ---------------------------------------------------------------------------
  const plot = surface(hooks), tools = toolbar(hooks), choose = chooser(hooks), panels = sides(hooks), cells = table(hooks);
  const list = more(hooks), order = chosen(hooks), guesses = estimates(hooks);
  const chart = picture(first.plotly);
  const notices = h("div", { class: "dv-notices", role: "status" });
  const sentence = h("p", { class: "dv-sentence", "aria-live": "polite" });
  const boxes = h("div", { class: "dv-numbers", role: "group" });
  const hands = h("div", { class: "dv-hands", role: "group" });
  const picked = h("h2", { class: "dv-picked" }), says = h("p", { class: "dv-caption" }), caption = h("p", { class: "dv-caption" });
  const hint = h("p", { class: "dv-caption" });
  calls(chart.element, () => [picked.textContent, caption.textContent]);
  let places = {};
  const on = { hooks, root, arranged, page: "playground", memory: memory("playground"), words: null, lang: "" };
  const takes = desk(on), outside = embed(on, first.embedding), task = activity(on);
  on.committed = outside.committed;
  on.stack = () => ({ element: h("div"), show() {} }); // a question of the board shows nothing beside it
  const expected = on.expected = prediction(on, () => arranging.apply(), { gates: true });
  const column = h("section", { class: "dv-picture", "data-withheld": "" }, picked, says, chart.element, caption);
  hides(takes.element, "share"); hides(hands, "hands"); hides(hint, "hint"); hides(plot.element, "plot"); hides(tools.element, "tools");
  hides(boxes, "numbers"); hides(list.press, "more", "numbers"); hides(list.element, "more", "numbers"); hides(order.element, "order", "numbers");
  hides(guesses.element, "estimates", "numbers"); hides(cells.element, "table");
  for (const one of [boxes, list.press, list.element, order.element, guesses.element, sentence]) put(one, "data-withheld", "");
  root.append(
    h("div", { class: "dv-headrow" }, choose.element, takes.element, outside.way), outside.told, notices, task.element,
    h("div", { class: "dv-main" },
      h("div", { class: "dv-left" }, h("div", { class: "dv-top" }, hands, hint), plot.element),
      h("div", { class: "dv-right" }, expected.element, boxes, list.press)),
    list.element, order.element, sentence,
    h("div", { class: "dv-main dv-below" },
      h("div", { class: "dv-controls" }, tools.element, panels.element, guesses.element, cells.element),
      column),
  );
  const arranging = on.arranging = arrange(on, expected.gated);

  function tell(texts) { notices.replaceChildren(...texts.map((text) => h("p", {}, text))); }

  function hold(side) {
    board.side = side;
    plot.side(side);
    for (const one of hands.children) put(one, "aria-pressed", one.dataset.hand === side);
  }

  function words({ lang, words, choices, measures }) {
    board.lang = lang;
    document.documentElement.lang = lang === "zh" ? "zh-Hans" : lang;
    board.words = words;
    Object.assign(on, { words, lang, measures });
    hands.replaceChildren(...SIDES.map((side) =>
      h("button", { type: "button", class: `dv-hand dv-${side}`, "data-hand": side, "data-keeps": `${side}.*`, onclick: () => hold(side) },
        words.draw.replace("{side}", side.toUpperCase()))));
    write(hint, words.hint);
    put(hands, "aria-label", words.hands);
    put(boxes, "aria-label", words.numbers);
    places = {}; board.picture = "";
    boxes.replaceChildren(...measures.filter((one) => one.first && !one.under).map((one) => {
      const value = h("span", { class: "dv-value", "data-measure": one.key });
      const reason = h("span", { class: "dv-reason" });
      const symbol = h("span", { class: "dv-symbol" }, one.symbol), parts = [symbol, value];
      const places_of = [[one.key, value]];
      for (const extra of measures.filter((other) => other.under === one.key)) {
        const small = h("span", { class: "dv-value dv-small", "data-measure": extra.key });
        parts.push(h("span", { class: "dv-extra", "data-hides": extra.key }, extra.symbol, " = ", small));
        places_of.push([extra.key, small]);
      }
      const press = h("button", { type: "button", class: "dv-numberbox", "data-show": one.key, "data-hides": one.key, "data-keeps": "show", title: one.name,
        onclick: () => hooks.commit(["show", one.key]) }, ...parts, reason);
      for (const [key, node] of places_of) {
        places[key] = key === one.key ? { node, press, reason, symbol, plain: one.symbol } : { node };
      }
      return press;
    }));
    list.speak(words, measures, places); order.speak(words); guesses.speak(words);
    plot.speak({ ...words, lang }); tools.speak(words); choose.speak(words, choices); panels.speak(words, choices); cells.speak(words); takes.speak(); outside.speak(); arranging.keep();
    tools.history(...conversation.past());
    hold(board.side || "p");
  }

  function numbers(reply, took) {
    if (reply.live) list.pace(took);
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

  function rest(reply) {
    task.show(reply);
    plot.show(reply);
    panels.show(reply);
    show_chosen(reply);
    put(sentence, "aria-live", reply.live ? "off" : "polite"); // a reader is told where the hand came to rest
    if (reply.figure) { write(sentence, reply.sentence); chart.show(reply.figure); }
    if (reply.live) return;
    expected.show(reply, hooks.base());
    const told = [reply.show, ...named(on.measures, reply.sentence)];
    const drawn = named(on.measures, reply.caption); // a picture spells what its caption names
    hides(sentence, "sentence", "numbers", ...told); hides(column, "picture", "numbers", ...told, ...drawn); hides(order.value, "numbers", reply.show);
    choose.show(reply); cells.show(reply); guesses.show(reply);
    write(hint, reply.hint || board.words.hint);
    offer(reply.canvas);
    write(picked, reply.picked); write(says, reply.says); write(caption, reply.caption);
    arranging.spread();
  }

  // A hand is offered where there is something to draw.
  function offer(canvas) {
    const free = (side) => canvas[side] && !hooks.keeps(`${side}.*`);
    for (const one of hands.children) one.disabled = !free(one.dataset.hand);
    const other = board.side === "p" ? "q" : "p";
    if (!free(board.side) && free(other)) hold(other);
  }

  printing(on, async () => { while (root.dataset.busy !== undefined && root.isConnected) await new Promise(requestAnimationFrame); });
  follow_theme(root, parent, chart.colours);

  const board = { receive: conversation.receive, through: conversation.through, side: "p", show: null, picture: "" };
  return board;
}
