// The dialog of what a page gives to take along: pictures, numbers, programs, LaTeX.

import { home } from "./address.js";
import { copy } from "./copying.js";
import { h, write } from "./dom.js";
import { png_of, svg_of, thumbnail } from "./images.js";
import { pictures } from "./offered.js";
import { handout } from "./printing.js";
import { button } from "./widgets.js";

export const save = (on) => ({ show: () => dialog(on) });

// The parts of the dialog, in their order: each makes its element of the page and of what all parts share.
const SECTIONS = [
  pictured,
  texts("numbers", ["numbers", "outcomes", "json"]),
  texts("programs", ["divviz", "numpy", "scipy", "torch"], "near"),
  texts("papers", ["latex"]),
  handout,
];

function dialog(on) {
  const kit = kit_of(on);
  return [...SECTIONS.map((section) => section(on, kit)), kit.field, kit.told];
}

// What the parts share: to say something, to ask the server for a file, to hand one over.
function kit_of(on) {
  const told = h("p", { class: "dv-savetold", role: "status" });
  const field = h("textarea", { class: "dv-copyfield", readonly: true, hidden: true, rows: 6, "aria-label": on.words.save_text });
  const given = (format) => on.hooks.wish("export", format, home(), on.arranged.hide, readings());
  const caption = on.hooks.wish("caption", home());
  caption.catch(() => {}); // who asks for it is told

  return {
    told, field, given, caption,
    // A button's work, once at a time; what goes wrong is a sentence.
    press(text, label, work, extra) {
      let busy = false;
      return button(text, async () => {
        if (busy) return;
        busy = true;
        field.hidden = true;
        write(told, "");
        try { write(told, await work()); } catch (error) { write(told, error.message); }
        busy = false;
      }, { "aria-label": label, ...extra });
    },
    async file(what, content, type, name) {
      const { key } = await caption;
      const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` }));
      const link = h("a", { href: address, download: named(on.page === "playground" ? key : on.page, name) });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60000); // the browser may still be reading
      return on.words.save_saved.replace("{what}", () => link.download);
    },
    async copied(what, text) {
      field.value = text.replace(/^\ufeff/, "");
      const before = document.activeElement;
      field.hidden = false;
      const done = await copy(field);
      if (done) { before.focus(); field.hidden = true; }
      return done ? on.words.save_copied.replace("{what}", () => what) : on.words.save_by_hand;
    },
  };
}

// The numbers of a lesson's own demos, as far as the page shows them: [name, symbol, value].
const readings = () => [...document.querySelectorAll(".dv-reading")].filter((one) => one.getClientRects().length)
  .map((one) => [one.querySelector("[data-value]"), one.querySelector(".dv-symbol").textContent]).filter(([value]) => value)
  .map(([value, symbol]) => [value.dataset.measure, symbol, value.dataset.value]);

// divviz-kl_pq-numbers-2026-11-21.csv, with the visitor's own date.
function named(page, name) {
  const [stem, ending] = name.split("."), now = new Date();
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  return `${["divviz", page, stem, date].filter(Boolean).join("-")}.${ending}`;
}

const section = (name, title, ...rows) => h("section", { class: "dv-save", "data-save": name }, h("h3", {}, title), ...rows);

// ---- pictures --------------------------------------------------------------------------------------------

function pictured(on, kit) {
  const found = pictures().map((one, i) => [one, thumbnail(one), i + 1]).filter(([, view]) => view);
  return section("pictures", on.words.save_pictures, ...(found.length ? found.map((one) => picture_row(on, kit, ...one)) : [h("p", {}, on.words.save_no_pictures)]));
}

function picture_row(on, kit, picture, view, place) {
  const { words } = on, plot = picture.element.classList.contains("dv-surface");
  const [own, says] = plot ? [words.save_plot, ""] : picture.words ? picture.words() : ["", picture.element.getAttribute("aria-label") || ""];
  const called = own || says;
  const stem = on.page !== "playground" ? String(place) : plot ? "plot" : "";

  async function svg() {
    const { title, pair, made: named, unit, address } = await kit.caption;
    const about = named || document.querySelector(".dv-surface"); // a lesson without a plot of P and Q is not about them
    const sides = Object.fromEntries((about ? pair : []).map(([side, text]) => [side.toLowerCase(), `${side} = ${text}`]));
    const made = svg_of(picture, { title: own || title, says, ...sides, unit: words.save_unit.replace("{unit}", unit), address: address || words.save_long });
    if (!made) throw new Error(words.save_failed);
    return made;
  }
  const kinds = {
    SVG: async () => kit.file(called, await svg(), "image/svg+xml", `${stem}.svg`),
    PNG: async () => {
      const made = await png_of(await svg()).catch(() => null);
      if (!made) throw new Error(words.save_failed);
      return kit.file(called, made, "image/png", `${stem}.png`);
    },
  };
  return h("div", { class: "dv-saverow dv-saveview" }, h("img", { src: view, alt: "" }), h("span", { class: "dv-savename" }, called),
    h("span", { class: "dv-savekeys" }, ...Object.entries(kinds).map(([kind, work]) =>
      kit.press(kind, words.save_as.replace("{what}", () => called).replace("{kind}", kind), work, { "data-save": `${kind.toLowerCase()}.${place}` }))));
}

// ---- texts -----------------------------------------------------------------------------------------------

function texts(name, formats, note) {
  return (on, kit) => section(name, on.words[`save_${name}_title`], ...formats.map((format) => text_row(on, kit, format)),
    note ? h("p", { class: "dv-caption" }, on.words[`save_${note}`]) : null);
}

function text_row(on, kit, format) {
  const { words } = on, called = words[`save_${format}`], kind = KINDS[format];
  return h("div", { class: "dv-saverow" }, h("span", { class: "dv-savename" }, called),
    h("span", { class: "dv-savekeys" },
      kit.press(words.save_copy, words.save_copy_of.replace("{what}", called), async () => kit.copied(called, (await kit.given(format)).text), { "data-copy": format }),
      kit.press(kind, words.save_as.replace("{what}", called).replace("{kind}", kind), async () => {
        const { file, type, text } = await kit.given(format);
        return kit.file(called, text, type, file);
      }, { "data-save": format })));
}

const KINDS = { numbers: "CSV", outcomes: "CSV", json: "JSON", divviz: "PY", numpy: "PY", scipy: "PY", torch: "PY", latex: "TEX" };
