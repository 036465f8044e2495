// What a visitor predicted and which tasks are done: kept in this browser, sent nowhere. Where storage is
// blocked, as in many an iframe, it lasts as long as the page.

const PREFIX = "divviz.";
const unsaved = new Map();

export function memory(page) {
  const name = `${PREFIX}${page}`;
  let kept = null;

  function all() {
    if (kept) return kept;
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
    get: (key) => all()[key],
    set(key, value) { all()[key] = value; save(); },
    drop(key) { delete all()[key]; save(); },
    has: (key) => Object.hasOwn(all(), key),
    count: (keys) => keys.filter((key) => Object.hasOwn(all(), key)).length,
  };
}
