// Numbers that a visitor brings: a field and a file for each side, and what is estimated from samples.

import { SIDES, h, put, write } from "./dom.js";
import { button, grouped, select } from "./widgets.js";

export function data(which, hooks) {
  const summary = h("summary"), body = h("div", { class: "dv-data" });
  const element = h("details", { class: "dv-details", "data-part": `data.${which}` }, summary, body);
  let how = null, rule = null, family = null, text = null;

  function speak(words, choices, kind) {
    const say = (key) => words[key].replace("{side}", which.toUpperCase());
    const typed = text ? text.value : "";
    text = h("textarea", { rows: 3, spellcheck: "false", "aria-label": say("data_numbers"), placeholder: words.data_example, "data-numbers": which });
    text.value = typed;
    const file = h("input", { type: "file", accept: ".csv,.tsv,.txt,text/*", hidden: true, "data-file": which,
      onchange: () => upload(file, words) });
    how = select(say("data_how"), choices.how, how ? how.value : "samples", pick);
    rule = select(say("data_rule"), choices.rules, rule ? rule.value : "fd", () => {});
    family = grouped(say("data_family"), choices.fits[kind], family ? family.value : "normal", () => {});
    put(how, "data-how", which); put(rule, "data-rule", which); put(family, "data-member", which);
    write(summary, words.data);
    body.replaceChildren(text,
      h("div", { class: "dv-datarow" },
        button(words.data_upload, () => file.click(), { "data-upload": which }), file, how, rule, family,
        button(words.data_use, use, { "data-use": which })));
    pick();
  }

  function pick() {
    rule.hidden = how.value !== "histogram";
    family.hidden = how.value !== "fitted";
  }

  const use = () => hooks.jump(["data", which, text.value, how.value,
    how.value === "histogram" ? rule.value : how.value === "fitted" ? family.value : ""]);

  async function upload(file, words) {
    const one = file.files[0];
    file.value = "";
    if (!one) return;
    if (one.size > Number(words.longest_paste)) return hooks.tell(words.data_large.replace("{most}", words.most_numbers));
    try {
      text.value = await one.text();
      use();
    } catch {
      hooks.tell(words.data_unread);
    }
  }

  return {
    element, speak,
    // A family made of numbers was chosen: here is where the numbers go.
    open(kind) {
      element.open = true;
      how.value = kind;
      pick();
      text.focus({ preventScroll: false });
    },
  };
}

export function estimates(hooks) {
  const summary = h("summary"), body = h("div", {});
  const element = h("details", { class: "dv-details", "data-part": "estimates", hidden: true }, summary, body);
  let words = {};
  element.ontoggle = () => { if (element.open) hooks.ask(); };
  return {
    element,
    wanted: (live) => !live && element.open && !element.hidden,
    speak(next) { words = next; write(summary, words.estimates); },
    show(reply) {
      element.hidden = !SIDES.some((side) => reply.sides[side].family === "samples");
      if (!reply.estimates) return;
      body.replaceChildren(h("table", { class: "dv-table dv-estimates" },
        h("thead", {}, h("tr", {}, ...["head", "kind", "value"].map((key) => h("th", { scope: "col" }, words[`estimates_${key}`])))),
        h("tbody", {}, ...reply.estimates.map((row) => h("tr", { "data-hides": row.hides || null },
          h("th", { scope: "row" }, row.symbol),
          h("td", {}, row.kind, row.note ? h("p", { class: "dv-caption" }, row.note) : null), h("td", {}, row.value, h("br"), row.interval))))));
    },
  };
}
