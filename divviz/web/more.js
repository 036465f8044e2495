// The numbers beyond the first nine: a list that is closed at first, and the chosen number with its parameters.

import { h, put, write } from "./dom.js";
import { slider } from "./widgets.js";

const FAST = 20, SLOW = 35; // ms: answers faster than this may carry more numbers, slower ones fewer

export function more(hooks) {
  const list = h("div", { class: "dv-more", role: "group", id: "dv-more", hidden: true });
  const press = h("button", { type: "button", class: "dv-unfold", "data-part": "more", "aria-expanded": "false", "aria-controls": "dv-more",
    onclick: () => open(list.hidden) });
  const seen = new Set();
  let keys = [], next = 0, share = 1;
  const eyes = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target.dataset.show);
  });
  function open(wide) {
    list.hidden = !wide;
    put(press, "aria-expanded", wide);
    if (wide) hooks.ask();
  }

  return {
    press, element: list, open,
    // What a message asks for: all of them at rest, and under a moving hand as many of those in sight
    // as it need not wait for.
    wanted(live) {
      if (list.hidden) return null;
      if (!live) return keys;
      const near = keys.filter((key) => seen.has(key)), few = [];
      for (let k = 0; k < Math.min(share, near.length); k++) few.push(near[next++ % near.length]);
      return few;
    },
    pace(took) { share = took < FAST ? Math.min(share + 1, keys.length) : took > SLOW ? Math.max(1, share >> 1) : share; },
    speak(words, measures, places) {
      write(press, words.more);
      put(list, "aria-label", words.more_label);
      eyes.disconnect();
      seen.clear();
      const rest = measures.filter((one) => !one.first);
      keys = rest.map((one) => one.key);
      list.replaceChildren(...rest.map((one) => {
        const node = h("span", { class: "dv-value", "data-measure": one.key });
        const reason = h("span", { class: "dv-reason" }), order = h("span");
        const row = h("button", { type: "button", class: "dv-row", "data-show": one.key, "data-hides": one.key, "data-keeps": "show", title: one.name,
          onclick: () => hooks.commit(["show", one.key]) },
        h("span", { class: "dv-symbol" }, one.symbol), h("span", { class: "dv-name" }, one.name, order), node, reason);
        places[one.key] = { node, press: row, reason, order, plain: one.order ? ` (${one.order})` : "" };
        eyes.observe(row);
        return row;
      }));
    },
  };
}

// The sliders of the chosen number, where it has any; beside them its value, where no box shows it.
export function chosen(hooks) {
  const symbol = h("span", { class: "dv-symbol" }), value = h("span", { class: "dv-value", "data-part": "chosen-value" });
  const head = h("div", { class: "dv-chosenhead" }, symbol, value), rows = h("div", { class: "dv-orders", "data-keeps": "show" });
  const element = h("div", { class: "dv-chosen", hidden: true }, head, rows);
  let words = {}, key = "", made = [];

  function build(reply) {
    const values = reply.chosen.orders.map((row) => Number(row[2]));
    made = reply.chosen.orders.map(([name, title, , low, high, step, endless], i) => slider({
      key: `show.${name}`, full: `${title}: ${reply.picked || symbol.textContent}`, title, value: values[i], low, high, step,
      endless: endless ? words.endless : null, words, hooks,
      act: (v) => ["show", `${reply.show}(${v === Infinity ? "inf" : v})`],
    }));
    rows.replaceChildren(...made.map((one) => one.element));
  }

  return {
    element, value: head,
    speak(next) { words = next; key = ""; },
    show(reply, apart) {
      const orders = reply.chosen.orders;
      element.hidden = !apart && !orders.length;
      head.hidden = !apart;
      write(symbol, `${reply.chosen.symbol}:`);
      // The ends may follow a value from afar, but not under the hand.
      const same = JSON.stringify([reply.show, words.endless, orders.map((row) => [row[0], ...(reply.live ? [] : row.slice(3))])]);
      const kept = reply.live && key && JSON.parse(key)[0] === reply.show;
      if (same !== key && !kept) {
        key = same;
        const at = document.activeElement, back = rows.contains(at) && at.dataset.param;
        build(reply);
        if (back) rows.querySelector(`[data-param="${back}"]`)?.focus({ preventScroll: true });
      }
      made.forEach((one, i) => one.show(Number(orders[i][2]), reply.seq));
    },
    number(spelled, exact) { write(value, spelled); put(value, "data-value", exact); },
  };
}
