"""What app.py adds around the visitor's script: routes, headers, low latency, a warm start."""

import asyncio
import gc
import gzip
import os
import re
import socket
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from streamlit import config, file_util, net_util

import divviz
from divviz.web import assets, iframes, text

SCRIPT = Path(__file__).with_name("frame.py")
FRAME_ANCESTORS = "DIVVIZ_FRAME_ANCESTORS"
CALM = 20  # seconds after the start

CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}


def static() -> Path:
    """The folder of Streamlit's own page, scripts and styles."""
    return Path(file_util.get_static_dir())


def prefix() -> str:
    """`server.baseUrlPath` as the start of an absolute path; empty at the root."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


# ------------------------------------------------------------------ routes


def routes() -> list[BaseRoute]:
    """Health, the live numbers, and the end of every address that Files does not know."""
    return [
        Route(f"{prefix()}/healthz", health),
        WebSocketRoute(f"{prefix()}/divviz/live", live),
        Route(f"{prefix()}/divviz/{{path:path}}", missing),
    ]


async def live(websocket: WebSocket) -> None:
    """The numbers that follow a hand; see divviz.web.live."""
    from divviz.web import live as channel  # with the stage, which asks where its files are served

    await channel.live(websocket)


async def health(request: Request) -> Response:
    """200 while the server answers at all."""
    body = {"status": "ok", "version": divviz.__version__}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


async def missing(request: Request) -> Response:
    """404, where Streamlit would answer any unknown path with its page."""
    return Response(status_code=404)


# ------------------------------------------------------------------ files kept for good


def served() -> dict[str, Path]:
    """Files by their path in an address that holds their hash; from then on assets.url() answers.

    Streamlit's own scripts and styles are among them, since it sends them uncompressed: 3.4 MB to
    a new visitor instead of 1.0 MB.
    """
    assets.BASE = f"{prefix()}/divviz"
    ours = {f"{assets.BASE}/{assets.address(name)}": path for name, path in assets.files().items()}
    streamlits = {
        f"{prefix()}/static/{path.relative_to(static() / 'static').as_posix()}": path
        for path in (static() / "static").rglob("*")
        if path.suffix in CONTENT_TYPES
    }
    return ours | streamlits


@cache
def packed(path: Path) -> bytes:
    """A file's content, compressed once for every visitor to come."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


class Files:
    """Answers for the files in a table of paths, in the coding that the client takes."""

    def __init__(self, app: ASGIApp, files: dict[str, Path]) -> None:
        self.app = app
        self.files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        path = self.files.get(scope["path"]) if asked else None
        app = self.app if path is None else await run_in_threadpool(answer, path, Request(scope))
        await app(scope, receive, send)


def answer(path: Path, request: Request) -> Response:
    """The file in gzip or plain, to be kept for good."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if accepts_gzip(request.headers.get("Accept-Encoding", "")):
        body = packed(path)
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(packed(path))  # the file may have changed since, its address not
    return Response(body, media_type=CONTENT_TYPES[path.suffix], headers=headers)


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header admits gzip (RFC 9110, 12.5.3).

    >>> [accepts_gzip(text) for text in ("gzip, br", "*", "br", "gzip;q=0", "")]
    [True, True, False, False, False]
    """
    weights = {}
    for entry in accept_encoding.lower().split(","):
        coding, _, parameter = entry.partition(";")
        refused = re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameter)
        weights[coding.strip()] = refused is None
    return weights.get("gzip", weights.get("*", False))


# ------------------------------------------------------------------ middleware


def middleware() -> list[Middleware]:
    """What wraps Streamlit's own middleware, outermost first; a bad setting ends the program."""
    try:
        ancestors = frame_ancestors(os.environ.get(FRAME_ANCESTORS, "*"))
    except ValueError as error:
        sys.exit(str(error))
    page = (static() / "index.html").read_text(encoding="utf-8")
    files = served()
    headers = {
        "Content-Security-Policy": content_security_policy(
            [iframes.QUIET, *inline_scripts(page)], ancestors
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    shared = (f"{prefix()}/static/", f"{assets.BASE}/")
    # Where no page may embed this one, none has a reason to come without an origin.
    sandboxed = [Middleware(iframes.Sandboxed, shared=shared)] * (ancestors != "'none'")
    return [
        Middleware(NoDelay),
        Middleware(Headers, headers=headers, preload=preload()),
        *sandboxed,
        Middleware(iframes.Quiet),
        Middleware(Files, files=files),
    ]


class NoDelay:
    """Sends what is written at once, over HTTP and WebSocket alike."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            # Starlette wraps send, never receive, before an HTTP request gets here.
            set_no_delay(receive) or set_no_delay(send)
        await self.app(scope, receive, send)


def set_no_delay(call: Any) -> bool:
    """Set TCP_NODELAY on the connection behind uvicorn's receive or send; False if out of reach.

    Streamlit's listening socket has protocol number 0, so asyncio takes its connections for
    something else than TCP and every update waits 40 ms for a delayed ACK.
    """
    transport = getattr(getattr(call, "__self__", None), "transport", None)
    try:
        connection = transport.get_extra_info("socket")  # type: ignore[union-attr]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (AttributeError, OSError):  # another server, a Unix socket, a connection just closed
        return False
    return True


class Headers:
    """Adds the same headers to every HTTP response, and to a page the links to load early."""

    def __init__(self, app: ASGIApp, headers: dict[str, str], preload: str) -> None:
        self.app = app
        self.headers = headers
        self.preload = preload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self.headers)
                if headers.get("Content-Type", "").startswith("text/html"):
                    headers["Link"] = self.preload
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def preload() -> str:
    """A Link header (RFC 8288) that fetches the stage's files while Streamlit's page starts.

    Plotly comes behind all others, since the first numbers do not wait for it.
    """
    kinds = {".js": "modulepreload", ".css": "preload; as=style"}
    links = [
        f"<{assets.url(name)}>; rel={kinds[path.suffix]}"
        for name, path in assets.files().items()
        if name != assets.PLOTLY
    ]
    plotly = f"<{assets.url(assets.PLOTLY)}>; rel=preload; as=script; fetchpriority=low"
    return ", ".join([*links, plotly])


SOURCE = re.compile(
    r"\*|'self'|[a-z][a-z0-9+.-]*:"
    r"|(?!(self|none)$)([a-z][a-z0-9+.-]*://)?(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:(\d+|\*))?(/[^\s;,'\"]*)?",
    re.IGNORECASE,
)


def frame_ancestors(setting: str) -> str:
    """The pages that may embed DivViz, as CSP's frame-ancestors takes them; ValueError if it can't.

    >>> frame_ancestors("'self'  https://*.example.org:8443")
    "'self' https://*.example.org:8443"
    """
    sources = setting.split()
    if sources == ["'none'"] or (sources and all(map(SOURCE.fullmatch, sources))):
        return " ".join(sources)
    raise ValueError(
        f"{FRAME_ANCESTORS} is {setting!r}; it takes *, 'none', or addresses of the pages that may"
        " embed DivViz, separated by spaces, such as: 'self' https://*.example.org"
    )


def inline_scripts(page: str) -> list[str]:
    """The text of every script that an HTML page carries in itself."""
    reader = InlineScripts()
    reader.feed(page)
    reader.close()
    return reader.scripts


class InlineScripts(HTMLParser):
    """Collects the text of script elements without a src."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "script" and "src" not in dict(attrs)
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.scripts[-1] += data


def content_security_policy(scripts: list[str], ancestors: str) -> str:
    """The policy (CSP level 3) that lets run Streamlit's page, its inline scripts and no others.

    Inline parts of components are scripts of blob: origin, hence blob: for scripts and workers.
    """
    hashes = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *(f"'sha256-{digest}'" for digest in hashes)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' ws: wss:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": ancestors,
    }
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())


# ------------------------------------------------------------------ lifespan


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Do before the first visitor what would otherwise wait for them."""
    stay_inside()
    warm_up()
    lessons = asyncio.create_task(later())
    yield
    lessons.cancel()


async def later() -> None:
    """Do what can wait until the first visitors, if any, have their page."""
    await asyncio.sleep(CALM)
    await run_in_threadpool(open_lessons)


def stay_inside() -> None:
    """Keep Streamlit from asking an outside host for this machine's public address.

    It does so inside the event loop, for every request whose Origin it does not know: with no
    network each one would hold up all visitors for two seconds.
    """
    vars(net_util)["get_external_ip"] = lambda: None


def open_lessons() -> None:
    """Show each lesson once to nobody, while the server answers already.

    The first visitor of a lesson would wait 0.1 to 1.5 s for SciPy's imports and cached sweeps.
    """
    from divviz.web import lesson, prose  # with the stage, which asks where its files are served

    for stem in prose.stems():
        if lesson.topic(stem) is not None:
            lesson.answer(stem, None, {}, text.SOURCE)


def warm_up() -> None:
    """Import everything, compute once with each kind, and take the heap so far off the collector.

    A later full collection then skips some 300,000 objects that live as long as the process.
    """
    for package in ("divviz", "divviz.web"):
        for module in iter_modules(import_module(package).__path__, f"{package}."):
            if module.name != f"divviz.web.{SCRIPT.stem}":
                import_module(module.name)
    import_module("scipy.optimize")
    for p, q in (("normal(0,1)", "laplace(1,2)"), ("pmf(0.1,0.9)", "bernoulli(0.5)")):
        divviz.evaluate(divviz.parse(p), divviz.parse(q))
    for path in assets.files().values():
        packed(path)
    gc.collect()
    gc.freeze()
