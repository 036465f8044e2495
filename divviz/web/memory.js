// What a visitor predicted and which tasks are done: kept in this browser, sent nowhere. Where storage is
// blocked, as in many an iframe, it lasts as long as the page.

const PREFIX = "divviz.";
const THEME = "stActiveTheme-"; // where Streamlit keeps the choice of light or dark
const unsaved = new Map();
let turns = 0; // how often another tab has changed what is kept, or all of it was cleared
addEventListener("storage", () => { turns += 1; });

// Everything that this site keeps in the browser, by name.
export function all_kept() {
  try { return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX) || name.startsWith(THEME)); } catch { return []; }
}

// Takes all of it away and says what it was.
export function forget() {
  const names = all_kept();
  for (const name of names) localStorage.removeItem(name);
  unsaved.clear();
  turns += 1;
  return { pages: names.filter((name) => name.startsWith(PREFIX)).length, theme: names.some((name) => name.startsWith(THEME)) };
}

export function memory(page) {
  const name = `${PREFIX}${page}`;
  let kept = null, bare = false, turn = turns;

  function all() {
    if (kept && turn === turns) return kept;
    turn = turns;
    try {
      const found = JSON.parse(localStorage.getItem(name));
      kept = found && typeof found === "object" && !Array.isArray(found) ? found : {};
    } catch {
      kept = unsaved.get(name) || {};
    }
    return kept;
  }

  function save() {
    unsaved.set(name, kept);
    try { localStorage.setItem(name, JSON.stringify(kept)); } catch { /* it lasts as long as the page */ }
  }

  return {
    get: (key) => (bare ? undefined : all()[key]),
    set(key, value) { if (bare) return; all()[key] = value; save(); },
    drop(key) { if (bare) return; delete all()[key]; save(); },
    has: (key) => !bare && Object.hasOwn(all(), key),
    // While it is blank, nothing is remembered and nothing is kept: a handout is the same for all.
    blank(yes) { bare = yes; },
    blanked: () => bare,
    keys: () => Object.keys(all()),
    count: (keys) => keys.filter((key) => Object.hasOwn(all(), key)).length,
  };
}
