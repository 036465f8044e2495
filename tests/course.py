"""A page of another site that embeds DivViz, as a course platform would."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Keeps every message that reaches it, whoever sent it.
LISTEN = '<script>window.got = []; addEventListener("message", (e) => got.push(e.data));</script>'


class Course:
    """An HTTP server with one page, `body`, whatever is asked; a context manager that ends it."""

    def __init__(self) -> None:
        self.body = ""
        course = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/" else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(course.body.encode() if self.path == "/" else b"")

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> "Course":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def site(self) -> str:
        """Its origin: another site than the program's, since localhost is not 127.0.0.1."""
        return f"http://localhost:{self.server.server_port}"

    @property
    def neighbour(self) -> str:
        """The same by the program's host: another origin of the same site."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def embed(self, url: str, width: int, height: int, sandbox: str | None = None) -> None:
        """Make the page hold a frame of this size, with LISTEN before it."""
        kept = "" if sandbox is None else f'sandbox="{sandbox}"'
        look = f"border: 0; display: block; width: {width}px; height: {height}px"
        frame = f'<iframe title="DivViz" {kept} src="{url}" style="{look}"></iframe>'
        self.body = f'<!doctype html><body style="margin: 0">{LISTEN}{frame}'
