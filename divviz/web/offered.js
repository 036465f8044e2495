// The pictures that a page has to save: each element that shows one says here how it is drawn again.

const offered = new WeakMap(), called = new WeakMap();

// make(width, height) gives {figure, over} or {parts, height}, null while there is nothing to see.
export function offers(element, make) { offered.set(element, make); }

// What a picture is called, [title, caption], where its own label does not say it.
export function calls(element, words) { called.set(element, words); }

// Those in sight or a scroll away, in the page's order; what is hidden, folded or gated is not among them.
export const pictures = () => [...document.querySelectorAll(".dv-surface, .dv-figure, .dv-drawn")]
  .filter((one) => offered.has(one) && one.getClientRects().length && !one.closest("dialog"))
  .map((element) => ({ element, make: offered.get(element), words: called.get(element) }));
