"""A real HTTP server on loopback that can be slow, break off, lie, and send clients round."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Loopback:
    """A server of one content, whatever the path; `acts` are answered first, one a request."""

    content: bytes
    acts: list[Act] = field(default_factory=list)
    etag: str = '"v1"'
    """"" sends none."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The headers of each request, in lower case, with `path`."""
    others: dict[str, bytes] = field(default_factory=dict)
    """What paths with these ends have instead."""
    url: str = ""

    def at(self, path: str) -> bytes:
        """The content of a path."""
        return next((c for end, c in self.others.items() if path.endswith(end)), self.content)

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()

    @contextmanager
    def running(self) -> Iterator[Loopback]:
        """Serve on a free port until the block ends."""
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                loopback.asked.append({**headers, "path": self.path})
                act = loopback.acts.pop(0) if loopback.acts else whole
                self.close_connection = True
                act(loopback, self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # a client that has heard enough hangs up

        with Server(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


Act = Callable[[Loopback, BaseHTTPRequestHandler], None]


def _head(handler: BaseHTTPRequestHandler, status: int, **headers: object) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        if value != "":
            handler.send_header(name.replace("_", "-"), str(value))
    handler.send_header("Connection", "close")
    handler.end_headers()


def _asked_from(loopback: Loopback, handler: BaseHTTPRequestHandler) -> int:
    """Where the client wants the content from: 0 where its part is of another version."""
    if handler.headers.get("If-Range", loopback.etag) != loopback.etag:
        return 0
    wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    return int(wanted[1]) if wanted else 0


def send(pieces: int = 1, upto: int | None = None, ranges: bool = True) -> Act:
    """Announce the content, or the rest that was asked for, and send it up to a byte."""

    def act(loopback: Loopback, handler: BaseHTTPRequestHandler) -> None:
        whole = loopback.at(handler.path)
        total = len(whole)
        begin = _asked_from(loopback, handler) if ranges else 0
        if begin >= total:
            _head(handler, 416, Content_Range=f"bytes */{total}", Content_Length=0)
            return
        content = whole[begin:]
        if begin:
            _head(handler, 206, Content_Length=len(content), ETag=loopback.etag,
                  Content_Range=f"bytes {begin}-{total - 1}/{total}")  # fmt: skip
        else:
            _head(handler, 200, Content_Length=len(content), ETag=loopback.etag)
        content = content[: None if upto is None else max(0, upto - begin)]
        step = -(-len(content) // pieces) or 1
        for first in range(0, len(content), step):
            handler.wfile.write(content[first : first + step])
            handler.wfile.flush()

    return act


whole = send()
"""All of it, or all that was asked for."""


def answer(status: int, body: bytes = b"", **headers: object) -> Act:
    """Answer with a status, and headers with `_` for `-`."""

    def act(_: Loopback, handler: BaseHTTPRequestHandler) -> None:
        _head(handler, status, Content_Length=len(body), **headers)
        handler.wfile.write(body)

    return act


def unannounced(body: bytes) -> Act:
    """Send something of a length that only the end of the connection tells."""

    def act(_: Loopback, handler: BaseHTTPRequestHandler) -> None:
        _head(handler, 200)
        handler.wfile.write(body)

    return act


def endless(_: Loopback, handler: BaseHTTPRequestHandler) -> None:
    """Send until the client hangs up."""
    _head(handler, 200)
    while True:
        handler.wfile.write(b"x" * 65536)


def gibberish(_: Loopback, handler: BaseHTTPRequestHandler) -> None:
    """Answer with something that is no HTTP."""
    handler.wfile.write(b"\0\1\2 hello\r\n\r\n")


def held(until: threading.Event) -> Act:
    """Wait for an event before answering."""

    def act(loopback: Loopback, handler: BaseHTTPRequestHandler) -> None:
        until.wait(30)
        whole(loopback, handler)

    return act
