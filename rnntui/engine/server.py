"""The engine: one loop that owns the models, moved by requests and by what runs have to do.

Requests are read on a thread and taken between two pieces of work, each about a fortieth of a
second, so that a stop is seen in mid-run. With nothing to do the loop sleeps until a request comes.
Nothing a request says can end it: what the user can mend becomes an `error` with its remedy, a bug
of ours an `error` too, with its traceback in the log.
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
from rnntui.engine.completing import Completer
from rnntui.engine.copying import Library
from rnntui.engine.encoding import Malformed, encode, read_request
from rnntui.engine.hosting import Host, Hosted, facts, listing
from rnntui.engine.pipes import Closed, Helper, Inbox, TooLong, note
from rnntui.engine.protocol import (
    LONGEST_LINE,
    PROTOCOL,
    Complete,
    Copied,
    Copying,
    Credit,
    Error,
    Event,
    Finished,
    Generate,
    Hello,
    Listing,
    Load,
    Loaded,
    Look,
    Looked,
    Models,
    Pause,
    Ping,
    Pong,
    Ready,
    Requests,
    Resume,
    Steer,
    Stop,
    Unload,
    Unloaded,
)
from rnntui.engine.run import Run, alternatives, checked, entropy
from rnntui.engine.trail import Places
from rnntui.errors import BadOption, RnntuiError
from rnntui.inference.models import TextModel

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
        self._helper = Helper(inbox)
        self._host = Host(self._helper, self._forget)
        self._places = Places()
        self._completer = Completer(self.send)
        self._library = Library()
        self._runs: dict[int, Run] = {}  # the next one to work first
        self._yielded = False

    def send(self, event: Event) -> None:
        """Write an event.

        Raises:
            BrokenPipeError: the app is gone.
        """
        self._output.write(encode(event))
        self._output.flush()

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
        if self._completer.due() < 0:
            return 0
        earliest = min((run.due() for run in self._runs.values()), default=math.inf)
        return max(0.0, earliest - time.perf_counter())

    def _work(self) -> None:
        """Do one piece of work for the completer, and for the run that has waited longest."""
        if self._completer.due() < 0:
            self._finish_words()
        now = time.perf_counter()
        due = [run for run in self._runs.values() if run.due() <= now]
        if due:
            run = due[0]
            self._runs[run.id] = self._runs.pop(run.id)
            self._try(lambda: run.step(len(due)), None, run.id)
            if run.ended:
                self._runs.pop(run.id, None)

    def _finish_words(self) -> None:
        asked = self._completer.asked
        try:
            self._completer.step()
        except Exception as error:
            self._completer.abandon(asked)
            self._fail(error, asked.request if asked else None, None)

    def _guard(self, item: bytes | TooLong | Callable[[], None]) -> None:
        """Take one thing from the inbox."""
        if isinstance(item, TooLong):
            limit = f"a line is longer than {LONGEST_LINE >> 20} MiB"
            self.send(Error(limit, "send less at once"))
        elif isinstance(item, bytes):
            self._request(item)
        else:
            self._try(item, None, None)

    def _request(self, line: bytes) -> None:
        try:
            request = read_request(line)
        except Malformed as error:
            what = f"a message the engine cannot read: {error.why}"
            self.send(Error(what, "", error.request, error.run))
            if error.kind == "generate" and error.run is not None:
                self.send(Finished(error.run, "error", 0, None))
            return
        number, run = getattr(request, "request", None), getattr(request, "run", None)
        starts = isinstance(request, Generate)
        self._try(lambda: self._handle(request), number, run, ends=starts)

    def _try(
        self, work: Callable[[], None], request: int | None, run: int | None, *, ends: bool = True
    ) -> None:
        """Do something that may fail; then the request, or the run if it `ends` so, fails."""
        try:
            work()
        except BrokenPipeError:
            raise
        except Exception as error:  # the engine outlives its bugs: the app shows them
            self._fail(error, request, run, ends=ends)

    def _fail(
        self, error: Exception, request: int | None, run: int | None, *, ends: bool = True
    ) -> None:
        if isinstance(error, RnntuiError):
            self.send(Error(error.what, error.fix, request, run))
        else:
            note("".join(traceback.format_exception(error)))
            what = f"internal error: {type(error).__name__}: {str(error)[:200]}"
            self.send(Error(what, f"this is a bug; {self._log} tells more", request, run))
        if run is None or not ends:
            return
        started = self._runs.pop(run, None)
        if started:
            started.end("error")
        else:
            self.send(Finished(run, "error", 0, None))

    def _forget(self, model: TextModel) -> None:
        self._places.forget(model)
        self._completer.forget(model)

    # ---- requests ----

    def _handle(self, request: Requests) -> None:
        match request:
            case Hello():
                self._hello(request)
            case Ping():
                self.send(Pong(request.request))
            case Load():
                self._load(request)
            case Unload():
                self._host.drop(request.model)
                self.send(Unloaded(request.request))
            case Models():
                self._list(request)
            case Generate():
                self._generate(request)
            case Complete():
                self._complete(request)
            case Copying():
                self._copying(request)
            case Look():
                self._look(request)
            case Steer() | Pause() | Resume() | Stop() | Credit():
                run = self._runs.get(request.run)
                if run:
                    self._change(run, request)

    def _change(self, run: Run, request: Steer | Pause | Resume | Stop | Credit) -> None:
        match request:
            case Steer():
                run.steer(request.settings)
            case Pause():
                run.paused = True
            case Resume():
                run.paused = False
            case Credit():
                run.grant(request.frames)
            case Stop():
                run.end("stopped")
                del self._runs[run.id]

    def _hello(self, request: Hello) -> None:
        if request.version != PROTOCOL:
            raise BadOption(
                f"the app speaks version {request.version} of the engine's protocol, "
                f"rnntui {__version__} here version {PROTOCOL}",
                "install the same rnntui on both sides",
            )
        self.send(Ready(request.request, PROTOCOL, __version__, os.getpid(), self._log))

    def _load(self, request: Load) -> None:
        def then(result: Hosted | Exception) -> None:
            if isinstance(result, Hosted):
                self.send(Loaded(request.request, facts(result)))
            else:
                self._fail(result, request.request, None)

        self._host.refresh(request.model, then)

    def _list(self, request: Models) -> None:
        def then(result: object) -> None:
            if isinstance(result, tuple):
                self.send(Listing(request.request, result))
            elif isinstance(result, Exception):
                self._fail(result, request.request, None)

        self._helper.submit(listing, then)

    def _yield_to_the_screen(self) -> None:
        """Rank below the app where processors are scarce, once the model is loaded."""
        if not self._yielded and hasattr(os, "nice"):
            os.nice(NICENESS)
        self._yielded = True

    def _generate(self, request: Generate) -> None:
        if request.run in self._runs:
            # No `finished` here: it would end the other run.
            self.send(Error(f"run {request.run} is under way", "number runs anew", run=request.run))
            return
        run = Run(request, self.send, self._places)
        self._runs[run.id] = run

        def then(result: Hosted | Exception) -> None:
            if self._runs.get(run.id) is not run:  # stopped meanwhile
                return
            if isinstance(result, Hosted):
                self._yield_to_the_screen()
                self._try(lambda: run.begin(result.model), None, run.id)
            else:
                self._fail(result, None, run.id)

        self._host.want(request.model, then)

    def _complete(self, request: Complete) -> None:
        self._completer.ask(request)

        def then(result: Hosted | Exception) -> None:
            if isinstance(result, Hosted):
                self._completer.begin(request, result.model)
            elif self._completer.abandon(request):
                self._fail(result, request.request, None)

        self._host.want(request.model, then)

    def _copying(self, request: Copying) -> None:
        def answer(result: Copied | Exception) -> None:
            if isinstance(result, Copied):
                self.send(result)
            else:
                self._fail(result, request.request, None)

        def then(result: Hosted | Exception) -> None:
            if isinstance(result, Hosted):
                config = result.model.config
                self._helper.submit(lambda: self._library.copied(request, config), answer)
            else:
                self._fail(result, request.request, None)

        self._host.want(request.model, then)

    def _look(self, request: Look) -> None:
        trail = self._places.find(request.after.run)
        session = trail.session_at(request.after.position) if trail else None
        if trail is None or session is None:
            raise BadOption(
                f"the engine has forgotten character {request.after.position} of run "
                f"{request.after.run}",
                "go on from the text",
            )
        seen = session.distribution(checked(request.sampling))
        found = alternatives(trail.model, seen, request.alternatives)
        self.send(Looked(request.request, found, round(entropy(seen), 4)))
