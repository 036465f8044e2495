"""Inside a page of another site: what a sandboxed frame may load, and what its parent is not told.

A course platform may embed with `<iframe sandbox="allow-scripts">`. The page then has no origin:
its requests say `Origin: null`, and a browser gives it only what carries a CORS header.
"""

import gzip
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NO_ORIGIN = b"null"  # what a sandboxed page says (HTML standard, 7.1.1)

# Streamlit tells whatever page embeds it its titles, theme, link and every run, and a script of its
# own takes orders from there. In a frame it is shown no parent, and hears no other window; embed.js
# finds the parent under the symbol.
QUIET = (
    "(() => { const outer = window.parent; if (outer === window) return;"
    ' window[Symbol.for("divviz.parent")] = outer; window.parent = window;'
    ' addEventListener("message", (event) => {'
    " if (event.source !== window) event.stopImmediatePropagation(); }, true); })()"
)


class Sandboxed:
    """Lets a page without an origin load the program and talk to it, as any program can.

    Other foreign origins stay refused. Whoever wants to can make a page without an origin, so this
    opens the server to pages of any site; they get numbers for what they sent, in a session of
    their own. There is nothing else to have: no accounts, no cookies, and a connection without an
    Origin is never asked for one.
    """

    def __init__(self, app: ASGIApp, shared: tuple[str, ...]) -> None:
        self.app = app
        self.shared = shared  # paths that begin so are kept by browsers, whoever asked first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        sandboxed = (b"origin", NO_ORIGIN) in scope["headers"]
        if scope["type"] == "websocket":
            if sandboxed:
                kept = [row for row in scope["headers"] if row[0] != b"origin"]
                scope = {**scope, "headers": kept}
            await self.app(scope, receive, send)
            return

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Access-Control-Allow-Origin"] = "*"
            await send(message)

        open_to_all = sandboxed or scope["path"].startswith(self.shared)
        await self.app(scope, receive, send_shared if open_to_all else send)


class Quiet:
    """Puts QUIET at the head of every page, before any script of Streamlit's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None
        body = b""

        async def send_quiet(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    headers = MutableHeaders(scope=start)
                    whole = quiet(body, headers.get("Content-Encoding", ""))
                    headers["Content-Length"] = str(len(whole))
                    for name in ("ETag", "Last-Modified"):  # those of Streamlit's file
                        del headers[name]
                    await send(start)
                    await send({"type": "http.response.body", "body": whole})

        page = scope["type"] == "http" and scope["method"] == "GET"
        await self.app(scope, receive, send_quiet if page else send)


def is_page(start: Message) -> bool:
    """Whether a response that starts so is a whole HTML page."""
    headers = Headers(raw=start["headers"])
    return start["status"] == 200 and headers.get("Content-Type", "").startswith("text/html")


@lru_cache(maxsize=8)
def quiet(body: bytes, coding: str) -> bytes:
    """A page with QUIET at its head, in the coding in which it came: none or gzip."""
    page = gzip.decompress(body) if coding == "gzip" else body
    page = page.replace(b"<head>", f"<head><script>{QUIET}</script>".encode(), 1)
    return gzip.compress(page, mtime=0) if coding == "gzip" else page
