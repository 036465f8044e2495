// Opening a file: what is in it is looked at first, and nothing is replaced before the visitor says where it goes.

import { address } from "./address.js";
import { h, put, s, write } from "./dom.js";
import { button } from "./widgets.js";

const ACCEPT = ".csv,.tsv,.txt,.json,text/*,application/json";
const LONGEST_ADDRESS = 8000; // as in talk.js: more than many a server takes
const WIDE = 320, HIGH = 90; // of the small picture

export const opener = (on) => ({ show: (close) => dialog(on, close) });

// The text of a file: UTF-8, or what a byte order mark says, as spreadsheets write it; else an error.
async function decoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const mark = bytes.length > 1 ? bytes[0] * 256 + bytes[1] : 0;
  const coding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  return new TextDecoder(coding, { fatal: true }).decode(bytes);
}

function dialog(on, close) {
  const { words, hooks } = on;
  const told = h("p", { class: "dv-opentold", role: "alert" }), way = h("div", { class: "dv-tools" });
  const seen = h("div", { class: "dv-opened", role: "group", hidden: true });
  const picker = h("input", { type: "file", accept: ACCEPT, hidden: true, "data-field": "file", onchange: () => take(picker.files[0]) });
  const field = h("textarea", { rows: 3, spellcheck: "false", "aria-label": words.open_text, placeholder: "0.5; 1.2; 3", "data-field": "text" });
  const look = button(words.open_look, () => read(field.value, ""), { "data-action": "look" });
  const zone = h("div", { class: "dv-drop" }, h("p", {}, words.open_drop),
    button(words.open_choose, () => picker.click(), { "data-action": "choose", autofocus: true }), picker, field, look);
  let turn = 0; // of the newest file: an answer about an older one is not shown

  field.onpaste = () => setTimeout(() => read(field.value, ""));
  zone.ondragover = (event) => { event.preventDefault(); put(zone, "data-over", true); };
  zone.ondragleave = () => zone.removeAttribute("data-over");
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.removeAttribute("data-over");
    const [file] = event.dataTransfer.files;
    if (file) take(file); else if (event.dataTransfer.getData("text")) read(field.value = event.dataTransfer.getData("text"), "");
  };

  function leave() { seen.hidden = true; zone.hidden = false; }

  function say(text, ...more) { write(told, text); way.replaceChildren(...more); }

  async function take(file) {
    picker.value = "";
    if (!file) return;
    if (file.size > Number(words.longest_paste)) return say(words.data_large.replace("{most}", words.most_numbers));
    let text;
    try { text = await decoded(file); } catch { leave(); return say(words.open_undecoded); }
    read(text, file.name);
  }

  function read(text, name) {
    const mine = turn += 1;
    leave();
    say(words.open_reading);
    hooks.wish("look", text).then((found) => { if (mine === turn) { say(""); preview(found, text, name); } },
      (error) => { if (mine === turn) say(error.message); });
  }

  // ---- what is in it ---------------------------------------------------------------------------------------
  function preview(found, text, name) {
    const title = h("h3", { tabindex: -1 }, name ? words.open_named.replace("{name}", name).replace("{says}", found.says) : found.says);
    const cancel = button(words.open_cancel, () => { turn += 1; leave(); say(""); look.focus(); }, { "data-action": "cancel" });
    const rest = found.kind === "table" ? table_of(found, text, cancel) : scene_of(found, text, cancel);
    seen.replaceChildren(title, ...rest);
    put(seen, "aria-label", title.textContent);
    seen.hidden = false;
    zone.hidden = true;
    title.focus(); // which reads it out; the dialog scrolls to it
  }

  const use = (text, reading, target) => button(words[`open_${target}`], () => send(text, reading, target), { "data-target": target });

  function scene_of(found, text, cancel) {
    const rows = Object.entries(found.spelled).map(([side, spelled]) => h("p", { class: "dv-spelled" }, h("strong", { class: `dv-${side}` }, side.toUpperCase()), " = ", spelled));
    return [...rows, found.picture ? thumbnail(found.picture) : null, h("div", { class: "dv-tools" }, use(text, "saved", "saved"), cancel)].filter(Boolean);
  }

  function table_of(found, text, cancel) {
    const shown = h("div", { class: "dv-reading-of" }), places = h("div", { class: "dv-tools" });
    function pick(reading) {
      shown.replaceChildren(...reading.says.map((line, i) => h("p", {}, reading.says.length > 1 ? `${"PQ"[i]}: ${line}` : line)), thumbnail(reading.picture));
      places.replaceChildren(...reading.targets.map((target) => use(text, reading.name, target)), cancel);
    }
    const radios = found.readings.map((reading, i) => h("label", { class: "dv-radio" },
      h("input", { type: "radio", name: "dv-reading", value: reading.name, checked: i === 0, onchange: () => pick(reading) }), reading.title));
    pick(found.readings[0]);
    return [first_rows(found), h("fieldset", { class: "dv-readings-of" }, h("legend", {}, words.open_as), ...radios), shown, places];
  }

  function first_rows({ heading, rows, rest }) {
    const head = heading.length ? h("thead", {}, h("tr", {}, ...[words.open_line, ...heading].map((text) => h("th", { scope: "col" }, text)))) : null;
    const body = rows.map(([line, ...cells]) => h("tr", {}, h("th", { scope: "row" }, line), ...cells.map((cell) => h("td", {}, cell))));
    return h("div", { class: "dv-tablewrap", tabindex: 0, role: "group", "aria-label": words.open_first },
      h("table", { class: "dv-table dv-cells" }, head, h("tbody", {}, ...body)),
      rest ? h("p", { class: "dv-caption" }, words.open_rest.replace("{count}", rest.toLocaleString(on.lang))) : null);
  }

  function thumbnail({ ends: [first, last], heights }) {
    const name = words.open_picture.replace("{first}", first).replace("{last}", last);
    const path = (bars) => bars.map((v, i) => `M${(i * WIDE) / bars.length} ${HIGH}V${HIGH - v * (HIGH - 4)}H${((i + 1) * WIDE) / bars.length}V${HIGH}`).join("");
    const shapes = heights.map((bars, i) => s("path", { class: `dv-shape dv-${"pq"[i]}`, d: path(bars), fill: i ? "none" : null }));
    return h("figure", { class: "dv-thumb" }, s("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": name, preserveAspectRatio: "none" }, ...shapes),
      h("figcaption", { class: "dv-caption" }, h("span", {}, first), h("span", {}, last)));
  }

  // ---- where it goes ---------------------------------------------------------------------------------------
  function send(text, reading, target) {
    const mine = turn += 1;
    say(words.open_reading);
    hooks.wish("made", text, reading, target, on.arranged.lock).then((made) => { if (mine === turn) arrive(made); },
      (error) => { if (mine === turn) say(error.message); });
  }

  function arrive({ page, link, said, why }) {
    if (page === on.page) {
      close();
      hooks.open(link); // one step, which undo takes back
      for (const text of said) hooks.tell(text);
      return;
    }
    const kept = location.search.slice(1).split("&").filter((part) => /^(lang|theme|embed|embed_options)=/.test(part));
    const go = (there) => () => location.assign(address([`page=${page}`, there, ...kept]));
    if (link.length > LONGEST_ADDRESS) return say([why, words.open_far].filter(Boolean).join(" "));
    if (!why) return go(link)();
    say(why, button(words.open_playground, go(link), { "data-action": "elsewhere" }));
  }

  return [zone, told, way, seen];
}
