"""A small Hub on loopback, for the real client: what it keeps is in memory, how it fails is told.

    hub = Hub()
    repo = hub.add("anna/tiny", {"config.json": b"...", "model.safetensors": b"..."})
    hub.fail("GET /lfs/", cut(1000), times=3)
    with hub.running():
        ...  # HF_ENDPOINT=hub.url

Large files lie on a second server, as on the Hub's CDN: `resolve` redirects there, and a token must
not follow. Xet is not spoken: no answer names a Xet hash, so that a client takes plain HTTP.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.hub.messages import Reply, Request
from tests.hub.routes import route
from tests.hub.store import Repo, Stored, User

Act = Callable[[BaseHTTPRequestHandler, Reply], None]


@dataclass
class Fault:
    """What is done instead of answering as one should."""

    pattern: str
    """A regular expression that is searched in `METHOD /path?query`."""
    act: Act
    times: int


@dataclass
class Hub:
    """Repositories, users by token, and a list of what goes wrong."""

    repos: dict[str, Repo] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    """By token."""
    organisations: dict[str, set[str]] = field(default_factory=dict)
    """Members by name; they may write there."""
    large: dict[str, bytes] = field(default_factory=dict)
    """The large file storage, by sha256."""
    faults: list[Fault] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    """Every request, in the order in which they came."""
    crashes: list[BaseException | None] = field(default_factory=list)
    """Mistakes of this server's own, raised when it stops."""
    url: str = ""
    cdn: str = ""
    """The address of the large files, another host in the eyes of a client."""

    def add(self, name: str, files: dict[str, bytes] | None = None, **about: object) -> Repo:
        """Make a repository; `about` are fields of `Repo`."""
        repo = self.repos[name] = Repo(name, **about)  # type: ignore[arg-type]
        if files is not None:
            repo.put(files, "first")
        return repo

    def fail(self, pattern: str, act: Act, times: int = 1) -> None:
        """Let the next `times` requests that match go wrong; earlier faults come first."""
        self.faults.append(Fault(pattern, act, times))

    def content(self, sha256: str) -> bytes | None:
        """Return a large file, committed or just uploaded."""
        if sha256 in self.large:
            return self.large[sha256]
        files = (f for r in self.repos.values() for c in r.commits for f in c.files.values())
        return next((f.content for f in files if f.large and f.sha256 == sha256), None)

    def requests(self, pattern: str) -> list[Request]:
        """The requests so far that match."""
        return [request for request in self.asked if re.search(pattern, request.line)]

    @contextmanager
    def running(self) -> Iterator[Hub]:
        """Serve on two free ports until the block ends."""
        with _serving(self) as self.url, _serving(self) as self.cdn:
            yield self
        for crash in self.crashes:
            raise AssertionError("the loopback Hub made a mistake") from crash


def _act(hub: Hub, request: Request) -> Act:
    for fault in hub.faults:
        if fault.times > 0 and re.search(fault.pattern, request.line):
            fault.times -= 1
            return fault.act
    return send


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = _body(self)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, body)
            hub.asked.append(request)
            self.close_connection = True
            _act(hub, request)(self, route(hub, request))

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    """What was sent along, which an upload may send in chunks."""
    if handler.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    body = b""
    while size := int(handler.rfile.readline(), 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body


@contextmanager
def _serving(hub: Hub) -> Iterator[str]:
    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            error = sys.exception()
            if not isinstance(error, OSError):  # a client that has heard enough hangs up
                hub.crashes.append(error)

    with Server(("127.0.0.1", 0), _handler(hub)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _head(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.send_response(reply.status)
    for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
        handler.send_header(name, value)
    handler.send_header("Connection", "close")
    handler.end_headers()


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Answer as one should."""
    _head(handler, reply)
    if handler.command != "HEAD":
        handler.wfile.write(reply.body)


def answer(status: int, body: bytes = b"", **headers: str) -> Act:
    """Answer with a status, and headers with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _: send(handler, Reply(status, named, body))


def cut(upto: int, reset: bool = False) -> Act:
    """Announce all, send so many bytes and hang up; with `reset`, not even politely."""

    def act(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        _head(handler, reply)
        handler.wfile.write(reply.body[:upto])
        handler.wfile.flush()
        if reset:  # lingering for no time: the connection ends with RST instead of FIN
            linger = b"\1\0\0\0\0\0\0\0"
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            os.close(handler.connection.detach())

    return act


def held(until: threading.Event, upto: int = 0, seconds: float = 30.0) -> Act:
    """Send so many bytes, then wait for an event before the rest."""

    def act(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if upto:
            _head(handler, reply)
            handler.wfile.write(reply.body[:upto])
            handler.wfile.flush()
        until.wait(seconds)
        if upto:
            handler.wfile.write(reply.body[upto:])
        else:
            send(handler, reply)

    return act


def paced(rate: float, piece: int = 1 << 16) -> Act:
    """Send so many bytes a second."""

    def act(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        _head(handler, reply)
        for begin in range(0, len(reply.body), piece):
            handler.wfile.write(reply.body[begin : begin + piece])
            handler.wfile.flush()
            time.sleep(piece / rate)

    return act


def wrong(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Send as many bytes as there should be, but not those."""
    flipped = bytes(byte ^ 1 for byte in reply.body[-100:])
    send(handler, Reply(reply.status, reply.headers, reply.body[:-100] + flipped))


def silent(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Hang up without a word."""


__all__ = ["Fault", "Hub", "Repo", "Stored", "User", "answer", "cut", "held", "paced", "send",
           "silent", "wrong"]  # fmt: skip
