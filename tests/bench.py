"""`make bench`: how fast the numbers are, how they follow the hand, and how many hands.

`python tests/bench.py --only core,slider,bars --seconds 2 --repeat 3 --profile`. It measures and
never fails on a time; each figure has its target beside it in brackets.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from urllib.parse import quote

import bench_browser
import bench_core
import bench_embedded
import bench_record
import live
from bench_browser import Chromium
from bench_drags import CHARTS, DRAGS, LESSONS, LIMIT, Followed, beside, follow, opened
from bench_process import Others, megabytes
from bench_record import percentile

Table = list[list[str]]
RUNS = ("core", "limit", *DRAGS, "clients", "cold", "embedded", "open")
PROFILED = 30  # functions printed
CLIENTS = (1, 10, 40, 100)
EACH = 5  # updates a second
AT_FORTY = (200, 150)  # updates/s, p95 ms
COLD_OPENINGS = 5
COLD = 2  # seconds
OPENINGS = 3  # of a lesson in a browser that knows the program
PLOTLY = "plotly.min.js"


# ------------------------------------------------------------------ one hand

DRAG_HEAD = ["", "p50 ms", "p95 ms", "numbers/s", "charts/s", "moves/s", "superseded", "CPU ms"]
DRAG_HEAD += ["kB", "last value", "others %"]


def drags(names: list[str], seconds: float, repeat: int, browser: Chromium) -> Table:
    """A row for each drag, each on a new page."""
    table = [DRAG_HEAD]
    with live.Server() as server:
        for name in [name for name in names for _ in range(repeat)]:
            if name == "limit":
                with opened(browser, f"data:text/html,{quote(LIMIT)}") as page:
                    table.append(drag_row(name, follow(page, DRAGS["slider"], seconds)))
            else:
                with opened(browser, f"{server.url}?{DRAGS[name].query}") as page:
                    table.append(drag_row(name, follow(page, DRAGS[name], seconds, server.pid)))
    return table


def drag_row(name: str, done: Followed) -> list[str]:
    """The figures of one drag; superseded are the moves that another one overtook."""
    record, drag = done.record, DRAGS.get(name)
    latencies = record.latencies
    p50, p95, rate = drag.target if drag else (None, None, None)
    row = [
        drag.title if drag else "JavaScript alone",
        beside(percentile(latencies, 0.5), p50),
        beside(percentile(latencies, 0.95), p95),
        beside(len(record.shown) / record.seconds, rate),
        beside(done.charts, CHARTS) if drag else "",
        f"{record.moves / record.seconds:.0f}",
        str(max(record.moves - len(latencies), 0)),
    ]
    if drag:
        updates = max(len(record.sent), 1)
        row += [f"{1000 * done.cpu / updates:.1f}", f"{record.received / 1000 / updates:.1f}"]
        row += ["right" if done.right else "WRONG"]
    return [*row, *[""] * (len(DRAG_HEAD) - 1 - len(row)), str(done.others)]


def profile(browser: Chromium, seconds: float) -> Table:
    """What the page spends its time on while the slider is dragged."""
    drag = DRAGS["slider"]
    with live.Server() as server, opened(browser, f"{server.url}?{drag.query}") as page:
        page.evaluate(bench_record.RECORD)
        way = drag.path(page)
        found = bench_browser.profile(page, lambda: page.drag(way, seconds))
        updates = max(len(bench_record.record(page).sent), 1)
    rows = [
        [name, f"{total:.0f}", f"{own:.0f}", f"{total / updates:.2f}"]
        for name, total, own in found[:PROFILED]
    ]
    return [["function", "ms", "own ms", "ms an update"], *rows]


# ------------------------------------------------------------------ many hands


def clients(seconds: float) -> Table:
    """One process under more and more visitors that each drag at EACH updates a second."""
    head = ["clients", "updates/s", "p50 ms", "p95 ms", "superseded", "lost last", "kB", "CPU ms"]
    table = [[*head, "RSS MB", "others %"]]
    with live.Server() as server:
        for count in CLIENTS:
            table.append(client_row(count, "live", server, seconds))
    with live.Server() as server:
        table.append(client_row(40, "script", server, seconds))
    return table


def client_row(count: int, way: str, server: live.Server, seconds: float) -> list[str]:
    """The figures of so many visitors, who live in a process of their own."""
    command = [sys.executable, str(Path(__file__).with_name("bench_clients.py")), way]
    command += [server.url.replace("http", "ws", 1), str(count), str(seconds), str(EACH)]
    command += [str(server.pid)]
    with Others() as others:
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(run.stdout)
    rate, p95 = AT_FORTY if count == 40 and way == "live" else (None, None)
    return [
        str(count) if way == "live" else f"{count}, by script",
        beside(found["rate"], rate),
        beside(found["p50"]),
        beside(found["p95"], p95),
        str(found["skipped"] + found["merged"]),
        str(found["lost"]),
        f"{found['bytes'] / 1000:.1f}",
        f"{1000 * found['cpu']:.1f}",
        f"{megabytes(server.pid):.0f}",
        str(others),
    ]


# ------------------------------------------------------------------ the first visit


def cold(browser: Chromium) -> Iterator[Table]:
    """From the request to the first number on the screen, and the bytes until the page rests."""
    times, sizes = [], {}
    with live.Server() as server:
        for _ in range(COLD_OPENINGS):
            with browser.page() as page:
                page.call("Page.addScriptToEvaluateOnNewDocument", source=bench_record.FIRST)
                page.open(server.url)
                times.append(page.wait("window.first") / 1000)
        with browser.page() as page:
            page.call("Network.enable")
            page.open(server.url)
            page.wait("document.querySelector('.dv-figure .main-svg') !== null")
            time.sleep(1)
            sizes = page.bytes()
    row = [beside(median(times), COLD, 2), f"{min(times):.2f}", f"{max(times):.2f}"]
    yield [["from request to first number, s", "fastest", "slowest"], row]
    whole, plotly, frames = sum(sizes.values()), sizes[PLOTLY], sizes["websocket"]
    parts = (whole, whole - plotly, plotly, frames)
    names = ["kB on the wire in all", "without Plotly", "Plotly", "websocket"]
    yield [names, [f"{part / 1000:.0f}" for part in parts]]


def lessons(browser: Chromium) -> Table:
    """From the request to the first number of each lesson, with nothing cached and then again."""
    table = [["lesson, s", "first visit", "again"]]
    with live.Server() as server:
        for name in LESSONS:
            times = []
            with browser.page() as page:
                page.call("Page.addScriptToEvaluateOnNewDocument", source=bench_record.FIRST)
                for _ in range(1 + OPENINGS):
                    page.open(f"{server.url}?page={name}")
                    times.append(page.wait("window.first") / 1000)
            again = median(times[1:])
            table.append([name, beside(times[0], None, 2), beside(again, COLD, 2)])
    return table


# ------------------------------------------------------------------ the print


def aligned(table: Table) -> str:
    """A table as text: the first column to the left, the others to the right.

    >>> print(aligned([["", "ms"], ["slider", "7"], ["bars", "12"]]))
            ms
    slider   7
    bars    12
    """
    columns = max(len(row) for row in table)
    table = [row + [""] * (columns - len(row)) for row in table]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in table
    )
    return "\n".join(line.rstrip() for line in lines)


def machine() -> str:
    """What it was measured on, and how busy that was before."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    parts = [
        f"{os.cpu_count()} cores of {processor()}",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("NumPy", "SciPy", "POT", "Streamlit")),
    ]
    return f"{', '.join(parts)}; {date.today()}, load {load} before the start"


def processor() -> str:
    """The processor's name, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """What to run and for how long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(RUNS), help=f"some of {','.join(RUNS)}")
    parser.add_argument("--seconds", type=float, help="of a drag (5) and of many hands (10)")
    parser.add_argument("--repeat", type=int, default=1, help="how often to do each drag")
    parser.add_argument("--profile", action="store_true", help="where the page's time goes")
    chosen = parser.parse_args(arguments)
    chosen.only = chosen.only.split(",")
    if unknown := set(chosen.only) - set(RUNS):
        parser.error(f"--only takes {', '.join(RUNS)}, not {', '.join(sorted(unknown))}")
    return chosen


def main() -> None:
    """Run what was asked for, each table printed when it is there."""
    chosen = options()
    print(machine())
    print("In brackets: the target. CPU ms, kB: the server's processor time, bytes an update.")
    if "core" in chosen.only:
        for heading, table in bench_core.tables():
            print(f"\n{heading}")
            print(aligned(table))
    if chosen.profile or set(chosen.only) - {"core"}:
        with Chromium() as browser:
            print(f"\n{browser.version}")
            in_browser(chosen, browser)


def in_browser(chosen: argparse.Namespace, browser: Chromium) -> None:
    """What is measured from the pointer to the screen, and the crowd."""
    moved = [name for name in ("limit", *DRAGS) if name in chosen.only]
    if moved:
        seconds = chosen.seconds or 5
        print(
            f"\nOne hand, {seconds:g} s at {bench_browser.RATE} moves a second, ms from the "
            "pointer event to the frame with its number"
        )
        print(aligned(drags(moved, seconds, chosen.repeat, browser)))
    if chosen.profile:
        print("\nThe page's time on the slider, profiled")
        print(aligned(profile(browser, chosen.seconds or 5)))
    if "clients" in chosen.only:
        seconds = chosen.seconds or 10
        print(f"\nMany hands, {seconds:g} s at {EACH} updates a second each, one process")
        print(aligned(clients(seconds)))
    if "cold" in chosen.only:
        print(f"\nFirst visit, nothing cached, median of {COLD_OPENINGS}")
        for table in cold(browser):
            print(aligned(table))
    if "embedded" in chosen.only:
        width, height = bench_embedded.SIZE
        print(
            f"\nIn an iframe of {width} x {height} on another origin, "
            f"median of {bench_embedded.VISITS}"
        )
        with live.Server() as server:
            print(aligned(list(bench_embedded.rows(browser, server.url))))
    if "open" in chosen.only:
        print("\nOpening a lesson")
        print(aligned(lessons(browser)))


if __name__ == "__main__":
    main()
