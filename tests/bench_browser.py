"""A bare Chromium for `make bench`: it is told what to do and told nothing back while it is timed.

Playwright waits for the page's answer to every move of the mouse, and passes on every frame of
the websocket; on two cores both would be measured too. Here moves are sent without waiting, and
the page itself keeps the record.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import live
from playwright.sync_api import sync_playwright
from websockets.sync.client import connect

WAIT = 30  # seconds for anything that must come
LAUNCH = (
    *live.FLAGS,
    "--headless",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-extensions",
    "--disable-renderer-backgrounding",
    "--no-default-browser-check",
)

# ------------------------------------------------------------------ the browser


class Chromium:
    """A headless Chromium without a page; a context manager that ends it."""

    def __enter__(self) -> "Chromium":
        with sync_playwright() as playwright:
            path = live.chromium(playwright)
        if path is None:
            raise RuntimeError("No Chromium found: run `python tests/live.py`, or set CHROMIUM.")
        self.profile = Path(tempfile.mkdtemp(prefix="divviz-chromium-"))
        as_root = hasattr(os, "geteuid") and os.geteuid() == 0
        flags = [*LAUNCH, f"--user-data-dir={self.profile}", *["--no-sandbox"] * as_root]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([path, *flags], stdout=quiet, stderr=quiet)
        self.ids = count(1)
        self.events: list[dict[str, Any]] = []
        with ExitStack() as stack:
            stack.callback(self._end)
            how = {"max_size": None, "max_queue": None, "compression": None, "proxy": None}
            self.socket = stack.enter_context(connect(self._address(), **how))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.send("Browser.close")
        self.stack.close()

    def _end(self) -> None:
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _address(self) -> str:
        """Where it listens, which it writes into its profile."""
        told = self.profile / "DevToolsActivePort"
        deadline = time.monotonic() + WAIT
        while not (told.exists() and told.read_text().count("\n") == 1):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Chromium did not start.")
            time.sleep(0.05)
        port, path = told.read_text().split("\n")
        return f"ws://127.0.0.1:{port}{path}"

    @property
    def version(self) -> str:
        """Its name and number."""
        return str(self.call("Browser.getVersion")["product"])

    def send(self, method: str, session: str = "", **parameters: Any) -> int:
        """Send a command of the DevTools protocol; do not wait for the answer."""
        command = {"id": next(self.ids), "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        self.socket.send(json.dumps(command))
        return command["id"]

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result; what else comes in the meantime is kept."""
        wanted = self.send(method, session, **parameters)
        deadline = time.monotonic() + WAIT
        while True:
            message = json.loads(self.socket.recv(timeout=max(deadline - time.monotonic(), 0)))
            if "method" in message:
                self.events.append(message)
            elif message["id"] == wanted:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return dict(message["result"])

    def page(self) -> "Page":
        """An empty page in a context of its own: no cache, no cookies."""
        return Page(self)


class Page:
    """One page 1280 x 800; a context manager that closes it and its context."""

    def __init__(self, browser: Chromium) -> None:
        self.browser = browser
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call(
            "Target.createTarget", url="about:blank", browserContextId=self.context
        )["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        size = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.call("Page.enable")

    def __enter__(self) -> "Page":
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command to this page, and its result."""
        return self.browser.call(method, self.session, **parameters)

    def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression in the page; a promise is awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", answer))
        return answer["result"].get("value")

    def wait(self, condition: str) -> Any:
        """Wait until an expression is truthy in the page, and return it."""
        deadline = time.monotonic() + WAIT
        while not (found := self.evaluate(condition)):
            if time.monotonic() > deadline:
                raise TimeoutError(condition)
            time.sleep(0.02)
        return found

    def open(self, url: str) -> None:
        """Go to an address and return when its first number is there."""
        self.call("Page.navigate", url=url)
        self.wait("document.querySelector('[data-measure][data-seq]') !== null")

    def box(self, selector: str) -> dict[str, float]:
        """Where an element is: x, y, width and height in pixels of the window."""
        name = json.dumps(selector)
        self.evaluate(f"document.querySelector({name}).scrollIntoView({{block: 'nearest'}})")
        return dict(
            self.evaluate(f"document.querySelector({name}).getBoundingClientRect().toJSON()")
        )

    def mouse(self, kind: str, x: float, y: float) -> None:
        """One event of the left button's hand, sent and not waited for."""
        held = {"button": "left", "buttons": 1, "clickCount": 1}
        where = {"type": kind, "x": round(x, 2), "y": round(y, 2)}
        self.browser.send("Input.dispatchMouseEvent", self.session, **where, **held)

    def drag(self, path: Callable[[float], tuple[float, float]], seconds: float) -> float:
        """Press, move 60 times a second along path(time) and let go; return the moves a second.

        In all, the moves take one frame longer than as many frames. In step with the screen each
        of them would wait equally long for its frame, from 0 to 17 ms as luck had it.
        """
        moves = round(seconds * RATE)
        pace = (moves + 1) / moves / RATE
        self.mouse("mousePressed", *path(0))
        start = time.perf_counter()
        for i in range(1, moves + 1):
            time.sleep(max(0.0, start + i * pace - time.perf_counter()))
            self.mouse("mouseMoved", *path(i / RATE))
        elapsed = time.perf_counter() - start
        time.sleep(1 / RATE)
        self.mouse("mouseReleased", *path(moves / RATE))
        return moves / elapsed

    def bytes(self) -> dict[str, int]:
        """Bytes received since Network.enable: by file name, and "websocket" for its frames."""
        self.evaluate("0")  # what was sent before this answer has come now
        names, found = {}, {"websocket": 0}
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            of, what = event["params"], event["method"]
            if what == "Network.responseReceived":
                names[of["requestId"]] = of["response"]["url"].partition("?")[0]
            elif what == "Network.loadingFinished":
                name = names.get(of["requestId"], "").rpartition("/")[2]
                found[name] = found.get(name, 0) + int(of["encodedDataLength"])
            elif what == "Network.webSocketFrameReceived":
                found["websocket"] += frame_size(of["response"])
        return found


RATE = 60  # moves a second


def frame_size(frame: dict[str, Any]) -> int:
    """Bytes in a websocket frame as DevTools tells it: binary ones come in base 64."""
    data = frame["payloadData"]
    return len(base64.b64decode(data)) if frame["opcode"] == 2 else len(data.encode())


# ------------------------------------------------------------------ the profile


def profile(page: Page, run: Callable[[], object]) -> list[tuple[str, float, float]]:
    """Run something, and return (function, inclusive ms, own ms) of the page meanwhile."""
    page.call("Profiler.enable")
    page.call("Profiler.setSamplingInterval", interval=200)
    page.call("Profiler.start")
    run()
    return inclusive(page.call("Profiler.stop")["profile"])


def inclusive(taken: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Add up a CPU profile of Chromium by function, each counted once a sample; longest first."""
    nodes = {node["id"]: node for node in taken["nodes"]}
    parent = {child: one["id"] for one in taken["nodes"] for child in one.get("children", ())}

    def name(node: int) -> str:
        frame = nodes[node]["callFrame"]
        file = frame["url"].rpartition("/")[2]
        where = f" {file}:{frame['lineNumber'] + 1}" if file else ""
        return (frame["functionName"] or "(anonymous)") + where

    def stack(node: int) -> list[str]:
        return [name(node)] + (stack(parent[node]) if node in parent else [])

    own: dict[str, float] = {}
    total: dict[str, float] = {}
    for node, microseconds in zip(taken["samples"], taken["timeDeltas"], strict=True):
        names = stack(node)
        own[names[0]] = own.get(names[0], 0) + microseconds / 1000
        for one in set(names):
            total[one] = total.get(one, 0) + microseconds / 1000
    ranked = sorted(total, key=lambda one: -total[one])
    return [(one, total[one], own.get(one, 0.0)) for one in ranked]
