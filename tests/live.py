"""The program running and a browser to look at it; `python tests/live.py` installs the browser."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    ViewportSize,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[1]

# ------------------------------------------------------------------ the server


class Server:
    """One `streamlit run app.py` on 127.0.0.1; a context manager that ends it by its own pid.

    Options are Streamlit's (`"--server.baseUrlPath", "course"`), `env` adds to the environment.
    """

    def __init__(self, *options: str, script: str = "app.py", **env: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.script = script
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None
        self.log_file = Path(tempfile.mkdtemp(prefix="divviz-")) / "server.log"

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.log_file.parent, ignore_errors=True)

    @property
    def url(self) -> str:
        """Where the page is, with a slash at the end."""
        base = dict(zip(self.options, self.options[1:], strict=False)).get("--server.baseUrlPath")
        return f"{self.address}/{base}/" if base else f"{self.address}/"

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self.process is not None
        return self.process.pid

    def log(self) -> str:
        """All that the server has printed, over restarts too."""
        return self.log_file.read_text(errors="replace")

    def start(self) -> None:
        """Start, and return when the server answers."""
        self.launch()
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.exit_code() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"The server did not start:\n{self.log()}")
            time.sleep(0.05)

    def launch(self) -> None:
        """Start the process and do not wait for it."""
        command = [sys.executable, "-m", "streamlit", "run", self.script, *self.options]
        command += ["--server.port", str(self.port), "--server.address", "127.0.0.1"]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.env, stdout=log, stderr=log
            )

    def answers(self) -> bool:
        """Whether Streamlit's own health check, which needs no app.py, says ok."""
        try:
            with urllib.request.urlopen(f"{self.url}_stcore/health", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def exit_code(self, wait: float = 0) -> int | None:
        """What the process ended with, None while it runs; waits so many seconds for the end."""
        assert self.process is not None
        try:
            return self.process.wait(wait)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the process, politely at first."""
        if self.process is not None and self.exit_code() is None:
            self.process.send_signal(how)
            if self.exit_code(wait=5) is None:
                self.process.kill()
                self.process.wait()

    def restart(self) -> None:
        """Kill the process as a crash would, and start another at the same address."""
        self.stop(signal.SIGKILL)
        self.start()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ------------------------------------------------------------------ the browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

# Without these a browser in a closed network tries to reach its maker, many hosts at a time.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def chromium(playwright: Playwright) -> str | None:
    """The Chromium to test with: $CHROMIUM, an installed one, or Playwright's own."""
    if wanted := os.environ.get("CHROMIUM"):
        return wanted
    found = [shutil.which(name) for name in NAMES]
    candidates = [*filter(None, found), *MAC, playwright.chromium.executable_path]
    return next((path for path in candidates if runs(path)), None)


def runs(path: str) -> bool:
    """Whether this browser is there with the libraries that it needs."""
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium; RuntimeError where there is none."""
    path = chromium(playwright)
    if path is None:
        raise RuntimeError("No Chromium found: run `python tests/live.py`, or set CHROMIUM.")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*FLAGS, *(["--no-sandbox"] if root else [])]
    return playwright.chromium.launch(executable_path=path, args=flags)


def watch(page: Page) -> list[str]:
    """The list into which this page's errors will come."""
    problems: list[str] = []

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"{message.text} ({message.location.get('url', '')})")

    def note_error(error: Error) -> None:
        problems.append(f"{error.name}: {error.message}")

    page.on("console", note_message)
    page.on("pageerror", note_error)
    return problems


# ------------------------------------------------------------------ tabs

VIEWPORT = ViewportSize(width=1280, height=800)
LOOK = {"color_scheme": "light", "reduced_motion": "no-preference"}
# What these do to a page stays with it, whatever it shows next.
LASTING = (
    *("add_init_script", "expose_binding", "expose_function", "on", "once"),
    *("route", "route_web_socket", "install", "pause_at", "set_fixed_time", "set_system_time"),
    *("new_cdp_session", "set_extra_http_headers", "set_offline"),
)
FORGET = "try { localStorage.clear(); sessionStorage.clear(); } catch { /* no origin */ }"


@dataclass
class Tab:
    """A page in a context of its own, and the errors that it logged or let through."""

    page: Page
    session: CDPSession
    problems: list[str]
    fixed: dict[str, Any]  # the options that only a new context can have
    kept: bool = True

    def guard(self) -> None:
        """Do not keep it once something lasting was done to its page."""
        for owner in (self.page, self.page.context, self.page.clock):
            for name in LASTING:
                if hasattr(owner, name):
                    setattr(owner, name, self.marking(getattr(owner, name)))

    def marking(self, lasting: Callable[..., Any]) -> Callable[..., Any]:
        def marked(*args: Any, **options: Any) -> Any:
            self.kept = False
            return lasting(*args, **options)

        return marked

    def seen(self, allow: str | None) -> list[str]:
        """The errors but for those that match `allow`."""
        return [one for one in self.problems if allow is None or not re.search(allow, one)]

    def forget(self) -> None:
        """Leave the page, and with it what it stored and where it has been."""
        for frame in self.page.frames:
            frame.evaluate(FORGET)
        self.page.goto("about:blank")
        self.page.mouse.up()
        self.page.mouse.move(0, 0)
        self.session.send("Page.resetNavigationHistory")
        self.page.context.clear_cookies()
        self.page.context.clear_permissions()
        self.problems.clear()


class Tabs:
    """Tabs that are used again: to load a page into one takes a quarter of the CPU of a new one.

    A new tab starts processes and compiles Streamlit's and Plotly's scripts, 4.5 s of CPU; the
    process of a used one has them compiled, 1.1 s (Chromium 156).
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: list[Tab] = []

    def __enter__(self) -> "Tabs":
        return self

    def __exit__(self, *_: object) -> None:
        for tab in self.free:
            tab.page.context.close()

    def take(self, **options: Any) -> Tab:
        """A blank tab with these options of browser.new_context: 1280 x 800, English if unsaid."""
        size = options.pop("viewport", VIEWPORT)
        look = LOOK | {key: options.pop(key) for key in LOOK.keys() & options.keys()}
        fixed = {"locale": "en-US"} | options
        found = next((tab for tab in self.free if tab.fixed == fixed), None)
        if found is None:
            page = self.browser.new_context(**fixed).new_page()
            found = Tab(page, page.context.new_cdp_session(page), watch(page), fixed)
            found.guard()
        else:
            self.free.remove(found)
        found.page.set_viewport_size(size)
        found.page.emulate_media(**look)
        return found

    def give_back(self, tab: Tab) -> None:
        """Keep it for another test, unless it was changed for good or cannot be emptied."""
        with suppress(Error):
            if tab.kept:
                tab.forget()
                self.free.append(tab)
                return
        tab.page.context.close()


@contextmanager
def heard(page: Page, **handlers: Callable[[Any], None]) -> Iterator[None]:
    """Listen to a page for a while, its tab may be handed on: heard(page, request=noted.append)."""
    for event, handler in handlers.items():
        Page.on(page, event, handler)
    try:
        yield
    finally:
        for event, handler in handlers.items():
            Page.remove_listener(page, event, handler)


@contextmanager
def finger(page: Page) -> Iterator[Callable[..., None]]:
    """A finger on the glass: touch("touchMove", x, y), touch("touchEnd") where it lets go."""
    session = BrowserContext.new_cdp_session(page.context, page)

    def touch(kind: str, *place: float) -> None:
        points = [dict(zip("xy", place, strict=True))] if place else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    try:
        yield touch
    finally:
        session.detach()


def install() -> str:
    """Find a Chromium or install one, Playwright's if it can be had and else Debian's."""
    as_root = ([["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]]) * (
        shutil.which("apt-get") is not None and os.geteuid() == 0
    )
    steps = [[], [[sys.executable, "-m", "playwright", "install", "chromium"]], as_root]
    for commands in steps:
        for command in commands:
            print(" ".join(command), flush=True)
            if subprocess.run(command).returncode:
                break
        with sync_playwright() as playwright:
            path = chromium(playwright)
        if path is not None:
            return path
    sys.exit("No Chromium could be installed: install one, or set CHROMIUM to its path.")


if __name__ == "__main__":
    print(f"Browser: {install()}")
