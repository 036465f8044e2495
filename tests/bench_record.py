"""What the page writes down while the hand moves, and what is read out of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bench_browser import Page

# Kept in the page: what the hand did (when the browser had it, when the page was told, how many
# moves in one), which messages left, and the frames that showed a number. A frame is over when
# a message posted in its animation callback arrives: style, layout and paint come in between.
# Where an element takes moves as they come (onpointerrawupdate), these are the hand's, else the
# ones that the browser brings with a frame.
RECORD = """(() => {
  const bench = window.bench = { hand: [], sent: [], frames: [], message: "", received: 0 };
  let heard = null;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (heard !== this) {
      heard = this;
      this.addEventListener("message", ({ data }) => {
        bench.received += data.byteLength ?? data.length;
      });
    }
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    const seq = /"seq": ?(\\d+)/.exec(text);
    if (seq) { bench.sent.push([+seq[1], performance.now()]); bench.message = text; }
    return send.call(this, data);
  };
  const unaligned = (one) => Boolean(one.onpointerrawupdate);
  const hand = (event) => {
    const move = event.type !== "pointerdown" && event.type !== "pointerup";
    if (move && !event.buttons) return;
    const raw = event.type === "pointerrawupdate";
    if (move && event.composedPath().some(unaligned) !== raw) return;
    const merged = move ? (event.getCoalescedEvents?.().length || 1) : 0;
    bench.hand.push([event.timeStamp, performance.now(), merged]);
  };
  const kinds = ["pointerdown", "pointermove", "pointerup"];
  if ([...document.querySelectorAll("*")].some(unaligned)) kinds.push("pointerrawupdate");
  for (const kind of kinds) addEventListener(kind, hand, { capture: true, passive: true });
  const after = new MessageChannel();
  let asked = false, newest = 0;
  after.port1.onmessage = ({ data }) => bench.frames.push([data, performance.now()]);
  new MutationObserver((changes) => {
    for (const { target } of changes) newest = Math.max(newest, +target.dataset.seq);
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; after.port2.postMessage(newest); });
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-seq"] });
})()"""

# The same, started with an empty page: when the frame with the first number is over, in
# milliseconds since the request for the page.
FIRST = """(() => {
  const after = new MessageChannel();
  after.port1.onmessage = () => { window.first = performance.now(); };
  const watch = new MutationObserver(() => {
    if (!document.querySelector("[data-measure][data-seq]")) return;
    watch.disconnect();
    requestAnimationFrame(() => after.port2.postMessage(0));
  });
  watch.observe(document, { subtree: true, childList: true, attributeFilter: ["data-seq"] });
})()"""


@dataclass(frozen=True)
class Record:
    """What RECORD kept: rows (stamped, told, moves), (seq, sent) and (seq, shown), in ms."""

    hand: Sequence[Sequence[float]]
    sent: Sequence[Sequence[float]]
    frames: Sequence[Sequence[float]]
    received: int  # bytes over the websocket

    @property
    def shown(self) -> dict[int, float]:
        """When each message's number was first on the screen."""
        return {int(seq): at for seq, at in reversed(self.frames)}

    @property
    def newest(self) -> dict[int, Sequence[float]]:
        """The last thing that the hand had done when each message left."""
        done = {
            int(seq): [row for row in self.hand if row[1] <= sent + 0.05] for seq, sent in self.sent
        }
        return {seq: rows[-1] for seq, rows in done.items() if rows}

    @property
    def latencies(self) -> list[float]:
        """For each number shown, ms from the hand to the end of its frame, sorted."""
        newest = self.newest
        return sorted(at - newest[seq][0] for seq, at in self.shown.items() if seq in newest)

    @property
    def moves(self) -> int:
        """Moves that the page was told of, those that the browser merged counted one by one."""
        return int(sum(row[2] for row in self.hand))

    @property
    def seconds(self) -> float:
        """From the first to the last thing that the hand did."""
        return (self.hand[-1][0] - self.hand[0][0]) / 1000

    @property
    def complete(self) -> bool:
        """Whether a message left after the hand's last act."""
        return bool(self.sent) and self.sent[-1][1] >= self.hand[-1][1]


def record(page: Page) -> Record:
    """Take the record out of the page."""
    names = ("hand", "sent", "frames", "received")
    return Record(**page.evaluate(f"(({{{', '.join(names)}}}) => ({{{', '.join(names)}}}))(bench)"))


def seq_of(frame: bytes | str) -> int | None:
    """The number of the message in a websocket frame of either direction; None if it has none.

    >>> seq_of(b'\\x12\\x08{"seq": 12, "live": true}'), seq_of("{}")
    (12, None)
    """
    found = re.search(rb'"seq": ?(\d+)', frame.encode() if isinstance(frame, str) else frame)
    return int(found[1]) if found else None


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of an ordered list does not exceed.

    >>> percentile([1, 2, 3, 4], 0.5), percentile([7], 0.95), percentile([], 0.5)
    (2, 7, nan)
    """
    if not ordered:
        return float("nan")
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]
