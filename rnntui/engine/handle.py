"""A run as the app holds it: an asynchronous iterator of what it writes, with a hand on its knobs.

It counts what has been taken, so that its `place` is always that of the text on the screen, however
far ahead the engine is. It knows neither pipe nor process: it is given events, and sends requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from rnntui.engine.parts import Place, Settings
from rnntui.engine.protocol import (
    Credit,
    Finished,
    Frame,
    Generate,
    Pause,
    Request,
    Resume,
    RunEvents,
    Started,
    Steer,
    Stop,
)

_AT_ONCE = 2
"""Frames whose credit is given together, out of the four a run may be ahead. Each message wakes the
engine, and where processors are scarce that takes the app's away in the middle of a frame."""


class Run(AsyncIterator[RunEvents]):
    """One generation, as an asynchronous iterator of its events.

    It yields `Reading` while a long prompt is read, `Started`, `Frame` after `Frame`, `Error` if
    something fails, and always one `Finished` at the end, also when the engine dies. Taking the
    event after a frame tells the engine that the frame has been shown: a slow reader slows it.
    Whoever leaves before the end calls `stop`.

    Args:
        send: where requests go.
        request: what was asked.
    """

    def __init__(self, send: Callable[[Request], None], request: Generate) -> None:
        self._send = send
        self._queue: asyncio.Queue[RunEvents] = asyncio.Queue()
        self._owed = 0
        self._over = False
        self.request = request
        """What was asked."""
        self.id = request.run
        """Its number."""
        self.settings = request.settings
        """As last steered."""
        self.seed: int | None = request.seed
        """What decides the draws; known for sure once it has started."""
        self.characters = 0
        """Characters taken from it."""
        self.finished: Finished | None = None
        """The end, once it is taken."""
        self.paused = False
        """Whether it was told to rest."""

    @property
    def place(self) -> Place:
        """Where it is: after the last character taken."""
        return Place(self.id, self.characters)

    @property
    def origin(self) -> Place:
        """Where its own text begins: to regenerate, go on from here with another seed."""
        return Place(self.id, 0)

    def back(self, characters: int) -> Place:
        """Return the place so many characters before the last one taken, its origin at most."""
        return Place(self.id, max(0, self.characters - characters))

    def steer(self, settings: Settings) -> None:
        """Change its settings from the next character on."""
        self.settings = settings
        self._tell(Steer(self.id, settings))

    def pause(self) -> None:
        """Let it rest."""
        self.paused = True
        self._tell(Pause(self.id))

    def resume(self) -> None:
        """Let it go on."""
        self.paused = False
        self._tell(Resume(self.id))

    def stop(self) -> None:
        """End it at once: what has not been taken yet is dropped, and the iterator ends."""
        if self.finished is None:
            self._tell(Stop(self.id))
            while not self._queue.empty():
                self._queue.get_nowait()
            self._over = True
            self._queue.put_nowait(Finished(self.id, "stopped", self.characters, self.seed))

    def give(self, event: RunEvents) -> None:
        """Take an event from the engine, unless the run is over."""
        if self._over:
            return
        self._over = isinstance(event, Finished)
        self._queue.put_nowait(event)

    def _tell(self, request: Request) -> None:
        if not self._over:
            self._send(request)

    async def __anext__(self) -> RunEvents:
        """Return the next event."""
        if self.finished:
            raise StopAsyncIteration
        if self._owed >= _AT_ONCE:
            self._tell(Credit(self.id, self._owed))
            self._owed = 0
        event = await self._queue.get()
        if isinstance(event, Frame):
            self._owed += 1
            self.characters = event.characters
        elif isinstance(event, Started):
            self.seed = event.seed
        elif isinstance(event, Finished):
            self.finished = event
        return event
