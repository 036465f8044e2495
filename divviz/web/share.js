// The dialog that hands a page on: a link to exactly this state, an iframe for another page, a QR code.

import { address } from "./address.js";
import { arranging } from "./arranging.js";
import { code_of } from "./qr.js";
import { copies } from "./copying.js";
import { h, put, write } from "./dom.js";
import { frame_of } from "./iframe.js";
import { button, select } from "./widgets.js";

const LONGEST = 1999; // characters of an address: what is longer, some programs cut
const PREDICT = 40; // characters at most of what the server may say is to be predicted

export const share = (on) => ({ show: (close) => dialog(on, close) });

function dialog(on, close) {
  const { words, arranged } = on, base = on.hooks.base();
  const chosen = { predict: arranged.predict.length > 0, lang: "", theme: "", whole: false };
  let short = null, asked = 0; // what the server says of this link; codes asked for

  // ---- the address -----------------------------------------------------------------------------------------
  const listed = (name, list) => (list.length ? `${name}=${list.join(",")}` : "");
  const activity = location.search.slice(1).split("&").find((part) => part.startsWith("activity=")) || "";

  function written(link, predict, { lang, theme }, embed) {
    return address([on.page === "playground" ? "" : `page=${on.page}`, link, predict, listed("hide", arranged.hide), listed("lock", arranged.lock),
      activity, lang && `lang=${lang}`, embed && "embed=true", theme && `embed_options=${theme}_theme`]);
  }

  const here = (embed) => written(chosen.whole ? base : short.link, chosen.predict && listed("predict", arranged.predict.length ? arranged.predict : short.predict), chosen, embed);
  const room = () => LONGEST - written("", "", { lang: "zh", theme: "light" }, true).length
    - Math.max(PREDICT, listed("predict", arranged.predict).length) - 2;

  // ---- what the dialog holds -------------------------------------------------------------------------------
  const link = h("input", { type: "text", id: "dv-sharelink", readonly: true, autofocus: true, spellcheck: "false", "data-field": "link", onfocus: () => link.select() });
  const copy = copies(words.share_copy_link, link, words, { "data-copy": "link", class: "dv-button dv-first" });
  const cuts = h("div", { class: "dv-cuts", hidden: true });
  const frame = frame_of(on), code = code_of(on, `divviz-${on.page}`);
  const frames = fold("frame", words.share_frame, frame.element), codes = fold("code", words.share_code, code.element);
  codes.ontoggle = draw;

  function fold(name, title, body) {
    return h("details", { class: "dv-details dv-fold", "data-part": name }, h("summary", {}, title), body);
  }

  function choice(name, options) {
    const box = select(words[`share_${name}`], options, "", (value) => { chosen[name] = value; show(); });
    put(box, "data-field", name);
    return h("label", {}, h("span", {}, words[`share_${name}`]), box);
  }

  function tick(text, name) {
    const box = h("input", { type: "checkbox", checked: chosen[name], "data-field": name, onchange: () => { chosen[name] = box.checked; show(); } });
    return h("label", { class: "dv-sharetick" }, box, h("span", {}, text));
  }

  // ---- showing ---------------------------------------------------------------------------------------------
  function show() {
    link.value = here(false);
    copy.clear();
    frame.show({ src: here(true), title: short.titles[chosen.lang || on.lang] || document.title });
    tell();
    draw();
  }

  // What the link leaves out, and the way to have it whole; the box that was ticked stays where it is.
  const left = h("div", { role: "status" }), size = h("p", { role: "status" }), keep = tick(words.share_whole, "whole");

  function tell() {
    const { length } = link.value, cut = short.cuts.length > 0;
    write(size, words[short.data ? "share_data" : "share_long"].replace("{count}", length.toLocaleString(on.lang)));
    left.replaceChildren(h("p", {}, words.share_cut), h("ul", {}, ...[...short.cuts, short.change].map((text) => h("li", {}, text))));
    left.hidden = !cut || chosen.whole;
    size.hidden = length <= LONGEST;
    keep.hidden = !cut;
    if (!cuts.children.length) cuts.append(left, size, keep);
    cuts.hidden = !cut && size.hidden;
  }

  // A code is worked out when it is looked at, and that of an older choice is not shown.
  function draw() {
    if (!codes.open || !short) return;
    const turn = asked += 1, current = (then) => (found) => { if (turn === asked) then(found); };
    code.show(null);
    on.hooks.wish("qr", link.value).then(current((found) => code.show(found)), current((error) => code.refuse(error.message)));
  }

  // A link that needs no cut is there at once.
  const predict = tick(words.share_predict, "predict");
  predict.firstChild.disabled = true; // until it is known what
  if (base.length <= room()) { short = { link: base, cuts: [], titles: {}, predict: [] }; show(); }
  on.hooks.wish("short", Math.max(0, room())).then((found) => { short = found; predict.firstChild.disabled = false; show(); },
    (error) => { cuts.hidden = false; write(cuts, error.message); });

  return [
    h("div", { class: "dv-linkbox" }, h("label", { for: link.id }, words.share_link), h("div", { class: "dv-linkrow" }, link, copy.press), copy.told),
    predict,
    h("div", { class: "dv-fields" },
      choice("lang", [["", words.share_auto], ["en", "English"], ["zh", "简体中文"]]),
      choice("theme", [["", words.share_auto], ["light", words.share_light], ["dark", words.share_dark]])),
    cuts, frames, codes,
    h("div", { class: "dv-tools" }, button(words.arrange, () => { close(); arranging(on); }, { "data-action": "arrange" })),
  ];
}
