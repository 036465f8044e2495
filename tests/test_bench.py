"""The pieces of `make bench`: what they read, count and drive. No times are asserted."""

import asyncio
import gc
import json
import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import bench
import bench_browser
import bench_clients
import bench_core
import bench_embedded
import bench_process
import lessons
import live
import pytest
from bench_browser import Chromium
from bench_drags import DRAGS, LESSONS, LIMIT, follow, opened, wave
from bench_record import Record, percentile, seq_of
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from divviz.web import assets, prose
from divviz.web import server as serving


def test_a_message_number_is_found_in_frames_of_both_directions() -> None:
    ask, reply = BackMsg(), ForwardMsg()
    widget = ask.rerun_script.widget_states.widgets.add()
    widget.json_value = json.dumps({"message": {"seq": 41, "base": "p=normal(0,1)"}})
    reply.delta.new_element.bidi_component.json = json.dumps({"seq": 42, "live": True})
    assert seq_of(ask.SerializeToString()) == 41
    assert seq_of(reply.SerializeToString()) == 42
    assert seq_of(json.dumps({"seq": 7}, separators=(",", ":"))) == 7
    assert seq_of(ForwardMsg().SerializeToString()) is None


@pytest.mark.parametrize(
    ("ordered", "share", "wanted"),
    [([5], 0.5, 5), ([1, 2, 3], 0.5, 2), ([1, 2, 3, 4], 0.5, 2), (range(1, 101), 0.95, 95)],
)
def test_a_percentile_is_a_value_that_was_measured(
    ordered: list[float], share: float, wanted: float
) -> None:
    assert percentile(ordered, share) == wanted


def test_there_is_no_percentile_of_nothing() -> None:
    assert math.isnan(percentile([], 0.5))


def test_a_number_is_as_late_as_what_the_hand_did_last_before_its_message_left() -> None:
    record = Record(
        hand=[[0, 1, 0], [10, 17, 1], [20, 33, 2], [40, 41, 1]],
        sent=[[1, 2], [2, 17.5], [3, 34], [4, 42]],
        frames=[[1, 30], [3, 60], [3, 76], [4, 90]],  # 2 was overtaken, 3 was on two frames
        received=0,
    )
    assert record.latencies == [30, 40, 50]
    assert record.moves == 4 and record.seconds == 0.04 and record.complete


def test_a_hand_that_moved_after_the_last_message_is_no_complete_record() -> None:
    assert not Record(hand=[[0, 1, 0], [9, 9, 1]], sent=[[1, 2]], frames=[], received=0).complete


def test_the_hand_goes_to_and_fro_within_bounds() -> None:
    places = [wave(t / 60, 3.1) for t in range(600)]
    assert min(places) >= 0 and max(places) <= 1
    assert all(a != b for a, b in pairwise(places))


def test_a_profile_counts_a_function_once_a_sample() -> None:
    frame = {"url": "http://x/stage.js", "lineNumber": 4}
    taken = {
        "nodes": [
            {"id": 1, "callFrame": frame | {"functionName": "show"}, "children": [2]},
            {"id": 2, "callFrame": frame | {"functionName": "show"}, "children": [3]},
            {"id": 3, "callFrame": {"functionName": "", "url": "", "lineNumber": -1}},
        ],
        "samples": [3, 2],
        "timeDeltas": [2000, 1000],
    }
    assert bench_browser.inclusive(taken) == [("show stage.js:5", 3, 1), ("(anonymous)", 2, 2)]


def test_a_process_is_seen_from_outside() -> None:
    assert bench_process.cpu_seconds(os.getpid()) > 0
    assert bench_process.megabytes(os.getpid()) > 5
    assert os.getpid() in bench_process.family(os.getppid())


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bench of the core in a wink: each work a few times."""
    for name, value in {"ROUNDS": 1, "BATCH": 1e-5, "ROUND": 2e-5}.items():
        monkeypatch.setattr(bench_core, name, value)


def test_everything_in_a_row_of_the_core_is_the_same_number() -> None:
    rows = list(bench_core.million(5000))
    assert [row.title.split()[0] for row in rows] == ["entropy", "KL", "JS", "W1", "W1", "W1"]
    for row in rows:
        works = [row.fresh, row.bare, *row.libraries.values(), *filter(None, [row.ready])]
        found = [float(value) for work in works if (value := work()) is not None]
        assert len(found) >= 3 and found == pytest.approx(found[:1] * len(found), rel=1e-12), row


def test_what_a_page_shows_first_has_a_number_for_each_pair_of_the_bench() -> None:
    for title, ((p, q), _) in bench_core.pairs().items():
        found = bench_core.shown(p, q)
        assert tuple(found) == bench_core.FIRST
        assert all(value is not None and math.isfinite(value) for value in found.values()), title


def test_the_core_is_timed_in_turn_and_the_collector_left_as_it_was(hasty: None) -> None:
    calls: list[str] = []
    found = bench_core.timed({name: lambda name=name: calls.append(name) for name in "ab"})
    assert list(found) == ["a", "b"]
    assert all(0 < times.best <= times.median for times in found.values())
    assert calls.index("b") < len(calls) - calls[::-1].index("a") and gc.isenabled()


def test_the_rows_of_the_core_fit_under_their_heads(hasty: None) -> None:
    tables = [bench_core.first(), bench_core.many(5000), bench_core.imports()]
    for head, *rows in tables:
        assert rows and all(len(row) <= len(head) for row in rows)
        # A million outcomes against POT are measured for W1 only.
        assert all(cell for row in rows for cell in row)


def test_options_name_what_to_run() -> None:
    assert bench.options([]).only[0] == "core"
    chosen = bench.options(["--only", "slider,cold", "--seconds", "0.5"])
    assert chosen.only == ["slider", "cold"] and chosen.seconds == 0.5 and not chosen.profile
    with pytest.raises(SystemExit):
        bench.options(["--only", "sliders"])


@pytest.mark.parametrize("way", ["live", "script"])
def test_visitors_without_a_browser_get_an_answer_to_their_last_move(
    server: live.Server, way: str
) -> None:
    url = server.url.replace("http", "ws", 1)
    found = apart(lambda: asyncio.run(bench_clients.visit(way, url, 3, 0.4, 10, server.pid)))
    assert found["clients"] == 3 and found["lost"] == 0
    assert 3 <= found["answers"] <= 12
    assert found["answers"] + found["merged"] + found["skipped"] == 12


def apart(run: Callable[[], Any]) -> Any:
    """Run it in a thread of its own: Playwright keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def test_bytes_of_an_embedded_board_are_those_that_came_over_the_wire_till_then() -> None:
    def event(what: str, at: float, **of: Any) -> dict[str, Any]:
        return {"method": f"Network.{what}", "params": {"timestamp": at, **of}}

    def answered(one: str, at: float, name: str, **response: Any) -> dict[str, Any]:
        found = {"url": f"http://x/{name}?a", "encodedDataLength": 100, **response}
        return event("responseReceived", at, requestId=one, response=found)

    events = [
        answered("1", 1, "index.html"),
        event("dataReceived", 1, requestId="1", encodedDataLength=2000),
        answered("2", 2, "plotly.min.js"),
        event("dataReceived", 2, requestId="2", encodedDataLength=5000),
        event("webSocketFrameReceived", 3, response={"opcode": 2, "payloadData": "AAAA"}),
        event("dataReceived", 4, requestId="2", encodedDataLength=7000),
        answered("3", 4, "stage.js", fromDiskCache=True),
        event("dataReceived", 4, requestId="3", encodedDataLength=9000),
        event("requestServedFromCache", 4, requestId="4"),
        answered("4", 4, "talk.js"),
    ]
    assert bench_embedded.received(events, 3) == (7203, 5100)
    assert bench_embedded.received(events) == (14203, 12100)


def test_an_embedded_board_is_heavy_once(
    server: live.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_embedded, "REST", 0.1)
    head, first, again = apart(lambda: list(embedded_once(server.url)))
    assert len(head) == len(first) == len(again)
    early, plotly, whole, whole_plotly = (int(cell) for cell in first[2:])
    # What Streamlit's own page, its scripts and ours weigh when compressed; Plotly is 1.5 MB.
    assert early - plotly > 500 and early <= whole and plotly <= whole_plotly
    assert whole_plotly == pytest.approx(len(plotly_packed()) / 1000, abs=2)
    assert int(again[4]) < 0.2 * whole and again[3] == again[5] == "0"


def plotly_packed() -> bytes:
    return serving.packed(assets.files()[assets.PLOTLY])


def embedded_once(url: str) -> Iterator[list[str]]:
    with Chromium() as browser:
        yield from bench_embedded.rows(browser, url, visits=1)


def test_every_lesson_has_a_drag() -> None:
    assert list(LESSONS) == [prose.name(stem) for stem in lessons.LESSONS]


def test_a_drag_is_measured_and_its_last_value_is_right(server: live.Server) -> None:
    apart(lambda: drag_everything(server))


def drag_everything(server: live.Server) -> None:
    with Chromium() as browser:
        for name in ("bars", "cross_entropy"):
            with opened(browser, f"{server.url}?{DRAGS[name].query}") as page:
                done = follow(page, DRAGS[name], 0.5, server.pid)
            assert done.right, name
            assert 20 <= done.record.moves <= 31 and done.record.latencies, name
            assert all(ms > 0 for ms in done.record.latencies), name
        with opened(browser, f"data:text/html,{quote(LIMIT)}") as page:
            assert follow(page, DRAGS["slider"], 0.5).record.latencies
        row = bench.drag_row("slider", done)
        assert len(row) == len(bench.DRAG_HEAD) and "right" in row
