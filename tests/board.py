"""What a visitor does on the board in a real browser, and what is read off it."""

import math
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import live
from playwright.sync_api import Locator, Page

import divviz
from divviz.measures import FIRST

NewPage = Callable[..., Page]


def visit(page: Page, server: live.Server, query: str = "") -> None:
    """Open the board and wait for its numbers."""
    page.goto(f"{server.url}?{query}")
    number(page, "kl_pq").wait_for()


def number(page: Page, key: str) -> Locator:
    return page.locator(f"[data-measure={key}][data-seq]")


def value(page: Page, key: str) -> float:
    """The number that the page holds, with all its digits."""
    return float(number(page, key).get_attribute("data-value"))


def values(page: Page) -> dict[str, float]:
    return {key: value(page, key) for key in FIRST}


def computed(query: str) -> dict[str, float]:
    """The same numbers by the public API, from the text of a link."""
    parts = {key: found[0] for key, found in parse_qs(query).items()}
    p, q = divviz.parse(parts["p"]), divviz.parse(parts["q"])
    return first(divviz.evaluate(p, q, parts.get("unit", "nats")))


def first(numbers: dict[str, float | None]) -> dict[str, float]:
    """Those of the numbers that the first screen shows."""
    return {key: math.nan if numbers[key] is None else numbers[key] for key in FIRST}


def address(page: Page) -> str:
    return urlsplit(page.url).query


def settle(page: Page) -> None:
    """Wait until every message has its answer."""
    page.locator(".dv-board:not([data-busy])").wait_for()


def plot_box(page: Page) -> dict[str, float]:
    """The inside of the plot, where the axes end, in pixels of the page."""
    box = page.locator(".dv-ground").first.bounding_box()
    assert box is not None
    return box


def stroke(page: Page, *points: tuple[float, float], steps: int = 1) -> None:
    """Draw through points given as shares of the plot's width and height (0 is the ground)."""
    box = plot_box(page)
    places = [(box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=steps)
    page.mouse.up()
    settle(page)


def scene_text(page: Page, side: str) -> str:
    return parse_qs(address(page))[side][0]


def masses(page: Page, side: str) -> list[float]:
    _, log_mass = divviz.parse(scene_text(page, side)).atoms()
    return [math.exp(one) for one in log_mass]


EVEN = "p=pmf(1,1,1,1,1,1,1,1,1,1)&q=pmf(1,1,1,1,1,1,1,1,1,1)"


AXE = Path(__import__("axe_playwright_python").__file__).with_name("axe.min.js")


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds outside Streamlit's own bars, by all its rules or by those named."""
    if not page.evaluate("() => Boolean(self.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async (rules) => {
             const ours = { exclude: [['.stAppHeader'], ['.stAppToolbar']] };
             const wanted = rules.length ? { runOnly: rules } : {};
             return (await axe.run(ours, { resultTypes: ['violations'], ...wanted })).violations;
           }""",
        rules,
    )
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def too_small(page: Page, inside: str = ".dv-board") -> list[str]:
    """The controls that are smaller than a fingertip needs: WCAG 2.2, 2.5.8."""
    return page.evaluate(
        """(inside) => [...document.querySelectorAll(inside)].flatMap((one) => [...one
                   .querySelectorAll('button, input, select, textarea, summary, .dv-hit')])
                 .filter((one) => one.getClientRects().length)
                 .filter((one) => {
                   const box = one.getBoundingClientRect();
                   return box.width < 24 || box.height < 24; })
                 .map((one) => one.outerHTML)""",
        inside,
    )
