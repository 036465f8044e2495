"""A page with nothing but a drawing: what is shown, what was sent, and where things are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import CDPSession, Locator, Page, Route

from divviz.web import assets, sheet

HOST = "http://localhost/drawing/"
HEIGHT = 240  # of a row

PAGE = """<!doctype html><html lang="en"><title>Drawing</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="stage.css"><link rel="stylesheet" href="drawing.css">
<style>body { margin: 0; } main { padding: 10px 10px 2500px; }</style>
<main class="dv-board"><h1>Drawing</h1><div id="here"></div></main>
<script type="module">
  %s
  function fresh() {
    const sent = [];
    let seq = 0;
    const note = (kind, act = null) => sent.push([kind, structuredClone(act)]);
    const easel = drawing({
      live: (act) => note("live", act()),
      commit: (act) => { note("commit", act); return ++seq; },
      cancel: () => note("cancel"),
    });
    document.querySelector("#here").replaceChildren(easel.element);
    Object.assign(window, { easel, sent });
    scrollTo(0, 0);
  }
  window.fresh = fresh;
</script>"""
IMPORT = 'import { drawing } from "./drawing.js";'

Block = dict[str, Any]

# ------------------------------------------------------------------ what is shown


def figure(x: tuple[float, float] = (0, 10), y: tuple[float, float] = (0, 4)) -> sheet.Figure:
    """Two rows, the lower one with x from 0 to 1 and y from -1 to 1."""
    at = np.linspace(*x, 50)
    curve = sheet.line(at, np.interp(at, x, y), "@p")
    return sheet.sheet(
        sheet.Row(100, [], sheet.axis(range=[0, 1]), sheet.axis(range=[-1, 1]), heading="above"),
        sheet.Row(HEIGHT, [curve], sheet.axis(range=list(x)), sheet.axis(range=list(y))),
    )


def block(**parts: Any) -> Block:
    return {"kind": "drawing", "id": "f", "label": "A line that can be bent", "act": ["bend"]} | (
        {"figure": figure()} | parts
    )


def hand(name: str = "a", move: str = "xy", **parts: Any) -> dict[str, Any]:
    return {
        "id": name,
        "x": 5,
        "y": 2,
        "row": "",
        "move": move,
        "low": [1, 0],
        "high": [9, 3],
        "step": [0.5, 0.25],
        "label": f"Point {name}",
        "text": f"{name} at (5, 2)",
        "colour": "@q",
    } | parts


def pen(values: list[float], **parts: Any) -> dict[str, Any]:
    return {
        "row": "",
        "a": 2,
        "b": 10,
        "values": values,
        "low": 0,
        "high": 4,
        "act": ["critic"],
        "label_place": "Where the pen is",
        "label_height": "Height under the pen",
    } | parts


def table(rows: int, columns: int, values: list[int] | None = None, **parts: Any) -> dict[str, Any]:
    return {
        "row": "",
        "columns": columns,
        "rows": rows,
        "x": [0, 10],
        "y": [0, 4],
        "values": values or [0] * (rows * columns),
        "most": 4,
        "act": ["paint"],
        "label": "Joint table",
    } | parts


def tow(**parts: Any) -> dict[str, Any]:
    posts = [{"id": f"s{x}", "x": x, "y": 1, "label": f"Heap at {x}"} for x in (2, 4)]
    holes = [{"id": f"t{x}", "x": x, "y": 3, "label": f"Hole at {x}"} for x in (5, 7, 9)]
    return {
        "from": posts,
        "to": holes,
        "row": "",
        "act": ["move"],
        "hint": "Enter picks up, arrows choose, Enter drops, Escape lets go.",
    } | parts


EVERYTHING = block(
    paint=table(4, 8, list(range(5)) * 6 + [0, 1]),
    pen=pen([1.0, 2.0, 3.0, 1.0]),
    tow=tow(),
    hands=[hand("a", "y", row="2", x=0.5, y=0), hand("b", "x", x=3), hand("c", x=8)],
)


def show(page: Page, shown: Block, seq: int = 0, live: bool = False) -> None:
    reply = {"seq": seq, "live": live}
    page.evaluate("([block, reply]) => easel.show(block, reply)", [shown, reply])
    page.locator(".dv-drawn[data-repaints]").wait_for()


def easel(page: Page, shown: Block, theme: str = "light") -> Page:
    """The page with a new drawing on it."""
    page.evaluate("(palette) => { fresh(); easel.colours(palette); }", sheet.PALETTES[theme])
    show(page, shown)
    return page


def load(page: Page, script: str = IMPORT) -> Page:
    """The page for drawings; the modules come from divviz/web."""

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(HOST)
        kind = {"js": "text/javascript", "css": "text/css"}.get(name.rpartition(".")[2])
        body = assets.content(name) if kind else PAGE.replace("%s", script).encode()
        route.fulfill(body=body, content_type=kind or "text/html; charset=utf-8")

    page.route(f"{HOST}**", serve)
    page.goto(HOST)
    page.wait_for_function("window.fresh !== undefined")
    return page


# ------------------------------------------------------------------ where things are, what was sent


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """The pixel at (x, y) of the lower row, by the margins of sheet.py."""
    box = page.locator(".dv-drawn").bounding_box()
    assert box is not None
    wide = box["width"] - sheet.LEFT - sheet.RIGHT
    ground = box["y"] + sheet.TOP + 100 + sheet.GAP + HEIGHT
    return box["x"] + sheet.LEFT + x / 10 * wide, ground - y / 4 * HEIGHT


def middle(node: Locator) -> tuple[float, float]:
    box = node.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def acts(page: Page, kind: str) -> list[list[Any]]:
    return [act for one, act in page.evaluate("sent") if one == kind]


def drag(page: Page, *points: tuple[float, float], release: bool = True) -> None:
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    if release:
        page.mouse.up()


def grip(page: Page, name: str = "a") -> Locator:
    return page.locator(f"[data-grip={name}]")


def near(one: Sequence[float], two: tuple[float, float]) -> bool:
    return tuple(one) == pytest.approx(two, abs=0.6)


class Finger:
    """Touches, as the screen of a phone reports them."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)

    def send(self, kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: tuple[float, float], end: tuple[float, float], last: str = "End") -> None:
        self.send("touchStart", start)
        for x, y in np.linspace(start, end, 9)[1:].tolist():
            self.send("touchMove", (x, y))
        self.send(f"touch{last}")


def post(page: Page, name: str) -> Locator:
    return page.locator(f"[data-from={name}], [data-to={name}]")


def rope(page: Page, name: str, x: float, y: float) -> bool:
    """Whether the arrow leads from that source to the middle, or the rim, of (x, y)."""
    d = page.locator(".dv-rope").get_attribute("d") or ""
    box = page.locator(".dv-drawn").bounding_box()
    assert box is not None and d
    numbers = [float(one) for one in d.replace("M", " ").replace("L", " ").split()[:4]]
    start, end = (np.array([box["x"], box["y"]]) + np.reshape(numbers, (2, 2))).tolist()
    far = np.subtract(place(page, x, y), end)
    along = far @ np.subtract(end, start) / np.hypot(*np.subtract(end, start))
    assert np.hypot(*far) == pytest.approx(along, abs=0.1) or np.hypot(*far) < 0.6
    return near(start, middle(post(page, name))) and bool(np.hypot(*far) < 12.6)


def no_rope(page: Page) -> bool:
    return page.locator(".dv-rope").get_attribute("d") == ""
