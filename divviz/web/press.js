// One press of the hand: from where it goes down, through every place between, to where it lets go.

const RAW = "onpointerrawupdate" in document.documentElement; // comes at once, a move only with the next frame

// Points are in pixels of `frame`. start(point) says whether the press is one; move(points); end() when the
// hand lets go; cancel() when the browser took it for scrolling, when the node went away, or on Escape.
export function pressed(node, frame, { start, move, end, cancel }) {
  let pointer = null;
  const at = (event, box) => ({ x: event.clientX - box.left, y: event.clientY - box.top });
  // A node that goes away under the hand hears no more of it; the window does.
  const heard = { pointerup: stop, pointercancel: stop, keydown: escape };

  node.onpointerdown = (event) => {
    if (event.button > 0 || !event.isPrimary || pointer !== null) return;
    if (!start(at(event, frame.getBoundingClientRect()))) return;
    event.preventDefault();
    pointer = event.pointerId;
    node.setPointerCapture(pointer);
    for (const [name, hear] of Object.entries(heard)) addEventListener(name, hear, true);
  };

  node[RAW ? "onpointerrawupdate" : "onpointermove"] = (event) => {
    if (event.pointerId !== pointer) return;
    const box = frame.getBoundingClientRect();
    const moves = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    move((moves.length ? moves : [event]).map((one) => at(one, box)));
  };

  function over(how) {
    const held = pointer;
    pointer = null;
    for (const [name, hear] of Object.entries(heard)) removeEventListener(name, hear, true);
    if (node.hasPointerCapture(held)) node.releasePointerCapture(held);
    how();
  }

  function stop(event) {
    if (event.pointerId === pointer) over(event.type === "pointerup" && node.isConnected ? end : cancel);
  }

  function escape(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    over(cancel);
  }

  node.onlostpointercapture = (event) => { if (event.pointerId === pointer) over(cancel); };
}

// What the hand made stays where it put it: while it holds it (until null), until the answer to what was sent
// (until its number), or, called off, until the next answer at rest.
export const CALLED_OFF = "rest";
export const answered = (until, reply) => (until === CALLED_OFF ? !reply.live : until !== null && reply.seq >= until);

export const within = (value, low, high) => Math.min(Math.max(value, low), high);
