// Colours follow Streamlit's theme.

import { put } from "./dom.js";

export const PALETTES = {
  light: { p: "#0b5cad", q: "#b8450b", m: "#5b3fa0", more: "#0b5cad", less: "#b8450b", ink: "#1b1f24", grid: "#d5dae0", paper: "#ffffff" },
  dark: { p: "#6cb2ff", q: "#ffa05c", m: "#c3a6ff", more: "#6cb2ff", less: "#ffa05c", ink: "#e8ebee", grid: "#38414c", paper: "#11151a" },
};

let printed = false;
const looks = new Set();
export const on_paper = () => printed;

// Paper is light, whatever the theme.
export function paper(yes) {
  printed = yes;
  for (const look of looks) look();
}

// Calls colours(palette) now and whenever the theme changes, as long as `root` is on the page.
export function follow_theme(root, parent, colours) {
  const app = parent.closest(".stApp") || document.body;
  function look() {
    const [r, g, b] = (getComputedStyle(app).backgroundColor.match(/[\d.]+/g) || [255, 255, 255]).map(Number);
    const name = printed ? "light" : 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
    if (root.dataset.theme === name) return;
    put(root, "data-theme", name);
    for (const [key, value] of Object.entries(PALETTES[name])) root.style.setProperty(`--dv-${key}`, value);
    colours(PALETTES[name]);
  }
  look();
  looks.add(look);
  const watch = new MutationObserver(() => {
    if (root.isConnected) return look();
    watch.disconnect();
    looks.delete(look);
  });
  watch.observe(app, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
}
