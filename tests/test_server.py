"""The program as it is served: headers, files, health, latency, settings, restart."""

import asyncio
import gzip
import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import live
import pytest
import uvicorn
from playwright.sync_api import Page
from websockets.sync.client import connect

import divviz
from divviz.web import assets
from divviz.web import server as serving

Serve = Callable[..., live.Server]
ALL_ZERO = "0" * 12


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of an HTTP response, whatever the status."""
    request = urllib.request.Request(url, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def asset_url(running: live.Server, name: str) -> str:
    return f"{running.url}divviz/{assets.address(name)}"


def policy_of(headers: Message) -> dict[str, list[str]]:
    directives = (part.split() for part in headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in directives}


# ------------------------------------------------------------------ health, headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health(server: live.Server, method: str) -> None:
    status, headers, body = ask(f"{server.url}healthz", method)
    assert (status, headers.get_content_type()) == (200, "application/json")
    expected = {"status": "ok", "version": divviz.__version__}
    assert body == b"" if method == "HEAD" else json.loads(body) == expected


@pytest.mark.parametrize(
    "path",
    [
        "",
        "healthz",
        "nowhere",
        "_stcore/health",
        "_stcore/host-config",
        "divviz/wrong",
        "favicon.png",
    ],
)
def test_every_response_has_the_headers(server: live.Server, path: str) -> None:
    _, headers, _ = ask(server.url + path)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Frame-Options"] is None
    policy = policy_of(headers)
    assert "'unsafe-eval'" not in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["*"]


def test_policy_admits_the_inline_scripts_of_the_page_and_no_others() -> None:
    page = '<!-- <script>no()</script> --><script>a = "<b>"</script><script src="x.js"></script>'
    assert serving.inline_scripts(page) == ['a = "<b>"']
    policy = serving.content_security_policy(["alert(1)"], "*")
    # The digest of this script that MDN and others print.
    assert "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='" in policy
    installed = (serving.static() / "index.html").read_text(encoding="utf-8")
    scripts = serving.inline_scripts(installed)
    assert len(scripts) == len(re.findall(r"<script>", installed)) > 0
    assert all(script in installed for script in scripts)


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("name", sorted(assets.files()))
def test_files_are_sent_compressed_and_kept_for_good(server: live.Server, name: str) -> None:
    status, headers, body = ask(asset_url(server, name), **{"Accept-Encoding": "gzip, br"})
    assert status == 200
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers.get_all("Vary") == ["Accept-Encoding"]
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    assert headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert gzip.decompress(body) == assets.content(name)
    status, headers, body = ask(asset_url(server, name), **{"Accept-Encoding": "identity"})
    assert (status, headers["Content-Encoding"], body) == (200, None, assets.content(name))


@pytest.mark.parametrize(
    "path",
    [
        "divviz/",
        f"divviz/{ALL_ZERO}/plotly.min.js",
        f"divviz/{assets.version('plotly.min.js')}/stage.py",
        f"divviz/{assets.version('plotly.min.js')}/",
        "divviz/plotly.min.js",
        "divviz/%2e%2e/%2e%2e/app.py",
    ],
)
def test_a_wrong_address_of_a_file_is_not_found(server: live.Server, path: str) -> None:
    status, _, body = ask(server.url + path)
    assert status in (400, 404)
    assert len(body) < 100


def test_streamlits_own_scripts_are_sent_compressed(server: live.Server) -> None:
    _, _, page = ask(server.url)
    paths = re.findall(r"\./(static/(?:js|css)/[^\"]+)", page.decode())
    assert len(paths) > 10
    for path in paths[:5]:
        _, headers, body = ask(server.url + path, **{"Accept-Encoding": "gzip"})
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body) == (serving.static() / path).read_bytes()


def test_a_page_says_what_to_load_early(server: live.Server) -> None:
    _, headers, _ = ask(server.url)
    loaded = re.findall(r"<([^>]+)>; rel=(modulepreload|preload)", headers["Link"])
    assert len(loaded) == len(assets.files())
    for path, _ in loaded:
        assert ask(server.address + path)[0] == 200
    assert ask(f"{server.url}healthz")[1]["Link"] is None


def test_a_change_of_our_scripts_leaves_the_address_of_plotly() -> None:
    assert assets.digest(("plotly.min.js",)) == assets.version("plotly.min.js")
    ours = assets.files().keys() - {assets.PLOTLY}
    assert {assets.version(name) for name in ours} == {assets.digest(tuple(sorted(ours)))}
    assert assets.version("plotly.min.js") not in {assets.version(name) for name in ours}


def test_without_the_server_there_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "BASE", None)
    assert assets.url("plotly.min.js") is None
    monkeypatch.setattr(assets, "BASE", "/course/divviz")
    assert assets.url("plotly.min.js") == f"/course/divviz/{assets.address('plotly.min.js')}"
    with pytest.raises(KeyError):
        assets.url("server.py")


# ------------------------------------------------------------------ latency


def listening(protocol: int) -> socket.socket:
    """A listening socket; protocol 0 is what Streamlit's has, and asyncio takes for no TCP."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


@pytest.fixture
def no_delay_probe() -> Iterator[Callable[[bool], int]]:
    """The port of a uvicorn whose app tells over HTTP and WebSocket if TCP_NODELAY is set."""
    started: list[tuple[uvicorn.Server, threading.Thread]] = []

    async def app(scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            return
        connection = receive.__self__.transport.get_extra_info("socket")
        flag = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        said = str(bool(flag))
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": said.encode()})
        else:
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": said})
            await send({"type": "websocket.close"})

    def start(wrapped: bool) -> int:
        listener = listening(0)
        config = uvicorn.Config(
            serving.NoDelay(app) if wrapped else app,
            ws="websockets-sansio",  # as Streamlit starts it
            lifespan="off",
            log_level="error",
        )
        running = uvicorn.Server(config)
        # A thread, since Playwright keeps an event loop in this one.
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        started.append((running, thread))
        return int(listener.getsockname()[1])

    yield start
    for running, thread in started:
        running.should_exit = True
        thread.join(10)


@pytest.mark.parametrize("wrapped", [False, True])
def test_no_delay_reaches_the_connection(
    no_delay_probe: Callable[[bool], int], wrapped: bool
) -> None:
    port = no_delay_probe(wrapped)
    _, _, body = ask(f"http://127.0.0.1:{port}/")
    with connect(f"ws://127.0.0.1:{port}/") as websocket:
        assert websocket.recv(timeout=5) == body.decode() == str(wrapped)


def test_no_delay_gives_way_where_there_is_no_such_connection() -> None:
    class Call:
        transport: object = None

        async def send(self) -> None: ...

    class Pipe:
        def get_extra_info(self, name: str) -> object:
            return None

    call = Call()
    assert not serving.set_no_delay(call.send)
    call.transport = Pipe()
    assert not serving.set_no_delay(call.send)
    assert not serving.set_no_delay(asyncio.sleep)
    assert not serving.set_no_delay(None)
    with socket.socket(socket.AF_UNIX) as local:
        call.transport = type("T", (), {"get_extra_info": lambda self, name: local})()
        assert not serving.set_no_delay(call.send)


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    "setting",
    [
        "*",
        "'none'",
        "'self'",
        "https:",
        "https://course.example.org",
        "https://*.example.org:8443",
        "*.example.org",
        "localhost:*",
        "'self' https://a.example http://127.0.0.1:8000",
    ],
)
def test_frame_ancestors_takes(setting: str) -> None:
    assert serving.frame_ancestors(f"  {setting} ") == setting


@pytest.mark.parametrize(
    "setting",
    [
        "",
        " ",
        "self",
        "'none' https://a.example",
        "'unsafe-inline'",
        "*; script-src *",
        "a, b",
        "a;b",
        "*.",
        "*.*.org",
        "https://",
        "https://a.example'",
        "https://a.example/\r\nSet-Cookie:x=/y;",
    ],
)
def test_frame_ancestors_refuses(setting: str) -> None:
    with pytest.raises(ValueError, match="DIVVIZ_FRAME_ANCESTORS is "):
        serving.frame_ancestors(setting)


def test_a_bad_setting_stops_the_start_with_one_sentence() -> None:
    server = live.Server(DIVVIZ_FRAME_ANCESTORS="https://a.example; script-src *")
    server.launch()
    try:
        assert server.exit_code(wait=60) == 1
        *banner, sentence = [line for line in server.log().splitlines() if line.strip()]
        assert len(banner) == 2  # Streamlit's, which says where the page would be
        assert sentence.startswith("DIVVIZ_FRAME_ANCESTORS is 'https://a.example; script-src *'")
    finally:
        server.stop()


def test_settings_of_the_installation(serve: Serve) -> None:
    running = serve(
        "--server.baseUrlPath", "course/kl", DIVVIZ_FRAME_ANCESTORS="https://*.example.org"
    )
    status, headers, _ = ask(running.url)
    assert status == 200
    assert policy_of(headers)["frame-ancestors"] == ["https://*.example.org"]
    assert ask(f"{running.url}healthz")[0] == 200
    assert ask(asset_url(running, "plotly.min.js"))[0] == 200
    early = re.findall(r"<([^>]+)>; rel=preload; as=script", headers["Link"])
    assert early == [f"/course/kl/divviz/{assets.address('plotly.min.js')}"]
    assert ask(f"{running.address}/healthz")[0] == 404


def test_uvicorn_serves_it_too() -> None:
    port = live.free_port()
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "error"], cwd=live.ROOT)
    try:
        for _ in range(600):
            if process.poll() is not None:
                break
            try:
                status, headers, _ = ask(f"http://127.0.0.1:{port}/")
                break
            except OSError:
                time.sleep(0.1)
        assert process.poll() is None
        assert status == 200
        assert "Content-Security-Policy" in headers
    finally:
        process.terminate()
        process.wait(20)


def test_the_script_runs_without_the_server(serve: Serve, page: Page) -> None:
    running = serve(script="divviz/web/frame.py")
    page.goto(running.url)
    page.get_by_test_id("stMain").get_by_text(re.compile(r"\w")).first.wait_for()
    assert ask(running.url)[1]["Content-Security-Policy"] is None
    assert "Traceback" not in running.log()


# ------------------------------------------------------------------ the outside


def test_no_outside_host_is_asked_for_an_address() -> None:
    from streamlit import net_util

    was = net_util.get_external_ip
    try:
        serving.stay_inside()
        assert net_util.get_external_ip() is None
        assert net_util.get_external_ip is not was
    finally:
        vars(net_util)["get_external_ip"] = was


def test_a_websocket_from_another_site_is_refused(server: live.Server) -> None:
    with pytest.raises(Exception, match="403"):
        connect(f"ws://127.0.0.1:{server.port}/_stcore/stream", origin="https://elsewhere.example")


# ------------------------------------------------------------------ in a browser


def test_the_page_loads_within_the_policy(server: live.Server, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url)
    page.get_by_test_id("stMain").get_by_text(re.compile(r"\w")).first.wait_for()
    page.wait_for_load_state("networkidle")
    assert {url for url in asked if not url.startswith((server.url, "data:", "blob:"))} == set()
    assert "Traceback" not in server.log()


def test_plotly_runs_under_the_policy_and_eval_does_not(
    server: live.Server, new_page: Callable[..., Page]
) -> None:
    page = new_page(allow="EvalError|unsafe-eval|Content Security Policy")
    page.goto(server.url)
    page.add_script_tag(url=asset_url(server, "plotly.min.js"))
    assert page.evaluate("typeof Plotly.react") == "function"
    # In a timer, since what the debugger itself evaluates is exempt.
    tried = "try { done(Function('return 1')()) } catch (error) { done(error.name) }"
    assert page.evaluate(f"new Promise((done) => setTimeout(() => {{ {tried} }}))") == "EvalError"


@pytest.fixture
def course_site(server: live.Server) -> Iterator[str]:
    """The address of a page on another site (localhost is not 127.0.0.1) that embeds DivViz."""
    body = f'<iframe src="{server.url}?embed=true" width="900" height="700"></iframe>'.encode()

    class Course(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body if self.path == "/" else b"")

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Course) as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        yield f"http://localhost:{site.server_port}/"
        site.shutdown()
        thread.join()


def test_it_can_be_embedded_elsewhere(course_site: str, page: Page) -> None:
    page.goto(course_site)
    inner = page.frame_locator("iframe").get_by_test_id("stMain")
    inner.locator("[data-measure=kl_pq][data-seq]").wait_for()


def test_a_restarted_server_is_found_again(serve: Serve, new_page: Callable[..., Page]) -> None:
    running = serve()
    page = new_page(allow="WebSocket|ERR_CONNECTION|Failed to (load|fetch)|Connection")
    page.goto(running.url)
    shown = page.get_by_test_id("stMain").get_by_text(re.compile(r"\w")).first
    shown.wait_for()
    before = running.pid
    with page.expect_websocket(lambda socket: socket.url.endswith("/_stcore/stream")):
        running.restart()
    assert running.pid != before
    shown.wait_for()
