"""The client of httpx2 that the Hub's client sends its requests with (see `watch`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2

from rnntui.checkpoints.hub.errors import host, rate_limited
from rnntui.checkpoints.hub.watch import Watch, watching

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be another in a moment."""


class Unreached(httpx2.RequestError):
    """The server cannot be reached at all.

    The Hub's client would try again for 23 seconds after errors of the network, of which this is
    none to it: that nobody is there is to be said at once.
    """


class WatchedClient(httpx2.Client):
    """Sends as its parent does, as patiently as whoever watches wants it."""

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send a request, again where what went wrong may pass.

        Raises:
            HubError: it was cancelled, or the Hub wants to be left alone for longer.
            Unreached: nor could it be at the first request.
            TransportError: the server can no longer be reached.
        """
        watch = watching()
        if watch is None:
            return super().send(request, **options)
        failures = 0
        while True:
            watch.check()
            try:
                response = super().send(request, **options)
            except httpx2.TransportError as error:
                watch.check()
                failures += 1
                if not watch.connected:
                    raise Unreached(str(error), request=request) from error
                if failures >= watch.patience.tries:
                    raise
                watch.pause(failures, f"{host()} cannot be reached ({type(error).__name__})")
                continue
            watch.connected = True
            if response.status_code not in _PASSING:
                if options.get("stream"):
                    assert isinstance(response.stream, httpx2.SyncByteStream)
                    response.stream = _Watched(response.stream, watch)
                return response
            failures += 1
            _bear(response, failures, watch)
            if failures >= watch.patience.tries:
                return response


def _bear(response: httpx2.Response, failures: int, watch: Watch) -> None:
    """Wait after an answer that may be another in a moment, unless it is too long or too often."""
    status = response.status_code
    asked = response.headers.get("retry-after", "")
    seconds = float(asked) if asked.isdecimal() else 0.0
    last = failures >= watch.patience.tries
    if status == 429 and (last or seconds > watch.patience.longest_pause):
        response.close()
        raise rate_limited(seconds)
    if not last:
        response.close()
        watch.pause(failures, f"{host()} answers {status}", seconds)


class _Watched(httpx2.SyncByteStream):
    """A body that can be stopped, and that breaks off in one way."""

    def __init__(self, stream: httpx2.SyncByteStream, watch: Watch) -> None:
        self._stream = stream
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        brought = 0
        try:
            for piece in self._stream:
                self._watch.check()
                brought += len(piece)
                yield piece
        except (httpx2.TransportError, OSError) as error:
            self._watch.broke(brought)
            raise httpx2.RemoteProtocolError(str(error)) from error

    def close(self) -> None:
        self._stream.close()
