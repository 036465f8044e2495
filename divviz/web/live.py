"""The short way from the hand to the numbers: a websocket that answers a message with its reply.

A drag asks sixty times a second. Through Streamlit each answer is a script run and six messages,
which cost the server 7 ms and the page 20 ms of React beside the numbers themselves; here it is
one message each way. Nothing is kept between two messages: each carries the whole scene.
"""

import json
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect

from divviz.web import stage, text

LONGEST = 1_000_000  # characters of a message, as Streamlit's own limit for a component's state
REFUSED, NOT_JSON, TOO_LONG = 1008, 1007, 1009  # RFC 6455, 7.4.1


async def live(websocket: WebSocket) -> None:
    """Answer each message in its order until the page goes away."""
    if not of_this_site(websocket.headers.get("origin"), websocket.headers.get("host")):
        await websocket.close(REFUSED)
        return
    await websocket.accept()
    try:
        while True:
            asked = await websocket.receive_text()
            if len(asked) > LONGEST:
                await websocket.close(TOO_LONG)
                return
            # In a thread: what takes long, a fit say, must not hold up everyone else's loop.
            reply = await to_thread.run_sync(answered, asked)
            if reply is None:
                await websocket.close(NOT_JSON)
                return
            await websocket.send_text(reply)
    except (WebSocketDisconnect, KeyError):  # KeyError: bytes came where text was due
        return


def of_this_site(origin: str | None, host: str | None) -> bool:
    """Whether a page of this server asks: other sites have no business here.

    >>> of_this_site("https://a.org", "a.org"), of_this_site("https://b.org", "a.org")
    (True, False)
    """
    return origin is None or urlsplit(origin).netloc == host


def answered(asked: str) -> str | None:
    """Return the reply to a message as JSON, None where the message is none."""
    try:
        message = json.loads(asked)
    except (ValueError, RecursionError):
        return None
    wish = message.get("lang") if isinstance(message, dict) else None
    lang = text.pick(wish if isinstance(wish, str) else None)
    return json.dumps(stage.answer(message, {}, lang), ensure_ascii=False, separators=(",", ":"))
