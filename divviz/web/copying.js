// Taking something to the clipboard. Where the browser refuses it, as in many a frame or without https, the
// text is selected, so that Ctrl+C takes it.

import { h, write } from "./dom.js";
import { button } from "./widgets.js";

export async function copy(field) {
  try { await navigator.clipboard.writeText(field.value); return true; } catch { /* the older way */ }
  field.focus();
  field.select();
  try { return document.execCommand("copy"); } catch { return false; }
}

// A button and the place where it says what became of it; `take` is a promise of whether it went well.
function copier(text, take, words, refused, extra) {
  const told = h("span", { class: "dv-copied", role: "status" });
  const press = button(text, async () => { write(told, ""); write(told, (await take()) ? words.share_copied : refused); }, extra);
  return { press, told, clear: () => write(told, "") };
}

export const copies = (text, field, words, extra = {}) => copier(text, () => copy(field), words, words.share_press, extra);

// A picture goes as PNG, which slides and documents take; paint(canvas) draws it.
export function copies_picture(text, paint, words, extra = {}) {
  async function take() {
    try {
      const canvas = h("canvas");
      paint(canvas);
      const png = new Promise((done) => canvas.toBlob(done, "image/png"));
      await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
      return true;
    } catch { return false; }
  }
  return copier(text, take, words, words.share_no_picture, extra);
}
