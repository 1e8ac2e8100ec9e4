"""The app's side of the pipe: an engine's life, and the messages to and from it.

It runs on the app's event loop and never computes. It knows what an answer is and what a run's
event is, and no kind of work: what can be asked is in `engine.client`, and in a client for each
other kind of work, which is given this to ask with.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from rnntui.engine.child import Child, Death
from rnntui.engine.encoding import Malformed, encode, read_event
from rnntui.engine.handle import Run
from rnntui.engine.interface import EngineError
from rnntui.engine.protocol import (
    PROTOCOL,
    Error,
    Event,
    Events,
    Finished,
    Frame,
    Hello,
    Ping,
    Pong,
    Reading,
    Ready,
    Request,
    RunEvents,
    Started,
)

START_TIMEOUT = 30.0
"""Seconds for an engine to say hello; one elsewhere may have to log in first."""
HUNG_AFTER = 5.0
"""Seconds without a word from the engine, pings unanswered, until it counts as hung."""
_TICKS = 5
"""How many pings go out in that time."""
_MOST_NONSENSE = 500
"""Lines in a row that are no messages: more than any login banner has."""
_CLOSE = 0.15
"""Seconds an engine has to leave by itself."""

Answer = TypeVar("Answer", bound=Event)


class Asks(Protocol):
    """Asks an engine: what the clients for single kinds of work are given."""

    def number(self) -> int:
        """Return a number that no request has had."""

    async def ask(self, request: Any, kind: type[Answer]) -> Answer:
        """Send a request, which has a number, and wait for its answer."""


class Connection:
    """An engine in a child process, and the pipe to it.

    Args:
        command: a shell command that starts one elsewhere; None starts one here.
        on_death: called when it ends, or is ended for being hung, without having been asked to;
            not when it ends before it has started, which `start` raises.
        hung_after: seconds of silence that count as hung.
    """

    def __init__(
        self,
        command: str | None = None,
        *,
        on_death: Callable[[Death], None] | None = None,
        hung_after: float = HUNG_AFTER,
    ) -> None:
        self._command, self._on_death, self._hung_after = command, on_death, hung_after
        self._child: Child | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._numbers = itertools.count(1)  # of requests and runs, never used twice
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._runs: dict[int, Run] = {}
        self._silent = 0
        self._closing = self._started = False
        self.death: Death | None = None
        """How it ended, if it did so unasked; None while it lives."""

    # ---- life ----

    @property
    def alive(self) -> bool:
        """Whether it can be asked things."""
        return self._child is not None and self.death is None

    async def start(self) -> Ready:
        """Start the process and shake hands.

        Raises:
            EngineError: it does not start, or speaks another version.
        """
        self._closing, self._started, self.death, self._silent = False, False, None, 0
        try:
            self._child = await Child.start(self._command)
        except OSError as error:
            raise EngineError(f"the engine does not start: {error}", "check --engine") from None
        self._tasks = [asyncio.create_task(self._read(self._child))]
        try:
            async with asyncio.timeout(START_TIMEOUT):
                ready = await self.ask(Hello(self.number(), PROTOCOL), Ready)
        except TimeoutError:
            await self.close()
            raise EngineError(
                f"the engine has not said hello in {START_TIMEOUT:.0f} s", "check --engine"
            ) from None
        except EngineError as error:
            await self.close()
            raise self._start_problem(error) from None
        self._started = True
        self._child.log = ready.log if self._command is None else None
        self._tasks.append(asyncio.create_task(self._watch(self._child)))
        return ready

    def _start_problem(self, error: EngineError) -> EngineError:
        """Return what to raise: its last words where it ended, or what it answered."""
        if self.death is None:
            return error
        said = self.death.what
        if self.death.why == "exited" and self.death.last:
            said = self.death.last[-1]
        fix = "check --engine" if self._command else "`rnntui doctor` may tell why"
        return EngineError(f"the engine does not start: {said}", fix)

    async def restart(self) -> Ready:
        """Start it again, after its death or in mid-life; its runs end, their text is the app's.

        Raises:
            EngineError: it does not start.
        """
        await self.close()
        return await self.start()

    async def close(self) -> None:
        """End it, within a fifth of a second whatever it is doing."""
        self._closing = True
        child, self._child = self._child, None
        for task in self._tasks:
            task.cancel()
        self._end_all("the engine was closed", "restart it")
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if child:
            await child.close(_CLOSE)

    async def _read(self, child: Child) -> None:
        """Take events until the engine ends."""
        nonsense = 0
        async for line in child.lines():
            self._silent = 0
            if line is None:
                continue
            try:
                event = read_event(line)
            except Malformed as error:
                # A login banner of an engine elsewhere, say: kept for the report, else ignored.
                child.said.append(line[:200].decode("utf-8", "replace"))
                self._misread(error)
                nonsense += 1
                if nonsense > _MOST_NONSENSE:
                    child.kill("nonsense")
                continue
            nonsense = 0
            self._take(event)
        if not self._closing:
            self._died(await child.ended())

    async def _watch(self, child: Child) -> None:
        """Ping the engine, and end it if it stays silent.

        Counted in ticks of this loop, not by the clock: after the app itself was suspended, or the
        lid was closed, the engine still gets its time to answer.
        """
        while self._silent < _TICKS:
            await asyncio.sleep(self._hung_after / _TICKS)
            if self.death:
                return
            self._silent += 1
            self._send(Ping(self.number()))
        child.kill("hung")
        self._died(await child.ended())

    def _died(self, death: Death) -> None:
        if self.death or self._closing:
            return
        self.death = death
        self._end_all(death.what, death.fix)
        if self._on_death and self._started:
            self._on_death(death)

    def _end_all(self, what: str, fix: str) -> None:
        """End all that waits for the engine."""
        answers, self._answers = self._answers, {}
        for answer in answers.values():
            if not answer.done():
                answer.set_exception(EngineError(what, fix))
        runs, self._runs = self._runs, {}
        for run in runs.values():
            run.give(Error(what, fix, run=run.id))
            run.give(Finished(run.id, "error", run.characters, run.seed))

    # ---- messages ----

    def number(self) -> int:
        """Return a number for a request or a run that none has had."""
        return next(self._numbers)

    def _send(self, request: Request) -> None:
        """Write a request; a dead engine gets none, its runs have ended."""
        if self._child and not self.death:
            self._child.write(encode(request))

    def _take(self, event: Events) -> None:
        match event:
            case Started() | Reading() | Frame():
                self._tell_run(event.run, event)
            case Finished():
                self._tell_run(event.run, event)
                self._runs.pop(event.run, None)
            case Error():
                self._take_error(event)
            case Pong():
                pass
            case _:
                self._settle(event.request, event)

    def _take_error(self, error: Error) -> None:
        if error.run is not None:
            self._tell_run(error.run, error)
        if error.request is not None:
            answer = self._answers.pop(error.request, None)
            if answer and not answer.done():
                answer.set_exception(EngineError(error.what, error.fix))

    def _misread(self, error: Malformed) -> None:
        """Fail what an unreadable event was about, so that nothing waits for ever."""
        if error.request is not None or error.run is not None:
            what = f"the engine answered with something unreadable: {error.why}"
            fix = "install the same rnntui on both sides"
            self._take_error(Error(what, fix, error.request, error.run))

    def _tell_run(self, run: int, event: RunEvents) -> None:
        known = self._runs.get(run)
        if known:
            known.give(event)

    def _settle(self, request: int, event: Events) -> None:
        answer = self._answers.pop(request, None)
        if answer and not answer.done():
            answer.set_result(event)

    def tell(self, request: Request) -> None:
        """Send a request that has no answer; a dead engine gets none."""
        self._send(request)

    async def ask(self, request: Any, kind: type[Answer]) -> Answer:
        """Send a request and wait for its answer.

        Raises:
            EngineError: it failed, or the engine is gone.
        """
        if self._child is None or self.death:
            raise EngineError("the engine is not running", "restart it")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[request.request] = answer
        try:
            self._send(request)
            result = await answer
        finally:
            self._answers.pop(request.request, None)
        if not isinstance(result, kind):
            raise EngineError("the engine answered another question", "restart it")
        return result
