"""Visitors without a browser, for `make bench`: each opens the page and drags a slider.

Run as a program, in a process of its own so that its work is not the server's:
`python tests/bench_clients.py live ws://127.0.0.1:8501/ 40 10 5 PID` prints one line of JSON.
With `script` instead of `live` the moves go the long way, through Streamlit's script.
"""

import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bench_process import cpu_seconds
from bench_record import percentile, seq_of
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

LINK = "p=normal(0,1)&q=normal(1,1)"
IN_FLIGHT = 2  # as in stage.js
PATIENCE = 30  # seconds for a first page or a last answer


@dataclass
class Visitor:
    """What one knows of its page, what it sent and when the answers came."""

    page: ClientConnection
    socket: ClientConnection  # where the moves go: the page's own, or the one for live numbers
    component: str = ""
    fragment: str = ""
    sent: dict[int, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)  # ms
    answered: int = 0
    received: int = 0  # bytes
    skipped: int = 0  # moves that found both places in flight taken

    async def open(self) -> None:
        """Ask for the page and read it to its end."""
        ask = BackMsg()
        ask.rerun_script.query_string = LINK
        await self.page.send(ask.SerializeToString())
        while True:
            heard = ForwardMsg()
            heard.ParseFromString(await asyncio.wait_for(self.page.recv(), PATIENCE))
            kind = heard.WhichOneof("type")
            if kind == "delta" and heard.delta.new_element.HasField("bidi_component"):
                self.component = heard.delta.new_element.bidi_component.id
                self.fragment = heard.delta.fragment_id
            if kind == "script_finished":
                break
        assert self.component and self.fragment, "the page has no board"

    def message(self, seq: int) -> bytes | str:
        """The websocket frame for one move of the slider of Q's mu."""
        mu = round(1 + 4 * abs((seq / 40) % 2 - 1), 2)
        state = {"seq": seq, "base": LINK, "acts": [["param", "q", "mu", mu]], "live": True}
        state |= {"view": None, "lang": "en"}
        if self.socket is not self.page:
            return json.dumps(state)
        ask = BackMsg()
        ask.rerun_script.query_string = LINK
        ask.rerun_script.fragment_id = self.fragment
        widget = ask.rerun_script.widget_states.widgets.add()
        widget.id = self.component
        widget.json_value = json.dumps({"message": state})
        return ask.SerializeToString()

    async def listen(self) -> None:
        """Note when each answer arrives."""
        async for frame in self.socket:
            self.received += len(frame)
            seq = seq_of(frame)
            if seq is not None and seq in self.sent:
                assert seq > self.answered, f"answer {seq} came after {self.answered}"
                self.answered = seq
                self.latencies.append(1000 * (time.perf_counter() - self.sent[seq]))

    async def drag(self, begin: float, seconds: float, rate: float) -> None:
        """Move `rate` times a second from a moment on, then wait for the last answer."""
        seq = 0
        for tick in range(round(seconds * rate)):
            await asyncio.sleep(max(0.0, begin + tick / rate - time.perf_counter()))
            if seq - self.answered >= IN_FLIGHT:
                self.skipped += 1
                continue
            seq += 1
            self.sent[seq] = time.perf_counter()
            await self.socket.send(self.message(seq))
        deadline = time.perf_counter() + PATIENCE
        while self.answered < seq and time.perf_counter() < deadline:
            await asyncio.sleep(0.01)


async def visit(
    way: str, server: str, visitors: int, seconds: float, rate: float, pid: int
) -> dict[str, float]:
    """Let so many visitors drag at once, and return what became of it; the pid is the server's."""
    async with AsyncExitStack() as stack:

        async def socket(path: str, *protocols: Subprotocol) -> ClientConnection:
            how = {"subprotocols": protocols or None, "max_size": None, "proxy": None}
            return await stack.enter_async_context(connect(server + path, **how))

        crowd = []
        for _ in range(visitors):
            page = await socket("_stcore/stream", Subprotocol("streamlit"))
            crowd.append(Visitor(page, await socket("divviz/live") if way == "live" else page))
            await crowd[-1].open()
        ears = [asyncio.create_task(one.listen()) for one in crowd]
        used = cpu_seconds(pid)
        start = time.perf_counter() + 0.2
        begins = [start + i / visitors / rate for i in range(visitors)]
        pairs = zip(crowd, begins, strict=True)
        await asyncio.gather(*(one.drag(begin, seconds, rate) for one, begin in pairs))
        elapsed = time.perf_counter() - start
        used = cpu_seconds(pid) - used
        for ear in ears:
            ear.cancel()
    return summary(crowd, max(elapsed, seconds), used)


def summary(crowd: list[Visitor], elapsed: float, used: float) -> dict[str, float]:
    """Everything that was measured, as plain numbers."""
    latencies = sorted(ms for one in crowd for ms in one.latencies)
    answers = len(latencies)
    return {
        "clients": len(crowd),
        "rate": answers / elapsed,
        "p50": percentile(latencies, 0.5),
        "p95": percentile(latencies, 0.95),
        "answers": answers,
        "skipped": sum(one.skipped for one in crowd),
        "merged": sum(len(one.sent) for one in crowd) - answers,
        "lost": sum(one.answered != max(one.sent, default=0) for one in crowd),
        "cpu": used / max(answers, 1),
        "bytes": sum(one.received for one in crowd) / max(answers, 1),
    }


if __name__ == "__main__":
    way, url, visitors, seconds, rate, pid = sys.argv[1:]
    found = visit(way, url, int(visitors), float(seconds), float(rate), int(pid))
    print(json.dumps(asyncio.run(found)))
