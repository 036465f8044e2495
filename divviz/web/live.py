"""The short way from the hand to the numbers: a websocket that answers a message with its reply.

A drag asks sixty times a second. Through Streamlit each answer is a script run and six messages,
which cost the server 7 ms and the page 20 ms of React beside the numbers themselves; here it is
one message each way. Each carries the whole scene, or names a long one that the same connection
brought before; a connection that knows nothing of it says so and is sent it again.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect

from divviz.web import lesson, stage, text

LONGEST = 12_000_000  # characters of a message, as Streamlit's own limit for a component's state
Kept = dict[int, str]

REFUSED, NOT_JSON, TOO_LONG = 1008, 1007, 1009  # RFC 6455, 7.4.1


async def live(websocket: WebSocket) -> None:
    """Answer each message in its order until the page goes away."""
    if not of_this_site(websocket.headers.get("origin"), websocket.headers.get("host")):
        await websocket.close(REFUSED)
        return
    await websocket.accept()
    kept: Kept = {}
    try:
        while True:
            asked = await websocket.receive_text()
            if len(asked) > LONGEST:
                await websocket.close(TOO_LONG)
                return
            # In a thread: what takes long, a fit say, must not hold up everyone else's loop.
            reply = await to_thread.run_sync(answered, asked, kept)
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


def answered(asked: str, kept: Kept) -> str | None:
    """Return the reply to a message as JSON, None where the message is none.

    `kept` is the long base that this connection sent last, by its name.
    """
    try:
        message = json.loads(asked)
    except (ValueError, RecursionError):
        return None
    if isinstance(message, dict) and not recalled(message, kept):
        return json.dumps({"forgotten": True})
    wish = message.get("lang") if isinstance(message, dict) else None
    lang = text.pick(wish if isinstance(wish, str) else None)
    return json.dumps(_answer(message, lang), ensure_ascii=False, separators=(",", ":"))


def _answer(message: object, lang: str) -> dict[str, Any]:
    """The reply of the lesson that the message names, or else of the board."""
    name = message.get("page") if isinstance(message, dict) else None
    stem = lesson.stem_of(name) if isinstance(name, str) else None
    if stem is None or lesson.topic(stem) is None:
        return stage.answer(message, {}, lang)
    return lesson.answer(stem, message, {}, lang)


def recalled(message: dict[str, object], kept: Kept) -> bool:
    """Put the base that a message names in its place; False where it is not known here."""
    base, name = message.get("base"), message.get("keep")
    if type(base) is int:
        message["base"] = kept.get(base)
        return base in kept
    if isinstance(base, str) and type(name) is int:
        kept.clear()
        kept[name] = base
    return True
