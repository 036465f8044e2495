"""The short way to the numbers: its websocket, asked as a page asks it and as nobody should."""

import json
from collections.abc import Iterator

import live
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import divviz
from divviz.web import live as channel

LINK = "p=normal(0,1)&q=normal(1,1)"


@pytest.fixture
def socket(server: live.Server) -> Iterator[ClientConnection]:
    with connect(address(server), origin=server.address, max_size=2**22) as opened:
        yield opened


def address(server: live.Server) -> str:
    return f"ws://127.0.0.1:{server.port}/divviz/live"


def ask(socket: ClientConnection, **message: object) -> dict:
    socket.send(json.dumps({"base": LINK, "acts": [], "live": True} | message))
    return json.loads(socket.recv(timeout=10))


def test_each_message_is_answered_in_its_order_with_its_seq(socket: ClientConnection) -> None:
    for seq in range(1, 30):
        socket.send(json.dumps({"seq": seq, "base": LINK, "acts": [["param", "q", "mu", seq]]}))
    for seq in range(1, 30):
        reply = json.loads(socket.recv(timeout=10))
        wanted = divviz.evaluate(divviz.parse("normal(0,1)"), divviz.parse(f"normal({seq},1)"))
        assert reply["seq"] == seq
        assert reply["numbers"]["kl_pq"][0] == wanted["kl_pq"]


def test_the_words_come_in_the_language_that_the_message_names(socket: ClientConnection) -> None:
    base = "p=pmf(1,1)&q=pmf(1,0)"
    english, chinese = (ask(socket, base=base, lang=lang)["sentence"] for lang in ("en", "zh"))
    assert "infinite" in english and "无穷大" in chinese
    assert ask(socket, base=base, lang=["zh"])["sentence"] == english


def test_a_wrong_act_is_answered_and_the_connection_stays(socket: ClientConnection) -> None:
    reply = ask(socket, live=False, acts=[["param", "q", "sigma", -1], ["explode"]])
    assert len(reply["notices"]) == 2 and reply["scene"] == LINK
    assert ask(socket, seq=5)["seq"] == 5


@pytest.mark.parametrize("text", ["", "nonsense", "{", "[" * 100_000])
def test_what_is_no_message_ends_the_connection(socket: ClientConnection, text: str) -> None:
    socket.send(text)
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=10)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == channel.NOT_JSON


def test_a_message_of_more_than_a_megabyte_ends_the_connection(socket: ClientConnection) -> None:
    socket.send(json.dumps("9" * (channel.LONGEST + 1)))
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=10)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == channel.TOO_LONG


def test_bytes_end_the_connection_and_not_the_server(socket: ClientConnection) -> None:
    socket.send(b"\x00\xff")
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=10)


def test_another_site_is_refused(server: live.Server) -> None:
    with pytest.raises(InvalidStatus), connect(address(server), origin="https://elsewhere.org"):
        pass


def test_nothing_of_all_this_is_in_the_servers_log(server: live.Server) -> None:
    with connect(address(server), origin=server.address) as opened:
        opened.send("nonsense")
        with pytest.raises(ConnectionClosed):
            opened.recv(timeout=10)
    assert "Traceback" not in server.log()


def test_a_long_base_is_sent_once_and_named_from_then_on(socket: ClientConnection) -> None:
    values = ",".join(str(i / 7) for i in range(1000))
    base = f"p=samples({values})&q=normal(0,1)"
    first = ask(socket, seq=1, base=base, keep=3)
    again = ask(socket, seq=2, base=3, acts=[["param", "q", "mu", 1]])
    assert again["seq"] == 2 and again["numbers"]["entropy_p"] == first["numbers"]["entropy_p"]
    assert again["numbers"]["w1"] != first["numbers"]["w1"]
    assert ask(socket, seq=3)["numbers"]["kl_pq"][0] == 0.5  # a short base beside it


@pytest.mark.parametrize("name", [0, 4, -1, 10**30])
def test_a_connection_that_does_not_know_a_base_says_so(
    socket: ClientConnection, name: int
) -> None:
    assert ask(socket, base=LINK, keep=3)["numbers"]
    assert ask(socket, base=name) == {"forgotten": True}
    assert ask(socket, base=3)["numbers"]["kl_pq"][0] == 0.5


def test_a_base_is_known_to_its_own_connection_alone(
    server: live.Server, socket: ClientConnection
) -> None:
    assert ask(socket, base=LINK, keep=1)["numbers"]
    with connect(address(server), origin=server.address) as other:
        assert ask(other, base=1) == {"forgotten": True}
