"""What the engine's kinds of work have in common: a class for each takes its requests.

The server knows no kind of work; it hands requests out and lets each service do a piece at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rnntui.engine.hosting import Host
from rnntui.engine.pipes import Helper, Inbox
from rnntui.engine.protocol import Event, Request
from rnntui.inference.loading import Model

Send = Callable[[Event], None]


class Fail(Protocol):
    """Tells the app that something failed, as an `error`."""

    def __call__(
        self, error: Exception, request: int | None = None, run: int | None = None
    ) -> None:
        """Say it of a request, or of a run; a BrokenPipeError (the app is gone) is raised again."""


@dataclass(frozen=True)
class Tools:
    """What services are given."""

    send: Send
    """Writes an event."""
    fail: Fail
    host: Host
    """The models in memory, of any task."""
    helper: Helper
    """A thread for what reads the disk."""
    inbox: Inbox
    """Where a thread of a service's own puts what the loop is to do."""
    yield_to_the_screen: Callable[[], None]
    """To be called before long work: ranks the engine below the app, once and for all."""


class Service:
    """One kind of work.

    Args:
        tools: what it works with.
    """

    takes: ClassVar[tuple[type[Request], ...]] = ()
    """The requests that are its own."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    def handle(self, request: Request) -> None:
        """Take a request; what is raised becomes its `error`."""
        raise NotImplementedError

    def refused(self, kind: str, run: int) -> None:
        """A request about a run could not be read, or failed, and the app has been told.

        Args:
            kind: its `type`.
            run: the run it named.
        """

    def due(self) -> float:
        """Return when there is work, as `time.perf_counter` reads; infinity for none."""
        return math.inf

    def step(self) -> None:
        """Do a piece of work, a fortieth of a second at most; raises nothing."""

    def forget(self, model: Model) -> None:
        """Let go of a model."""
