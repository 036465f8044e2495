// The conversation of a page with the server: what the hand does becomes a message {seq, base, acts}, the
// answer is shown, and what is committed is kept: in the address, and in a history to undo.

import { channel } from "./channel.js";

const IN_FLIGHT = 2;
const DRAW_EVERY = 33; // ms between curves and pictures while the hand moves: the numbers come first
const APART = 8; // ms at least between two messages: some mice report a thousand moves a second
const LOST_AFTER = 4000; // ms without any answer before the last message is sent again
const PER_MS = 50; // characters of data that may take a millisecond more
const LONGEST = 8000; // characters of a scene in the address: many a server takes lines of 8 kB
const START = "divviz"; // where an entry of the browser's history keeps the scene that its link began with
const MOST_PAST = 200, LONGEST_PAST = 2e7; // steps to undo, and characters in all of them

// `root` is busy while an answer is due. `names` are the parts of the address that are the page's state.
// `page` is how the page asks and shows:
//   asks(live, draw)  what a message says beside the acts
//   words(reply)    takes the words of a language; speaks() says whether it has any
//   numbers(reply)  shows what every answer carries; rest(reply) what only those with pictures do
//   settled()       after a committed answer;  tell(texts)  says what went wrong
//   back()          the address was gone back to
//   arranged        what the link arranges: {hide, lock, predict}, lists of names
export function talk({ root, path, names, arranged, page }) {
  let seq = 0, answered = 0, base = null, pending = [], live = null, dirty = false, watchdog = 0;
  let drawn = -Infinity, sent = -Infinity, pause = 0, pace = DRAW_EVERY, took = 0, told = -1, quiet = -1, opened = 0, long = false;
  let carry = () => {}; // how Streamlit takes a message
  const left = new Map(); // when each message without its answer left
  const short = channel(path, (reply) => { receive(reply); return root.isConnected; }, () => { answered = seq; post(); });
  let settled = 0; // the newest committed message that has its answer
  const past = [], future = [];
  const wishes = new Map(); // what was asked for beside the numbers and is not yet answered, by its number
  let wished = 0;
  let travelling = null; // "undo", "redo", "link": the next committed scene is not a new step
  let start = null; // the scene of the link, where the browser's history still knows it
  let jumping = 0; // the message whose scene gets a history entry of its own

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
    if (draw) drawn = now; // the hand may stop between two pictures
    left.set(seq, now);
    sent = now;
    const message = { seq, base, acts: live ? [...acts, live()] : acts, live: Boolean(live), draw, ...page.asks(Boolean(live), draw) };
    if (arranged.lock.length) message.lock = arranged.lock;
    if (!live && wishes.size) { const [[id, { asked }]] = wishes; message.wish = [id, ...asked]; }
    if (!live || !short.send(message)) carry(message); // what is committed is Streamlit's to keep
    clearTimeout(pause);
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { answered = seq; post(); }, LOST_AFTER + (weight(acts) + (message.wish ? heavy(message.wish) : 0)) / PER_MS);
    return seq;
  }

  const weight = (acts) => acts.reduce((sum, act) => sum + (act[0] === "data" ? act[2].length : 0), (base || "").length);
  const heavy = (wish) => wish.reduce((sum, part) => sum + (typeof part === "string" ? part.length : 0), 0); // a file, say

  const hooks = {
    live(act) { live = act; post(); }, // a function: what the hand has made of it when the message leaves
    commit(act) { live = null; pending.push({ act, seq: 0 }); return post(); },
    jump(act) { jumping = hooks.commit(act); return jumping; },
    ask() { if (page.speaks()) quiet = post(); }, // for more of the same: what was said stays said
    // For something beside the numbers, a row of WISHES: a promise of what is given, or of a sentence thrown.
    wish(...asked) {
      return new Promise((given, refused) => { wishes.set(wished += 1, { asked, given, refused }); hooks.ask(); });
    },
    base: () => base,
    cancel(notice) { live = null; const asked = post(); if (notice) hooks.tell(notice, asked); },
    tell(text, until = seq) { told = until; page.tell([text]); },
    undo() { travel("undo", past, future); },
    redo() { travel("redo", future, past); },
    // What is locked stays so: then the server decides.
    open(link) {
      if (arranged.lock.length) { hooks.jump(["open", link]); return; }
      if (base !== null) { past.push(base); future.length = 0; }
      open(link, "open");
      jumping = opened;
    },
    // A link that arranges the page has a start of its own.
    reset() {
      if (start !== null && Object.values(arranged).some((names) => names.length)) hooks.open(start); else hooks.jump(["reset"]);
    },
    keeps: () => false, // whether a lock forbids it: arranged.js knows
  };

  function travel(how, from, to) {
    if (!from.length) return;
    to.push(base);
    open(from.pop(), how);
  }

  function open(scene, how) {
    base = scene; pending = []; live = null; travelling = how;
    opened = post();
  }

  // ---- answers --------------------------------------------------------------------------------------------
  function receive(reply) {
    if (reply.wish) grant(...reply.wish);
    // A server that was restarted knows nothing of this tab and answers the address it was opened
    // with: tell it again what is here.
    if (reply.seq === 0 && answered > 0) { answered = seq; post(); return; }
    // The short way may have overtaken the answer to what was committed before.
    if (reply.seq < answered) { if (!reply.live && reply.seq > settled) settle(reply); return; }
    if (reply.seq > seq) seq = reply.seq; // the page was opened on a state that a tab had sent before
    answered = Math.max(answered, reply.seq);
    took = performance.now() - (left.get(reply.seq) || sent);
    for (const one of left.keys()) if (one <= reply.seq) left.delete(one);
    if (answered >= seq) clearTimeout(watchdog);
    if (reply.words) page.words(reply);
    if (!page.speaks()) { post(); return; }
    if (opened && reply.seq < opened) { if (dirty) post(); return; }
    opened = 0;
    if (!reply.live) settle(reply);
    page.numbers(reply, took);
    if (reply.whole) show(reply);
    else pause = setTimeout(() => { if (live) post(); }, pace);
    if (dirty) post();
    else if (answered >= seq) delete root.dataset.busy;
  }

  function grant(id, { given, error }) {
    const wish = wishes.get(id);
    if (!wish) return;
    wishes.delete(id);
    if (error === undefined) wish.given(given); else wish.refused(new Error(error));
    if (wishes.size) hooks.ask();
  }

  function show(reply) {
    // What takes long to draw is drawn seldom: the numbers between have the way for themselves.
    pace = reply.live ? Math.max(DRAW_EVERY, 2 * took - 2 * DRAW_EVERY) : DRAW_EVERY;
    page.rest(reply);
    if (reply.live) return;
    const notices = base.length > LONGEST && !long ? [...reply.notices, page.too_long()] : reply.notices;
    long = base.length > LONGEST;
    if (reply.seq > told && (reply.seq !== quiet || notices.length)) { told = reply.seq; page.tell(notices); }
  }

  function settle(reply) {
    settled = reply.seq;
    pending = pending.filter((one) => !one.seq || one.seq > reply.seq);
    if (base !== null && base !== reply.scene && !travelling) { past.push(base); future.length = 0; forget(); }
    // With another language Streamlit writes the address that it knows, which is that of the beginning.
    const changed = base !== reply.scene || travelling || reply.words;
    base = reply.scene;
    if (start === null) start = (history.state && history.state[START]) || base;
    if (changed && reply.seq > 0) address(travelling === "link" ? "none" : jumping && reply.seq >= jumping ? "push" : "replace");
    travelling = null;
    if (reply.seq >= jumping) jumping = 0;
    page.settled(past.length, future.length, base);
  }

  function forget() {
    let length = past.reduce((sum, one) => sum + one.length, 0);
    while (past.length > MOST_PAST || (length > LONGEST_PAST && past.length > 1)) length -= past.shift().length;
  }

  // The address holds the scene and whatever else it held (language, embedding).
  const ours = (part) => names.includes(part.split("=")[0]);
  const parts = () => location.search.slice(1).split("&").filter((part) => part);

  function address(how) {
    if (how === "none" || base.length > LONGEST) return;
    const url = `${location.pathname}?${[base, ...parts().filter((part) => !ours(part))].filter(Boolean).join("&")}${location.hash}`;
    if (url === location.pathname + location.search + location.hash) return;
    history[how === "push" ? "pushState" : "replaceState"]({ ...history.state, ...(start.length > LONGEST ? {} : { [START]: start }) }, "", url);
  }

  const here = () => parts().filter(ours).join("&");

  function alive() {
    if (root.isConnected) return true;
    removeEventListener("popstate", came_back);
    removeEventListener("keydown", keys, true);
    return false;
  }

  function came_back() {
    if (!alive()) return;
    if (page.back) page.back();
    if (here() !== base) open(here(), "link");
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

  return { hooks, receive, through(next) { carry = next; }, past: () => [past.length, future.length] };
}
