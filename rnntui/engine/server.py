"""The engine: one loop that owns the models, moved by requests and by what services have to do.

Requests are read on a thread and taken between two pieces of work, each about a fortieth of a
second, so that a stop is seen in mid-run. With nothing to do the loop sleeps until a request comes.
Nothing a request says can end it: what the user can mend becomes an `error` with its remedy, a bug
of ours an `error` too, with its traceback in the log. What the work is, the services know.
"""

from __future__ import annotations

import math
import os
import queue
import time
import traceback
from collections.abc import Callable
from typing import BinaryIO

from rnntui import __version__
from rnntui.engine.encoding import Malformed, encode, read_request
from rnntui.engine.forecasting import Forecasting
from rnntui.engine.hosting import Host
from rnntui.engine.judging import Judging
from rnntui.engine.keeping import Keeping
from rnntui.engine.pipes import Closed, Helper, Inbox, TooLong, note
from rnntui.engine.protocol import (
    LONGEST_LINE,
    PROTOCOL,
    Error,
    Event,
    Hello,
    Ping,
    Pong,
    Ready,
    Request,
)
from rnntui.engine.service import Service, Tools
from rnntui.engine.sharing import Sharing
from rnntui.engine.talking import Talking
from rnntui.engine.writing import Writing
from rnntui.errors import BadOption, RnntuiError
from rnntui.inference.loading import Model

SERVICES: tuple[type[Service], ...] = (Keeping, Writing, Judging, Sharing, Talking, Forecasting)
"""The kinds of work; a new one joins here."""

NICENESS = 2
"""With a processor of its own it costs nothing. Among six busy processes on two cores the time from
a key to its paint fell from 85 ms to 57 at full speed; 5 made it 50, and text slower than it is
read."""


class Server:
    """All of the engine but its pipes.

    Args:
        inbox: where requests come from.
        output: where events go.
        log: where it writes what it has to say to nobody; for messages.
    """

    def __init__(self, inbox: Inbox, output: BinaryIO, log: str) -> None:
        self._inbox, self._output, self._log = inbox, output, log
        helper = Helper(inbox)
        host = Host(helper, self._forget)
        tools = Tools(self.send, self.fail, host, helper, inbox, self._yield_to_the_screen)
        self._services = [make(tools) for make in SERVICES]
        self._takers = {kind: service for service in self._services for kind in service.takes}
        self._yielded = False

    def send(self, event: Event) -> None:
        """Write an event.

        Raises:
            BrokenPipeError: the app is gone.
        """
        self._output.write(encode(event))
        self._output.flush()

    def fail(self, error: Exception, request: int | None = None, run: int | None = None) -> None:
        """Tell the app that a request or a run failed; the engine outlives its bugs.

        Raises:
            BrokenPipeError: that is the error, or the app is gone.
        """
        if isinstance(error, BrokenPipeError):
            raise error
        if isinstance(error, RnntuiError):
            self.send(Error(error.what, error.fix, request, run))
        else:
            note("".join(traceback.format_exception(error)))
            what = f"internal error: {type(error).__name__}: {str(error)[:200]}"
            self.send(Error(what, f"this is a bug; {self._log} tells more", request, run))

    # ---- the loop ----

    def serve(self) -> None:
        """Work until the input ends or the app is gone."""
        try:
            while self._take():
                self._work()
        except BrokenPipeError:
            return

    def _take(self) -> bool:
        """Take all requests there are, waiting for one if there is nothing to do."""
        wait = self._rest()
        while True:
            try:
                item = self._inbox.get(wait != 0, None if wait == math.inf else wait)
            except queue.Empty:
                return True
            if isinstance(item, Closed):
                return False
            self._guard(item)
            wait = 0

    def _rest(self) -> float:
        """Return how many seconds there is nothing to do for."""
        earliest = min(service.due() for service in self._services)
        return max(0.0, earliest - time.perf_counter())

    def _work(self) -> None:
        """Let each service that is due do a piece of work."""
        now = time.perf_counter()
        for service in self._services:
            if service.due() <= now:
                service.step()

    def _guard(self, item: bytes | TooLong | Callable[[], None]) -> None:
        """Take one thing from the inbox."""
        if isinstance(item, TooLong):
            limit = f"a line is longer than {LONGEST_LINE >> 20} MiB"
            self.send(Error(limit, "send less at once"))
        elif isinstance(item, bytes):
            self._read(item)
        else:
            try:
                item()
            except Exception as error:
                self.fail(error)

    def _read(self, line: bytes) -> None:
        try:
            request = read_request(line)
        except Malformed as error:
            what = f"a message the engine cannot read: {error.why}"
            self.send(Error(what, "", error.request, error.run))
            self._refuse(error.kind, error.run)
            return
        try:
            self._handle(request)
        except Exception as error:
            run = getattr(request, "run", None)
            self.fail(error, getattr(request, "request", None), run)
            self._refuse(type(request).__name__.lower(), run)

    def _refuse(self, kind: str, run: int | None) -> None:
        """Tell the service whose request failed, if that was about a run."""
        for taken, service in self._takers.items():
            if run is not None and taken.__name__.lower() == kind:
                service.refused(kind, run)

    def _handle(self, request: Request) -> None:
        match request:
            case Hello():
                self._hello(request)
            case Ping():
                self.send(Pong(request.request))
            case _:
                self._takers[type(request)].handle(request)

    def _hello(self, request: Hello) -> None:
        if request.version != PROTOCOL:
            raise BadOption(
                f"the app speaks version {request.version} of the engine's protocol, "
                f"rnntui {__version__} here version {PROTOCOL}",
                "install the same rnntui on both sides",
            )
        self.send(Ready(request.request, PROTOCOL, __version__, os.getpid(), self._log))

    def _forget(self, model: Model) -> None:
        for service in self._services:
            service.forget(model)

    def _yield_to_the_screen(self) -> None:
        """Rank below the app where processors are scarce, once the model is loaded."""
        if not self._yielded and hasattr(os, "nice"):
            os.nice(NICENESS)
        self._yielded = True
