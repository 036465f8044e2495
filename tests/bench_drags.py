"""What the hand does in `make bench`, and what is measured while it does it."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bench_record
import live
from bench_browser import Chromium, Page
from bench_process import Others, cpu_seconds
from bench_record import Record

sys.path.insert(0, str(live.ROOT))

import divviz
from divviz import gestures, state
from divviz.measures import FIRST, MEASURES, values
from divviz.scene import read_link
from divviz.web import lesson

Way = Callable[[float], tuple[float, float]]

# ------------------------------------------------------------------ what the hand does


@dataclass(frozen=True)
class Drag:
    """One thing to do with the hand: where, and the figures (p50, p95, numbers/s) to reach."""

    title: str
    query: str
    path: Callable[[Page], Way]
    target: tuple[float, float, float]


def wave(seconds: float, period: float) -> float:
    """Up and down between 0 and 1, at an even pace."""
    return 1 - abs((2 * seconds / period) % 2 - 1)


def along(selector: str) -> Callable[[Page], Way]:
    """To and fro over most of a slider; every move is another value."""

    def path(page: Page) -> Way:
        box = page.box(selector)
        x, y = box["x"], box["y"] + box["height"] / 2
        return lambda t: (x + box["width"] * (0.2 + 0.7 * wave(t + 1, 3.1)), y)

    return path


def over(selector: str) -> Callable[[Page], Way]:
    """From side to side, and up and down four times as fast."""

    def path(page: Page) -> Way:
        box = page.box(selector)
        x, y, w, h = box["x"], box["y"], box["width"], box["height"]
        return lambda t: (x + w * (0.05 + 0.9 * wave(t, 5.2)), y + h * (0.9 - 0.7 * wave(t, 1.3)))

    return path


def from_handle(selector: str, across: float, up: float) -> Callable[[Page], Way]:
    """To and fro, so many pixels to the right and upwards, from where a handle stands."""

    def path(page: Page) -> Way:
        box = page.box(selector)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return lambda t: (x + across * wave(t, 3.1), y - up * wave(t, 3.1))

    return path


def ungated(path: Callable[[Page], Way]) -> Callable[[Page], Way]:
    """The same after the visitor asked for the numbers that wait for a prediction."""

    def first(page: Page) -> Way:
        page.wait("document.querySelector('[data-gate]') !== null")
        page.evaluate("document.querySelectorAll('[data-gate]').forEach((one) => one.click())")
        return path(page)

    return first


def bars(*weights: int) -> str:
    """A pmf of 64 outcomes."""
    return f"pmf({','.join(str(weights[i % len(weights)]) for i in range(64))})"


TWO_NORMALS = "p=normal(0,1)&q=normal(1,1)"
DRAGS = {
    "slider": Drag("slider of Q's mu", TWO_NORMALS, along('[data-param="q.mu"]'), (26, 42, 54)),
    "bars": Drag(
        "painting 64 bars", f"p={bars(1)}&q={bars(1, 2, 3)}", over(".dv-ground"), (26, 42, 54)
    ),
    "density": Drag(
        "drawing 256 cells", "p=normal(0,1)&q=normal(1,2)", over(".dv-ground"), (32, 55, 45)
    ),
}
# One a lesson: its own link, and what a visitor drags first.
LESSONS = {
    "surprise": over("[data-slot=board] .dv-ground"),
    "cross_entropy": over("[data-slot=board] .dv-ground"),
    "two_directions": from_handle("[data-slot=board] [data-handle='q.centre']", 200, 0),
    "disjoint_supports": along("[data-slot=board] [data-param=distance]"),
    "transport": ungated(over("[data-slot=line] .dv-ground")),
    "f_divergences": from_handle("[data-slot=board] [data-grip='2']", 0, 60),
    "mutual_information": over("[data-slot=table] .dv-squares"),
    "samples": from_handle("[data-slot=board] [data-handle='q.centre']", 200, 0),
}
DRAGS |= {
    name: Drag(f"lesson: {name}", f"page={name}", path, (26, 42, 54))
    for name, path in LESSONS.items()
}
CHARTS = 20  # repaints a second

# A page that computes eight numbers and draws two curves on the spot: what this machine and its
# browser give when nothing has to be asked for.
LIMIT = """<!doctype html>
<input type=range min=-10 max=10 step=any value=1 style="width:300px" data-param="q.mu">
<b data-measure=kl_pq data-seq=0></b><svg width=900 height=320><path/></svg>
<script>
  const box = document.querySelector("input"), out = document.querySelector("b");
  let seq = 0;
  box.oninput = () => {
    const mu = +box.value, sums = new Float64Array(8);
    let d = "M0 320";
    for (let i = 0; i < 2000; i++) {
      const x = i / 100 - 10, p = Math.exp(-x * x / 2), q = Math.exp(-((x - mu) ** 2) / 2);
      for (let k = 0; k < 8; k++) sums[k] += p * Math.log((p + k * q + 1e-300) / (q + 1e-300));
      if (i % 10 === 0) d += `L${(i * 0.45).toFixed(1)} ${(320 - 300 * q).toFixed(1)}`;
    }
    document.querySelector("path").setAttribute("d", d);
    out.textContent = sums.join(" ");
    out.dataset.seq = ++seq;
    if (window.bench) bench.sent.push([seq, performance.now()]);
  };
</script>"""


@dataclass(frozen=True)
class Followed:
    """What was measured while the hand moved."""

    record: Record
    charts: float  # a second
    cpu: float  # seconds of the server's
    right: bool
    others: Others


def follow(page: Page, drag: Drag, seconds: float, pid: int | None = None) -> Followed:
    """Do it, with the page open and at rest; a page without a server has no last value to check."""
    page.evaluate(bench_record.RECORD)
    painted, used = repaints(page), cpu_seconds(pid) if pid else 0.0
    way = drag.path(page)
    with Others() as others:
        page.drag(way, seconds)
    time.sleep(0.05)
    page.wait("!document.querySelector('[data-busy]')")
    used = cpu_seconds(pid) - used if pid else 0.0
    time.sleep(0.5)
    record = bench_record.record(page)
    charts = (repaints(page) - painted) / record.seconds
    right = not pid or (record.complete and last_value(page))
    return Followed(record, charts, used, right, others)


def repaints(page: Page) -> int:
    """How often the picture that is painted most has been painted so far."""
    figures = "[...document.querySelectorAll('.dv-figure, .dv-drawn')]"
    return int(page.evaluate(f"Math.max(0, ...{figures}.map((one) => +one.dataset.repaints || 0))"))


def last_value(page: Page) -> bool:
    """Whether link and numbers are those of the hand's last message, to every digit."""
    link = page.evaluate("location.search.slice(1)")
    text = page.evaluate("bench.message")
    message = json.JSONDecoder().raw_decode(text, text.index('{"message":'))[0]["message"]
    if "page" in message:
        return last_state(page, message, link)
    scene, errors = read_link(message["base"])
    for act in message["acts"]:
        scene, _ = gestures.apply(scene, act)
    shown = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-measure][data-value]')]"
        ".map((one) => [one.dataset.measure, one.dataset.value]))"
    )
    numbers = {key: float(value) for key, value in shown.items()}
    of_link, wrong = read_link(link)
    every = divviz.evaluate(of_link.p, of_link.q, of_link.unit)
    wanted = {key: every[key] for key in FIRST}
    return not errors and not wrong and scene.link == of_link.link and numbers == wanted


def last_state(page: Page, message: dict[str, Any], link: str) -> bool:
    """The same on a lesson: its link, and the measures of P and Q that are in sight.

    Numbers far below are asked for when they come near.
    """
    shown = page.evaluate(
        "[...document.querySelectorAll('.dv-readings [data-measure][data-value]')]"
        ".filter((one) => one.getBoundingClientRect().top < innerHeight)"
        ".map((one) => [one.dataset.measure, one.dataset.value])"
    )
    stem = lesson.stem_of(message["page"])
    about = lesson.topic(stem) if stem else None
    assert about is not None
    of_message, errors, _ = lesson.state_of(about, message, {})
    of_link, wrong = state.read_link(about, link)
    wanted = values(of_link.pair, of_link.unit, keys=[key for key, _ in shown if key in MEASURES])
    right = all(float(number) == wanted[key] for key, number in shown if key in wanted)
    return not errors and not wrong and of_message.link == of_link.link and right


def opened(browser: Chromium, url: str) -> Page:
    """A page at rest, its chart painted."""
    page = browser.page()
    page.open(url)
    if "page=" in url:
        page.wait("document.querySelector('.dv-lesson:not([data-busy])') !== null")
    elif not url.startswith("data:"):
        page.wait("document.querySelector('.dv-figure .main-svg') !== null")
    time.sleep(1)
    return page


def beside(value: float, target: float | None = None, digits: int = 0) -> str:
    """A figure with its target in brackets.

    >>> beside(30.6, 26), beside(51.23, 54, 1), beside(16.2)
    ('31 (26)', '51.2 (54)', '16')
    """
    return f"{value:.{digits}f}" + (f" ({target:g})" if target is not None else "")
