"""The board in an iframe of another origin: when its first number is there, what came till then."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from bench_browser import WAIT, Chromium, Page, frame_size
from bench_drags import beside
from bench_record import FIRST
from course import Course

SIZE = (600, 500)
QUERY = "embed=true&p=normal(0,1)&q=normal(2,1)"
PLOTLY = "plotly.min.js"
VISITS = 5
REST = 1  # seconds for what comes after it
FIRST_VISIT, AGAIN = 2, 1  # seconds
HEAD = ["embedded board", "first number, s", "kB till then", "of Plotly", "kB in all", "of Plotly"]

# In the frame the moment is told to the page around it, which the bench can ask.
TOLD = (
    FIRST
    + """;
if (window !== top)
  Object.defineProperty(window, "first", { set: (at) => top.postMessage({ bench: at }, "*") });
else addEventListener("message", ({ data }) => { if (data.bench) window.first ??= data.bench; });"""
)

Event = dict[str, Any]


def rows(browser: Chromium, url: str, visits: int = VISITS) -> Iterator[list[str]]:
    """The board for who was never here, and for who has it cached; each the median of visits."""
    yield HEAD
    cold, warm = [], []
    with Course() as course:
        course.embed(f"{url}?{QUERY}", *SIZE)
        for _ in range(visits):
            with browser.page() as page:
                page.call("Page.addScriptToEvaluateOnNewDocument", source=TOLD)
                page.call("Network.enable")
                cold.append(visit(page, course.neighbour, url))
                warm.append(visit(page, course.neighbour, url))
    for title, found, target in (("first visit", cold, FIRST_VISIT), ("again", warm, AGAIN)):
        first, *sizes = (median(column) for column in zip(*found, strict=True))
        yield [title, beside(first, target, 2), *(f"{size / 1000:.0f}" for size in sizes)]


def visit(page: Page, around: str, inner: str) -> tuple[float, int, int, int, int]:
    """Open the page around; return seconds to the first number, and four counts of bytes.

    Till that number and in all, each time whole and of Plotly alone.
    """
    page.browser.events.clear()
    page.call("Page.navigate", url=around)
    first = page.wait("window.first") / 1000
    events = rested(page)
    start = next(
        event["params"]["timestamp"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
        and event["params"]["request"]["url"].startswith(inner)
        and event["params"]["type"] == "Document"
    )
    early, whole = received(events, start + first), received(events)
    return first, *early, *whole


def rested(page: Page) -> list[Event]:
    """What the network did, once Plotly has come, from the cache or not, and a while after."""
    deadline = time.monotonic() + WAIT
    while not finished(page.browser.events):
        if time.monotonic() > deadline:
            raise TimeoutError(PLOTLY)
        time.sleep(0.05)
        page.evaluate("0")  # what was sent before this answer has come now
    time.sleep(REST)
    page.evaluate("0")
    return [event for event in page.browser.events if event.get("sessionId") == page.session]


def finished(events: list[Event]) -> bool:
    """Whether the whole of Plotly is there."""
    done = {e["params"]["requestId"] for e in events if e["method"] == "Network.loadingFinished"}
    return any(name_of(e) == PLOTLY and e["params"]["requestId"] in done for e in events)


def name_of(event: Event) -> str:
    """The file that a response brings."""
    if event["method"] != "Network.responseReceived":
        return ""
    return str(event["params"]["response"]["url"]).partition("?")[0].rpartition("/")[2]


def cached(events: list[Event]) -> Iterator[str]:
    """The requests that the browser answered by itself."""
    for event in events:
        of, what = event["params"], event["method"]
        disk = what == "Network.responseReceived" and of["response"].get("fromDiskCache", False)
        if disk or what == "Network.requestServedFromCache":
            yield of["requestId"]


def received(events: list[Event], until: float = float("inf")) -> tuple[int, int]:
    """Bytes that came till a moment of the browser's clock: in all, and of Plotly."""
    names: dict[str, str] = {}
    kept = set(cached(events))
    whole = plotly = 0
    for event in events:
        of, what = event["params"], event["method"]
        if of.get("timestamp", until) > until or of.get("requestId") in kept:
            continue
        size = 0
        if what == "Network.responseReceived":
            names[of["requestId"]] = name_of(event)
            size = int(of["response"]["encodedDataLength"])
        elif what == "Network.dataReceived":
            size = int(of["encodedDataLength"])
        elif what == "Network.webSocketFrameReceived":
            size = frame_size(of["response"])
        whole += size
        plotly += size * (names.get(of.get("requestId", "")) == PLOTLY)
    return whole, plotly
